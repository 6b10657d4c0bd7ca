/** The 24 widths: around a drawn card, and as a table with uncertainty and method. */
import { useTranslation } from 'react-i18next';
import { type Side, sides } from '../../../src-main/contract/geometry.ts';
import type { MeasuredPoint, Measurement } from '../../../src-main/contract/report.ts';
import { atLeast, fixed } from '../../messages/format.ts';
import { pointStatus } from '../../messages/names.ts';
import { hover, selectAndZoom, useSelection } from '../../state/selection.ts';
import { sentence } from '../../ui/ErrorNotice.tsx';
import table from '../../ui/table.module.css';
import { useInSight } from '../../ui/useInSight.ts';
import { pointId, sameTarget } from '../../viewer/scene.ts';
import { BudgetPanel } from './BudgetPanel.tsx';
import { CardDiagram } from './CardDiagram.tsx';
import styles from './result.module.css';

export function WidthsPanel({ measurement }: { readonly measurement: Measurement | null }) {
  const { t } = useTranslation();
  if (!measurement) {
    return (
      <section className={styles.part} aria-label={t('result.widths.title')}>
        <h3>{t('result.widths.none')}</h3>
        <p className="tg-dim">{t('result.widths.noneNext')}</p>
      </section>
    );
  }
  const inMm = measurement.pixelPitchMm !== null;
  return (
    <section className={styles.part} aria-label={t('result.widths.title')}>
      <h3>
        {t('result.widths.title')} ({inMm ? t('result.widths.unitMm') : t('result.widths.unitPx')})
      </h3>
      <CardDiagram measurement={measurement} />
      <SideNotes measurement={measurement} />
      <div className={styles.widthTables}>
        {sides.map((side) => (
          <SideTable key={side} side={side} measurement={measurement} inMm={inMm} />
        ))}
      </div>
      <BudgetPanel measurement={measurement} />
    </section>
  );
}

function SideNotes({ measurement }: { readonly measurement: Measurement }) {
  const { t } = useTranslation();
  const notes = sides.flatMap((side) => {
    const { measured, reason, template } = measurement.sides[side];
    if (!measured) {
      return [
        t('result.widths.sideNotMeasured', {
          side: t(`sides.${side}`),
          reason: reason ?? t('result.widths.notMeasured'),
        }),
      ];
    }
    return template
      ? [
          t('result.widths.sideNotMeasured', {
            side: t(`sides.${side}`),
            reason: t('result.widths.template', { template }),
          }),
        ]
      : [];
  });
  return notes.map((note) => (
    <p key={note} className={styles.note}>
      {sentence(note)}
    </p>
  ));
}

interface SideTableProps {
  readonly side: Side;
  readonly measurement: Measurement;
  readonly inMm: boolean;
}

function SideTable({ side, measurement, inMm }: SideTableProps) {
  const { t } = useTranslation();
  const points = measurement.points.filter(({ edge }) => edge === side);
  const mean = inMm ? measurement.meanMm[side] : measurement.meanPx[side];
  return (
    <table className={table.table} data-testid={`widths-${side}`}>
      <thead>
        <tr>
          <th scope="col">{t(`sides.${side}`)}</th>
          <th scope="col" className={table.num}>
            {t('result.widths.width')}
          </th>
          <th scope="col" className={table.num}>
            {t('result.widths.uncertainty')}
          </th>
        </tr>
      </thead>
      <tbody>
        {points.map((point) => (
          <PointRow key={point.index} point={point} inMm={inMm} />
        ))}
        <tr>
          <th scope="row">{t('result.widths.mean')}</th>
          <td className={`${table.num} ${styles.strong}`}>{fixed(mean, inMm ? 3 : 1)}</td>
          <td />
        </tr>
      </tbody>
    </table>
  );
}

function PointRow({ point, inMm }: { readonly point: MeasuredPoint; readonly inMm: boolean }) {
  const { t } = useTranslation();
  const target = { kind: 'point', id: pointId(point) } as const;
  const selected = useSelection((state) => sameTarget(state.selected, target));
  const hovered = useSelection((state) => sameTarget(state.hovered, target));
  const row = useInSight<HTMLTableRowElement>(selected);
  const width = inMm ? point.widthMm : point.widthPx;
  const uncertainty = inMm ? point.uncertaintyMm : point.uncertaintyPx;
  const name = t('result.widths.point', { side: t(`sides.${point.edge}`), index: point.index });
  return (
    <tr
      ref={row}
      className={table.pick}
      data-selected={selected ? '' : undefined}
      data-hovered={hovered ? '' : undefined}
      onPointerEnter={() => hover(target)}
      onPointerLeave={() => hover(null)}
      title={[`${t('result.widths.method')}: ${point.method}`, point.reason].filter(Boolean).join('; ')}
      onClick={() => selectAndZoom(target)}
    >
      <th scope="row">
        <button
          type="button"
          className={styles.rowButton}
          aria-label={name}
          aria-pressed={selected}
          onClick={(event) => {
            event.stopPropagation();
            selectAndZoom(target);
          }}
        >
          {point.index}
        </button>
      </th>
      <td className={table.num}>{width === null ? pointStatus(point.status) : fixed(width, inMm ? 3 : 1)}</td>
      <td className={table.num}>{atLeast(uncertainty, inMm ? 3 : 2)}</td>
    </tr>
  );
}
