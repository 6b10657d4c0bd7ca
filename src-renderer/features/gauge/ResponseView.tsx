/** One response in full: verdict, warnings, tables, charts with their numbers, and how it was worked out. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { AnovaRow, GrrResult, MsaMethod, MsaResult } from '../../../src-main/contract/msa.ts';
import { fixed, percent, probability, significant } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import table from '../../ui/table.module.css';
import styles from './gauge.module.css';
import { levelTones } from './StudyResults.tsx';

const Chart = lazy(async () => ({ default: (await import('../../ui/Chart.tsx')).Chart }));

interface ResponseViewProps {
  readonly id: string;
  readonly response: string;
  readonly settings: { readonly method: MsaMethod; readonly alpha: number; readonly studyK: number };
}

export function ResponseView({ id, response, settings }: ResponseViewProps) {
  const { t } = useTranslation();
  const detail = useQuery(
    api.studies.response.queryOptions({ input: { id, response, settings }, placeholderData: keepPreviousData }),
  );
  if (detail.isPending) return <Loading />;
  if (detail.error) return <ErrorNotice error={detail.error} onRetry={() => void detail.refetch()} />;
  const { result, charts, method } = detail.data;
  return (
    <section className={styles.fields} aria-label={detail.data.response.label}>
      <h3>{detail.data.response.label}</h3>
      <p>
        <StatusMark tone={levelTones[result.verdict.level]}>{t(`gauge.levels.${result.verdict.level}`)}</StatusMark>
      </p>
      <p data-testid="verdict">{result.verdict.text}</p>
      <ul className={styles.warnings}>
        {result.warnings.map((warning) => (
          <li key={warning}>
            <StatusMark tone="warn">{''}</StatusMark> {warning}
          </li>
        ))}
      </ul>
      {result.kind === 'grr' ? <GrrTables result={result} /> : <Facts result={result} />}
      <h3>{t('gauge.results.charts')}</h3>
      <Suspense fallback={<Loading />}>
        <div className={styles.charts}>
          {charts.map((chart) => (
            <Chart key={chart.id} chart={chart} />
          ))}
        </div>
      </Suspense>
      <p className="tg-dim">{method}</p>
    </section>
  );
}

/** A table that may be wider than its place. */
function Wide({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it
    <section className={styles.scroll} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

/** Depth of a component in the tree of the table. */
const depth = {
  totalGrr: 0,
  repeatability: 1,
  reproducibility: 1,
  operator: 2,
  interaction: 2,
  part: 0,
  total: 0,
} as const;

function GrrTables({ result }: { readonly result: GrrResult }) {
  const { t } = useTranslation();
  const { anova, components, settings } = result;
  const byAnova = settings.method === 'anova';
  return (
    <>
      <Wide label={t('gauge.results.components')}>
        <table className={table.table}>
          <caption>{t('gauge.results.components')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('gauge.results.component')}</th>
              <th scope="col" className={table.num}>
                {t('gauge.results.variance')}
              </th>
              {byAnova ? (
                <th scope="col" className={table.num}>
                  {t('gauge.results.interval', { level: percent(settings.confidence) })}
                </th>
              ) : null}
              <th scope="col" className={table.num}>
                {t('gauge.results.contribution')}
              </th>
              <th scope="col" className={table.num}>
                {t('gauge.results.sd')}
              </th>
              <th scope="col" className={table.num}>
                {t('gauge.results.studyVariation')}
              </th>
              <th scope="col" className={table.num}>
                {t('gauge.results.tolerance')}
              </th>
            </tr>
          </thead>
          <tbody>
            {components
              .filter(({ variance }) => variance !== null)
              .map((c) => (
                <tr key={c.name}>
                  <th scope="row" className={depth[c.name] > 0 ? styles.indent : undefined}>
                    {t(`gauge.results.names.${c.name}`)}
                  </th>
                  <td className={table.num}>
                    {significant(c.variance, 4)}
                    {c.clamped ? ` (${t('gauge.results.clamped')})` : null}
                  </td>
                  {byAnova ? <td className={table.num}>{span(c.varianceInterval)}</td> : null}
                  <td className={table.num}>{fixed(c.contributionPct, 2)}</td>
                  <td className={table.num}>{significant(c.sd, 4)}</td>
                  <td className={table.num}>{fixed(c.studyVariationPct, 2)}</td>
                  <td className={table.num}>{fixed(c.tolerancePct, 2)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </Wide>
      {byAnova ? (
        <>
          <AnovaTable caption={t('gauge.results.anova')} rows={anova.full} />
          {anova.reduced ? <AnovaTable caption={t('gauge.results.anovaPooled')} rows={anova.reduced} /> : null}
          <p>{anova.decision}</p>
        </>
      ) : null}
    </>
  );
}

const span = (interval: readonly [number, number] | null): string =>
  interval ? `${significant(interval[0], 3)} – ${significant(interval[1], 3)}` : '';

function AnovaTable({ caption, rows }: { readonly caption: string; readonly rows: readonly AnovaRow[] }) {
  const { t } = useTranslation();
  return (
    <Wide label={caption}>
      <table className={table.table}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t('gauge.results.component')}</th>
            {(['df', 'ss', 'ms', 'f', 'p'] as const).map((name) => (
              <th key={name} scope="col" className={table.num}>
                {t(`gauge.results.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.source}>
              <th scope="row">{t(`gauge.results.sources.${row.source}`)}</th>
              <td className={table.num}>{row.df}</td>
              {[row.ss, row.ms, row.f].map((value, i) => (
                <td key={['ss', 'ms', 'f'][i]} className={table.num}>
                  {significant(value, 4)}
                </td>
              ))}
              <td className={table.num}>{probability(row.p)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function Facts({ result }: { readonly result: Exclude<MsaResult, GrrResult> }) {
  const { t } = useTranslation();
  return (
    <Wide label={t('gauge.results.figure')}>
      <table className={table.table}>
        <tbody>
          {factsOf(result).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{t(`gauge.results.facts.${name}`)}</th>
              <td className={table.num}>{significant(value, 5)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function factsOf(result: Exclude<MsaResult, GrrResult>) {
  switch (result.kind) {
    case 'type1':
      return [
        ...([
          ['n', result.n],
          ['mean', result.mean],
          ['sd', result.sd],
          ['bias', result.bias],
        ] as const),
        ...([
          ['t', result.t],
          ['p', result.p],
          ['cg', result.cg],
          ['cgk', result.cgk],
        ] as const),
      ];
    case 'linearity':
      return [
        ...([
          ['n', result.n],
          ['intercept', result.intercept],
          ['slope', result.slope],
        ] as const),
        ...([
          ['slopeP', result.slopeP],
          ['rSquared', result.rSquared],
          ['averageBias', result.averageBias],
        ] as const),
      ];
    case 'agreement':
      return [['n', result.n] as const, ['mean', result.meanDifference] as const, ['sd', result.sd] as const];
    case 'stability':
      return [['n', result.subgroups.length] as const, ['sd', result.sd] as const];
  }
}
