/**
 * Measures the figures and prints one table; JSON goes to dist/bench/results.json.
 * `npm run bench -- [--quick] [--only GROUP] [--json] [--peers]`; exit code 1 only when measuring itself broke.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load, machine } from './lib/machine.ts';
import { installPeers, peersPython } from './lib/peers.ts';
import { broken } from './lib/rows.ts';
import { table } from './lib/table.ts';
import { tools } from './lib/tools.ts';
import type { Context, Group, Row, Verdict } from './lib/types.ts';
import { groups } from './registry.ts';

interface Measured {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly seconds: number;
  readonly load: number;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const say = (text: string) => process.stderr.write(`… ${text}\n`);

function options() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
    },
  });
  const chosen = groups.filter(({ name }) => values.only === undefined || values.only === name);
  if (chosen.length === 0)
    throw new Error(`--only ${values.only}: there are ${groups.map(({ name }) => name).join(', ')}`);
  return { ...values, chosen };
}

/** One group never takes the others down: what broke is a row of its own. */
async function measure(group: Group, context: Context): Promise<Measured> {
  say(group.name);
  const started = performance.now();
  const rows = await group
    .run(context)
    .catch((error: unknown) => [broken(group.name, error instanceof Error ? error.message : String(error))]);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  return { name: group.name, rows, seconds, load: load() };
}

async function main(): Promise<number> {
  const { chosen, quick, json, peers } = options();
  if (peers) await installPeers(root, say);
  const temp = mkdtempSync(join(tmpdir(), 'trugrade-bench-'));
  const clear = () => rmSync(temp, { recursive: true, force: true });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      clear();
      process.exit(130);
    });
  const data = join(root, '..', 'shared', 'data');
  const context: Context = {
    quick,
    temp,
    data: existsSync(data) ? data : undefined,
    python: peersPython(root),
    tools: tools(root),
    say,
  };
  const about = machine();
  const measured: Measured[] = [];
  try {
    for (const group of chosen) measured.push(await measure(group, context));
  } finally {
    clear();
  }
  const rows = measured.flatMap((group) => group.rows);
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  const document = { schema: 'trugrade.bench/1', machine: about, quick, groups: measured };
  const out = join(root, 'dist', 'bench', 'results.json');
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify(document, null, 1)}\n`);
  if (json) process.stdout.write(`${JSON.stringify(document, null, 1)}\n`);
  else {
    const { cpu, cores, memoryGiB, platform, node } = about;
    const loads = `load ${about.load} before, ${load()} after`;
    process.stdout.write(
      `\n${cores} cores of ${cpu}, ${memoryGiB} GiB, ${platform}, Node ${node}, ${loads}${quick ? ', quick run' : ''}\n\n` +
        `${table(measured)}\n\n${count('pass')} met, ${count('MISS')} MISS, ${count('info')} without a limit now, ` +
        `${count('skipped')} skipped, ${count('error')} broken; dist/bench/results.json\n`,
    );
  }
  return count('error') === 0 ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
