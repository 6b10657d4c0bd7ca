/** A picture of several cards: they are shown with numbers, ticked, and graded one by one. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { api } from '../../rpc/index.ts';
import { useShortcut } from '../../shortcuts/index.ts';
import { announce } from '../../state/announcer.ts';
import { useJobs } from '../../state/jobs.ts';
import { isOver } from '../../state/jobsEvent.ts';
import { useMayWork } from '../../state/session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { KeyCap } from '../../ui/Keys.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { useGrade } from '../grade/gradeStore.ts';
import { SheetCards } from './SheetCards.tsx';
import { SheetPicture } from './SheetPicture.tsx';
import styles from './sheet.module.css';
import { beginSheet, cancelAll, gradeTicked, measurable, tick, tickAll, useSheet } from './sheetStore.ts';

export function SheetScreen({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const query = useQuery({ ...api.sheets.get.queryOptions({ input: { id } }), retry: false });
  const sheet = query.data;
  const { ticked, jobs, starting, problem } = useSheet();
  const standard = useGrade((state) => state.standard);
  const mayWork = useMayWork();
  const known = useJobs((state) => state.jobs);
  const running = [...jobs.values()].some((job) => !isOver(known.get(job)));
  const left = [...ticked].filter((number) => !jobs.has(number));
  const canStart = mayWork && !starting && left.length > 0;
  const count = sheet?.cards.length ?? 0;

  useEffect(() => {
    if (!sheet) return;
    beginSheet(sheet);
    announce(t('sheet.announceFound', { count: sheet.cards.length }), 'polite');
  }, [sheet, t]);

  const start = () => {
    if (sheet && canStart) void gradeTicked(sheet, { standard });
  };
  useShortcut('gradeStart', start, canStart);
  useShortcut('gradeCancel', () => void cancelAll(), running);
  useShortcut('gradeNext', () => navigate('/grade'), !running);

  if (query.error)
    return (
      <Screen title={t('sheet.title')}>
        <EmptyState
          title={t('sheet.gone')}
          body={t('sheet.goneNext')}
          action={{ label: t('sheet.back'), onClick: () => navigate('/grade') }}
        />
      </Screen>
    );
  if (!sheet) return <Loading />;
  const able = measurable(sheet);
  return (
    <Screen
      title={t('sheet.title')}
      note={t('sheet.found', { name: sheet.name, count })}
      tools={
        <Button variant="default" onClick={() => navigate('/grade')} rightSection={<KeyCap command="gradeNext" />}>
          {t('sheet.back')}
        </Button>
      }
    >
      <div className={styles.screen}>
        <SheetPicture sheet={sheet} ticked={ticked} onTick={(number, on) => jobs.has(number) || tick(number, on)} />
        <div className={styles.side}>
          {problem ? <ErrorNotice error={problem} /> : null}
          <div className={styles.tools}>
            <Button variant="default" size="compact-md" disabled={able.length === 0} onClick={() => tickAll(able)}>
              {t('sheet.all')}
            </Button>
            <Button variant="default" size="compact-md" onClick={() => tickAll([...jobs.keys()])}>
              {t('sheet.none')}
            </Button>
          </div>
          <SheetCards sheet={sheet} />
          <div className={styles.start}>
            <Button
              onClick={start}
              disabled={!canStart}
              loading={starting}
              rightSection={<KeyCap command="gradeStart" />}
            >
              {t('sheet.start', { count: left.length })}
            </Button>
            {running ? (
              <Button
                variant="default"
                onClick={() => void cancelAll()}
                rightSection={<KeyCap command="gradeCancel" />}
              >
                {t('sheet.cancelAll')}
              </Button>
            ) : null}
            {able.length === 0 ? <p className="tg-dim">{t('sheet.noMeasurable')}</p> : null}
            {able.length > 0 && left.length === 0 && jobs.size === 0 ? (
              <p className="tg-dim">{t('sheet.chooseFirst')}</p>
            ) : null}
          </div>
        </div>
      </div>
    </Screen>
  );
}
