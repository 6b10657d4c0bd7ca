/** Shortcuts as people see them: key caps, and tooltips that name the key of a control. */
import { Tooltip, type TooltipProps } from '@mantine/core';
import { Fragment, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { bindingOf, type Command, chordText, shortcutLabel, shortcutText } from '../shortcuts/index.ts';
import styles from './ui.module.css';

export function KeyCap({ command }: { readonly command: Command }) {
  return (
    <kbd className={styles.key} aria-hidden>
      {shortcutText(command)}
    </kbd>
  );
}

/** All chords of a command: `G or Enter`. */
export function KeyCaps({ command }: { readonly command: Command }) {
  const { t } = useTranslation();
  return (
    <span className={styles.keys}>
      {bindingOf(command).chords.map((chord, index) => (
        <Fragment key={chord}>
          {index > 0 ? <span className={styles.or}>{t('shortcuts.or')}</span> : null}
          <kbd className={styles.key}>{chordText(chord)}</kbd>
        </Fragment>
      ))}
    </span>
  );
}

export interface ShortcutTipProps {
  readonly command: Command;
  readonly label?: string;
  readonly position?: TooltipProps['position'];
  readonly disabled?: boolean;
  readonly children: ReactElement;
}

export function ShortcutTip({ command, label, position = 'bottom', disabled = false, children }: ShortcutTipProps) {
  return (
    <Tooltip
      position={position}
      disabled={disabled}
      label={
        <span className={styles.tip}>
          {label ?? shortcutLabel(command)} <kbd className={styles.tipKey}>{shortcutText(command)}</kbd>
        </span>
      }
    >
      {children}
    </Tooltip>
  );
}
