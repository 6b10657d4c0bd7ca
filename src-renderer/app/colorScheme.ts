/** Mantine's colour scheme lives in our own preferences, which parse what they read. */
import type { MantineColorSchemeManager } from '@mantine/core';
import { setPreferences, usePreferences } from '../state/preferences.ts';

export function preferencesSchemeManager(): MantineColorSchemeManager {
  let stop = () => {};
  return {
    get: () => usePreferences.getState().scheme,
    set: (scheme) => setPreferences({ scheme }),
    subscribe: (onUpdate) => {
      stop = usePreferences.subscribe((now, before) => {
        if (now.scheme !== before.scheme) onUpdate(now.scheme);
      });
    },
    unsubscribe: () => stop(),
    clear: () => setPreferences({ scheme: 'auto' }),
  };
}
