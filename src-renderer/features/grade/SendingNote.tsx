/** How far the files have got on their way to the core. */
import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { bytes } from '../../messages/format.ts';
import type { UploadProgress } from '../../rpc/index.ts';
import styles from './grade.module.css';

export function SendingNote({ sending }: { readonly sending: UploadProgress }) {
  const { t } = useTranslation();
  const { file, fileIndex, fileCount, sentBytes, totalBytes } = sending;
  const text = t('grade.progress.uploading', {
    file,
    index: fileIndex,
    count: fileCount,
    sent: bytes(sentBytes),
    total: bytes(totalBytes),
  });
  return (
    <div className={styles.sending}>
      <p>{text}</p>
      <Progress value={(100 * sentBytes) / Math.max(1, totalBytes)} aria-label={t('grade.progress.label')} />
    </div>
  );
}
