/** Results of a complete study: every response in a line, one of them in full, and the documents. */
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MsaMethod, msaMethodSchema } from '../../../src-main/contract/msa.ts';
import type { ResponseResult, Study } from '../../../src-main/contract/studies.ts';
import { fixed, micrometres, significant } from '../../messages/format.ts';
import { api } from '../../rpc/index.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Panel } from '../../ui/Screen.tsx';
import { StatusMark, type Tone } from '../../ui/StatusMark.tsx';
import table from '../../ui/table.module.css';
import { CalibrationLine } from './CalibrationLine.tsx';
import styles from './gauge.module.css';
import { typed } from './numbers.ts';
import { ResponseView } from './ResponseView.tsx';

export const levelTones: Readonly<Record<ResponseResult['level'], Tone>> = {
  good: 'pass',
  conditional: 'warn',
  unacceptable: 'fail',
  notEvaluable: 'skipped',
};

const factors = { six: 6, older: 5.15 } as const;
const documents = [
  ['report.html', 'html'],
  ['report.pdf', 'pdf'],
  ['data.csv', 'data'],
  ['results.csv', 'figures'],
] as const;

interface Draft {
  readonly method: MsaMethod;
  readonly alpha: string;
  readonly factor: keyof typeof factors;
}

export function StudyResults({ study }: { readonly study: Study }) {
  const { t } = useTranslation();
  const { id, kind } = study.summary;
  const [draft, setDraft] = useState<Draft>({ method: 'anova', alpha: '0.25', factor: 'six' });
  const [chosen, setChosen] = useState<string | null>(null);
  const alpha = alphaOf(draft.alpha);
  const settings = { method: draft.method, alpha: alpha ?? 0.25, studyK: factors[draft.factor] };
  const results = useQuery(
    api.studies.results.queryOptions({ input: { id, settings }, placeholderData: keepPreviousData }),
  );
  const open = chosen ?? results.data?.find(({ reason }) => reason === null)?.response.key ?? null;
  const query = new URLSearchParams(Object.entries(settings).map(([key, value]) => [key, String(value)]));
  return (
    <Panel
      title={t('gauge.results.title')}
      note={t(kind === 'type1' ? 'gauge.results.type1Guide' : 'gauge.results.guide')}
      tools={documents.map(([file, label]) => (
        <Button
          key={file}
          component="a"
          variant="default"
          href={`/documents/studies/${encodeURIComponent(id)}/${file}?${query}`}
          download
        >
          {t(`gauge.results.${label}`)}
        </Button>
      ))}
    >
      <div className={styles.fields}>
        {kind === 'grr' ? <Settings draft={draft} bad={alpha === undefined} onChange={setDraft} /> : null}
        <CalibrationLine study={study} />
        {results.isPending ? <Loading /> : null}
        {results.error ? <ErrorNotice error={results.error} onRetry={() => void results.refetch()} /> : null}
        {results.data ? (
          <div className={styles.split}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must be able to reach it */}
            <section className={styles.overview} tabIndex={0} aria-label={t('gauge.results.responses')}>
              <Overview kind={kind} results={results.data} open={open} onOpen={setChosen} />
            </section>
            {open === null ? null : <ResponseView id={id} response={open} settings={settings} />}
          </div>
        ) : null}
      </div>
    </Panel>
  );
}

function alphaOf(text: string): number | undefined {
  const value = typed(text);
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined;
}

interface SettingsProps {
  readonly draft: Draft;
  readonly bad: boolean;
  readonly onChange: (draft: Draft) => void;
}

function Settings({ draft, bad, onChange }: SettingsProps) {
  const { t } = useTranslation();
  return (
    <fieldset className={`${styles.group} ${styles.row}`} aria-label={t('gauge.results.settings')}>
      <SegmentedControl
        aria-label={t('gauge.results.method')}
        value={draft.method}
        onChange={(method) => onChange({ ...draft, method })}
        data={msaMethodSchema.options.map((value) => ({ value, label: t(`gauge.results.methods.${value}`) }))}
      />
      <SegmentedControl
        aria-label={t('gauge.results.studyK')}
        value={draft.factor}
        onChange={(factor) => onChange({ ...draft, factor })}
        data={(['six', 'older'] as const).map((value) => ({ value, label: t(`gauge.results.studyKs.${value}`) }))}
      />
      <TextInput
        label={t('gauge.results.alpha')}
        inputMode="decimal"
        disabled={draft.method !== 'anova'}
        value={draft.alpha}
        error={bad ? t('gauge.results.alphaBad') : null}
        onChange={(event) => onChange({ ...draft, alpha: event.currentTarget.value })}
      />
    </fieldset>
  );
}

interface OverviewProps {
  readonly kind: Study['summary']['kind'];
  readonly results: readonly ResponseResult[];
  readonly open: string | null;
  readonly onOpen: (key: string) => void;
}

const headings = {
  grr: ['gaugeSd', 'expandedU', 'studyVariation', 'tolerance', 'ndc'],
  type1: ['gaugeSd', 'expandedU', 'bias', 'cg', 'cgk'],
  linearity: ['gaugeSd', 'bias'],
} as const;

function Overview({ kind, results, open, onOpen }: OverviewProps) {
  const { t } = useTranslation();
  return (
    <table className={`${table.table} ${table.sticky}`}>
      <thead>
        <tr>
          <th scope="col">{t('gauge.results.response')}</th>
          {headings[kind].map((name) => (
            <th key={name} scope="col" className={table.num}>
              {t(`gauge.results.${name}`)}
            </th>
          ))}
          <th scope="col">{t('gauge.results.verdict')}</th>
        </tr>
      </thead>
      <tbody>
        {results.map((line) => (
          <tr
            key={line.response.key}
            className={table.pick}
            data-selected={line.response.key === open || undefined}
            data-testid={`response-${line.response.key}`}
          >
            <th scope="row">
              {line.reason === null ? (
                <button
                  type="button"
                  aria-label={t('gauge.results.open', { response: line.response.label })}
                  aria-pressed={line.response.key === open}
                  onClick={() => onOpen(line.response.key)}
                >
                  {line.response.label}
                </button>
              ) : (
                line.response.label
              )}
            </th>
            {line.reason === null ? (
              cellsOf(kind, line).map(([name, text]) => (
                <td key={name} className={`${table.num} ${name === 'tolerance' ? styles[line.level] : ''}`}>
                  {text}
                </td>
              ))
            ) : (
              <td colSpan={headings[kind].length} className="tg-dim">
                {line.reason}
              </td>
            )}
            <td>
              <StatusMark tone={levelTones[line.level]}>{t(`gauge.levels.${line.level}`)}</StatusMark>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function cellsOf(kind: OverviewProps['kind'], line: ResponseResult): readonly (readonly [string, string])[] {
  const sd = ['gaugeSd', withUnit(line.gaugeSd, line.response.unit)] as const;
  const stated = ['expandedU', withUnit(line.expandedU, line.response.unit)] as const;
  const bias = ['bias', significant(line.bias, 3)] as const;
  switch (kind) {
    case 'grr':
      return [
        sd,
        stated,
        ['studyVariation', fixed(line.studyVariationPct, 1)],
        ['tolerance', fixed(line.tolerancePct, 1)],
        ['ndc', fixed(line.ndc, 2)],
      ];
    case 'type1':
      return [sd, stated, bias, ['cg', fixed(line.cg, 2)], ['cgk', fixed(line.cgk, 2)]];
    case 'linearity':
      return [sd, bias];
  }
}

/** Millimetres of a gauge's spread are read in micrometres. */
function withUnit(value: number | null, unit: string): string {
  if (unit === 'mm') return micrometres(value);
  return unit === '' || value === null ? significant(value, 3) : `${significant(value, 3)} ${unit}`;
}
