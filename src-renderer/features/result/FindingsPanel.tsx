/** What cost the grade, and the defects with their figures, the worst first. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cost, Defect, Report } from '../../../src-main/contract/report.ts';
import { capital, fixed, gradeNumber, micrometres, mm, percent } from '../../messages/format.ts';
import { hover, select, selectAndZoom, useSelection } from '../../state/selection.ts';
import table from '../../ui/table.module.css';
import { useInSight } from '../../ui/useInSight.ts';
import { DefectGlyph } from '../../viewer/DefectGlyph.tsx';
import { defectsWorstFirst, sameTarget } from '../../viewer/scene.ts';
import { CornersAndEdges } from './CornersAndEdges.tsx';
import { DefectDetail } from './DefectDetail.tsx';
import { FindingsFilterBar } from './FindingsFilterBar.tsx';
import { everything, filtered, kindsOf } from './findingsFilter.ts';
import styles from './result.module.css';

export function FindingsPanel({ report }: { readonly report: Report }) {
  return (
    <>
      <Costs report={report} />
      <Defects report={report} />
      <CornersAndEdges report={report} />
    </>
  );
}

function Costs({ report }: { readonly report: Report }) {
  const { t } = useTranslation();
  const { costs } = report.grade;
  return (
    <section className={styles.part} aria-label={t('result.costs.title')}>
      <h3>{t('result.costs.title')}</h3>
      {costs.length === 0 ? <p className="tg-dim">{t('result.costs.none')}</p> : null}
      <ol className={styles.costs}>
        {costs.map((cost) => (
          <CostRow key={`${cost.subgrade} ${cost.rule} ${cost.defectId ?? cost.place ?? ''}`} cost={cost} />
        ))}
      </ol>
    </section>
  );
}

function CostRow({ cost }: { readonly cost: Cost }) {
  const { t } = useTranslation();
  const { defectId } = cost;
  return (
    <li className={styles.cost}>
      <span className={styles.costPoints}>{t('result.costs.points', { points: fixed(cost.points, 0) })}</span>
      <span className={styles.costText}>
        {capital(cost.text)}
        <span className={styles.fine}>
          {t(`subgrades.${cost.subgrade}`)} · {t('result.costs.rule', { rule: cost.rule })}
          {cost.overallWithout === null
            ? ''
            : ` · ${t('result.costs.without', { overall: gradeNumber(cost.overallWithout) })}`}
        </span>
      </span>
      {defectId === undefined ? null : (
        <button type="button" className={styles.link} onClick={() => selectAndZoom({ kind: 'defect', id: defectId })}>
          {t('result.costs.show')}
        </button>
      )}
    </li>
  );
}

function Defects({ report }: { readonly report: Report }) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState(everything);
  const { surface } = report;
  if (!surface) {
    return (
      <section className={styles.part} aria-label={t('result.defects.title')}>
        <h3>{t('result.defects.notJudged')}</h3>
        <p className="tg-dim">{t('result.defects.notJudgedNext')}</p>
      </section>
    );
  }
  const defects = defectsWorstFirst(surface.defects);
  const shown = filtered(defects, report.grade.costs, filter);
  return (
    <section className={styles.part} aria-label={t('result.defects.title')}>
      <h3>{t('result.defects.title')}</h3>
      {defects.length > 1 ? <FindingsFilterBar filter={filter} kinds={kindsOf(defects)} onChange={setFilter} /> : null}
      {defects.length > 0 && shown.length === 0 ? <p className="tg-dim">{t('result.defects.noneShown')}</p> : null}
      {defects.length === 0 ? (
        <p>
          {t('result.defects.none')}.{' '}
          <span className="tg-dim">{t('result.defects.noneDetail', { judged: percent(surface.judgedFraction) })}</span>
        </p>
      ) : (
        <table className={table.table} data-testid="defects">
          <thead>
            <tr>
              <th scope="col">{t('result.defects.kind')}</th>
              <th scope="col" className={table.num}>
                {t('result.defects.length')}
              </th>
              <th scope="col" className={table.num}>
                {t('result.defects.depth')}
              </th>
              <th scope="col" className={table.num}>
                {t('result.defects.severity')}
              </th>
              <th scope="col" className={table.num}>
                {t('result.defects.confidence')}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ defect, number }) => (
              <DefectRow key={defect.id} defect={defect} number={number} />
            ))}
          </tbody>
        </table>
      )}
      <DefectDetail defects={defects} />
      <p className={styles.fine}>
        {t('result.defects.judged')} {percent(surface.judgedFraction, 1)} · {t('result.defects.foil')}{' '}
        {percent(surface.foilFraction, 1)}
      </p>
      {surface.notes.map((note) => (
        <p key={note} className={styles.fine}>
          {note}
        </p>
      ))}
    </section>
  );
}

function DefectRow({ defect, number }: { readonly defect: Defect; readonly number: number }) {
  const { t } = useTranslation();
  const target = { kind: 'defect', id: defect.id } as const;
  const selected = useSelection((state) => sameTarget(state.selected, target));
  const hovered = useSelection((state) => sameTarget(state.hovered, target));
  const row = useInSight<HTMLTableRowElement>(selected);
  const kind = t(`defects.${defect.kind}`);
  return (
    <tr
      ref={row}
      className={table.pick}
      data-selected={selected ? '' : undefined}
      data-hovered={hovered ? '' : undefined}
      onPointerEnter={() => hover(target)}
      onPointerLeave={() => hover(null)}
      onClick={() => selectAndZoom(target)}
    >
      <th scope="row">
        <button
          type="button"
          className={styles.rowButton}
          aria-label={t('result.defects.zoomTo', { kind, number })}
          aria-pressed={selected}
          onFocus={() => select(target)}
          onClick={(event) => {
            event.stopPropagation();
            selectAndZoom(target);
          }}
        >
          <span className={styles.number}>{number}</span>
          <DefectGlyph kind={defect.kind} />
          {kind}
        </button>
      </th>
      <td className={table.num}>{mm(defect.lengthMm, 2)}</td>
      <td className={table.num}>{micrometres(defect.depthMm)}</td>
      <td className={table.num}>{percent(defect.severity)}</td>
      <td className={table.num}>{percent(defect.confidence)}</td>
    </tr>
  );
}
