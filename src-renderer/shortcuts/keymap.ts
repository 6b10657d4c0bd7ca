/** All shortcuts of the workstation: the one list that the dispatcher, the tooltips and the help overlay read. */
import type { ViewName } from '../../src-main/contract/report.ts';
import type { MessageKey } from '../messages/index.ts';

/** Words for what a shortcut does. */
export type ShortcutLabel = Extract<MessageKey, `shortcuts.${string}` | `overlays.${string}`>;

export type ShortcutGroup = 'everywhere' | 'gauge' | 'grade' | 'result' | 'viewer' | 'lists';

/**
 * - `page`: anywhere but in a text field.
 * - `idle`: only when no control has the focus, for keys that controls use themselves (Enter, arrows).
 * - `always`: in text fields too.
 */
export type ShortcutReach = 'page' | 'idle' | 'always';

export interface Binding {
  readonly group: ShortcutGroup;
  /** `g`, `Enter`, `Shift+1` …: see `matchesChord`. */
  readonly chords: readonly string[];
  readonly label: ShortcutLabel;
  readonly reach: ShortcutReach;
  /** For labels with a value. */
  readonly view?: ViewName;
}

const page = (group: ShortcutGroup, label: ShortcutLabel, ...chords: string[]): Binding => ({
  group,
  chords,
  label,
  reach: 'page',
});
const idle = (group: ShortcutGroup, label: ShortcutLabel, ...chords: string[]): Binding => ({
  ...page(group, label, ...chords),
  reach: 'idle',
});
const layer = (view: ViewName, chord: string): Binding => ({ ...page('viewer', 'shortcuts.layer', chord), view });

export const keymap = {
  help: page('everywhere', 'shortcuts.help', '?'),
  goGrade: page('everywhere', 'shortcuts.goGrade', 'Shift+1'),
  goCards: page('everywhere', 'shortcuts.goCards', 'Shift+2'),
  goJobs: page('everywhere', 'shortcuts.goJobs', 'Shift+3'),
  goLogs: page('everywhere', 'shortcuts.goLogs', 'Shift+4'),
  goSystem: page('everywhere', 'shortcuts.goSystem', 'Shift+5'),
  goSettings: page('everywhere', 'shortcuts.goSettings', 'Shift+6'),
  goGauge: page('everywhere', 'shortcuts.goGauge', 'Shift+7'),
  goCalibrate: page('everywhere', 'shortcuts.goCalibrate', 'Shift+8'),
  goTemplates: page('everywhere', 'shortcuts.goTemplates', 'Shift+9'),
  theme: page('everywhere', 'shortcuts.theme', 't'),

  gradeStart: page('grade', 'shortcuts.gradeStart', 'g'),
  gradeStartEnter: idle('grade', 'shortcuts.gradeStart', 'Enter'),
  gradeCancel: { ...page('grade', 'shortcuts.gradeCancel', 'Escape'), reach: 'always' },
  gradeNext: page('grade', 'shortcuts.gradeNext', 'n'),
  sourceRig: page('grade', 'shortcuts.sourceRig', 'r'),
  sourceFolder: page('grade', 'shortcuts.sourceFolder', 'f'),
  sourceImage: page('grade', 'shortcuts.sourceImage', 'i'),

  nextDefect: page('result', 'shortcuts.nextDefect', 'j'),
  previousDefect: page('result', 'shortcuts.previousDefect', 'k'),
  zoomSelected: idle('result', 'shortcuts.zoomSelected', 'Enter'),
  clearSelection: page('result', 'shortcuts.clearSelection', 'Escape'),
  tabFindings: page('result', 'shortcuts.tabFindings', 'q'),
  tabWidths: page('result', 'shortcuts.tabWidths', 'w'),
  tabChecks: page('result', 'shortcuts.tabChecks', 'e'),
  copyReport: page('result', 'shortcuts.copyReport', 'c'),
  saveReport: page('result', 'shortcuts.saveReport', 's'),
  print: page('result', 'shortcuts.print', 'x'),
  archive: page('result', 'shortcuts.archive', 'a'),
  undo: page('lists', 'shortcuts.undo', 'u'),

  layer1: layer('photo', '1'),
  layer2: layer('albedo', '2'),
  layer3: layer('normals', '3'),
  layer4: layer('gloss', '4'),
  layer5: layer('curvature', '5'),
  layer6: layer('height', '6'),
  layer7: layer('residual', '7'),
  surface: page('viewer', 'shortcuts.surface', '8'),
  surfaceLight: page('viewer', 'shortcuts.surfaceLight', 'h'),
  surfaceProfile: page('viewer', 'shortcuts.surfaceProfile', 'y'),
  surfaceTerrain: page('viewer', 'shortcuts.surfaceTerrain', 'v'),
  panUp: idle('viewer', 'shortcuts.panUp', 'ArrowUp'),
  panDown: idle('viewer', 'shortcuts.panDown', 'ArrowDown'),
  panLeft: idle('viewer', 'shortcuts.panLeft', 'ArrowLeft'),
  panRight: idle('viewer', 'shortcuts.panRight', 'ArrowRight'),
  zoomIn: page('viewer', 'shortcuts.zoomIn', '+', '='),
  zoomOut: page('viewer', 'shortcuts.zoomOut', '-'),
  zoomFit: page('viewer', 'shortcuts.zoomFit', '0'),
  zoomOne: page('viewer', 'shortcuts.zoomOne', 'z'),
  allOverlays: page('viewer', 'shortcuts.allOverlays', 'o'),
  overlayPoints: page('viewer', 'overlays.points', 'p'),
  overlayLabels: page('viewer', 'overlays.labels', 'l'),
  overlayBorders: page('viewer', 'overlays.borders', 'b'),
  overlayStations: page('viewer', 'overlays.stations', 'm'),
  overlayDefects: page('viewer', 'overlays.defects', 'd'),

  studyMeasure: page('gauge', 'shortcuts.studyMeasure', 'm'),

  search: page('lists', 'shortcuts.search', '/'),
  listDown: page('lists', 'shortcuts.listDown', 'j'),
  listUp: page('lists', 'shortcuts.listUp', 'k'),
  pause: page('lists', 'shortcuts.pause', 'p'),
} as const satisfies Record<string, Binding>;

export type Command = keyof typeof keymap;
export const commands = Object.keys(keymap).filter((name): name is Command => name in keymap);

export function bindingOf(command: Command): Binding {
  return keymap[command];
}
