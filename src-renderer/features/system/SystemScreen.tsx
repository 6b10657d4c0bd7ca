/** The machine and its records, for the engineer. */
import { useTranslation } from 'react-i18next';
import { Screen } from '../../ui/Screen.tsx';
import { AuditPanel } from './AuditPanel.tsx';
import { BackupsPanel } from './BackupsPanel.tsx';
import { DoctorPanel } from './DoctorPanel.tsx';
import { InvitePanel } from './InvitePanel.tsx';
import styles from './system.module.css';

export function SystemScreen() {
  const { t } = useTranslation();
  return (
    <Screen title={t('system.title')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
      <section className={styles.body} tabIndex={0} aria-label={t('system.title')}>
        <div className={styles.column}>
          <DoctorPanel />
          <InvitePanel />
        </div>
        <div className={styles.column}>
          <BackupsPanel />
          <AuditPanel />
        </div>
      </section>
    </Screen>
  );
}
