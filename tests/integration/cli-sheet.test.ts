/** Many cards in one picture on the command line, on a sheet whose borders are known by formula. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { appErrorSchema, reportSchema } from '../../src-main/contract/index.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { type DrawnCard, writeSheet } from '../support/sheet.ts';

/** 150 dpi. */
const pitchMm = 25.4 / 150;
const outcomeSchema = z.array(z.union([reportSchema, z.object({ input: z.string(), error: appErrorSchema })]));

const card = (xMm: number, yMm: number, angleDeg: number, more = 0): DrawnCard => ({
  xMm,
  yMm,
  angleDeg,
  borders: [3, 3.6 + more, 2.8, 4.2],
});

async function measureAll(path: string, ...more: string[]) {
  const options = ['--pixel-pitch-mm', String(pitchMm), '--encoding', 'linear', '--json', ...more];
  return runCli(['measure', path, ...options]);
}

describe('measure --all', () => {
  it('finds every card of a sheet in reading order and measures each to a hundredth of a millimetre', async () => {
    using temporary = temporaryFolder();
    const cards = [card(45, 55, 1), card(125, 56, -2, 0.2), card(44, 158, 0.5, 0.4), card(126, 160, 3, 0.6)];
    const path = join(temporary.path, 'sheet.png');
    writeSheet(path, { widthMm: 170, heightMm: 215, pitchMm, cards });
    const { code, stdout } = await measureAll(path, '--all');
    expect(code).toBe(0);
    const reports = outcomeSchema.parse(JSON.parse(stdout)).filter((outcome) => 'capture' in outcome);
    expect(reports.map((report) => report.capture)).toEqual([1, 2, 3, 4].map((number) => `sheet.png#${number}`));
    for (const [i, report] of reports.entries()) {
      const drawn = cards[i];
      const { meanMm, outline, points } = report.measurement ?? expect.fail('no measurement');
      expect(points.filter((point) => point.status === 'ok')).toHaveLength(24);
      for (const [side, width] of (['left', 'right', 'top', 'bottom'] as const).map(
        (s, k) => [s, drawn?.borders[k]] as const,
      ))
        expect(Math.abs((meanMm[side] ?? Number.NaN) - (width ?? 0))).toBeLessThan(0.01);
      // In the pixels of the whole sheet.
      const middle = outline.corners.reduce((sum, corner) => sum + corner.xPx / 4, 0);
      expect(Math.abs(middle * pitchMm - (drawn?.xMm ?? 0))).toBeLessThan(0.05);
    }
  });

  it('refuses a cut and two touching cards for themselves, with what to change, and measures the rest', async () => {
    using temporary = temporaryFolder();
    const cards = [card(40, 55, 0), card(103.5, 55, 0), card(190, 55, 1), card(270, 55, 0)];
    const path = join(temporary.path, 'row.png');
    writeSheet(path, { widthMm: 275, heightMm: 110, pitchMm, cards });
    const { code, stdout } = await measureAll(path, '--all');
    expect(code).toBe(1);
    const outcomes = outcomeSchema.parse(JSON.parse(stdout));
    const codes = outcomes.map((outcome) => ('capture' in outcome ? 'measured' : outcome.error.code));
    expect(codes).toEqual(['card.touching', 'card.touching', 'measured', 'card.cutOff']);
    for (const outcome of outcomes) if ('input' in outcome) expect(outcome.error.next).not.toBe('');
    const last = outcomes[3];
    expect(last && 'input' in last ? last.error.message : '').toContain('right side');
  });

  it('without --all several cards are refused, and the refusal names the way', async () => {
    using temporary = temporaryFolder();
    const path = join(temporary.path, 'two.png');
    writeSheet(path, { widthMm: 165, heightMm: 110, pitchMm, cards: [card(42, 55, 1), card(122, 55, -1)] });
    const { code, stdout } = await measureAll(path);
    expect(code).toBe(1);
    const { error } = reportSchema.parse(JSON.parse(stdout));
    expect(error?.code).toBe('card.several');
    expect(error?.next).toContain('--all');
  });
});

describe('a scale that does not fit the card', () => {
  it('is a warning with the implied scale, and stays the scale that was given', async () => {
    using temporary = temporaryFolder();
    const path = join(temporary.path, 'one.png');
    writeSheet(path, { widthMm: 80, heightMm: 105, pitchMm, cards: [card(40, 52, 1)] });
    const options = ['--pixel-pitch-mm', String(2 * pitchMm), '--encoding', 'linear', '--json'];
    const { stdout } = await runCli(['measure', path, ...options]);
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report.measurement?.sizeMm?.width).toBeCloseTo(127, 1);
    const warning = report.quality.warnings.find((text) => text.includes('no known format'));
    expect(warning).toContain('nearer to 0.1693 mm per pixel');
  });
});
