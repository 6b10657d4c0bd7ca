/** Design templates on the command line: learned from one simulated card, found on others, refused where they do not fit. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrintMatch, printMatchSchema, reportSchema } from '../../src-main/contract/index.ts';
import { simulatedRecord } from '../support/calibration-record.ts';
import { runCli as cli } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'trugrade-templates-'));
const at = (name: string) => join(folder, name);
const template = at('lake.template.json');

const base = {
  ...{ designSeed: 5, borderKind: 'none', lights: 1, lightElevationDeg: 80, colour: false, printTiltDeg: 0 },
  defects: { scratches: 0, dents: 0, printDots: 0, edgeWhitening: 0, cornerWear: 0 },
};
const simulate = async (name: string, spec: object) => {
  writeFileSync(at(`${name}.json`), JSON.stringify({ ...base, ...spec }));
  const made = await cli(['simulate', '--out', at(name), '--spec', at(`${name}.json`)]);
  expect(made.code).toBe(0);
};

beforeAll(async () => {
  await simulate('example', { seed: 1 });
  await simulate('shifted', { seed: 2, printOffsetMm: [0.31, -0.22], printTiltDeg: 0.2, rotationDeg: -0.7 });
  await simulate('other', { seed: 3, designSeed: 6 });
  const named = ['--name', 'Lake', '--set', 'First', '--margins', '3,3,3,3', '--example-uncertainty-mm', '0.05'];
  const learned = await cli(['template', 'learn', at('example'), ...named, '--out', template]);
  expect(learned.code, learned.stderr).toBe(0);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a design learned from one card', () => {
  it('measures the print of another card of the design to two micrometres', async () => {
    const ran = await cli(['template', 'match', at('shifted'), '--template', template, '--json']);
    expect(ran.code).toBe(0);
    const print: PrintMatch = printMatchSchema.parse(JSON.parse(ran.stdout));
    expect(Math.abs(print.shiftMm[0] - 0.31)).toBeLessThan(0.002);
    expect(Math.abs(print.shiftMm[1] + 0.22)).toBeLessThan(0.002);
    expect(Math.abs(print.rotationDeg - 0.2)).toBeLessThan(0.01);
    // What the person said of the example is part of it.
    expect(print.uncertaintyMm[0]).toBeGreaterThanOrEqual(0.05);
    expect(print.repeatabilityMm[0]).toBeLessThan(0.005);
    expect(print.equivalent?.leftRight[0]).toBeCloseTo(50 * (1 + 0.31 / 3), 1);
  });

  it('measures it as well through a bent lens on a tilted plane, once a calibration knows them', async () => {
    const rig = { imagePx: [1950, 2550], pitchMm: 0.04, tiltDeg: [2, 0], distortion: [-0.15, 0, 0, 0, 0] };
    await simulate('tilted', { ...rig, seed: 7, printOffsetMm: [-0.27, 0.18], rotationDeg: 0.9, offsetMm: [1, 1.5] });
    writeFileSync(at('record.json'), JSON.stringify(simulatedRecord('r', 0.04, { tiltDeg: 2, k1: -0.15 })));
    const picture = join(at('tilted'), 'light-00.png');
    const shift = async (...told: string[]) => {
      const ran = await cli(['template', 'match', picture, '--template', template, '--encoding', 'linear', ...told]);
      expect(ran.code, ran.stderr).toBe(0);
      return printMatchSchema.parse(JSON.parse(ran.stdout)).shiftMm;
    };
    const mapped = await shift('--calibration', at('record.json'), '--json');
    expect(Math.abs(mapped[0] + 0.27)).toBeLessThan(0.005);
    expect(Math.abs(mapped[1] - 0.18)).toBeLessThan(0.005);
    const bare = await shift('--pixel-pitch-mm', '0.04', '--json');
    expect(Math.abs(bare[1] - 0.18)).toBeGreaterThan(0.05);
  });

  it('stands in for the missing border in the measurement, and says so on every side', async () => {
    const ran = await cli(['measure', at('shifted'), '--template', template, '--json']);
    expect(ran.code).toBe(0);
    const { measurement, verdicts } = reportSchema.parse(JSON.parse(ran.stdout));
    expect(measurement?.centering.from).toEqual({ leftRight: 'template', topBottom: 'template' });
    expect(measurement?.centering.leftRight?.[0]).toBeCloseTo(55.2, 1);
    for (const side of ['left', 'right', 'top', 'bottom'] as const)
      expect(measurement?.sides[side]).toMatchObject({ measured: false, template: 'Lake' });
    expect(measurement?.points.every((point) => point.widthMm === null)).toBe(true);
    expect(verdicts.find((v) => v.standard === 'psa')?.best?.grade).toBe(9);
  });

  it('refuses a card of another design of the same set by the name of the template', async () => {
    const ran = await cli(['template', 'match', at('other'), '--template', template]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/does not look like template "Lake"/);
  });

  it('measures a card of another design without the template, with a warning', async () => {
    const ran = await cli(['measure', at('other'), '--template', template, '--json']);
    const { measurement, quality } = reportSchema.parse(JSON.parse(ran.stdout));
    expect(measurement?.print ?? null).toBeNull();
    expect(quality.warnings.join()).toMatch(/does not look like template/);
  });
});

describe('bad input', () => {
  it('names what is wrong with a template file, a name and an anchor', async () => {
    const half = at('half.json');
    writeFileSync(half, readFileSync(template, 'utf8').slice(0, 5000));
    const broken = await cli(['template', 'match', at('shifted'), '--template', half]);
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringMatching(/half\.json: is not valid JSON/)]);
    const nameless = await cli(['template', 'learn', at('example'), '--out', at('x.json')]);
    expect([nameless.code, nameless.stderr]).toEqual([2, expect.stringMatching(/name/)]);
    const outside = ['--name', 'x', '--anchors', '31,0;0,10;10,0;-10,0;0,-10;5,5', '--out', at('x.json')];
    const off = await cli(['template', 'learn', at('example'), ...outside]);
    expect([off.code, off.stderr]).toEqual([2, expect.stringMatching(/31\.0, 0\.0 mm cannot serve: it reaches over/)]);
  });
});
