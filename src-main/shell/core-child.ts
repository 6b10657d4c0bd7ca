/** The real core as a plain Node child process, with a channel for messages and its last words kept. */
import { spawn } from 'node:child_process';
import type { SpawnCore } from './supervisor.ts';

export interface CoreCommand {
  /** The pinned Node; never Electron itself, whose allocator traps where a plain process gets an error. */
  readonly node: string;
  readonly entry: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Receives what the core prints, e.g. for a terminal. */
  readonly print?: (text: string) => void;
}

const keptBytes = 16_384;

/** What would change how Node runs, or is Electron's own business, does not reach the core. */
export function coreEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const dangerous =
    /^(ELECTRON_|NODE_OPTIONS$|NODE_PATH$|NODE_EXTRA_CA_CERTS$|NODE_CHANNEL_|NODE_REPL_|LD_PRELOAD$|DYLD_INSERT_LIBRARIES$)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dangerous.test(name)));
}

/** Every call starts a new process. */
export function nodeSpawner(command: CoreCommand): SpawnCore {
  const { node, entry, args, env, cwd, print = () => {} } = command;
  return (listener) => {
    const child = spawn(node, ['--enable-source-maps', ...args, entry], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'json',
      windowsHide: true,
    });
    let words = '';
    let over = false;
    const end = (code: number | null, signal: string | null, spawnError: string | null) => {
      if (over) return;
      over = true;
      listener.exited({ code, signal, stderr: words, spawnError });
    };
    child.stdout?.setEncoding('utf8').on('data', print);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-keptBytes);
      print(text);
    });
    child.on('message', (raw) => listener.message(raw));
    child.on('error', (error) => {
      // Errors after the start are about the channel (it shuts as the process ends); the exit itself is told apart.
      if (child.pid === undefined) end(null, null, error.message);
    });
    // 'close', not 'exit': only then is all of stderr read.
    child.on('close', (code, signal) => end(code, signal, null));
    // A grandchild that holds the pipes open must not hide that the core has ended.
    child.on('exit', (code, signal) => setTimeout(() => end(code, signal, null), 1_000).unref());
    return {
      send: (message) => child.connected && child.send(message, () => {}),
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
