/** The main job end to end, on simulated captures whose truth the simulator knows by formula. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Report, reportSchema } from '../../src-main/contract/index.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';

const truthSchema = z.object({
  points: z.array(z.object({ edge: z.string(), index: z.number(), widthMm: z.number().nullable() })),
});
type Truth = z.infer<typeof truthSchema>;

async function simulateAndGrade(folder: string, spec: Record<string, unknown>, more: readonly string[] = []) {
  mkdirSync(folder, { recursive: true });
  const specFile = join(folder, 'spec.json');
  writeFileSync(specFile, JSON.stringify(spec));
  const capture = join(folder, 'capture');
  const simulated = await runCli(['simulate', '--out', capture, '--spec', specFile]);
  expect(simulated.stderr).toBe('');
  expect(simulated.code).toBe(0);
  const graded = await runCli(['grade', capture, '--json', ...more]);
  return {
    capture,
    code: graded.code,
    report: reportSchema.parse(JSON.parse(graded.stdout)),
    truth: truthSchema.parse(JSON.parse(readFileSync(join(capture, 'truth.json'), 'utf8'))),
  };
}

/** Largest error of the 24 widths in mm; a width that was not measured counts as infinite. */
function worstWidthError(report: Report, truth: Truth): number {
  const errors = (report.measurement?.points ?? []).map((point) => {
    const known = truth.points.find((t) => t.edge === point.edge && t.index === point.index);
    return point.widthMm === null || known?.widthMm == null
      ? Number.POSITIVE_INFINITY
      : Math.abs(point.widthMm - known.widthMm);
  });
  return errors.length === 24 ? Math.max(...errors) : Number.POSITIVE_INFINITY;
}

describe('grading simulated captures at 0.04 mm/px, 16 bit, 8 lights', () => {
  it.for([
    ['the demo card', {}],
    ['a white border, rotated', { seed: 11, borderKind: 'white', rotationDeg: 2.5, art: 'portrait' }],
    [
      'a black border, rotated the other way',
      { seed: 12, borderKind: 'black', mat: 'grey', rotationDeg: -1.7, art: 'abstract' },
    ],
  ] as const)('measures all 24 widths of %s within 0.01 mm', async ([, spec]) => {
    using temporary = temporaryFolder();
    const { report, truth } = await simulateAndGrade(temporary.path, { ...spec, pitchMm: 0.04, bits: 16, lights: 8 });
    expect(worstWidthError(report, truth)).toBeLessThanOrEqual(0.01);
  });

  it('names grade, sub-grades, centering, defects and timings, and says that the capture is simulated', async () => {
    using temporary = temporaryFolder();
    const { report, code } = await simulateAndGrade(temporary.path, {});
    expect(code).toBe(0);
    expect(report.simulated).toBe(true);
    expect(report.grade.overall).toBeGreaterThanOrEqual(1);
    for (const sub of Object.values(report.grade.subgrades)) expect(sub).not.toBeNull();
    expect(report.measurement?.centering.leftRight?.[0]).toBeGreaterThan(30);
    expect(report.surface?.defects.map((d) => d.kind)).toContain('scratch');
    expect(report.grade.costs.length).toBeGreaterThan(0);
    expect(report.quality.stages.map((s) => s.stage)).toEqual([
      'acquisition',
      'preprocessing',
      'segmentation',
      'referencePoints',
      'refinement',
      'measurement',
      'quality',
      'output',
    ]);
    expect(report.timingMs.total).toBeGreaterThan(0);
    expect(report.software.commit).not.toBe('development');
  });

  it('gives the same numbers for the same capture, and files that appear complete', async () => {
    using temporary = temporaryFolder();
    const out = join(temporary.path, 'out');
    const first = await simulateAndGrade(temporary.path, { pitchMm: 0.08 }, ['--out', out]);
    expect(readdirSync(out).sort()).toEqual(['albedo.png', 'gloss.png', 'height.npy', 'normals.npy', 'report.json']);
    const written = reportSchema.parse(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')));
    const again = await runCli(['grade', first.capture, '--json']);
    const numbers = (r: Report) => JSON.stringify([r.measurement, r.surface, r.corners, r.edges, r.grade]);
    expect(numbers(reportSchema.parse(JSON.parse(again.stdout)))).toBe(numbers(first.report));
    expect(numbers(written)).toBe(numbers(first.report));
    expect(written.photometric?.normals).toBe('normals.npy');
  });

  it('grades front and back as one card, as an array', async () => {
    using temporary = temporaryFolder();
    const front = await simulateAndGrade(join(temporary.path, 'front'), { pitchMm: 0.08, seed: 5 });
    const back = await simulateAndGrade(join(temporary.path, 'back'), { pitchMm: 0.08, seed: 5, side: 'back' });
    const { stdout } = await runCli(['grade', front.capture, back.capture, '--standard', 'bgs', '--json']);
    const reports = z.array(reportSchema).length(2).parse(JSON.parse(stdout));
    for (const report of reports) {
      expect(report.card?.standard).toBe('bgs');
      expect(report.card?.front).toEqual(reports[0]?.grade.subgrades);
      expect(report.card?.back).toEqual(reports[1]?.grade.subgrades);
    }
  });

  it('stops at Ctrl+C and leaves nothing behind', async () => {
    using temporary = temporaryFolder();
    const { code, stderr } = await runCli(['simulate', '--out', join(temporary.path, 'capture')], { killAfterMs: 900 });
    expect(code).toBe(2);
    expect(stderr).toMatch(/cancelled/);
    expect(readdirSync(temporary.path)).toEqual([]);
  });

  it('claims no millimetres without a scale', async () => {
    using temporary = temporaryFolder();
    const { capture } = await simulateAndGrade(temporary.path, { pitchMm: 0.1 });
    const { stdout, code } = await runCli(['measure', join(capture, 'light-00.png'), '--encoding', 'linear', '--json']);
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(code).toBe(0);
    expect(report.measurement?.pixelPitchMm).toBeNull();
    expect(report.measurement?.sizeMm).toBeNull();
    expect(report.measurement?.points.every((p) => p.widthMm === null)).toBe(true);
    expect(report.measurement?.sizePx.width).toBeGreaterThan(500);
  });
});
