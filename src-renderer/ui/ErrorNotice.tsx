/** The one way an error is shown: what happened, where, what to do next, and a way to try again. */
import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { AppErrorData } from '../../src-main/contract/errors.ts';
import { capital } from '../messages/format.ts';
import { toAppErrorData } from '../rpc/index.ts';
import styles from './ErrorNotice.module.css';

export interface ErrorNoticeProps {
  /** Anything that was thrown, or the typed data itself. */
  readonly error: unknown;
  readonly title?: string;
  readonly onRetry?: (() => void) | undefined;
  readonly onDismiss?: (() => void) | undefined;
}

export function ErrorNotice({ error, title, onRetry, onDismiss }: ErrorNoticeProps) {
  const { t } = useTranslation();
  const data = isErrorData(error) ? error : toAppErrorData(error);
  return (
    <div className={styles.notice} role="alert">
      <IconAlertTriangle className={styles.icon} size={22} aria-hidden />
      <div className={styles.body}>
        <h2 className={styles.title}>{title ?? t('errors.title')}</h2>
        <p className={styles.message}>{sentence(data.message)}</p>
        <dl className={styles.facts}>
          {data.file ? <Fact name={t('errors.file')} value={data.file} mono /> : null}
          {data.field ? <Fact name={t('errors.field')} value={data.field} mono /> : null}
          {data.next ? <Fact name={t('errors.next')} value={sentence(data.next)} /> : null}
        </dl>
        <div className={styles.actions}>
          {onRetry ? (
            <Button onClick={onRetry} variant="filled">
              {t('errors.retry')}
            </Button>
          ) : null}
          {onDismiss ? (
            <Button onClick={onDismiss} variant="default">
              {t('errors.dismiss')}
            </Button>
          ) : null}
          <span className={styles.code}>{t('errors.code', { code: data.code })}</span>
        </div>
      </div>
    </div>
  );
}

function Fact({ name, value, mono }: { readonly name: string; readonly value: string; readonly mono?: boolean }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd className={mono ? styles.mono : undefined}>{value}</dd>
    </div>
  );
}

function isErrorData(error: unknown): error is AppErrorData {
  return (
    typeof error === 'object' &&
    error !== null &&
    !(error instanceof Error) &&
    'code' in error &&
    'message' in error &&
    'next' in error
  );
}

/** The core's messages are sentences without capital and full stop. */
export function sentence(text: string): string {
  if (text === '') return text;
  return /[.!?…]$/.test(text) ? capital(text) : `${capital(text)}.`;
}
