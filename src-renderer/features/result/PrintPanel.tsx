/** The print against the cut, from a registered template; and the way to teach one. */
import { useTranslation } from 'react-i18next';
import type { Grading } from '../../../src-main/contract/gradings.ts';
import type { PrintMatch } from '../../../src-main/contract/report.ts';
import { degrees, fixed, micrometres, mm, percent } from '../../messages/format.ts';
import { TeachTemplate } from '../templates/TeachDialog.tsx';
import styles from './result.module.css';

export function PrintPanel({ grading }: { readonly grading: Grading }) {
  const { t } = useTranslation();
  const { measurement } = grading.report;
  if (!measurement) return null;
  const { print } = measurement;
  return (
    <section className={styles.block} aria-label={t('templates.print.title')} data-testid="print">
      <div className={styles.blockHead}>
        <h2>{t('templates.print.title')}</h2>
        <TeachTemplate grading={grading} />
      </div>
      {print ? (
        <Print print={print} bare={bareSides(measurement.sides)} />
      ) : (
        <p className={styles.fine}>{t('templates.print.none')}</p>
      )}
    </section>
  );
}

type Sides = NonNullable<Grading['report']['measurement']>['sides'];
const bareSides = (sides: Sides) =>
  (['left', 'right', 'top', 'bottom'] as const).filter((side) => !sides[side].measured);

function Print({ print, bare }: { readonly print: PrintMatch; readonly bare: readonly (keyof Sides)[] }) {
  const { t } = useTranslation();
  const [x, y] = print.shiftMm;
  const [ux, uy] = print.uncertaintyMm;
  const shift = (value: number, uncertainty: number) =>
    t('templates.print.value', { value: mm(value, 3), uncertainty: mm(uncertainty, 3) });
  const facts: readonly (readonly [string, string])[] = [
    [t('templates.print.shiftX'), shift(x, ux)],
    [t('templates.print.shiftY'), shift(y, uy)],
    [
      t('templates.print.turn'),
      t('templates.print.value', {
        value: degrees(print.rotationDeg, 3),
        uncertainty: degrees(print.rotationUncertaintyDeg, 3),
      }),
    ],
    [
      t('templates.print.anchors'),
      t('templates.print.anchorsValue', {
        placed: print.inliers,
        all: print.anchors.length,
        residual: micrometres(print.residualMm),
      }),
    ],
    [t('templates.print.likeness'), percent(print.likeness)],
  ];
  const ratio = ([a, b]: readonly [number, number]) => `${fixed(a, 1)} : ${fixed(b, 1)}`;
  const { equivalent } = print;
  const lost = print.anchors.filter((anchor) => !anchor.used);
  return (
    <>
      <p className={styles.fine}>
        {t('templates.print.by', { name: print.template.name, how: t(`templates.print.how.${print.template.chosen}`) })}
        {bare.length > 0
          ? ` · ${t('templates.print.standIn', { sides: bare.map((side) => t(`sides.${side}`)).join(', ') })}`
          : null}
      </p>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.fine}>
        {t('templates.print.alone', { value: micrometres(Math.max(...print.repeatabilityMm)) })} ·{' '}
        {equivalent
          ? t('templates.print.equivalent', {
              leftRight: ratio(equivalent.leftRight),
              topBottom: ratio(equivalent.topBottom),
            })
          : t('templates.print.noMargins')}
      </p>
      {lost.length > 0 ? (
        <details className={styles.fine}>
          <summary>{t('templates.print.lost')}</summary>
          <ul>
            {lost.map(({ id, reason }) => (
              <li key={id}>{t('templates.print.lostAnchor', { id, reason: reason ?? '' })}</li>
            ))}
          </ul>
        </details>
      ) : null}
    </>
  );
}
