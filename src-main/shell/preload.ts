/** All that the page gets of the desktop: one function. Runs sandboxed, so it is bundled to one CommonJS file. */
import { contextBridge, ipcRenderer } from 'electron';
import type { DesktopBridge } from '../contract/process.ts';
import { chooseSourceChannel } from './channels.ts';

const bridge: DesktopBridge = {
  // The main process checks the sender, parses `kind` and makes the answer: nothing here is trusted.
  chooseSource: (kind) => ipcRenderer.invoke(chooseSourceChannel, kind),
};

contextBridge.exposeInMainWorld('trugradeDesktop', bridge);
