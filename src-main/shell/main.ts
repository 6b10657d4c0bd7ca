/** Composition root of the desktop shell: one window, one supervised core, and the guards around both. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, dialog, ipcMain, Menu, session, shell } from 'electron';
import { defaultDataFolder } from '../core/data-folder/index.ts';
import { chooseSourceChannel } from './channels.ts';
import { chooseSource, dialogOptions, type SourceKind } from './choose-source.ts';
import { coreEnvironment, nodeSpawner } from './core-child.ts';
import { guardApp, guardSession, originOf } from './guards.ts';
import { openJournal } from './journal.ts';
import { menuTemplate } from './menu.ts';
import { shellPaths } from './paths.ts';
import { processTime } from './schedule.ts';
import type { StatusAction } from './status-page.ts';
import { createSupervisor } from './supervisor.ts';
import { viewOf } from './view.ts';
import { createWindow } from './window.ts';

const data = defaultDataFolder();
const logs = join(data, 'logs');
/** The page's profile belongs to the data folder: two folders are two workstations, one folder is opened once. */
const profile = join(data, 'window');
const journal = openJournal(logs, () => new Date());

function run(): void {
  const paths = shellPaths({
    packaged: app.isPackaged,
    appFolder: app.getAppPath(),
    resources: process.resourcesPath,
    platform: process.platform,
    arch: process.arch,
  });

  const supervisor = createSupervisor({
    spawn: nodeSpawner({
      node: paths.node,
      entry: paths.core,
      args: [],
      cwd: paths.coreFolder,
      env: { ...coreEnvironment(process.env), TRUGRADE_DATA: data },
      print: (text) => process.stderr.write(text),
    }),
    note: (text) => journal.note(text),
    onState(state) {
      const crash = state.crashes.at(-1);
      journal.note(`core: ${state.phase.name}`, {
        run: state.run,
        ...(crash && state.phase.name !== 'running'
          ? {
              reason: crash.reason,
              code: crash.code,
              signal: crash.signal,
              detail: crash.error?.message ?? crash.detail,
            }
          : {}),
      });
      window.show(viewOf(state));
    },
  });

  const own = (): string | undefined => {
    const { phase } = supervisor.state();
    return phase.name === 'running' ? originOf(phase.url) : undefined;
  };
  const freshUrl = async () => {
    const outcome = await supervisor.launch();
    return outcome.ok ? outcome.value : undefined;
  };
  const openLogs = () => void shell.openPath(logs).then((problem) => problem && journal.note(`log folder: ${problem}`));
  const act = (action: StatusAction) => {
    switch (action) {
      case 'restart':
        return supervisor.restart();
      case 'open-logs':
        return openLogs();
    }
  };
  const window = createWindow({
    preload: paths.preload,
    placeFile: join(profile, 'place.json'),
    time: processTime,
    own,
    freshUrl,
    onAction: act,
    note: (text) => journal.note(text),
  });

  const refused = (what: string) => journal.note(`refused: ${what}`);
  const guards = { own, refused, openExternal: (url: string) => void shell.openExternal(url) };
  guardApp(app, guards);

  const pick = async (kind: SourceKind) => {
    const parent = window.current();
    const choice = dialogOptions(kind);
    const { canceled, filePaths } = await (parent
      ? dialog.showOpenDialog(parent, choice)
      : dialog.showOpenDialog(choice));
    return canceled ? undefined : filePaths[0];
  };
  ipcMain.handle(chooseSourceChannel, ({ senderFrame }, kind: unknown) => {
    const sender = { url: senderFrame?.url, isMainFrame: senderFrame !== null && senderFrame.parent === null };
    return chooseSource(sender, kind, { own, pick, registerPath: (path) => supervisor.registerPath(path), refused });
  });

  app.on('second-instance', () => window.open());
  app.on('activate', () => window.open());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('child-process-gone', (_event, { type, reason }) =>
    journal.note(`Electron's ${type} process is gone (${reason})`),
  );
  app.on('before-quit', (event) => {
    if (supervisor.state().phase.name === 'stopped') return;
    event.preventDefault();
    void supervisor.stop().then(() => app.quit());
  });

  void app.whenReady().then(() => {
    guardSession(session.defaultSession, guards);
    const actions = { restartCore: () => supervisor.restart(), openLogs, reload: window.reload };
    const template = menuTemplate(actions, { platform: process.platform, development: !app.isPackaged });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
    window.open();
    supervisor.start();
  });
}

/** Where the folder cannot be made, Electron's own place serves; the core will say what is wrong with the folder. */
function placeProfile(): void {
  try {
    mkdirSync(profile, { recursive: true });
    app.setPath('userData', profile);
  } catch (error) {
    journal.note(`the window's profile is not in the data folder: ${error instanceof Error ? error.message : error}`);
  }
}

app.enableSandbox();
placeProfile();
if (app.requestSingleInstanceLock()) run();
else app.quit();
