/** `npm run bench`: sets up what is missing, then measures every figure under the pinned Node (tests/bench/main.ts). */
import { spawn } from 'node:child_process';
import { at, pinnedNode } from './lib/paths.mjs';
import { SetupError, setUp } from './lib/steps.mjs';

try {
  await setUp();
  const child = spawn(pinnedNode(), [at('tests', 'bench', 'main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
} catch (error) {
  process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
