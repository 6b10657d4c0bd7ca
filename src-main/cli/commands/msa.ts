/** `trugrade msa`: gauge R&R, type-1, linearity, agreement and stability of a table of measurements. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { grrSettingsSchema, type MsaResult } from '../../contract/index.ts';
import { refuse, toAppError } from '../../core/errors/index.ts';
import {
  agreement,
  blocksOf,
  type ColumnChoice,
  crossed,
  crossedReadings,
  gaugeRr,
  linearity,
  pairs,
  plainValues,
  type ReportDocument,
  readTable,
  referenceReadings,
  stability,
  subgroups,
  type Table,
  toHtml,
  toPdf,
  toText,
  type1,
} from '../../core/msa/index.ts';
import { software } from '../../core/software/index.ts';
import type { Parsed } from '../arguments.ts';
import { type Command, jsonOption } from '../command.ts';
import { exit } from '../terminal.ts';

const option = (value: string, help: string) => ({ type: 'string', value, help }) as const;
const analyses = ['grr', 'type1', 'linearity', 'agreement', 'stability'] as const;
type Analysis = (typeof analyses)[number];
const titles: Readonly<Record<Analysis, string>> = {
  grr: 'Gauge R&R',
  type1: 'Type-1 study',
  linearity: 'Bias and linearity',
  agreement: 'Agreement of two methods',
  stability: 'Stability',
};

export const msa: Command = {
  name: 'msa',
  synopsis: 'grr|type1|linearity|agreement|stability FILE.csv [--tolerance T] [--report FILE.html|FILE.pdf] [--json] …',
  help: 'measurement-system analysis of a table of measurements',
  options: {
    tolerance: option('T', 'upper less lower limit, in the unit of the values'),
    alpha: option('A', 'grr: the interaction is pooled when its p is above this, 0.25 (AIAG) when not given'),
    method: option('anova|xbar-r', 'grr: anova when not given'),
    interaction: option('auto|keep|drop', 'grr: auto decides by alpha'),
    'study-k': option(
      'K',
      'grr: standard deviations in the study variation, 6 when not given (5.15 in older practice)',
    ),
    confidence: option('C', 'level of all intervals, 0.95 when not given'),
    reference: option('X', 'type1: the true value'),
    'percent-k': option('K', 'type1: percent of the tolerance, 20 when not given'),
    'spread-l': option('L', 'type1: spread in standard deviations, 6 when not given'),
    resolution: option('X', 'type1: smallest step of the instrument'),
    'process-variation': option('X', 'linearity: spread of the process the gauge is used in'),
    largest: option('X', 'agreement: largest difference that may stand between the two'),
    part: option('NAME', 'column of the part, when it has another name'),
    operator: option('NAME', 'column of the operator'),
    trial: option('NAME', 'column of the trial'),
    value: option('NAME', 'column of the measurements'),
    'reference-column': option('NAME', 'linearity: column of the reference'),
    first: option('NAME', 'agreement: column of the first method'),
    second: option('NAME', 'agreement: column of the second method'),
    subgroup: option('NAME', 'stability: column of the subgroup'),
    report: option('FILE', 'also write a report, .html or .pdf'),
    json: jsonOption,
  },
  async run(parsed, { terminal }) {
    const [name, path, ...more] = parsed.positionals;
    const analysis = analyses.find((each) => each === name);
    if (!analysis || path === undefined || more.length > 0)
      throw refuse(
        'usage',
        `msa takes an analysis (${analyses.join(', ')}) and one CSV file`,
        'see "trugrade help msa"',
      );
    const report = reportPath(parsed.text('report'));
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw toAppError(error, { file: basename(path) });
    });
    const result = analyse(analysis, readTable(text, basename(path)), parsed);
    if (report !== undefined) await writeReport(report, documentOf(analysis, basename(path), result));
    terminal.out(parsed.flag('json') ? JSON.stringify(result, null, 1) : toText(result));
    return exit.done;
  },
};

function analyse(analysis: Analysis, table: Table, parsed: Parsed): MsaResult {
  const choice: ColumnChoice = {
    part: parsed.text('part'),
    operator: parsed.text('operator'),
    trial: parsed.text('trial'),
    value: parsed.text('value'),
    reference: parsed.text('reference-column'),
    first: parsed.text('first'),
    second: parsed.text('second'),
    subgroup: parsed.text('subgroup'),
  };
  const confidence = parsed.number('confidence', { min: 0.5, max: 0.999 }) ?? 0.95;
  const tolerance = positive(parsed, 'tolerance');
  switch (analysis) {
    case 'grr': {
      const settings = grrSettingsSchema.parse({
        method: parsed.choice('method', ['anova', 'xbar-r']),
        interaction: parsed.choice('interaction', ['auto', 'keep', 'drop']),
        alpha: parsed.number('alpha', { min: 0, max: 1 }),
        studyK: positive(parsed, 'study-k', 20),
        tolerance,
        confidence,
      });
      return gaugeRr(crossed(crossedReadings(table, choice), table.file), settings);
    }
    case 'type1':
      return type1(
        plainValues(table, choice),
        {
          reference: needed(parsed.number('reference'), 'reference', 'the true value of the part'),
          tolerance: needed(tolerance, 'tolerance', 'upper less lower limit'),
          percent: positive(parsed, 'percent-k', 100) ?? 20,
          spread: positive(parsed, 'spread-l', 20) ?? 6,
          resolution: positive(parsed, 'resolution') ?? null,
          limit: 1.33,
          confidence,
        },
        table.file,
      );
    case 'linearity': {
      const processVariation = positive(parsed, 'process-variation') ?? null;
      const alpha = parsed.number('alpha', { min: 0.0001, max: 0.5 }) ?? 0.05;
      return linearity(referenceReadings(table, choice), { processVariation, alpha, confidence }, table.file);
    }
    case 'agreement':
      return agreement(pairs(table, choice), { confidence, largest: positive(parsed, 'largest') ?? null });
    case 'stability':
      return stability(subgroups(table, choice), table.file);
  }
}

function positive(parsed: Parsed, name: string, max = Number.MAX_VALUE): number | undefined {
  return parsed.number(name, { min: Number.MIN_VALUE, max });
}

function needed(value: number | undefined, name: string, what: string): number {
  if (value !== undefined) return value;
  throw refuse('usage', `a type-1 study needs --${name}: ${what}`, `add --${name}`, { field: name });
}

interface ReportPath {
  readonly path: string;
  readonly kind: 'html' | 'pdf';
}

/** Checked before any work, so that a wrong ending does not cost it. */
function reportPath(path: string | undefined): ReportPath | undefined {
  if (path === undefined) return undefined;
  const ending = extname(path).toLowerCase();
  if (ending === '.html' || ending === '.htm') return { path, kind: 'html' };
  if (ending === '.pdf') return { path, kind: 'pdf' };
  throw refuse('usage', `"${basename(path)}" ends in neither .html nor .pdf`, 'give the report one of these endings', {
    field: 'report',
  });
}

function documentOf(analysis: Analysis, file: string, result: MsaResult): ReportDocument {
  const facts: (readonly [string, string])[] = [
    ['Data', file],
    ['Made', new Date().toISOString()],
    ['Software', `TruGrade Workstation ${software.version} (${software.commit})`],
  ];
  return { title: titles[analysis], simulated: false, blocks: [{ kind: 'facts', facts }, ...blocksOf(result)] };
}

async function writeReport({ path, kind }: ReportPath, report: ReportDocument): Promise<void> {
  const content = kind === 'html' ? toHtml(report) : await toPdf(report, new Date());
  await writeFile(path, content).catch((error: unknown) => {
    throw toAppError(error, { file: basename(path), field: 'report' });
  });
}
