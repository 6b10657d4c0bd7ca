/** Running other programs: streamed, or quiet with the output shown only when they fail. */
import { spawn, spawnSync } from 'node:child_process';
import { root } from './paths.mjs';

/** Whether a program answers, and what it says of its version. */
export function version(command, args = ['--version']) {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
  return result.status === 0 ? result.stdout.trim().split('\n')[0] : undefined;
}

/**
 * Runs a program in the project's root.
 * @returns {Promise<{ code: number, output: string, ms: number }>}
 */
export function run(command, args, { env = {}, show = false, timeoutMs = 0 } = {}) {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    let output = '';
    const take = (stream, to) =>
      stream.on('data', (chunk) => {
        output += chunk;
        if (show) to.write(chunk);
      });
    take(child.stdout, process.stdout);
    take(child.stderr, process.stderr);
    const done = (code) => resolve({ code, output, ms: performance.now() - started });
    child.on('error', (error) => {
      output += `${error.message}\n`;
      done(127);
    });
    child.on('close', (code) => done(code ?? 1));
  });
}
