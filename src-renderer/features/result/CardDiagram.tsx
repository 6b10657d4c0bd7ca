/** A drawn card with the 24 widths around it, each where it was measured. */
import { useTranslation } from 'react-i18next';
import type { MeasuredPoint, Measurement } from '../../../src-main/contract/report.ts';
import { fixed } from '../../messages/format.ts';
import { hover, selectAndZoom, useSelection } from '../../state/selection.ts';
import { pointId, sameTarget } from '../../viewer/scene.ts';
import styles from './diagram.module.css';
import { stationPlace } from './stationPlace.ts';

const card = { x: 62, y: 26, width: 256, height: 236 } as const;
const frame = 16;

export function CardDiagram({ measurement }: { readonly measurement: Measurement }) {
  const { t } = useTranslation();
  const inMm = measurement.pixelPitchMm !== null;
  return (
    <svg className={styles.diagram} viewBox="0 0 380 288" role="img" aria-label={t('result.widths.diagram')}>
      <rect className={styles.diagramCard} {...card} rx={10} />
      <rect
        className={styles.diagramPrint}
        x={card.x + frame}
        y={card.y + frame}
        width={card.width - 2 * frame}
        height={card.height - 2 * frame}
      />
      {measurement.points.map((point) => (
        <Station
          key={pointId(point)}
          point={point}
          inMm={inMm}
          asked={measurement.sides[point.edge].frame === 'inQuestion'}
        />
      ))}
      <Centre measurement={measurement} />
    </svg>
  );
}

function Centre({ measurement }: { readonly measurement: Measurement }) {
  const { leftRight, topBottom } = measurement.centering;
  const { left, top } = measurement.sides;
  const text = (ratio: readonly [number, number] | null, frame: typeof left.frame) =>
    ratio ? `${fixed(ratio[0], 1)} : ${fixed(ratio[1], 1)}${frame === 'inQuestion' ? ' ?' : ''}` : fixed(null, 1);
  const x = card.x + card.width / 2;
  const y = card.y + card.height / 2;
  return (
    <>
      <text className={styles.diagramCentre} x={x} y={y - 6}>
        {`↔ ${text(leftRight, left.frame)}`}
      </text>
      <text className={styles.diagramCentre} x={x} y={y + 18}>
        {`↕ ${text(topBottom, top.frame)}`}
      </text>
    </>
  );
}

interface StationProps {
  readonly point: MeasuredPoint;
  readonly inMm: boolean;
  /** Whether the boundary may be a bar of the design. */
  readonly asked: boolean;
}

function Station({ point, inMm, asked }: StationProps) {
  const target = { kind: 'point', id: pointId(point) } as const;
  const marked = useSelection((state) => sameTarget(state.selected, target) || sameTarget(state.hovered, target));
  const { x, y, textX, textY, anchor, inX, inY } = stationPlace(point, card, frame);
  const width = inMm ? point.widthMm : point.widthPx;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a picture of the table below, whose rows do the same by keys
    <g
      className={styles.diagramStation}
      data-marked={marked ? '' : undefined}
      onPointerEnter={() => hover(target)}
      onPointerLeave={() => hover(null)}
      onClick={() => selectAndZoom(target)}
    >
      <line x1={x} y1={y} x2={inX} y2={inY} />
      <circle cx={x} cy={y} r={2.5} />
      <text x={textX} y={textY} textAnchor={anchor}>
        {fixed(width, inMm ? 3 : 1)}
        {asked && width !== null ? '?' : ''}
      </text>
    </g>
  );
}
