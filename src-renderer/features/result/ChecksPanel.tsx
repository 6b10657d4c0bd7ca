/** Quality checks stage by stage with value, limit and status; warnings, timings and where the figures come from. */
import { useTranslation } from 'react-i18next';
import type { QualityCheck, Report, StageReport } from '../../../src-main/contract/report.ts';
import { duration, fixed, moment, percent, significant } from '../../messages/format.ts';
import { checkName } from '../../messages/names.ts';
import { sentence } from '../../ui/ErrorNotice.tsx';
import { StatusMark, type Tone } from '../../ui/StatusMark.tsx';
import { stageTone } from '../../ui/stageTone.ts';
import table from '../../ui/table.module.css';
import styles from './result.module.css';

const checkTones: Record<QualityCheck['status'], Tone> = { ok: 'pass', warning: 'warn', failed: 'fail' };

export function ChecksPanel({ report }: { readonly report: Report }) {
  return (
    <>
      <Warnings report={report} />
      <Stages stages={report.quality.stages} />
      <Origin report={report} />
    </>
  );
}

function Warnings({ report }: { readonly report: Report }) {
  const { t } = useTranslation();
  const warnings = [...report.quality.warnings, ...(report.linear ? [] : [t('result.checks.notLinear')])];
  return (
    <section className={styles.part} aria-label={t('result.checks.warnings')}>
      <h3>{t('result.checks.warnings')}</h3>
      {warnings.length === 0 ? <p className="tg-dim">{t('result.checks.noWarnings')}</p> : null}
      <ul>
        {warnings.map((warning) => (
          <li key={warning}>
            <span className={styles.wrapMark}>
              <StatusMark tone="warn">{sentence(warning)}</StatusMark>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Stages({ stages }: { readonly stages: readonly StageReport[] }) {
  const { t } = useTranslation();
  return (
    <section className={styles.part} aria-label={t('result.checks.title')}>
      <h3>{t('result.checks.title')}</h3>
      <table className={table.table} data-testid="checks">
        <thead>
          <tr>
            <th scope="col">{t('result.checks.check')}</th>
            <th scope="col" className={table.num}>
              {t('result.checks.value')}
            </th>
            <th scope="col" className={table.num}>
              {t('result.checks.limit')}
            </th>
            <th scope="col">{t('result.checks.status')}</th>
          </tr>
        </thead>
        {stages.map((stage) => (
          <StageRows key={stage.stage} stage={stage} />
        ))}
      </table>
    </section>
  );
}

function StageRows({ stage }: { readonly stage: StageReport }) {
  const { t } = useTranslation();
  return (
    <tbody>
      <tr className={styles.stageRow}>
        <th scope="rowgroup" colSpan={3}>
          {t(`stages.${stage.stage}`)} <span className="tg-dim">{duration(stage.ms)}</span>
        </th>
        <td>
          <StatusMark tone={stageTone(stage.status)}>{t(`stageStatus.${stage.status}`)}</StatusMark>
        </td>
      </tr>
      {stage.note ? (
        <tr>
          <td colSpan={4} className={styles.note}>
            {sentence(stage.note)}
          </td>
        </tr>
      ) : null}
      {stage.checks.map((check) => (
        <CheckRow key={check.name} check={check} />
      ))}
    </tbody>
  );
}

function CheckRow({ check }: { readonly check: QualityCheck }) {
  const { t } = useTranslation();
  const unit = check.unit ? ` ${check.unit}` : '';
  return (
    <>
      <tr>
        <th scope="row" className={styles.indent}>
          {checkName(check.name)}
        </th>
        <td className={table.num}>
          {significant(check.value)}
          {check.value === null ? '' : unit}
        </td>
        <td className={table.num}>
          {significant(check.limit)}
          {check.limit === null ? '' : unit}
        </td>
        <td>
          <StatusMark tone={checkTones[check.status]}>{t(`checkStatus.${check.status}`)}</StatusMark>
        </td>
      </tr>
      {check.message ? (
        <tr>
          <td colSpan={4} className={styles.note}>
            {sentence(check.message)}
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Origin({ report }: { readonly report: Report }) {
  const { t } = useTranslation();
  const { photometric, software, timingMs } = report;
  const facts: readonly (readonly [string, string])[] = [
    [t('result.checks.decode'), duration(timingMs.decode)],
    [t('result.checks.total'), duration(timingMs.total)],
    ...(photometric
      ? ([
          [t('result.checks.photometric'), photometric.method],
          [t('result.checks.lights'), fixed(photometric.lights, 0)],
          [t('result.checks.residual'), significant(photometric.medianResidual)],
          [t('result.checks.unknown'), percent(photometric.unknownFraction, 2)],
        ] as const)
      : []),
    [t('result.checks.captured'), report.capture],
    [t('result.checks.created'), moment(report.createdAt)],
    [t('result.checks.software'), `${software.version} (${software.commit.slice(0, 10)})`],
  ];
  return (
    <section className={styles.part} aria-label={t('result.checks.timings')}>
      <h3>{t('result.checks.timings')}</h3>
      <dl className={styles.origin}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
