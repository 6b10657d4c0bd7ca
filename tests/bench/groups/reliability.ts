/** R1: records lost over random kills of the core. R3: time to a usable store of 100,000 gradings after a kill. */
import { join } from 'node:path';
import { z } from 'zod';
import { limited, show, skipped } from '../lib/rows.ts';
import type { Context, Group, Row } from '../lib/types.ts';

const reopenSchema = z.object({
  gradings: z.number(),
  databaseMB: z.number(),
  kills: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  searchMs: z.number(),
  verifyMs: z.number(),
  backupMs: z.number(),
});

async function kills({ quick, tools }: Context): Promise<Row> {
  const count = quick ? 50 : 1000;
  const vitest = join(tools.root, 'node_modules', 'vitest', 'vitest.mjs');
  const test = 'tests/integration/store-kill.test.ts';
  const { code, stdout, stderr } = await tools.run(
    process.execPath,
    [vitest, 'run', test, '--project', 'integration', '--disable-console-intercept'],
    { TRUGRADE_KILLS: String(count), NO_COLOR: '1' },
  );
  const line = new RegExp(`^${count} kills: .*$`, 'm').exec(stdout)?.[0];
  const lost = Number(/(\d+) lost/.exec(line ?? '')?.[1] ?? Number.NaN);
  return limited({
    figure: `R1: acknowledged records lost over ${count} kills`,
    value: code === 0 ? lost : Number.NaN,
    unit: 'records',
    digits: 0,
    atMost: 0,
    note: line ?? `the test failed: ${(stderr || stdout).trim().slice(-500)}`,
  });
}

async function reopen({ quick, tools }: Context): Promise<Row> {
  const figure = 'R3: reopen after a kill, 100,000 gradings, p95';
  if (quick) return skipped(figure, 'only in the full run: building the store takes minutes', '<= 2000 ms');
  const { stdout } = await tools.must(process.execPath, [join('tests', 'bench', 'store-reopen.ts')]);
  const result = reopenSchema.parse(JSON.parse(stdout));
  return limited({
    figure,
    value: result.p95Ms,
    unit: 'ms',
    digits: 0,
    atMost: 2000,
    detail: `p50 ${show(result.p50Ms, 0)}, ${result.kills} kills, ${show(result.databaseMB, 0)} MB`,
    note: `search ${result.searchMs} ms, audit chain ${result.verifyMs} ms, backup ${result.backupMs} ms`,
  });
}

export const reliability: Group = {
  name: 'reliability',
  async run(context) {
    return [await kills(context), await reopen(context)];
  },
};
