/** What this desk remembers between visits: colour scheme, view, last source, overlays. Kept in localStorage. */
import { z } from 'zod';
import { create } from 'zustand';
import { roleSchema } from '../../src-main/contract/system.ts';

const storageKey = 'trugrade.preferences/1';

export const overlayNames = ['points', 'labels', 'borders', 'stations', 'defects'] as const;
export type OverlayName = (typeof overlayNames)[number];

const overlaysSchema = z.object({
  points: z.boolean(),
  labels: z.boolean(),
  borders: z.boolean(),
  stations: z.boolean(),
  defects: z.boolean(),
});

const preferencesSchema = z.object({
  scheme: z.enum(['auto', 'light', 'dark']).catch('auto'),
  viewAs: roleSchema.nullable().catch(null),
  singleKeys: z.boolean().catch(true),
  source: z.enum(['rig', 'folder', 'image']).catch('rig'),
  rigId: z.string().nullable().catch(null),
  sample: z.int().min(0).max(1_000_000).catch(1),
  pixelPitch: z.string().max(20).catch(''),
  panelTab: z.enum(['findings', 'widths', 'checks']).catch('findings'),
  overlays: overlaysSchema.catch({ points: true, labels: true, borders: true, stations: false, defects: true }),
});
export type Preferences = z.infer<typeof preferencesSchema>;

/** Reads what was stored; anything broken falls back to its default, field by field. */
export function parsePreferences(text: string | null): Preferences {
  const parsed = preferencesSchema.safeParse(parseJson(text ?? '{}'));
  return parsed.success ? parsed.data : preferencesSchema.parse({});
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function write(preferences: Preferences): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(preferences));
  } catch {
    // A full or forbidden storage only means that this desk does not remember.
  }
}

export const usePreferences = create<Preferences>(() => parsePreferences(read()));
usePreferences.subscribe(write);

export function setPreferences(change: Partial<Preferences>): void {
  usePreferences.setState(change);
}

export function toggleOverlay(name: OverlayName): void {
  const { overlays } = usePreferences.getState();
  setPreferences({ overlays: { ...overlays, [name]: !overlays[name] } });
}

/** All off when any is on, else all on. */
export function toggleAllOverlays(): void {
  const { overlays } = usePreferences.getState();
  const on = !overlayNames.some((name) => overlays[name]);
  setPreferences({ overlays: { points: on, labels: on, borders: on, stations: on, defects: on } });
}
