/** The application menu as data, for Electron to build. */
import type { MenuItemConstructorOptions } from 'electron';
import { t } from './messages.ts';

export interface MenuActions {
  readonly restartCore: () => void;
  readonly openLogs: () => void;
  readonly reload: () => void;
}

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  /** Developer tools are for a checkout, not for the bench. */
  readonly development: boolean;
}

/** Reloading goes through the shell: the window's address is valid once, so a plain reload may not be. */
export function menuTemplate(actions: MenuActions, options: MenuOptions): MenuItemConstructorOptions[] {
  const mac = options.platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  return [
    mac
      ? { role: 'appMenu' }
      : { label: t('menu.file'), submenu: [{ role: 'quit', label: t('menu.quit'), accelerator: 'CmdOrCtrl+Q' }] },
    { role: 'editMenu', label: t('menu.edit') },
    {
      label: t('menu.view'),
      submenu: [
        { label: t('menu.reload'), accelerator: 'CmdOrCtrl+R', click: actions.reload },
        separator,
        { role: 'resetZoom', label: t('menu.actualSize'), accelerator: 'CmdOrCtrl+0' },
        { role: 'zoomIn', label: t('menu.zoomIn'), accelerator: 'CmdOrCtrl+Plus' },
        { role: 'zoomOut', label: t('menu.zoomOut'), accelerator: 'CmdOrCtrl+-' },
        separator,
        { role: 'togglefullscreen', label: t('menu.fullScreen'), accelerator: mac ? 'Ctrl+Cmd+F' : 'F11' },
        ...(options.development ? [separator, developerTools(mac)] : []),
      ],
    },
    { role: 'windowMenu', label: t('menu.window') },
    {
      role: 'help',
      label: t('menu.help'),
      submenu: [
        { label: t('menu.openLogs'), accelerator: 'CmdOrCtrl+Shift+L', click: actions.openLogs },
        { label: t('menu.restartCore'), accelerator: 'CmdOrCtrl+Shift+K', click: actions.restartCore },
      ],
    },
  ];
}

function developerTools(mac: boolean): MenuItemConstructorOptions {
  return { role: 'toggleDevTools', label: t('menu.developerTools'), accelerator: mac ? 'Alt+Cmd+I' : 'Ctrl+Shift+I' };
}
