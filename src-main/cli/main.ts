/** `trugrade <command>`: a thin face over the core. */
import { AppError, refuse, toAppError } from '../core/errors/index.ts';
import { software } from '../core/software/index.ts';
import { parse } from './arguments.ts';
import type { Command } from './command.ts';
import { calibrate } from './commands/calibrate.ts';
import { doctor } from './commands/doctor.ts';
import { edges } from './commands/edges.ts';
import { grade } from './commands/grade.ts';
import { measure } from './commands/measure.ts';
import { msa } from './commands/msa.ts';
import { normals } from './commands/normals.ts';
import { serve } from './commands/serve.ts';
import { simulate } from './commands/simulate.ts';
import { template } from './commands/template.ts';
import { type Exit, errorText, exit, exitCode, terminal } from './terminal.ts';

const commands: readonly Command[] = [
  grade,
  measure,
  edges,
  normals,
  simulate,
  template,
  calibrate,
  msa,
  serve,
  doctor,
];

function help(command?: Command): string {
  if (!command)
    return [
      'usage: trugrade <command> …',
      '',
      ...commands.map((c) => `  ${c.name.padEnd(10)}${c.help}`),
      '',
      'trugrade help <command> tells its options.',
    ].join('\n');
  const options = Object.entries(command.options).map(
    ([name, spec]) => `  --${`${name} ${spec.value ?? ''}`.padEnd(24)}${spec.help}`,
  );
  return [`usage: trugrade ${command.name} ${command.synopsis}`, '', command.help, '', ...options].join('\n');
}

const find = (name: string | undefined) => commands.find((c) => c.name === name);

async function run(name: string | undefined, args: readonly string[], signal: AbortSignal): Promise<Exit> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    terminal.out(help(find(args[0])));
    return exit.done;
  }
  if (name === 'version' || name === '--version') {
    terminal.out(software.version);
    return exit.done;
  }
  const command = find(name);
  if (!command) throw refuse('usage', `there is no command "${name}"`, 'see "trugrade help"');
  if (args.includes('--help') || args.includes('-h')) {
    terminal.out(help(command));
    return exit.done;
  }
  return command.run(parse(args, command.options), { terminal, signal });
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());

const [name, ...args] = process.argv.slice(2);
try {
  process.exitCode = await run(name, args, stop.signal);
} catch (error) {
  const { data } = toAppError(error);
  if (args.includes('--json')) terminal.out(JSON.stringify({ error: data }, null, 1));
  terminal.err(errorText(data));
  if (data.code === 'internal' && !(error instanceof AppError) && error instanceof Error)
    terminal.err(error.stack ?? '');
  process.exitCode = exitCode(data);
}
