/** Marks what was never a real card, wherever it shows. */
import { IconFlask2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './ui.module.css';

export function SimulatedBadge() {
  const { t } = useTranslation();
  return (
    <span className={styles.simulated} title={t('simulated.long')}>
      <IconFlask2 size={13} aria-hidden />
      {t('simulated.badge')}
    </span>
  );
}
