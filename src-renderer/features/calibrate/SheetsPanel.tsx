/** The printable sheets. */
import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../ui/Screen.tsx';
import styles from './calibrate.module.css';

const sheets = ['camera', 'artefact'] as const;
const kinds = ['pdf', 'png'] as const;

export function SheetsPanel() {
  const { t } = useTranslation();
  return (
    <Panel title={t('calibrate.sheets.title')} note={t('calibrate.sheets.about')}>
      <ul className={styles.sheets}>
        {sheets.map((sheet) => (
          <li key={sheet}>
            <span>{t(`calibrate.sheets.${sheet}`)}</span>
            {kinds.map((kind) => (
              <Anchor key={kind} href={`/documents/calibration/sheets/${sheet}.${kind}`} download>
                {t(`calibrate.sheets.${kind}`)}
              </Anchor>
            ))}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
