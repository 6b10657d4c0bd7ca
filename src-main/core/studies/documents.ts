/** Documents of a complete study: a report as HTML or PDF, and its data as CSV. */
import type { MsaResult, ResponseResult, StudyPlan, StudySettings } from '../../contract/index.ts';
import { refuse } from '../errors/index.ts';
import { type Block, blocksOf, figure, pct, type ReportDocument, type ReportTable } from '../msa/index.ts';
import { simulatedOperators } from '../rig/index.ts';
import type { StoredReading, StoredStudy } from '../store/index.ts';
import { analyseResponse, type CompleteStudy, overview } from './results.ts';
import { inForceReadings } from './view.ts';

/** Responses whose tables and charts stand in the report; the others have their line in the overview. */
const detailed: ReadonlySet<string> = new Set([
  'leftRight',
  'topBottom',
  'left.mean',
  'right.mean',
  'top.mean',
  'bottom.mean',
]);
/** Of a type-1 study or an imported table, so many at most. */
const mostDetailed = 6;

/**
 * The whole report.
 * @param only one response in full, instead of the chosen ones
 */
export function studyReport(
  stored: StoredStudy,
  study: CompleteStudy,
  readings: readonly StoredReading[],
  settings: StudySettings,
  only?: string,
): ReportDocument {
  const { plan } = study;
  const lines = overview(study, settings);
  const named = plan.responses.filter(({ key, group }) =>
    only === undefined ? group === 'column' || detailed.has(key) : key === only,
  );
  if (only !== undefined && named.length === 0)
    throw refuse('notFound', `the study has no response "${only}"`, 'choose one of its responses', {
      field: 'response',
    });
  const chosen = named
    .filter(({ key }) => lines.find(({ response }) => response.key === key)?.reason === null)
    .slice(0, mostDetailed);
  const blocks: Block[] = [
    { kind: 'facts', facts: factsOf(stored, readings) },
    ...(plan.simulated && plan.origin === 'rig' && plan.kind === 'grr'
      ? [{ kind: 'text' as const, text: simulatedOperators }]
      : []),
    { kind: 'heading', text: 'All responses' },
    { kind: 'table', table: overviewTable(plan, lines) },
    ...missingOf(lines),
    ...chosen.flatMap((response): Block[] => {
      const result: MsaResult = analyseResponse(study, response.key, settings);
      return [{ kind: 'heading', text: response.label }, ...blocksOf(result, response.unit)];
    }),
    { kind: 'heading', text: 'Redone measurements' },
    redoneOf(plan, readings),
  ];
  return { title: `${kindTitles[plan.kind]}: ${plan.name}`, simulated: plan.simulated, blocks };
}

const kindTitles = { grr: 'Gauge R&R', type1: 'Type-1 study', linearity: 'Bias and linearity' } as const;

function factsOf(stored: StoredStudy, readings: readonly StoredReading[]): readonly (readonly [string, string])[] {
  const { plan } = stored;
  const times = readings.map(({ time }) => time).sort();
  const limits = Object.entries(plan.tolerances).flatMap(([group, value]) =>
    value === null ? [] : [`${group} ${figure(value)} ${toleranceUnits[group] ?? ''}`.trim()],
  );
  return [
    [
      'Plan',
      `${plan.parts.length} cards x ${plan.operators.length} operators x ${plan.trials} trials, ${plan.steps.length} measurements`,
    ],
    ['Cards', plan.parts.join(', ')],
    ['Operators', plan.operators.join(', ')],
    [
      'Order',
      plan.origin === 'csv'
        ? 'as in the file'
        : `random within each operator and trial (seed ${plan.seed}), blind to earlier values`,
    ],
    [
      'Placing',
      plan.origin === 'csv'
        ? 'not stated'
        : plan.replace
          ? 'card taken off and placed again for every measurement'
          : 'card left in place',
    ],
    [
      'Source',
      plan.origin === 'rig'
        ? `rig ${plan.rigId}`
        : plan.origin === 'files'
          ? 'pictures chosen by the operator'
          : plan.name,
    ],
    ...(plan.origin === 'csv' ? [] : [['Calibration', calibrationText(readings)] as const]),
    ['Tolerances', limits.length === 0 ? 'none' : limits.join(', ')],
    ['Conditions', plan.conditions === '' ? 'not stated' : plan.conditions],
    ['Begun', stored.createdAt],
    ['Last measurement', times.at(-1) ?? '-'],
    ['Planned by', stored.actor],
    ['Software', `TruGrade Workstation ${plan.software.version} (${plan.software.commit})`],
  ];
}

/** Which record every measurement stands on; a study is refused a second one while it is measured. */
function calibrationText(readings: readonly StoredReading[]): string {
  const [first] = inForceReadings(readings).flatMap(({ calibration }) => calibration ?? []);
  if (!first) return "none: lengths are by the capture's own scale, and U holds repeatability alone";
  const unchecked = inForceReadings(readings).filter(({ calibration }) => calibration?.checkValid === false).length;
  const checked =
    unchecked === 0
      ? `last checked ${first.checkedAt}`
      : `${unchecked} measurements without a valid check of it (each holds ${first.checkHours} h)`;
  const scale = first.scale === 'certified' ? 'certified scale' : 'scale stated, not certified: not traceable';
  return `${first.name} (record ${first.id}), ${first.pitchMm.toPrecision(6)} mm per pixel, ${scale}, ${checked}`;
}

const toleranceUnits: Readonly<Record<string, string>> = { width: 'mm', centering: 'percentage points', size: 'mm' };

function overviewTable({ kind }: StudyPlan, lines: readonly ResponseResult[]): ReportTable {
  const rows = lines.filter(({ reason }) => reason === null);
  if (kind === 'grr')
    return {
      caption: 'Gauge R&R of each response',
      head: [
        'Response',
        'Unit',
        'Std dev of the gauge',
        'U (k = 2) of a reading',
        '% study variation',
        '% tolerance',
        'ndc',
        'Interaction',
      ],
      rows: rows.map((line) => ({
        level: line.level,
        cells: [
          line.response.label,
          line.response.unit,
          figure(line.gaugeSd, 4),
          figure(line.expandedU, 3),
          pct(line.studyVariationPct),
          pct(line.tolerancePct),
          figure(line.ndc, 4),
          line.pooled ? 'pooled' : 'kept',
        ],
      })),
    };
  return {
    caption: 'Each response',
    head: ['Response', 'Unit', 'Std dev', 'U (k = 2) of a reading', 'Bias', ...(kind === 'type1' ? ['Cg', 'Cgk'] : [])],
    rows: rows.map((line) => ({
      level: line.level,
      cells: [
        line.response.label,
        line.response.unit,
        figure(line.gaugeSd, 4),
        figure(line.expandedU, 3),
        figure(line.bias, 4),
        ...(kind === 'type1' ? [figure(line.cg, 4), figure(line.cgk, 4)] : []),
      ],
    })),
  };
}

function missingOf(lines: readonly ResponseResult[]): Block[] {
  const reasons = lines.flatMap(({ reason, response }) => (reason === null ? [] : [`${response.label}: ${reason}`]));
  return reasons.length === 0
    ? []
    : [
        { kind: 'text', text: 'Not analysed:' },
        { kind: 'list', items: reasons },
      ];
}

function redoneOf(plan: StudyPlan, readings: readonly StoredReading[]): Block {
  const redone = readings.flatMap(({ step, withdrawn, time }) => {
    const place = plan.steps[step];
    if (withdrawn === null || !place) return [];
    return [
      `${plan.parts[place.part]}, ${plan.operators[place.operator]}, trial ${place.trial + 1} (${time}): ${withdrawn}`,
    ];
  });
  return redone.length === 0 ? { kind: 'text', text: 'None.' } : { kind: 'list', items: redone };
}

/** One row for each measurement in force, one column for each response: what `trugrade msa grr --value` reads. */
export function studyCsv({ plan, readings }: CompleteStudy): string {
  const head = ['step', 'part', 'operator', 'trial', 'simulated', ...plan.responses.map(({ key }) => key)];
  const rows = plan.steps.map(({ part, operator, trial }, i) => {
    const reading = readings[i];
    const values = plan.responses.map(({ key }) => reading?.values[key] ?? '');
    return [i + 1, plan.parts[part], plan.operators[operator], trial + 1, reading?.simulated ? 'yes' : 'no', ...values];
  });
  return `${[head, ...rows].map((row) => row.map(cellOf).join(',')).join('\r\n')}\r\n`;
}

/** The results of every response, one a line. */
export function resultsCsv(lines: readonly ResponseResult[]): string {
  const head = [
    'response',
    'label',
    'unit',
    'tolerance',
    'gaugeSd',
    'expandedU',
    'studyVariationPct',
    'tolerancePct',
    'ndc',
    'cg',
    'cgk',
    'bias',
    'level',
    'reason',
  ];
  const rows = lines.map((l) => [
    ...[
      l.response.key,
      l.response.label,
      l.response.unit,
      l.tolerance,
      l.gaugeSd,
      l.expandedU,
      l.studyVariationPct,
      l.tolerancePct,
    ],
    ...[l.ndc, l.cg, l.cgk, l.bias, l.level, l.reason],
  ]);
  return `${[head, ...rows].map((row) => row.map(cellOf).join(',')).join('\r\n')}\r\n`;
}

/** Quoted where needed; a name that a spreadsheet would run as a formula is defused (OWASP, CSV injection). */
function cellOf(value: string | number | null | undefined): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
