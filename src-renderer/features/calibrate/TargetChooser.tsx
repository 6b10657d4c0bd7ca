/** One target of the lights' calibration: photographed by the rig, or a capture folder, or left out. */
import { Button, CloseButton } from '@mantine/core';
import { IconCamera, IconFolder } from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { LightTarget } from '../../../src-main/contract/light-records.ts';
import { filesOfInput } from '../grade/dropFiles.ts';
import styles from './calibrate.module.css';

/** `rig`: its own picture; files: a capture folder; null: left out. */
export type Chosen = 'rig' | readonly File[] | null;

/** Whatever else lies in the folder stays there. */
const inCaptures = /\.(png|tiff?|jpe?g|json)$/i;

interface TargetChooserProps {
  readonly target: LightTarget;
  readonly chosen: Chosen;
  readonly disabled: boolean;
  readonly onChange: (chosen: Chosen) => void;
}

export function TargetChooser({ target, chosen, disabled, onChange }: TargetChooserProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const name = t(`calibrate.lights.targets.${target}`);
  return (
    <li className={styles.target}>
      <div className={styles.grow}>
        <strong>{name}</strong>
        <p className={styles.dim}>{t(`calibrate.lights.targetHints.${target}`)}</p>
      </div>
      {chosen === null ? (
        <div className={styles.targetTools}>
          {target === 'mirror' || target === 'matte' ? (
            <Button
              variant="default"
              leftSection={<IconCamera size={16} aria-hidden />}
              disabled={disabled}
              aria-label={t('calibrate.lights.takeOf', { name })}
              onClick={() => onChange('rig')}
            >
              {t('calibrate.lights.take')}
            </Button>
          ) : null}
          <Button
            variant="default"
            leftSection={<IconFolder size={16} aria-hidden />}
            disabled={disabled}
            aria-label={t('calibrate.lights.chooseOf', { name })}
            onClick={() => input.current?.click()}
          >
            {t('calibrate.lights.choose')}
          </Button>
        </div>
      ) : (
        <span className={styles.chosen} data-testid={`chosen-${target}`}>
          {chosen === 'rig' ? t('calibrate.lights.fromRig') : t('calibrate.lights.fromFiles', { count: chosen.length })}
          <CloseButton
            size="sm"
            disabled={disabled}
            aria-label={t('calibrate.lights.leaveOut', { name })}
            onClick={() => onChange(null)}
          />
        </span>
      )}
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('calibrate.lights.input', { name })}
        webkitdirectory=""
        onChange={(event) => {
          const files = filesOfInput(event.currentTarget.files)
            .map(({ file }) => file)
            .filter(({ name }) => inCaptures.test(name));
          if (files.length > 0) onChange(files);
          event.currentTarget.value = '';
        }}
      />
    </li>
  );
}
