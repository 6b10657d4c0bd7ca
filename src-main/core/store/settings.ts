/** Settings in the store: one row for each that was ever set, the defaults for the rest. */
import type { Database } from 'better-sqlite3';
import { defaultSettings, type Settings, settingsSchema } from '../../contract/system.ts';
import type { Audit } from '../audit/index.ts';
import { refuse } from '../errors/index.ts';
import type { SettingsPatch } from './types.ts';

export function createSettings(db: Database): { get(): Settings } {
  const all = db.prepare<[], { key: string; value: string }>('SELECT key, value_json AS value FROM settings');
  return {
    get() {
      const stored: Record<string, unknown> = {};
      for (const { key, value } of all.all()) stored[key] = JSON.parse(value);
      const whole = settingsSchema.safeParse({ ...defaultSettings, ...stored });
      // A value this program does not understand (written by another version) is passed over, not destroyed.
      return whole.success ? whole.data : settingsSchema.parse({ ...defaultSettings, ...understood(stored) });
    },
  };
}

/** Sets what the patch names, in the caller's transaction, an audit row for each. Throws `value.invalid`. */
export function createSettingsWriter(db: Database, audit: Audit): (actor: string, patch: SettingsPatch) => Settings {
  const { get } = createSettings(db);
  const upsert = db.prepare(
    'INSERT INTO settings (key, value_json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value_json = excluded.value_json',
  );
  return (actor, patch) => {
    const parsed = settingsSchema.partial().safeParse(patch);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw refuse(
        'value.invalid',
        issue?.message ?? 'the setting is not valid',
        'enter a value that the setting allows',
        {
          field: issue?.path.join('.') ?? 'settings',
        },
      );
    }
    const before = get();
    const after = settingsSchema.parse({ ...before, ...defined(parsed.data) });
    for (const key of settingsSchema.keyof().options) {
      if (JSON.stringify(after[key]) === JSON.stringify(before[key])) continue;
      upsert.run(key, JSON.stringify(after[key]));
      audit.append({
        actor,
        action: 'settings.set',
        subject: key,
        payload: { before: before[key], after: after[key] },
      });
    }
    return after;
  };
}

function understood(stored: Readonly<Record<string, unknown>>): SettingsPatch {
  const each = Object.entries(stored).map(([key, value]) => settingsSchema.partial().safeParse({ [key]: value }).data);
  return defined(Object.assign({}, ...each));
}

/** Without the members that are undefined. */
const defined = (patch: SettingsPatch): SettingsPatch =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
