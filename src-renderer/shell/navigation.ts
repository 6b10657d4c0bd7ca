/** Which screens exist for which role. */
import type { Role } from '../../src-main/contract/system.ts';
import type { Command } from '../shortcuts/index.ts';

export const screenNames = [
  'grade',
  'cards',
  'templates',
  'jobs',
  'gauge',
  'calibrate',
  'logs',
  'system',
  'settings',
] as const;
export type ScreenName = (typeof screenNames)[number];

export interface Entry {
  readonly screen: ScreenName;
  readonly href: string;
  readonly command: Command;
  readonly roles: readonly Role[];
}

export const entries: readonly Entry[] = [
  { screen: 'grade', href: '/grade', command: 'goGrade', roles: ['operator', 'engineer'] },
  { screen: 'cards', href: '/cards', command: 'goCards', roles: ['operator', 'annotator', 'engineer'] },
  {
    screen: 'templates',
    href: '/templates',
    command: 'goTemplates',
    roles: ['operator', 'annotator', 'engineer'],
  },
  { screen: 'jobs', href: '/jobs', command: 'goJobs', roles: ['operator', 'engineer'] },
  { screen: 'gauge', href: '/gauge', command: 'goGauge', roles: ['engineer'] },
  { screen: 'calibrate', href: '/calibrate', command: 'goCalibrate', roles: ['engineer'] },
  { screen: 'logs', href: '/logs', command: 'goLogs', roles: ['operator', 'annotator', 'engineer'] },
  { screen: 'system', href: '/system', command: 'goSystem', roles: ['engineer'] },
  { screen: 'settings', href: '/settings', command: 'goSettings', roles: ['operator', 'annotator', 'engineer'] },
];

export function entriesFor(role: Role): readonly Entry[] {
  return entries.filter((entry) => entry.roles.includes(role));
}

/** Is `path` the entry's screen or a page inside it? */
export function isCurrent(entry: Entry, path: string): boolean {
  return path === entry.href || path.startsWith(`${entry.href}/`);
}

/** Where a role lands when the screen it asked for is not its own; null when it may stay. */
export function redirectFor(role: Role, path: string): string | null {
  const asked = entries.find((entry) => isCurrent(entry, path));
  if (!asked || asked.roles.includes(role)) return null;
  return entriesFor(role)[0]?.href ?? '/settings';
}
