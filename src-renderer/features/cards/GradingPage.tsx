/** One grading from the store in the result view, with its tools: regrade, archive. */
import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArchive, IconArchiveOff, IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Grading } from '../../../src-main/contract/gradings.ts';
import { gradeNumber } from '../../messages/format.ts';
import { api, toAppErrorData } from '../../rpc/index.ts';
import { useShortcut } from '../../shortcuts/index.ts';
import { useMayWork } from '../../state/session.ts';
import { ErrorNotice, sentence } from '../../ui/ErrorNotice.tsx';
import { KeyCap } from '../../ui/Keys.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { ResultView } from '../result/ResultView.tsx';
import { useRegrade } from '../result/useRegrade.ts';
import styles from './cards.module.css';
import { NoGradeMenu } from './NoGradeMenu.tsx';
import { useArchiving } from './useArchiving.tsx';

/** How often a grading is looked at again while its maps are being written. */
const pendingMs = 1_000;

export interface GradingPageProps {
  readonly id: string;
  readonly title?: string;
  readonly primary?: ReactNode;
}

export function GradingPage({ id, title, primary }: GradingPageProps) {
  const { t } = useTranslation();
  const query = useQuery(
    api.gradings.get.queryOptions({
      input: { id },
      refetchInterval: ({ state }) => (state.data?.mapsPending ? pendingMs : false),
    }),
  );
  const grading = query.data;
  const name = title ?? (grading ? (grading.summary.cardId ?? grading.summary.sourceName) : t('result.title'));
  return (
    <Screen
      title={name}
      note={grading?.summary.archived ? t('result.actions.archived') : undefined}
      tools={
        <>
          {grading ? <Tools grading={grading} /> : null}
          {primary}
        </>
      }
    >
      <div className={styles.body}>
        {grading ? <ResultView key={grading.summary.id} grading={grading} /> : null}
        {query.isPending ? <Loading label={t('grade.progress.loadingResult')} /> : null}
        {query.error && !grading ? (
          <div className={styles.notice}>
            <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
          </div>
        ) : null}
      </div>
    </Screen>
  );
}

function Tools({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  const mayWork = useMayWork();
  const { archive, restore } = useArchiving();
  const { summary } = grading;
  const change = () => (summary.archived ? restore(summary) : archive(summary));
  useShortcut('archive', change, mayWork);
  if (!mayWork) return null;
  const Icon = summary.archived ? IconArchiveOff : IconArchive;
  return (
    <>
      <RegradeMenu grading={grading} />
      <NoGradeMenu grading={grading} />
      <Button
        variant="default"
        leftSection={<Icon size={15} aria-hidden />}
        rightSection={<KeyCap command="archive" />}
        onClick={change}
      >
        {summary.archived ? t('result.actions.restore') : t('result.actions.archive')}
      </Button>
    </>
  );
}

function RegradeMenu({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  const standards = useQuery(api.standards.list.queryOptions({ staleTime: 60_000 })).data ?? [];
  const regrade = useRegrade(
    grading,
    (next) =>
      notifications.show({
        message: t('result.actions.regraded', {
          standard: next.report.grade.standard.toUpperCase(),
          overall: gradeNumber(next.report.grade.overall),
        }),
      }),
    (error) => {
      const { message, next } = toAppErrorData(error);
      notifications.show({ color: 'red', title: sentence(message), message: sentence(next) });
    },
  );
  const others = standards.filter(({ id }) => id !== grading.report.grade.standard);
  return (
    <Menu shadow="md" position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          loading={regrade.pending}
          disabled={others.length === 0}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {t('result.actions.regrade')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {others.map(({ id, name, version }) => (
          <Menu.Item key={id} onClick={() => regrade.judge({ standard: id })}>
            {t('grade.standardBy', { name, version })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
