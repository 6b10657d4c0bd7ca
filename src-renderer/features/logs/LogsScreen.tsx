/** The structured log: live, by level and search, every entry's fields on demand. */
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFileText, IconPlayerPause, IconPlayerPlay, IconSearch } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LogEntry, type LogLevel, logLevelSchema } from '../../../src-main/contract/system.ts';
import { clockTime, moment } from '../../messages/format.ts';
import { useShortcut } from '../../shortcuts/index.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { KeyCap } from '../../ui/Keys.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Screen } from '../../ui/Screen.tsx';
import styles from './logs.module.css';
import { useLogs } from './useLogs.ts';

const levels: readonly LogLevel[] = logLevelSchema.options;

export function LogsScreen() {
  const { t } = useTranslation();
  const [level, setLevel] = useState<LogLevel>('info');
  const [text, setText] = useState('');
  const [searched] = useDebouncedValue(text, 250);
  const [paused, setPaused] = useState(false);
  const logs = useLogs(level, searched, paused);
  const search = useRef<HTMLInputElement>(null);
  useShortcut('search', () => search.current?.focus());
  useShortcut('pause', () => setPaused((now) => !now));
  const PauseIcon = paused ? IconPlayerPlay : IconPlayerPause;
  return (
    <Screen
      title={t('logs.title')}
      note={
        <span role="status">
          {paused ? t('logs.paused', { count: logs.waiting }) : ''}
          {logs.dropped > 0 ? ` ${t('logs.dropped', { count: logs.dropped })}` : ''}
        </span>
      }
      tools={
        <>
          <TextInput
            ref={search}
            type="search"
            aria-label={t('logs.search')}
            placeholder={t('logs.search')}
            leftSection={<IconSearch size={14} aria-hidden />}
            value={text}
            maxLength={200}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') event.currentTarget.blur();
            }}
          />
          <SegmentedControl
            aria-label={t('logs.level')}
            value={level}
            onChange={(value) => setLevel(value)}
            data={levels.map((value) => ({ value, label: t(`levels.${value}`) }))}
          />
          <Button
            variant="default"
            leftSection={<PauseIcon size={14} aria-hidden />}
            rightSection={<KeyCap command="pause" />}
            onClick={() => setPaused(!paused)}
          >
            {paused ? t('logs.follow') : t('logs.pause')}
          </Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
      <section className={styles.scroller} tabIndex={0} aria-label={t('logs.list')}>
        {logs.error ? (
          <div className={styles.notice}>
            <ErrorNotice error={logs.error} onRetry={logs.retry} />
          </div>
        ) : null}
        {!logs.loading && !logs.error && logs.entries.length === 0 ? (
          <EmptyState
            icon={<IconFileText size={36} aria-hidden />}
            title={t('logs.empty')}
            body={t('logs.emptyBody')}
          />
        ) : null}
        <ol>
          {logs.entries.map((entry) => (
            <Entry key={entry.seq} entry={entry} />
          ))}
        </ol>
        {logs.loading ? <Loading /> : null}
        {!logs.loading && logs.entries.length > 0 ? (
          <div className={styles.more}>
            {logs.more ? (
              <Button variant="default" onClick={logs.showOlder}>
                {t('logs.more')}
              </Button>
            ) : (
              <span className="tg-dim">{t('logs.end')}</span>
            )}
          </div>
        ) : null}
      </section>
    </Screen>
  );
}

function Entry({ entry }: { readonly entry: LogEntry }) {
  const fields = Object.entries(entry.fields);
  return (
    <li className={styles.entry} data-level={entry.level} data-testid="log-entry">
      {fields.length === 0 ? (
        <div className={styles.line}>
          <Line entry={entry} />
        </div>
      ) : (
        <details>
          <summary className={styles.line}>
            <Line entry={entry} />
          </summary>
          <dl className={styles.fields}>
            {fields.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{String(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </li>
  );
}

function Line({ entry }: { readonly entry: LogEntry }) {
  const { t } = useTranslation();
  return (
    <>
      <time dateTime={entry.time} title={moment(entry.time)}>
        {clockTime(entry.time)}
      </time>
      <span className={styles.level}>{t(`levels.${entry.level}`)}</span>
      <span className={styles.source}>{entry.source}</span>
      <span className={styles.message}>
        {entry.message}
        {Object.entries(entry.fields).map(([name, value]) => (
          <span key={name} className={styles.brief}>
            {' '}
            {name}={String(value)}
          </span>
        ))}
      </span>
    </>
  );
}
