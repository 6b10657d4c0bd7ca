/** The list of all shortcuts, on `?`. */
import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { bindingOf, commands, type ShortcutGroup, shortcutLabel, useSuspendedShortcuts } from '../shortcuts/index.ts';
import { usePreferences } from '../state/preferences.ts';
import { KeyCaps } from '../ui/Keys.tsx';
import styles from './Shell.module.css';

const groups: readonly ShortcutGroup[] = ['everywhere', 'grade', 'result', 'viewer', 'lists', 'gauge'];

export function ShortcutHelp({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const singleKeys = usePreferences((state) => state.singleKeys);
  useSuspendedShortcuts(open);
  return (
    <Modal opened={open} onClose={onClose} title={t('shortcuts.title')} size="xl">
      {singleKeys ? null : <p className="tg-dim">{t('shortcuts.off')}</p>}
      <div className={styles.helpGrid}>
        {groups.map((group) => (
          <section key={group} className={styles.helpGroup}>
            <h3>{t(`shortcuts.groups.${group}`)}</h3>
            <ul>
              {commands
                .filter((command) => bindingOf(command).group === group)
                .map((command) => (
                  <li key={command} className={styles.helpRow}>
                    <span>{shortcutLabel(command)}</span>
                    <KeyCaps command={command} />
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Modal>
  );
}
