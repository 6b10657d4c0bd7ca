/** Calibration from simulated photographs of boards alone, then cards under a bent lens on a tilted plane. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { reportSchema, truthSchema } from '../lib/report.ts';
import { limited, show } from '../lib/rows.ts';
import { deviation, mean, worst } from '../lib/stats.ts';
import { type Context, type Group, peersMissing, type Row } from '../lib/types.ts';

/** Some 7 px of distortion in the corners, and the plane tilted by 2 degrees. */
const rig = { imagePx: [1950, 2550], pitchMm: 0.04, distortion: [-0.15, 0.2, 4e-4, -3e-4, 0], tiltDeg: [2, 0] };

const cameraSchema = z.object({
  fit: z.object({
    rmsPx: z.number(),
    heldOutRmsPx: z.number(),
    camera: z.object({ intrinsics: z.array(z.number()), distortion: z.array(z.number()) }),
  }),
});
const comparisons = z.array(z.object({ errorMm: z.number() }));
const recordSchema = z.object({
  plane: z.object({ tiltDeg: z.number() }),
  verification: z.object({ comparisons, worstMm: z.number() }),
});
const acceptanceSchema = z.object({
  worstMm: z.number(),
  lengths: comparisons,
  probing: z.object({ formMm: z.number(), points: z.number() }).nullable(),
});
const peerSchema = z.object({ version: z.string(), rmsPx: z.number(), worstMm: z.number(), lengths: z.number() });

interface Calibrated {
  readonly record: string;
  readonly rows: readonly Row[];
}

async function calibrate(context: Context): Promise<Calibrated> {
  const { tools, temp } = context;
  const at = (name: string) => join(temp, 'boards', name);
  const spec = join(temp, 'rig.json');
  writeFileSync(spec, JSON.stringify(rig));
  context.say('calibration: photographs');
  const taken = await tools.trugrade(
    ['calibrate', 'simulate', '--out', join(temp, 'boards'), '--spec', spec],
    z.object({ pictures: z.array(z.string()) }),
  );
  const named = (prefix: string) => taken.pictures.filter((name) => name.startsWith(prefix)).map(at);
  context.say('calibration: camera and plane');
  const camera = await tools.trugrade(
    ['calibrate', 'camera', ...named('view'), '--out', at('camera.json')],
    cameraSchema,
  );
  const artefact = ['--artefact', at('artefact.json')];
  const scale = [
    '--plane',
    at('plane.png'),
    ...artefact,
    '--artefact-image',
    at('artefact.png'),
    '--verify',
    at('verify.png'),
  ];
  const record = await tools.trugrade(
    ['calibrate', 'scale', '--camera', at('camera.json'), ...scale, '--out', at('record.json')],
    recordSchema,
  );
  const accepted = await tools.trugrade(
    ['calibrate', 'acceptance', ...named('placement'), '--calibration', at('record.json')],
    acceptanceSchema,
  );
  const peer = await openCv(context, {
    views: named('view'),
    plane: at('plane.png'),
    artefact: at('artefact.png'),
    verify: at('verify.png'),
  });
  const names = ['fx', 'fy', 'cx', 'cy'];
  const found = camera.fit.camera.intrinsics.map((v, i) => `${names[i]} ${v.toFixed(2)}`).join(', ');
  const rows = [
    limited({
      figure: 'camera from 10 views: held-out corners, rms',
      value: camera.fit.heldOutRmsPx,
      unit: 'px',
      digits: 4,
      atMost: 0.01,
      detail: `fit ${show(camera.fit.rmsPx, 4, 'px')}`,
      peers: peer ? `OpenCV ${peer.version} fit ${show(peer.rmsPx, 4, 'px')}` : peersMissing,
      note: `${found}; true 10000, 10000, 974.5, 1274.5`,
    }),
    limited({
      figure: 'held-out lengths up to 80 mm, worst',
      value: 1000 * record.verification.worstMm,
      unit: 'um',
      digits: 2,
      atMost: 2,
      detail: `${record.verification.comparisons.length} lengths; tilt found ${record.plane.tiltDeg.toFixed(3)} deg`,
      peers: peer ? `OpenCV ${show(1000 * peer.worstMm, 2, 'um')} of ${peer.lengths}` : peersMissing,
    }),
    limited({
      figure: 'acceptance: length error E, worst of 5 placements',
      value: 1000 * accepted.worstMm,
      unit: 'um',
      digits: 2,
      atMost: 2,
      detail: `${accepted.lengths.length} lengths`,
    }),
    limited({
      figure: 'acceptance: probing error P, form of 25 points',
      value: 1000 * (accepted.probing?.formMm ?? Number.NaN),
      unit: 'um',
      digits: 2,
      atMost: 2,
    }),
  ];
  return { record: at('record.json'), rows };
}

interface PeerInput {
  readonly views: readonly string[];
  readonly plane: string;
  readonly artefact: string;
  readonly verify: string;
}

async function openCv(context: Context, input: PeerInput): Promise<z.infer<typeof peerSchema> | undefined> {
  if (context.python === undefined) return undefined;
  context.say('calibration: OpenCV');
  const list = join(context.temp, 'opencv.json');
  writeFileSync(list, JSON.stringify(input));
  const script = join(context.tools.root, 'tests', 'bench', 'peers', 'calibration.py');
  const { stdout } = await context.tools.must(context.python, [script, list]);
  return peerSchema.parse(JSON.parse(stdout));
}

/** Width errors of one simulated card with the given calibration, mm. */
async function cardErrors(context: Context, index: number, options: readonly string[]): Promise<number[]> {
  const folder = join(context.temp, 'card');
  const report = await context.tools.trugrade(['measure', folder, ...options], reportSchema);
  const truth = truthSchema.parse(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')));
  const ours = new Map(report.measurement?.points.map((p) => [`${p.edge} ${p.index}`, p.widthMm]));
  context.say(`calibration: card ${index + 1}, ${options.length === 0 ? 'not calibrated' : 'calibrated'}`);
  return truth.points.flatMap(({ edge, index: i, widthMm }) => {
    const measured = ours.get(`${edge} ${i}`) ?? null;
    return widthMm === null || measured === null ? [] : [measured - widthMm];
  });
}

async function cards(context: Context, record: string): Promise<Row[]> {
  const count = context.quick ? 3 : 12;
  const kinds = ['yellow', 'black', 'white', 'silver'];
  const [bare, under]: [number[], number[]] = [[], []];
  for (let i = 0; i < count; i += 1) {
    const folder = join(context.temp, 'card');
    const spec = join(context.temp, 'card.json');
    const card = { borderKind: kinds[i % kinds.length], art: 'plain', rotationDeg: ((i * 7) % 13) / 2 - 3 };
    const print = { artTexture: 0, lights: 2, colour: false, offsetMm: [(i % 3) - 1, (i % 5) - 2], defects: noDamage };
    writeFileSync(spec, JSON.stringify({ ...rig, seed: 300 + i, ...card, ...print }));
    await context.tools.trugrade(['simulate', '--out', folder, '--spec', spec], z.looseObject({}));
    under.push(...(await cardErrors(context, i, ['--calibration', record])));
    // Without a calibration and without the capture's own camera there is only the pitch.
    const capture = join(folder, 'capture.json');
    const { camera: _, ...rest } = z.looseObject({}).parse(JSON.parse(readFileSync(capture, 'utf8')));
    writeFileSync(capture, JSON.stringify(rest));
    bare.push(...(await cardErrors(context, i, [])));
    rmSync(folder, { recursive: true, force: true });
  }
  return [
    limited({
      figure: `${count} cards, lens and 2 deg tilt, calibrated: systematic error of widths`,
      value: 1000 * Math.abs(mean(under)),
      unit: 'um',
      digits: 2,
      atMost: 2,
      detail: `${under.length} of ${24 * count} widths; std ${show(1000 * deviation(under), 2, 'um')}, worst ${show(1000 * worst(under), 2, 'um')}`,
    }),
    limited({
      figure: 'the same cards by the pitch alone: worst width error',
      value: 1000 * worst(bare),
      unit: 'um',
      digits: 1,
      detail: `mean ${show(1000 * mean(bare), 2, 'um')}`,
    }),
  ];
}

const noDamage = {
  ...{ scratches: 0, dents: 0, printDots: 0, creases: 0, stains: 0, printLines: 0 },
  ...{ edgeWhitening: 0, cornerWear: 0 },
};

export const calibration: Group = {
  name: 'calibration',
  async run(context) {
    const { record, rows } = await calibrate(context);
    return [...rows, ...(await cards(context, record))];
  },
};
