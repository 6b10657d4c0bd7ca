/** Measurement-system analysis: published studies reproduced, and the gauge's own study on simulated cards. */
import { join } from 'node:path';
import { z } from 'zod';
import { responseResultSchema } from '../../../src-main/contract/index.ts';
import { compareGolden, differs } from '../../support/msa-golden.ts';
import { limited, show, skipped } from '../lib/rows.ts';
import { median } from '../lib/stats.ts';
import type { Context, Group, Row } from '../lib/types.ts';

const tolerance = 1e-9;

function golden({ data }: Context): readonly Row[] {
  const figure = 'published gauge studies: numbers reproduced from their CSVs';
  if (data === undefined) return [skipped(figure, '../shared/data is not here')];
  const all = compareGolden(join(data, 'msa'));
  const off = all.map((each) => ({ ...each, by: differs(each) }));
  const wrong = off.filter(({ by }) => !(by <= tolerance));
  const worst = off.reduce((most, each) => Math.max(most, each.by), 0);
  return [
    limited({
      figure,
      value: wrong.length,
      unit: 'wrong',
      digits: 0,
      atMost: 0,
      detail: `${all.length - wrong.length} of ${all.length} agree`,
      ...(wrong.length === 0 ? {} : { note: wrong.map(({ path }) => path).join(', ') }),
    }),
    limited({
      figure: 'published gauge studies: largest relative difference',
      value: worst,
      unit: '',
      digits: 15,
      atMost: tolerance,
    }),
  ];
}

const studySchema = z.object({
  results: z.array(responseResultSchema),
  stepMs: z.array(z.number()),
  analysisMs: z.number(),
});

async function study({ quick, tools, say }: Context): Promise<readonly Row[]> {
  const size = quick ? [4, 2, 2] : [10, 3, 3];
  const name = `simulated gauge study ${size.join(' x ')}`;
  say(name);
  const { stdout } = await tools.must(process.execPath, [
    join('tests', 'bench', 'gauge-study.ts'),
    ...size.map(String),
  ]);
  const { results, stepMs, analysisMs } = studySchema.parse(JSON.parse(stdout));
  const stations = results.filter(({ response }) => response.group === 'station');
  const spread = stations.flatMap(({ gaugeSd }) => gaugeSd ?? []).map((sd) => 1000 * sd);
  const shares = stations.flatMap(({ tolerancePct }) => tolerancePct ?? []);
  const note = stations
    .map(({ response, gaugeSd, tolerancePct, ndc, reason }) =>
      reason === null
        ? `${response.label}: ${show(1000 * (gaugeSd ?? Number.NaN), 2, 'um')}, ${show(tolerancePct ?? Number.NaN, 1)} % of 0.3 mm, ndc ${show(ndc ?? Number.NaN, 0)}`
        : `${response.label}: ${reason}`,
    )
    .join('\n');
  const centering = results.filter(({ response }) => response.group === 'centering');
  return [
    limited({
      figure: `${name}: stations with a result`,
      value: spread.length,
      unit: 'stations',
      digits: 0,
      atLeast: 24,
    }),
    limited({
      figure: `${name}: gauge R&R of a station, median`,
      value: median(spread),
      unit: 'um',
      digits: 2,
      detail: `${show(Math.min(...spread), 2)} to ${show(Math.max(...spread), 2)}`,
      note,
    }),
    limited({
      figure: `${name}: worst station, % of a tolerance of 0.3 mm`,
      value: Math.max(...shares),
      unit: '%',
      digits: 1,
    }),
    limited({
      figure: `${name}: gauge R&R of centering, the worse axis`,
      value: Math.max(...centering.flatMap(({ gaugeSd }) => gaugeSd ?? [])),
      unit: 'pp',
      digits: 4,
    }),
    limited({
      figure: `${name}: a step, median`,
      value: median(stepMs),
      unit: 'ms',
      digits: 0,
      detail: `analysis of all responses ${show(analysisMs, 0)} ms`,
    }),
  ];
}

export const gauge: Group = {
  name: 'gauge',
  async run(context) {
    return [...golden(context), ...(await study(context))];
  },
};
