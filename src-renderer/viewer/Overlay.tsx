/** Points, borders, station lines, labels and defects over the image; drawn anew for every transform. */
import { memo, useMemo } from 'react';
import type { PointPx } from '../../src-main/contract/geometry.ts';
import type { OverlayName } from '../state/preferences.ts';
import { defectStyles } from './defectStyle.ts';
import { placeLabels } from './labels.ts';
import { PrintOverlay } from './PrintOverlay.tsx';
import { type Scene, type SceneDefect, type ScenePoint, sameTarget, type Target } from './scene.ts';
import { type ScreenRect, svgMatrix, toScreen, type ViewTransform } from './transform.ts';
import styles from './viewer.module.css';

export interface OverlayProps {
  readonly scene: Scene;
  readonly transform: ViewTransform;
  readonly width: number;
  readonly height: number;
  readonly visible: Readonly<Record<OverlayName, boolean>>;
  readonly selected: Target | null;
  readonly hovered: Target | null;
}

const labelSize = { width: 46, height: 18, distance: 14, gap: 3 } as const;

export function Overlay({ scene, transform, width, height, visible, selected, hovered }: OverlayProps) {
  const marked = (kind: Target['kind'], id: string) =>
    sameTarget(selected, { kind, id }) ? 'selected' : sameTarget(hovered, { kind, id }) ? 'hovered' : undefined;
  return (
    <svg className={styles.overlay} width={width} height={height} aria-hidden data-testid="overlay">
      <g transform={svgMatrix(transform)}>
        {visible.borders ? <Borders scene={scene} /> : null}
        {visible.stations ? <Stations points={scene.points} /> : null}
        {visible.defects ? <DefectOutlines defects={scene.defects} selected={selected} hovered={hovered} /> : null}
      </g>
      {visible.borders && scene.print ? <PrintOverlay print={scene.print} transform={transform} /> : null}
      {visible.defects
        ? scene.defects.map((defect) => (
            <DefectSign key={defect.id} defect={defect} transform={transform} mark={marked('defect', defect.id)} />
          ))
        : null}
      {visible.points
        ? scene.points.map((point) => (
            <PointMark key={point.id} point={point} transform={transform} mark={marked('point', point.id)} />
          ))
        : null}
      {visible.labels ? (
        <Labels
          points={scene.points}
          transform={transform}
          area={{ x: 4, y: 4, width: width - 8, height: height - 8 }}
          marked={marked}
        />
      ) : null}
    </svg>
  );
}

function path(points: readonly PointPx[], closed = false): string {
  return `${points.map(({ xPx, yPx }, index) => `${index === 0 ? 'M' : 'L'}${xPx} ${yPx}`).join('')}${closed ? 'Z' : ''}`;
}

export const Borders = memo(function Borders({ scene }: { readonly scene: Scene }) {
  const outer = scene.outerEdge.map((line) => path(line)).join('');
  const border = scene.graphicBorder.map((line) => path(line)).join('');
  return (
    <>
      <path className={styles.halo} d={outer} />
      <path className={styles.outer} d={outer} data-testid="outer-edge" />
      <path className={styles.halo} d={border} />
      <path className={styles.border} d={border} data-testid="graphic-border" />
    </>
  );
});

const Stations = memo(function Stations({ points }: { readonly points: readonly ScenePoint[] }) {
  const lines = points.flatMap(({ outer, border }) => (outer && border ? [path([outer, border])] : [])).join('');
  return (
    <>
      <path className={styles.halo} d={lines} />
      <path className={styles.station} d={lines} data-testid="stations" />
    </>
  );
});

const DefectOutlines = memo(function DefectOutlines({
  defects,
  selected,
  hovered,
}: Pick<OverlayProps, 'selected' | 'hovered'> & { readonly defects: readonly SceneDefect[] }) {
  return defects.map(({ id, kind, polygon }) => {
    const style = defectStyles[kind];
    const d = path(polygon, true);
    const target: Target = { kind: 'defect', id };
    const marked = sameTarget(selected, target) || sameTarget(hovered, target);
    return (
      <g key={id} data-testid="defect" data-defect={id}>
        <path className={styles.halo} d={d} />
        <path
          className={styles.defect}
          d={d}
          stroke={style.colour}
          strokeDasharray={style.dash}
          strokeWidth={marked ? 3 : 1.75}
          fill={style.colour}
          fillOpacity={marked ? 0.18 : 0.06}
        />
      </g>
    );
  });
});

interface MarkProps {
  readonly transform: ViewTransform;
  readonly mark: 'selected' | 'hovered' | undefined;
}

/** A numbered sign at the defect's topmost corner, of the same size at every zoom. */
function DefectSign({ defect, transform, mark }: MarkProps & { readonly defect: SceneDefect }) {
  const top = defect.polygon.reduce<PointPx | null>((best, each) => (best && best.yPx <= each.yPx ? best : each), null);
  if (!top) return null;
  const { x, y } = toScreen(transform, top);
  const style = defectStyles[defect.kind];
  return (
    <g transform={`translate(${x + 3} ${y - 21})`} className={styles.sign} data-mark={mark}>
      <rect width={32} height={17} rx={2} />
      <path d={style.glyph} transform="translate(2.5 2.5)" stroke={style.colour} />
      <text x={23} y={12.5}>
        {defect.number}
      </text>
    </g>
  );
}

/** Both ends of a width: a ring on the outer edge, a dot on the graphic border. */
function PointMark({ point, transform, mark }: MarkProps & { readonly point: ScenePoint }) {
  const outer = point.outer && toScreen(transform, point.outer);
  const border = point.border && toScreen(transform, point.border);
  return (
    <g
      className={styles.point}
      data-mark={mark}
      data-testid="point"
      data-point={point.id}
      data-measured={point.measured}
    >
      {outer && border ? <line x1={outer.x} y1={outer.y} x2={border.x} y2={border.y} /> : null}
      {outer ? <circle cx={outer.x} cy={outer.y} r={mark ? 5.5 : 4} /> : null}
      {border ? <circle className={styles.inner} cx={border.x} cy={border.y} r={mark ? 4.5 : 3} /> : null}
    </g>
  );
}

interface LabelsProps {
  readonly points: readonly ScenePoint[];
  readonly transform: ViewTransform;
  readonly area: ScreenRect;
  readonly marked: (kind: Target['kind'], id: string) => MarkProps['mark'];
}

function Labels({ points, transform, area, marked }: LabelsProps) {
  const texts = useMemo(() => new Map(points.map(({ id, label }) => [id, label])), [points]);
  const requests = points.flatMap(({ id, side, outer, measured }) =>
    outer && measured ? [{ id, side, anchor: toScreen(transform, outer) }] : [],
  );
  return placeLabels(requests, { ...labelSize, area }).map(({ id, anchor, x, y, width, height }) => (
    <g key={id} className={styles.label} data-mark={marked('point', id)} data-testid="width-label">
      <line
        x1={anchor.x}
        y1={anchor.y}
        x2={Math.min(Math.max(anchor.x, x), x + width)}
        y2={Math.min(Math.max(anchor.y, y), y + height)}
      />
      <rect x={x} y={y} width={width} height={height} rx={2} />
      <text x={x + width / 2} y={y + height / 2 + 4}>
        {texts.get(id)}
      </text>
    </g>
  ));
}
