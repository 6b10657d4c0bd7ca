/** The core as the desktop shell's child process: says when it serves, beats every second, stops when told or orphaned. */
import { basename } from 'node:path';
import { type CoreMessage, shellMessageSchema } from '../contract/index.ts';
import { type App, startApp } from './app.ts';
import { defaultDataFolder } from './data-folder/index.ts';
import { toAppError } from './errors/index.ts';

const heartbeatMs = 1000;

const say = (message: CoreMessage) => {
  if (process.connected) process.send?.(message);
};

async function register(app: App, requestId: number, path: string): Promise<void> {
  try {
    say({ type: 'registered', requestId, uploadId: await app.uploads.registerFolder(path), error: null });
  } catch (error) {
    say({ type: 'registered', requestId, uploadId: null, error: toAppError(error, { file: basename(path) }).data });
  }
}

async function main(): Promise<void> {
  const app = await startApp({ dataFolder: defaultDataFolder() });
  const beat = setInterval(() => say({ type: 'heartbeat' }), heartbeatMs);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    clearInterval(beat);
    await app.close();
    process.exit(0);
  };
  process.on('message', (raw) => {
    const parsed = shellMessageSchema.safeParse(raw);
    if (!parsed.success) return;
    const message = parsed.data;
    switch (message.type) {
      case 'registerPath':
        void register(app, message.requestId, message.path);
        return;
      case 'launch':
        say({ type: 'launched', requestId: message.requestId, url: app.launchUrl('engineer') });
        return;
      case 'stop':
        void stop();
        return;
    }
  });
  // The shell died: nobody is left who could stop this process.
  process.on('disconnect', () => void stop());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void stop());
  say({ type: 'ready', url: app.launchUrl('engineer') });
}

try {
  await main();
} catch (error) {
  say({ type: 'failed', error: toAppError(error).data });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
