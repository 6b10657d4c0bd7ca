#!/usr/bin/env node
/** `npx trugrade …`: starts the command line under the pinned Node, whatever Node ran this file. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { at, pinnedNode } from './lib/paths.mjs';

const node = pinnedNode();
const cli = at('dist', 'core', 'cli.js');
if (node === undefined || !existsSync(node) || !existsSync(cli)) {
  process.stderr.write('trugrade is not set up in this checkout yet: run "npm run setup" first.\n');
  process.exit(2);
}
const child = spawn(node, ['--enable-source-maps', cli, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (signal) process.kill(process.pid, signal);
  else process.exit(code ?? 3);
});
