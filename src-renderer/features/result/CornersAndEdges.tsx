/** Readings of the four corners and the four edges. */
import { useTranslation } from 'react-i18next';
import { cornerNames, sides } from '../../../src-main/contract/geometry.ts';
import type { Report } from '../../../src-main/contract/report.ts';
import { degrees, fixed, gradeNumber } from '../../messages/format.ts';
import table from '../../ui/table.module.css';
import styles from './result.module.css';

export function CornersAndEdges({ report }: { readonly report: Report }) {
  const { t } = useTranslation();
  if (!report.corners && !report.edges) return null;
  return (
    <section className={styles.part} aria-label={t('result.corners.title')}>
      <h3>{t('result.corners.title')}</h3>
      <CornerTable corners={report.corners} />
      <EdgeTable edges={report.edges} />
    </section>
  );
}

function Heads({ names, unit }: { readonly names: readonly string[]; readonly unit: readonly string[] }) {
  return names.map((name, index) => (
    <th key={name} scope="col" className={table.num}>
      {name}
      {unit[index] ? <span className={styles.unit}>{unit[index]}</span> : null}
    </th>
  ));
}

function CornerTable({ corners }: { readonly corners: Report['corners'] }) {
  const { t } = useTranslation();
  if (!corners) return null;
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t('result.corners.corner')}</th>
          <Heads
            names={[
              t('result.corners.score'),
              t('result.corners.angle'),
              t('result.corners.radius'),
              t('result.corners.missing'),
              t('result.corners.whitening'),
              t('result.corners.lift'),
            ]}
            unit={['', '', 'mm', 'mm²', 'mm²', 'mm']}
          />
        </tr>
      </thead>
      <tbody>
        {cornerNames.map((name) => {
          const corner = corners[name];
          return (
            <tr key={name}>
              <th scope="row">{t(`corners.${name}`)}</th>
              <td className={table.num}>{gradeNumber(corner.score)}</td>
              <td className={table.num}>{degrees(corner.angleDeg)}</td>
              <td className={table.num}>{fixed(corner.radiusMm, 2)}</td>
              <td className={table.num}>{fixed(corner.missingAreaMm2, 3)}</td>
              <td className={table.num}>{fixed(corner.whiteningMm2, 3)}</td>
              <td className={table.num}>{fixed(corner.liftMm ?? null, 2)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function EdgeTable({ edges }: { readonly edges: Report['edges'] }) {
  const { t } = useTranslation();
  if (!edges) return null;
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t('result.corners.edge')}</th>
          <Heads
            names={[
              t('result.corners.score'),
              t('result.corners.chipping'),
              t('result.corners.longest'),
              t('result.corners.whitening'),
              t('result.corners.rough'),
              t('result.corners.layering'),
            ]}
            unit={['', 'mm²', 'mm', 'mm', 'mm', 'mm']}
          />
        </tr>
      </thead>
      <tbody>
        {sides.map((side) => {
          const edge = edges[side];
          return (
            <tr key={side}>
              <th scope="row">{t(`sides.${side}`)}</th>
              <td className={table.num}>{gradeNumber(edge.score)}</td>
              <td className={table.num}>{fixed(edge.chippingMm2, 3)}</td>
              <td className={table.num}>{fixed(edge.longestChipMm, 2)}</td>
              <td className={table.num}>{fixed(edge.whiteningMm, 2)}</td>
              <td className={table.num}>{fixed(edge.roughMm ?? null, 1)}</td>
              <td className={table.num}>{fixed(edge.layeringMm ?? null, 1)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
