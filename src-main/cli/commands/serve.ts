/** `trugrade serve`: the workstation without a window, for a browser. */
import { resolve } from 'node:path';
import { startApp } from '../../core/app.ts';
import { defaultDataFolder } from '../../core/data-folder/index.ts';
import type { Command } from '../command.ts';
import { exit } from '../terminal.ts';

export const serve: Command = {
  name: 'serve',
  synopsis: '[--port N] [--host H] [--data DIR] [--role operator|annotator|engineer]',
  help: 'serves the workstation to a browser and prints its address',
  options: {
    port: { type: 'string', value: 'N', help: 'port, any free one when not given' },
    host: { type: 'string', value: 'H', help: 'address to listen on, 127.0.0.1 when not given' },
    data: { type: 'string', value: 'DIR', help: "data folder; else TRUGRADE_DATA, else the user's own" },
    role: { type: 'string', value: 'ROLE', help: 'role of the printed address, engineer when not given' },
  },
  async run(parsed, { terminal, signal }) {
    const host = parsed.text('host');
    const data = parsed.text('data');
    const app = await startApp({
      dataFolder: data === undefined ? defaultDataFolder() : resolve(data),
      port: parsed.number('port', { min: 0, max: 65_535, whole: true }) ?? 0,
      ...(host === undefined ? {} : { host }),
    });
    const role = parsed.choice('role', ['operator', 'annotator', 'engineer']) ?? 'engineer';
    terminal.out(app.launchUrl(role));
    terminal.err('The address works once, within ten minutes. Ctrl+C stops the workstation.');
    await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
    await app.close();
    return exit.done;
  },
};
