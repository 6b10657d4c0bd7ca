/** The figures asked for on real data, which lies beside the checkout; skipped, visibly, where it is absent. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reportSchema } from '../../src-main/contract/index.ts';
import { runCli, sharedData, temporaryFolder } from '../support/cli.ts';
import { readNpy } from '../support/npy.ts';

const cards = join(sharedData, 'cards');
const photometric = join(sharedData, 'photometric');
const pitchMm = 0.0423333;

/** Width and height from the JPEG's frame header (ITU-T T.81, B.2.2). */
function jpegSize(path: string): [number, number] {
  const bytes = readFileSync(path);
  for (let at = 2; at < bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xc2) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  throw new Error('no frame header');
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

describe.skipIf(!existsSync(cards))('real card scans (../shared/data/cards)', () => {
  it('finds the outer edge of every card, within 0.15 mm of the label in the median and 95 % within 0.5 mm', async () => {
    const names = readdirSync(cards).filter((name) => name.endsWith('.jpg'));
    const { stdout, code } = await runCli([
      'measure',
      ...names.map((n) => join(cards, n)),
      '--pixel-pitch-mm',
      String(pitchMm),
      '--json',
    ]);
    expect(code).toBe(0);
    const reports = z.array(reportSchema).length(names.length).parse(JSON.parse(stdout));
    const distances = reports.flatMap((report) => {
      const [w, h] = jpegSize(join(cards, report.capture));
      const label = readFileSync(join(cards, report.capture.replace('.jpg', '.txt')), 'utf8')
        .split('\n')
        .find((line) => line.startsWith('0 '));
      const [, cx = 0, cy = 0, bw = 0, bh = 0] = (label ?? '').split(' ').map(Number);
      // Normalised box edges; integer coordinates are pixel centres here.
      const labelled = [(cx - bw / 2) * w, (cx + bw / 2) * w, (cy - bh / 2) * h, (cy + bh / 2) * h].map((v) => v - 0.5);
      const edges = report.measurement?.outline.edges;
      const mean = (values: number[] | undefined) => (values ?? []).reduce((a, b) => a + b, 0) / (values?.length ?? 0);
      const found = [
        mean(edges?.left.map((p) => p.xPx)),
        mean(edges?.right.map((p) => p.xPx)),
        mean(edges?.top.map((p) => p.yPx)),
        mean(edges?.bottom.map((p) => p.yPx)),
      ];
      return found.map((v, i) => Math.abs(v - (labelled[i] ?? Number.NaN)) * pitchMm);
    });
    const within = distances.filter((d) => d <= 0.5).length / distances.length;
    process.stdout.write(
      `real scans: median ${median([...distances]).toFixed(3)} mm, ${(within * 100).toFixed(1)} % of ${distances.length} edges within 0.5 mm\n`,
    );
    expect(distances.length).toBe(64);
    expect(median(distances)).toBeLessThan(0.15);
    expect(within).toBeGreaterThanOrEqual(0.95);
  });

  it('gives every width that it refuses a reason', async () => {
    const names = readdirSync(cards).filter((name) => name.endsWith('.jpg'));
    const { stdout } = await runCli([
      'measure',
      ...names.map((n) => join(cards, n)),
      '--pixel-pitch-mm',
      String(pitchMm),
      '--json',
    ]);
    for (const report of z.array(reportSchema).parse(JSON.parse(stdout))) {
      for (const point of report.measurement?.points ?? []) {
        if (point.status === 'ok') expect(point.widthMm).toBeGreaterThan(0.5);
        else {
          expect(point.widthMm).toBeNull();
          expect(point.reason, `${report.capture} ${point.edge} ${point.index}`).toBeTruthy();
        }
      }
    }
  });
});

describe.skipIf(!existsSync(photometric))('real multi-light captures (../shared/data/photometric)', () => {
  it.for([
    ['ball', 1.7],
    ['cat', 6],
  ] as const)(
    'solves %s to a mean angular error of at most %s degrees with the default settings',
    async ([object, limit]) => {
      using temporary = temporaryFolder();
      const out = join(temporary.path, 'n.npy');
      const { code } = await runCli(['normals', join(photometric, object), '--out', out]);
      expect(code).toBe(0);
      const found = readNpy(out);
      const truth = readNpy(join(photometric, object, 'normals-truth.npy'));
      expect(found.shape).toEqual(truth.shape);
      let sum = 0;
      let count = 0;
      for (let i = 0; i < truth.values.length; i += 3) {
        const t = truth.values.subarray(i, i + 3);
        const n = found.values.subarray(i, i + 3);
        if (Math.hypot(...t) < 0.5) continue;
        const cosine = (n[0] ?? 0) * (t[0] ?? 0) + (n[1] ?? 0) * (t[1] ?? 0) + (n[2] ?? 0) * (t[2] ?? 0);
        sum += (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
        count += 1;
      }
      process.stdout.write(`${object}: ${(sum / count).toFixed(2)} degrees over ${count} px\n`);
      expect(sum / count).toBeLessThanOrEqual(limit);
    },
  );
});
