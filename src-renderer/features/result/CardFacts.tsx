/** Size, rotation, print tilt and pixel pitch of the card. */
import { useTranslation } from 'react-i18next';
import type { Report } from '../../../src-main/contract/report.ts';
import { degrees, fixed } from '../../messages/format.ts';
import styles from './result.module.css';

export function CardFacts({ report }: { readonly report: Report }) {
  const { t } = useTranslation();
  const measurement = report.measurement;
  if (!measurement) return null;
  const { sizeMm, sizePx, pixelPitchMm } = measurement;
  const size = sizeMm
    ? `${fixed(sizeMm.width, 3)} × ${fixed(sizeMm.height, 3)} ${t('result.widths.unitMm')}`
    : `${fixed(sizePx.width, 1)} × ${fixed(sizePx.height, 1)} ${t('result.widths.unitPx')}`;
  const corner = measurement.outline.cornerRadius;
  const die = (nominal: number) =>
    nominal === 0 ? t('result.size.square') : t('result.size.die', { radius: String(nominal) });
  const radius = corner && [
    `${fixed(corner.radiusMm, 2)} ± ${fixed(corner.uncertaintyMm, 2)} ${t('result.widths.unitMm')}`,
    ...(corner.nominalMm === null ? [] : [die(corner.nominalMm)]),
  ];
  const facts: readonly (readonly [string, string])[] = [
    [t('result.size.size'), size],
    [t('result.size.angle'), degrees(measurement.cardAngleDeg)],
    [t('result.size.tilt'), degrees(measurement.printTiltDeg)],
    ...(radius ? [[t('result.size.radius'), radius.join(', ')] as const] : []),
    [
      t('result.size.pitch'),
      pixelPitchMm === null ? t('result.size.noScale') : `${fixed(pixelPitchMm, 5)} ${t('result.size.pitchUnit')}`,
    ],
  ];
  return (
    <section className={styles.block} aria-label={t('result.size.title')}>
      <dl className={styles.facts}>
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
