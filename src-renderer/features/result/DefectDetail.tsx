/** The rest of what is known about the selected defect: place, size, evidence. */
import { useTranslation } from 'react-i18next';
import type { Defect } from '../../../src-main/contract/report.ts';
import { fixed, micrometres, mm, mm2 } from '../../messages/format.ts';
import { readable } from '../../messages/names.ts';
import { useSelection } from '../../state/selection.ts';
import { FindingActions } from '../../viewer/surface/FindingActions.tsx';
import styles from './result.module.css';

/** Depth and its expanded uncertainty (k = 2). */
const depthText = (depthMm: number, expandedMm: number) =>
  `${micrometres(depthMm)} ± ${fixed(1000 * expandedMm, 1)} µm (k = 2)`;

export function DefectDetail({ defects }: { readonly defects: readonly Defect[] }) {
  const { t } = useTranslation();
  const selected = useSelection((state) => state.selected);
  const defect = selected?.kind === 'defect' ? defects.find(({ id }) => id === selected.id) : undefined;
  if (!defect) return null;
  const [x0, y0, x1, y1] = defect.bboxMm;
  const place = t('result.defects.placeMm', { x: fixed((x0 + x1) / 2, 1), y: mm((y0 + y1) / 2, 1) });
  const facts: readonly (readonly [string, string])[] = [
    [t('result.defects.place'), place],
    [t('result.defects.width'), mm(defect.widthMm, 2)],
    [t('result.defects.area'), mm2(defect.areaMm2)],
    ...(defect.depthMm === null || defect.depthUncertaintyMm == null
      ? []
      : [[t('result.defects.depth'), depthText(defect.depthMm, 2 * defect.depthUncertaintyMm)] as const]),
    [t('result.defects.signalToNoise'), fixed(defect.signalToNoise, 1)],
    [t('result.defects.evidence'), defect.evidence.map(readable).join(', ')],
  ];
  return (
    <section className={styles.detail} aria-label={t('result.defects.detail')}>
      <dl className={styles.origin}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <FindingActions defect={defect} />
    </section>
  );
}
