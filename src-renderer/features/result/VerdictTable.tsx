/** The centering against every standard side by side; each row opens to all its grades. */
import { ActionIcon } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Report, StandardVerdict } from '../../../src-main/contract/report.ts';
import { fixed, percent } from '../../messages/format.ts';
import { StatusMark, type Tone } from '../../ui/StatusMark.tsx';
import table from '../../ui/table.module.css';
import styles from './result.module.css';
import { StandingNote } from './StandingNote.tsx';

type Step = StandardVerdict['steps'][number];
const tones: Record<Step['verdict'], Tone> = { pass: 'pass', insideUncertainty: 'warn', fail: 'fail' };

export function VerdictTable({ report }: { readonly report: Report }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<string | null>(null);
  const { verdicts } = report;
  if (verdicts.length === 0) return null;
  const measured = verdicts.some((verdict) => verdict.steps.length > 0);
  return (
    <section className={styles.block} aria-label={t('result.verdicts.title')} data-testid="verdicts">
      <h2>{t('result.verdicts.title')}</h2>
      <StandingNote report={report} />
      {measured ? (
        <table className={table.table}>
          <caption className={styles.fine}>{t('result.verdicts.caption')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('result.verdicts.standard')}</th>
              <th scope="col">{t('result.verdicts.sure')}</th>
              <th scope="col">{t('result.verdicts.next')}</th>
            </tr>
          </thead>
          <tbody>
            {verdicts.map((verdict) => (
              <Fragment key={verdict.standard}>
                <Row
                  verdict={verdict}
                  open={open === verdict.standard}
                  onToggle={() => setOpen(open === verdict.standard ? null : verdict.standard)}
                />
                {open === verdict.standard ? <Steps verdict={verdict} /> : null}
              </Fragment>
            ))}
          </tbody>
        </table>
      ) : (
        <p className={styles.fine}>{t('result.verdicts.notMeasured')}</p>
      )}
    </section>
  );
}

interface RowProps {
  readonly verdict: StandardVerdict;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function Row({ verdict, open, onToggle }: RowProps) {
  const { t } = useTranslation();
  const { name, best, next, steps } = verdict;
  if (steps.length === 0)
    return (
      <tr>
        <th scope="row">{name}</th>
        <td colSpan={2} className={styles.fine}>
          {t('result.verdicts.notPublished')}
        </td>
      </tr>
    );
  const Icon = open ? IconChevronDown : IconChevronRight;
  return (
    <>
      <tr data-testid={`verdict-${verdict.standard}`} className={styles.verdictRow}>
        <th scope="row">
          <span className={styles.verdictName}>
            <ActionIcon
              variant="subtle"
              size="sm"
              aria-expanded={open}
              aria-label={t(open ? 'result.verdicts.hideAll' : 'result.verdicts.showAll', { name })}
              onClick={onToggle}
            >
              <Icon size={14} aria-hidden />
            </ActionIcon>
            {name}
          </span>
        </th>
        <td>{best ? <StatusMark tone="pass">{best.label}</StatusMark> : t('result.verdicts.none')}</td>
        <td>
          {next ? (
            <StatusMark tone={tones[next.verdict]}>
              {next.label} <span className="tg-hidden">{t(`verdicts.${next.verdict}`)}</span> ·{' '}
              {t('result.verdicts.probability', { percent: percent(next.probability) })}
            </StatusMark>
          ) : (
            t('result.verdicts.top')
          )}
        </td>
      </tr>
      <tr>
        <td colSpan={3} className={styles.verdictDecides}>
          <Decides step={next ?? best} />
        </td>
      </tr>
    </>
  );
}

function Decides({ step }: { readonly step: Step | null }) {
  const { t } = useTranslation();
  return step ? t('result.verdicts.decidedBy', { what: decided(step, t) }) : null;
}

function decided(step: Step, t: TFunction): string {
  const { axis, station, share, limit } = step.decidedBy;
  const words = { axis: t(`axes.${axis}`), share: fixed(share, 2), limit: fixed(limit, limit % 1 === 0 ? 0 : 2) };
  return station === null ? t('result.verdicts.meanOf', words) : t('result.verdicts.stationOf', { ...words, station });
}

function Steps({ verdict }: { readonly verdict: StandardVerdict }) {
  const { t } = useTranslation();
  const effective = verdict.effective ?? t('result.verdicts.effectiveUnknown');
  return (
    <tr>
      <td colSpan={3} className={styles.verdictSteps}>
        <p className={styles.fine}>
          {t('result.verdicts.source', { source: verdict.source, effective })}{' '}
          {verdict.judgedBy === 'worstEnd' ? t('result.verdicts.worstEnd') : null}
        </p>
        <table className={table.table} aria-label={t('result.verdicts.showAll', { name: verdict.name })}>
          <thead>
            <tr>
              <th scope="col">{t('result.verdicts.step')}</th>
              <th scope="col">{t('result.verdicts.verdict')}</th>
              <th scope="col">{t('result.verdicts.decides')}</th>
            </tr>
          </thead>
          <tbody>
            {verdict.steps.map((step) => (
              <tr key={step.label}>
                <th scope="row">{step.label}</th>
                <td>
                  <StatusMark tone={tones[step.verdict]}>
                    {t(`verdicts.${step.verdict}`)},{' '}
                    {t('result.verdicts.probability', { percent: percent(step.probability) })}
                  </StatusMark>
                </td>
                <td className={styles.fine}>{decided(step, t)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </td>
    </tr>
  );
}
