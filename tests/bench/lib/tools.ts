/** Runs the built product and the native examples as a person would, and reads what they print. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface Tools {
  readonly root: string;
  run(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ran>;
  /** Like `run`, for what must succeed. @throws Error with the end of what it said */
  must(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ran>;
  /** `trugrade … --json`; exit code 1 is an answer too: the card was not graded, and the JSON says why. */
  trugrade<T>(args: readonly string[], schema: z.ZodType<T>): Promise<T>;
  /** Builds and runs an example of a native crate in release mode; its lines. */
  example(crate: string, name: string, args?: readonly string[]): Promise<string>;
  /** Peak resident memory of `trugrade …` in bytes. */
  peakBytes(args: readonly string[]): Promise<number>;
}

/**
 * Prints the peak as the process ends; a query of the process itself, as polling from outside misses the last allocation.
 * Not `resourceUsage().maxRSS`: on Linux that begins with the peak of the process that started this one.
 */
const reporter = `data:text/javascript,${encodeURIComponent(
  `import { readFileSync } from 'node:fs';
   const own = () => /VmHWM:\\s*(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
   const peak = () => (process.platform === 'linux' ? own() : process.resourceUsage().maxRSS);
   process.on('exit', () => process.stderr.write('\\npeak-kib ' + peak() + '\\n'));`,
)}`;

export function tools(root: string): Tools {
  const cli = join(root, 'dist', 'core', 'cli.js');

  function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const started = performance.now();
    return new Promise((resolve) => {
      const child = spawn(command, args, {
        cwd: root,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (part) => {
        stdout += part;
      });
      child.stderr.on('data', (part) => {
        stderr += part;
      });
      const end = (code: number, said = '') =>
        resolve({ code, stdout, stderr: stderr + said, ms: performance.now() - started });
      child.on('error', (error) => end(127, error.message));
      child.on('close', (code) => end(code ?? 1));
    });
  }

  const complaint = (command: string, args: readonly string[], { code, stdout, stderr }: Ran) =>
    new Error(
      `${command} ${args.slice(0, 4).join(' ')} … ended with ${code}: … ${(stderr || stdout).trim().slice(-300).replaceAll('\n', ' ')}`,
    );

  async function must(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const ran = await run(command, args, env);
    if (ran.code !== 0) throw complaint(command, args, ran);
    return ran;
  }

  return {
    root,
    run,
    must,
    async trugrade(args, schema) {
      const ran = await run(process.execPath, [cli, ...args, '--json']);
      if (ran.code > 1) throw complaint('trugrade', args, ran);
      return schema.parse(JSON.parse(ran.stdout));
    },
    async example(crate, name, args = []) {
      const place = ['--manifest-path', 'native/Cargo.toml', '--target-dir', 'native/target'];
      const cargo = ['run', '--quiet', '--release', ...place, '-p', crate, '--example', name, '--', ...args];
      return (await must('cargo', cargo)).stdout;
    },
    async peakBytes(args) {
      const { stderr } = await must(process.execPath, ['--import', reporter, cli, ...args]);
      return z.coerce.number().parse(/peak-kib (\d+)/.exec(stderr)?.[1]) * 1024;
    },
  };
}
