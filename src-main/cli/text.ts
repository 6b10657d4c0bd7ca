/** Reports as text for a terminal. */
import type { MeasuredPoint, Measurement, PrintMatch, Report, StandardVerdict } from '../contract/index.ts';
import { sides } from '../contract/index.ts';
import { errorText } from './terminal.ts';

const fixed = (value: number | null, digits: number) => (value === null ? '–' : value.toFixed(digits));
const pair = (ratio: readonly [number, number] | null) =>
  ratio ? `${ratio[0].toFixed(1)} : ${ratio[1].toFixed(1)}` : '–';

function pointText(point: MeasuredPoint, inMm: boolean): string {
  if (point.status !== 'ok') return point.status;
  const [width, u, digits] = inMm ? [point.widthMm, point.uncertaintyMm, 3] : [point.widthPx, point.uncertaintyPx, 2];
  return `${fixed(width, digits)} ± ${fixed(u, digits)}`;
}

export function measurementText(m: Measurement): string {
  const inMm = m.pixelPitchMm !== null;
  const unit = inMm ? 'mm' : 'px (no scale was given)';
  const lines = [`  widths, ${unit}, with expanded uncertainty (k = 2):`];
  for (const side of sides) {
    const points = m.points.filter((p) => p.edge === side).map((p) => pointText(p, inMm));
    const status = m.sides[side];
    const asked = status.frame === 'inQuestion' ? '  (border or bar of the design?)' : '';
    lines.push(
      `    ${side.padEnd(7)}${status.measured ? points.join('  ') : `not measured: ${status.reason ?? 'no reason given'}`}${asked}`,
    );
  }
  const u = m.centering;
  lines.push(
    `  centering  left:right ${pair(u.leftRight)} ± ${fixed(u.leftRightUncertaintyPp, 2)}   top:bottom ${pair(u.topBottom)} ± ${fixed(u.topBottomUncertaintyPp, 2)}`,
  );
  const size = m.sizeMm ?? m.sizePx;
  lines.push(
    `  size ${size.width.toFixed(m.sizeMm ? 3 : 1)} x ${size.height.toFixed(m.sizeMm ? 3 : 1)} ${m.sizeMm ? 'mm' : 'px'}, rotated ${m.cardAngleDeg.toFixed(2)}°, print tilted ${fixed(m.printTiltDeg, 2)}°`,
  );
  const corner = m.outline.cornerRadius;
  if (corner) {
    const nominal = corner.nominalMm === null ? 'of no usual die' : `nominal ${corner.nominalMm} mm`;
    lines.push(`  corner radius ${corner.radiusMm.toFixed(2)} ± ${corner.uncertaintyMm.toFixed(2)} mm, ${nominal}`);
  }
  if (m.print) lines.push(printText(m.print));
  return lines.join('\n');
}

const signed = (value: number, digits: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

/** Print against cut, for a card that was registered to a template. */
export function printText(print: PrintMatch): string {
  const [x, y] = print.shiftMm;
  const [ux, uy] = print.uncertaintyMm;
  const lines = [
    `  print of "${print.template.name}": shifted ${signed(x, 3)} ± ${ux.toFixed(3)} mm to the right and ${signed(y, 3)} ± ${uy.toFixed(3)} mm down, turned ${signed(print.rotationDeg, 3)} ± ${print.rotationUncertaintyDeg.toFixed(3)}°`,
    `    ${print.inliers} of ${print.anchors.length} anchors in place, residual ${(1000 * print.residualMm).toFixed(1)} µm; this capture alone ± ${print.repeatabilityMm.map((v) => v.toFixed(4)).join(', ')} mm`,
  ];
  if (print.equivalent) {
    const { leftRight, topBottom } = print.equivalent;
    lines.push(
      `    as centering against the nominal margins: left:right ${pair(leftRight)}   top:bottom ${pair(topBottom)}`,
    );
  }
  return lines.join('\n');
}

type Step = StandardVerdict['steps'][number];
const axisText = { leftRight: 'left:right', topBottom: 'top:bottom' } as const;

function stepText({ label, probability, decidedBy: d }: Step): string {
  const station = d.station === null ? '' : ` at station ${d.station}`;
  return `${label} (${axisText[d.axis]}${station} ${d.share.toFixed(2)} ± ${d.uncertaintyPp.toFixed(2)} of ${d.limit}, ${(100 * probability).toFixed(1)} % sure)`;
}

/** One line for each standard that publishes limits for this side. */
export function verdictsText(verdicts: readonly StandardVerdict[]): string[] {
  return verdicts
    .filter((v) => v.steps.length > 0)
    .map((v) => {
      const best = v.best ? `passes for ${stepText(v.best)}` : 'passes for no published grade';
      const word = v.next?.verdict === 'fail' ? 'fails' : 'inside uncertainty for';
      return `  ${v.name} ${v.version}: ${best}${v.next ? `; ${word} ${stepText(v.next)}` : ''}`;
    });
}

function heading(report: Report): string {
  return `${report.capture} (${report.side}${report.simulated ? ', SIMULATED' : ''})`;
}

/** A word of warning where no valid check stood behind the calibration; `grade` says it among its warnings. */
function uncheckedText({ calibration }: Report): string[] {
  if (!calibration || calibration.checkValid) return [];
  return [
    `  ! the calibration was last checked on ${calibration.checkedAt.slice(0, 16)}, more than ${calibration.checkHours} h before`,
  ];
}

export function measureText(report: Report): string {
  if (report.measurement)
    return [
      heading(report),
      measurementText(report.measurement),
      ...verdictsText(report.verdicts),
      ...uncheckedText(report),
    ].join('\n');
  return `${heading(report)}\n  not measured: ${report.error ? errorText(report.error) : (report.grade.reason ?? '')}`;
}

export function gradeText(report: Report): string {
  const { grade, surface } = report;
  const lines = [heading(report)];
  const s = grade.subgrades;
  lines.push(
    grade.overall === null
      ? `  no grade: ${grade.reason ?? ''}`
      : `  ${grade.standard.toUpperCase()} ${grade.overall} ${grade.label ?? ''}  (TruGrade ${grade.score1000 ?? '–'})`,
  );
  lines.push(
    `  centering ${fixed(s.centering, 1)}  corners ${fixed(s.corners, 1)}  edges ${fixed(s.edges, 1)}  surface ${fixed(s.surface, 1)}${grade.limitedBy.length ? `  limited by ${grade.limitedBy.join(', ')}` : ''}`,
  );
  if (report.card) lines.push(`  whole card: ${report.card.overall ?? 'no grade'}`);
  if (report.measurement) lines.push(measurementText(report.measurement), ...verdictsText(report.verdicts));
  for (const defect of surface?.defects ?? []) {
    const depth = defect.depthMm === null ? '' : `, ${(defect.depthMm * 1000).toFixed(0)} µm deep`;
    lines.push(
      `  ${defect.id} ${defect.kind}: ${defect.lengthMm.toFixed(2)} x ${defect.widthMm.toFixed(2)} mm${depth}, confidence ${(defect.confidence * 100).toFixed(0)} %`,
    );
  }
  for (const cost of grade.costs)
    lines.push(
      `  -${cost.points.toFixed(0)} ${cost.subgrade}: ${cost.text}${cost.overallWithout === null || cost.overallWithout === grade.overall ? '' : ` (would be ${cost.overallWithout})`}`,
    );
  for (const warning of report.quality.warnings) lines.push(`  ! ${warning}`);
  lines.push(
    `  ${report.timingMs.total.toFixed(0)} ms: ${report.quality.stages.map((x) => `${x.stage} ${x.ms.toFixed(0)}`).join(', ')}`,
  );
  return lines.join('\n');
}
