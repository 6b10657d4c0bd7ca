/** "Where does this uncertainty come from?": the GUM budget of a station's width or a side's mean. */
import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Budget, BudgetShares } from '../../../src-main/contract/budget.ts';
import { sides } from '../../../src-main/contract/geometry.ts';
import type { Measurement } from '../../../src-main/contract/report.ts';
import { fixed, percent, significant } from '../../messages/format.ts';
import { budgetComponent } from '../../messages/names.ts';
import { useSelection } from '../../state/selection.ts';
import table from '../../ui/table.module.css';
import { pointId } from '../../viewer/scene.ts';
import styles from './budget.module.css';
import { type BudgetRow, budgetRows, leastCertain, sharesOf, sideSubject } from './budgetRows.ts';

export function BudgetPanel({ measurement }: { readonly measurement: Measurement }) {
  const { t } = useTranslation();
  const { budget } = measurement;
  if (!budget) return <p className="tg-dim">{t('result.budget.older')}</p>;
  return (
    <details className={styles.panel} data-testid="budget">
      <summary>{t('result.budget.title')}</summary>
      <Kind budget={budget} />
      <Subject measurement={measurement} budget={budget} />
    </details>
  );
}

function Kind({ budget }: { readonly budget: Budget }) {
  const { t } = useTranslation();
  const absent = budget.absent.map(budgetComponent).join(', ');
  return (
    <>
      <p className={styles.kind}>
        <strong>{t(`result.budget.kinds.${budget.kind}`)}</strong> {t(`result.budget.kindText.${budget.kind}`)}
      </p>
      {absent === '' ? null : <p className={styles.fine}>{t('result.budget.absent', { absent })}</p>}
    </>
  );
}

function Subject({ measurement, budget }: { readonly measurement: Measurement; readonly budget: Budget }) {
  const { t } = useTranslation();
  const selected = useSelection((state) => (state.selected?.kind === 'point' ? state.selected.id : null));
  const [chosen, setChosen] = useState<{ readonly subject: string; readonly whileSelected: string | null } | null>(
    null,
  );
  // A choice stands until another point is picked on the picture or in the table.
  const kept = chosen !== null && chosen.whileSelected === selected ? chosen.subject : selected;
  const subject = kept ?? leastCertain(budget);
  if (subject === null) return <p className="tg-dim">{t('result.budget.nothing')}</p>;
  const shares = sharesOf(measurement, budget, subject);
  const measured = measurement.points.filter((_, i) => budget.points[i]);
  return (
    <>
      <NativeSelect
        size="xs"
        className={styles.choice}
        label={t('result.budget.of')}
        value={subject}
        onChange={(event) => setChosen({ subject: event.currentTarget.value, whileSelected: selected })}
      >
        {sides
          .filter((side) => budget.sides[side])
          .map((side) => (
            <option key={side} value={sideSubject(side)}>
              {t('result.budget.sideMean', { side: t(`sides.${side}`) })}
            </option>
          ))}
        {measured.map((point) => (
          <option key={pointId(point)} value={pointId(point)}>
            {t('result.widths.point', { side: t(`sides.${point.edge}`), index: point.index })}
          </option>
        ))}
      </NativeSelect>
      {shares ? <Shares budget={budget} shares={shares} /> : <p className="tg-dim">{t('result.budget.notMeasured')}</p>}
    </>
  );
}

function Shares({ budget, shares }: { readonly budget: Budget; readonly shares: BudgetShares }) {
  const { t } = useTranslation();
  const [scale, unit] = budget.unit === 'mm' ? ([1000, 'µm'] as const) : ([1, 'px'] as const);
  return (
    <>
      <table className={table.table} data-testid="budget-table">
        <thead>
          <tr>
            <th scope="col">{t('result.budget.component')}</th>
            <th scope="col">{t('result.budget.source')}</th>
            <th scope="col" className={table.num}>
              u ({unit})
            </th>
            <th scope="col" className={table.num}>
              {t('result.budget.share')}
            </th>
          </tr>
        </thead>
        <tbody>
          {budgetRows(budget, shares).map((row) => (
            <Row key={row.component.id} row={row} scale={scale} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {t('result.budget.combined')}
            </th>
            <td className={table.num}>{significant(scale * shares.standard)}</td>
            <td className={table.num}>{percent(1)}</td>
          </tr>
          <tr>
            <th scope="row" colSpan={2}>
              {t('result.budget.expanded')}
            </th>
            <td className={`${table.num} ${styles.strong}`}>{significant(scale * shares.expanded)}</td>
            <td />
          </tr>
        </tfoot>
      </table>
      <p className={styles.fine}>
        {t(shares.freedom === null ? 'result.budget.freedomMany' : 'result.budget.freedom', {
          freedom: fixed(shares.freedom, 0),
          factor: fixed(shares.studentFactor, 2),
          version: budget.version ?? '—',
        })}
      </p>
    </>
  );
}

function Row({ row, scale }: { readonly row: BudgetRow; readonly scale: number }) {
  const { t } = useTranslation();
  const { component } = row;
  return (
    <tr title={component.basis ?? undefined}>
      <th scope="row">{budgetComponent(component.id)}</th>
      <td>
        {t(`result.budget.sources.${component.source}`)}
        <span className={styles.fine}>
          {' '}
          {component.type}, {t(`result.budget.distributions.${component.distribution}`)}
        </span>
      </td>
      <td className={table.num}>
        {row.standard === null ? t('result.budget.needsScale') : significant(scale * row.standard)}
      </td>
      <td className={table.num}>
        <span className={styles.bar} aria-hidden="true" style={{ inlineSize: `${Math.round(40 * row.share)}px` }} />
        {percent(row.share)}
      </td>
    </tr>
  );
}
