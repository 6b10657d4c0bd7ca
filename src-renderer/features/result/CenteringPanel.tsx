/** Centering of both axes with uncertainty, and the three-valued verdict at the standard's limit. */
import { useTranslation } from 'react-i18next';
import type { Report } from '../../../src-main/contract/report.ts';
import { atLeast, fixed, gradeNumber } from '../../messages/format.ts';
import { StatusMark, type Tone } from '../../ui/StatusMark.tsx';
import styles from './result.module.css';

type Verdict = NonNullable<Report['grade']['centeringVerdict']>['verdict'];
const tones: Record<Verdict, Tone> = { pass: 'pass', insideUncertainty: 'warn', fail: 'fail' };

export function CenteringPanel({ report }: { readonly report: Report }) {
  const { t } = useTranslation();
  const centering = report.measurement?.centering;
  const sides = report.measurement?.sides;
  const verdict = report.grade.centeringVerdict;
  return (
    <section className={styles.block} aria-label={t('result.centering.title')}>
      <div className={styles.blockHead}>
        <h2>{t('result.centering.title')}</h2>
        {verdict ? (
          <span className={styles.verdicts} data-testid="centering-verdict">
            <StatusMark tone={tones[verdict.verdict]}>
              {t(`verdicts.${verdict.verdict}`)}{' '}
              {t('result.centering.verdict', { grade: gradeNumber(verdict.forGrade) })}
            </StatusMark>
            {verdict.nextGrade !== null && verdict.nextVerdict ? (
              <StatusMark tone={tones[verdict.nextVerdict]}>
                {t(`verdicts.${verdict.nextVerdict}`)}{' '}
                {t('result.centering.nextVerdict', { grade: gradeNumber(verdict.nextGrade) })}
              </StatusMark>
            ) : null}
          </span>
        ) : null}
      </div>
      <Axis
        axis="leftRight"
        ratio={centering?.leftRight ?? null}
        u={centering?.leftRightUncertaintyPp ?? null}
        asked={sides?.left.frame === 'inQuestion'}
      />
      <Axis
        axis="topBottom"
        ratio={centering?.topBottom ?? null}
        u={centering?.topBottomUncertaintyPp ?? null}
        asked={sides?.top.frame === 'inQuestion'}
      />
      {centering?.worstStation ? (
        <p className={styles.fine}>
          {t('result.centering.worst', {
            axis: t(`axes.${centering.worstStation.axis}`),
            index: centering.worstStation.index,
            larger: fixed(centering.worstStation.ratio[0], 1),
            smaller: fixed(centering.worstStation.ratio[1], 1),
          })}
        </p>
      ) : null}
    </section>
  );
}

interface AxisProps {
  readonly axis: 'leftRight' | 'topBottom';
  readonly ratio: readonly [number, number] | null;
  readonly u: number | null;
}

interface AskedAxisProps extends AxisProps {
  /** Whether the borders may be bars of the design. */
  readonly asked: boolean;
}

function Axis({ axis, ratio, u, asked }: AskedAxisProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.axis} data-testid={`centering-${axis}`}>
      <span className={styles.axisName}>{t(`axes.${axis}`)}</span>
      {ratio ? (
        <>
          <span className={styles.axisValue}>
            {fixed(ratio[0], 1)} : {fixed(ratio[1], 1)}
            {asked ? ' ?' : ''}
          </span>
          <AxisBar axis={axis} ratio={ratio} u={u} />
          <span className={styles.fine} title={t('result.centering.uncertaintyLong')}>
            {u === null ? '' : t('result.centering.uncertainty', { value: atLeast(u, 3) })}
          </span>
        </>
      ) : (
        <span className={styles.fine}>{t('result.centering.notMeasured')}</span>
      )}
    </div>
  );
}

/** Half width of the scale, percentage points around 50: 50 ± 20 covers what is graded above 7. */
const scalePp = 20;

/** Where the print lies between the edges: a mark on a scale around 50 : 50, as wide as its uncertainty. */
function AxisBar({ axis, ratio, u }: AxisProps & { readonly ratio: readonly [number, number] }) {
  const { t } = useTranslation();
  const place = (share: number) => 50 + (Math.max(-scalePp, Math.min(scalePp, share - 50)) / scalePp) * 50;
  const centre = place(ratio[0]);
  const half = Math.max(0.8, ((u ?? 0) / scalePp) * 50);
  return (
    <svg
      className={styles.axisBar}
      viewBox="0 0 100 14"
      preserveAspectRatio="none"
      role="img"
      aria-label={t('result.centering.bar', {
        axis: t(`axes.${axis}`),
        first: fixed(ratio[0], 1),
        second: fixed(ratio[1], 1),
        uncertainty: atLeast(u, 3),
      })}
    >
      <rect className={styles.barGround} y={5} width={100} height={4} />
      {[25, 37.5, 62.5, 75].map((x) => (
        <line key={x} className={styles.tick} x1={x} x2={x} y1={4} y2={10} />
      ))}
      <line className={styles.middle} x1={50} x2={50} y1={1} y2={13} />
      <rect className={styles.barFill} x={Math.min(50, centre)} y={5} width={Math.abs(centre - 50)} height={4} />
      <rect className={styles.mark} x={centre - half} y={2} width={2 * half} height={10} />
    </svg>
  );
}
