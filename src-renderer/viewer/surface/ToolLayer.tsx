/** Over the card while a tool is in hand: dragging moves the light or draws the line of the profile. */
import { type PointerEvent, useEffect, useRef } from 'react';
import type { MapsInfo } from '../../../src-main/contract/surface-maps.ts';
import { type ScreenPoint, toImage, toScreen, type ViewTransform } from '../transform.ts';
import { lightAt, placeOnDisc } from './light.ts';
import { insideImage } from './profile.ts';
import styles from './surface.module.css';
import { type Line, setLight, setSurface, useSurface } from './surfaceStore.ts';
import type { ViewSize } from './tiles.ts';

export interface ToolLayerProps {
  readonly transform: ViewTransform;
  readonly size: ViewSize;
  readonly info: MapsInfo;
  /** Where the right half begins that shows the same part of the card as the left; null when there is none. */
  readonly half: number | null;
  readonly onClick: (at: ScreenPoint) => void;
  readonly onZoom: (factor: number, at: ScreenPoint) => void;
}

/** Moving less than this is a click, screen px. */
const still = 4;
/** A handle of the line is taken from this near, screen px. */
const reach = 14;

type Grab = { readonly kind: 'light' } | { readonly kind: 'end'; readonly end: keyof Line } | { readonly kind: 'new' };

export function ToolLayer({ transform, size, info, half, onClick, onZoom }: ToolLayerProps) {
  const tool = useSurface((state) => state.tool);
  const line = useSurface((state) => state.line);
  const layer = useRef<HTMLDivElement>(null);
  const drag = useRef<{ readonly from: ScreenPoint; readonly grab: Grab; moved: boolean } | null>(null);
  useWheel(layer, onZoom, tool);

  const onCard = ({ x, y }: ScreenPoint) =>
    insideImage(toImage(transform, { x: half !== null && x > half ? x - half : x, y }), info);
  const dragTo = (at: ScreenPoint, from: ScreenPoint, grab: Grab) => {
    if (grab.kind === 'light') return setLight(lightFor(at, size));
    const point = onCard(at);
    if (grab.kind === 'end' && line) return setSurface({ line: { ...line, [grab.end]: point } });
    setSurface({ line: { from: onCard(from), to: point } });
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const from = placeOf(event);
    drag.current = { from, grab: tool === 'light' ? { kind: 'light' } : grabOf(line, transform, from), moved: false };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const held = drag.current;
    if (!held) return;
    const at = placeOf(event);
    held.moved ||= Math.hypot(at.x - held.from.x, at.y - held.from.y) > still;
    if (held.moved) dragTo(at, held.from, held.grab);
  };
  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    const held = drag.current;
    drag.current = null;
    if (held && !held.moved) onClick(placeOf(event));
  };
  return (
    <>
      {tool === 'move' ? null : (
        <div
          ref={layer}
          className={styles.tool}
          data-tool={tool}
          data-testid="surface-tool"
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={onPointerUp}
          onPointerCancel={() => {
            drag.current = null;
          }}
        />
      )}
      {tool === 'light' ? <LightSign size={size} /> : null}
      {line ? <LineSign line={line} transform={transform} size={size} /> : null}
    </>
  );
}

function placeOf(event: PointerEvent<HTMLElement>): ScreenPoint {
  const box = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/** The disc of the light fills the view: its middle is the view's, its rim the nearer side. */
function lightFor({ x, y }: ScreenPoint, { width, height }: ViewSize) {
  const radius = Math.min(width, height) / 2;
  return lightAt((x - width / 2) / radius, (y - height / 2) / radius, useSurface.getState().shading.light);
}

function grabOf(line: Line | null, transform: ViewTransform, at: ScreenPoint): Grab {
  for (const end of ['from', 'to'] as const) {
    if (!line) break;
    const place = toScreen(transform, line[end]);
    if (Math.hypot(place.x - at.x, place.y - at.y) <= reach) return { kind: 'end', end };
  }
  return { kind: 'new' };
}

/** React listens to the wheel passively; zooming must keep the page from scrolling. */
function useWheel(layer: React.RefObject<HTMLDivElement | null>, onZoom: ToolLayerProps['onZoom'], tool: string): void {
  const latest = useRef(onZoom);
  latest.current = onZoom;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the element comes and goes with the tool
  useEffect(() => {
    const element = layer.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const factor = 1.25 ** (event.deltaY < 0 ? 1 : -1);
      latest.current(factor, { x: event.clientX - box.left, y: event.clientY - box.top });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [layer, tool]);
}

/** Where the light stands: a small sun on the disc that fills the view. */
function LightSign({ size }: { readonly size: ViewSize }) {
  const light = useSurface((state) => state.shading.light);
  const ring = useSurface((state) => state.shading.ring);
  const { x, y } = placeOnDisc(light);
  const radius = Math.min(size.width, size.height) / 2 - 12;
  const [cx, cy] = [size.width / 2 + x * radius, size.height / 2 + y * radius];
  return (
    <svg className={styles.signs} width={size.width} height={size.height} aria-hidden>
      {ring ? (
        <circle className={styles.ring} cx={size.width / 2} cy={size.height / 2} r={Math.hypot(x, y) * radius} />
      ) : (
        <>
          <line className={styles.ray} x1={size.width / 2} y1={size.height / 2} x2={cx} y2={cy} />
          <circle className={styles.sun} cx={cx} cy={cy} r={8} data-testid="light-sign" />
        </>
      )}
    </svg>
  );
}

function LineSign({ line, transform, size }: { readonly line: Line } & Pick<ToolLayerProps, 'transform' | 'size'>) {
  const [a, b] = [toScreen(transform, line.from), toScreen(transform, line.to)];
  return (
    <svg className={styles.signs} width={size.width} height={size.height} aria-hidden data-testid="profile-line">
      <line className={styles.lineHalo} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
      <line className={styles.line} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
      <circle className={styles.lineEnd} cx={a.x} cy={a.y} r={6} />
      <circle className={styles.lineEnd} data-end="to" cx={b.x} cy={b.y} r={6} />
    </svg>
  );
}
