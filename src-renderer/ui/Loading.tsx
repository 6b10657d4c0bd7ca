/** A quiet sign that something is on its way; told to screen readers, shown after a moment so that it does not flash. */
import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './ui.module.css';

export function Loading({ label }: { readonly label?: string }) {
  const { t } = useTranslation();
  return (
    <div className={styles.loading} role="status">
      <Loader size="sm" aria-hidden />
      <span>{label ?? t('actions.loading')}</span>
    </div>
  );
}
