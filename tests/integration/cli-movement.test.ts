/** A card that moved between frames, on simulated captures whose frames come from different places. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../support/cli.ts';
import {
  type CardMove,
  copyCapture,
  cornerErrors,
  movedSpec,
  movementsSchema,
  stillCard,
  takeFrame,
  writeSpec,
} from '../support/moved-capture.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);
const spec = { ...stillCard, pitchMm: 0.12, imagePx: [640, 860], seed: 8 } as unknown as typeof stillCard;

async function simulated(name: string, settings: object): Promise<string> {
  writeSpec(at(`${name}.json`), settings);
  const { code, stderr } = await runCli(['simulate', '--spec', at(`${name}.json`), '--out', at(name)]);
  expect(code, stderr).toBe(0);
  return at(name);
}

async function touched(name: string, move: CardMove): Promise<{ capture: string; elsewhere: string }> {
  const elsewhere = await simulated(`${name}-elsewhere`, movedSpec(move, spec));
  copyCapture(at('still'), at(name));
  takeFrame(at(name), elsewhere, move.frame);
  return { capture: at(name), elsewhere };
}

const normals = async (capture: string) =>
  runCli(['normals', capture, '--out', join(capture, 'normals.npy'), '--json']);

beforeAll(() => simulated('still', spec));
afterAll(() => folder[Symbol.dispose]());

describe('a card that moved at one frame', () => {
  it('is put back when it moved by a pixel, with a warning that says where and how far', async () => {
    const { capture, elsewhere } = await touched('near', { frame: 3, px: [0.9, -0.6], turnDeg: 0.02 });
    const { stdout, stderr, code } = await normals(capture);
    expect(code, stderr).toBe(0);
    const { movements } = movementsSchema.parse(JSON.parse(stdout));
    expect(movements.map((m) => m?.undone)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((frame) => frame === 3));
    const found = movements[3];
    if (!found) throw new Error('the moved frame was not judged');
    expect(Math.max(...cornerErrors(found, at('still'), elsewhere))).toBeLessThan(0.06);
    expect(stderr).toMatch(/moved by 1\.\d\d px \(0\.1\d\d mm\).*light-03\.png; the frame was put back/);
    const graded = await runCli(['grade', capture, '--json']);
    expect(graded.code, graded.stderr).toBe(0);
    expect(JSON.parse(graded.stdout).quality.warnings.join()).toContain('light-03.png');
  });

  it('is refused when it moved by a millimetre, by grade and normals alike', async () => {
    const { capture } = await touched('far', { frame: 6, px: [8, 3], turnDeg: 0 });
    const { stdout, code } = await normals(capture);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'card.moved', file: 'light-06.png' });
    const graded = await runCli(['grade', capture, '--json']);
    expect(graded.code).toBe(1);
    expect(JSON.parse(graded.stdout).error).toMatchObject({ code: 'card.moved' });
  });

  it('is not seen where it lay still', async () => {
    const { stdout, stderr, code } = await normals(at('still'));
    expect(code, stderr).toBe(0);
    const { movements } = movementsSchema.parse(JSON.parse(stdout));
    expect(Math.max(...movements.map((m) => m?.largestPx ?? Number.NaN))).toBeLessThan(0.1);
    expect(stderr).not.toContain('moved');
  });
});
