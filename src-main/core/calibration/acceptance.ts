/** Acceptance after ISO 10360-7:2011 and VDI/VDE 2617-6.1: length error E on an artefact, probing error P on its disc. */
import type { Acceptance, Artefact, CalibrationRecord, Detection, PlaneMap, Probing } from '../../contract/index.ts';
import type { Block, ReportDocument } from '../msa/index.ts';
import type { Native, NativeStack } from '../native/index.ts';
import { expansionOf } from './scale.ts';
import { discOf } from './sheets.ts';
import { acceptedLengths, type Mpe } from './verify.ts';

export interface AcceptanceInput {
  readonly record: CalibrationRecord;
  readonly artefact: Artefact;
  readonly temperatureC: number;
  readonly mpe: Mpe;
  /** Pictures of the artefact, each laid anew, and the probing of the first. */
  readonly views: readonly Detection[];
  readonly probing: Probing | null;
}

export type AcceptanceIdentity = Pick<Acceptance, 'id' | 'createdAt' | 'createdBy' | 'software'>;

export function accept(native: Native, input: AcceptanceInput, identity: AcceptanceIdentity): Acceptance {
  const { record, artefact, temperatureC, mpe, probing } = input;
  const expansion = expansionOf(artefact, temperatureC);
  const pictures = input.views.map((view) =>
    native.calibration.compare(record.plane.map, view, artefact.lengths, expansion),
  );
  const lengths = acceptedLengths(pictures, mpe, artefact.certificate.expandedUncertaintyMm);
  const probed = probing && { ...probing, limitMm: mpe.constantMm, passed: probing.formMm <= mpe.constantMm };
  return {
    schema: 'trugrade.acceptance/1',
    ...identity,
    calibrationId: record.id,
    simulated: record.simulated,
    artefact,
    temperatureC,
    repeats: input.views.length,
    mpe,
    ...lengths,
    probing: probed,
    passed: lengths.lengthPassed && (probed?.passed ?? true),
  };
}

/** Probes the disc beside the artefact's squares. */
export async function probeArtefact(
  native: Native,
  stack: NativeStack,
  map: PlaneMap,
  artefact: Artefact,
  view: Detection,
  signal: AbortSignal,
): Promise<Probing | null> {
  const [x, y, radiusMm] = discOf(artefact.board);
  const layout = native.calibration.layout(artefact.board);
  const centre = nearbyMap(view, layout.cornersMm, [x, y]);
  return centre === undefined ? null : native.calibration.probe(stack, map, centre, radiusMm, signal);
}

/** Place of a board point in the picture by an affine fit of the nearest corners; good to a few px beside the board. */
function nearbyMap(
  view: Detection,
  cornersMm: readonly (readonly [number, number])[],
  at: readonly [number, number],
): [number, number] | undefined {
  const near = view.corners
    .flatMap(({ id, xPx, yPx }) => {
      const mm = cornersMm[id];
      return mm === undefined ? [] : [{ d: [mm[0] - at[0], mm[1] - at[1]] as const, px: [xPx, yPx] as const }];
    })
    .toSorted((a, b) => Math.hypot(...a.d) - Math.hypot(...b.d))
    .slice(0, 12);
  if (near.length < 6) return undefined;
  const coordinate = (axis: 0 | 1) => planeAtOrigin(near.map(({ d, px }) => [d[0], d[1], px[axis]] as const));
  const [u, v] = [coordinate(0), coordinate(1)];
  return u === undefined || v === undefined ? undefined : [u, v];
}

/** Value at x = y = 0 of the plane of least squares through (x, y, value). */
function planeAtOrigin(points: readonly (readonly [number, number, number])[]): number | undefined {
  const n = points.length;
  const mean = (i: 0 | 1 | 2) => points.reduce((sum, p) => sum + p[i], 0) / n;
  const [mx, my, mv] = [mean(0), mean(1), mean(2)];
  const sum = (of: (x: number, y: number, v: number) => number) =>
    points.reduce((total, [x, y, v]) => total + of(x - mx, y - my, v - mv), 0);
  const [xx, xy, yy] = [sum((x) => x * x), sum((x, y) => x * y), sum((_, y) => y * y)];
  const [xv, yv] = [sum((x, _, v) => x * v), sum((_, y, v) => y * v)];
  const det = xx * yy - xy * xy;
  if (!(Math.abs(det) > 1e-9)) return undefined;
  const [a, b] = [(yy * xv - xy * yv) / det, (xx * yv - xy * xv) / det];
  return mv - a * mx - b * my;
}

const um = (mm: number) => `${(1000 * mm).toFixed(2)} \u00b5m`;
const mm = (value: number) => value.toFixed(4);

/** The report as a document for HTML and PDF. */
export function acceptanceDocument(a: Acceptance, record: CalibrationRecord): ReportDocument {
  const level = (passed: boolean): 'good' | 'unacceptable' => (passed ? 'good' : 'unacceptable');
  const { certificate } = a.artefact;
  const blocks: Block[] = [
    {
      kind: 'verdict',
      level: level(a.passed),
      text: a.passed ? 'all errors lie within the limits' : 'errors lie beyond the limits',
    },
    {
      kind: 'facts',
      facts: [
        ['Calibration', `${record.name} (${record.id}), ${record.createdAt.slice(0, 10)}`],
        ['Tested', `${a.createdAt.slice(0, 16).replace('T', ' ')} UTC by ${a.createdBy}`],
        ['Artefact', a.artefact.name],
        [
          'Certificate',
          `${certificate.number} ${certificate.issuedBy}, ${certificate.issuedOn} to ${certificate.validUntil}`,
        ],
        ['Its uncertainty', `U = ${um(certificate.expandedUncertaintyMm)} (k = ${certificate.coverageFactor})`],
        ['Temperature', `${a.temperatureC} \u00b0C (reference ${certificate.referenceTemperatureC} \u00b0C)`],
        ['MPE', `${um(a.mpe.constantMm)} + ${(1e6 * a.mpe.perMm).toFixed(1)} \u00b5m/m x L`],
        ['Software', `${a.software.version} ${a.software.commit.slice(0, 12)}`],
      ],
    },
    { kind: 'heading', text: 'Length measurement error E' },
    {
      kind: 'verdict',
      level: level(a.lengthPassed),
      text: `worst ${um(a.worstMm)} of ${a.lengths.length} lengths in ${a.directions} directions, ${a.repeats} placements`,
    },
    {
      kind: 'table',
      table: {
        caption: 'A length passes when |E| and the certificate\u2019s U together stay within the MPE (ISO 14253-1)',
        head: ['corners', 'placement', 'direction', 'certified mm', 'measured mm', 'E \u00b5m', 'MPE \u00b5m'],
        rows: a.lengths.map((l) => ({
          cells: [
            l.corners.join(' \u2013 '),
            String(l.repeat),
            `${l.directionDeg.toFixed(1)}\u00b0`,
            mm(l.certifiedMm),
            mm(l.measuredMm),
            (1000 * l.errorMm).toFixed(2),
            (1000 * l.limitMm).toFixed(2),
          ],
          level: level(l.passed),
        })),
      },
    },
    { kind: 'heading', text: 'Probing error P' },
  ];
  if (a.probing)
    blocks.push(
      {
        kind: 'verdict',
        level: level(a.probing.passed),
        text: `form ${um(a.probing.formMm)} over ${a.probing.points} points, limit ${um(a.probing.limitMm)}`,
      },
      {
        kind: 'facts',
        facts: [
          ['Diameter', `${mm(a.probing.diameterMm)} mm`],
          ['Standard deviation', um(a.probing.stdMm)],
        ],
      },
    );
  else blocks.push({ kind: 'text', text: 'Not tested: the probing disc was not in the picture.' });
  return { title: 'Acceptance test of a measuring camera', simulated: a.simulated, blocks };
}

/** The same in a few lines for a terminal. */
export function acceptanceText(a: Acceptance): string {
  const probing = a.probing
    ? `P: form ${um(a.probing.formMm)} over ${a.probing.points} points, limit ${um(a.probing.limitMm)}, ${a.probing.passed ? 'passed' : 'FAILED'}`
    : 'P: not tested, the probing disc was not in the picture';
  return [
    `E: worst ${um(a.worstMm)} of ${a.lengths.length} lengths in ${a.directions} directions and ${a.repeats} placements, ${a.lengthPassed ? 'passed' : 'FAILED'}`,
    probing,
    a.passed ? 'accepted' : 'NOT accepted',
  ].join('\n');
}
