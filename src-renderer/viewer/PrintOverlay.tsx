/** Anchors of a registered print and the arrow of its shift, drawn over the image. */
import styles from './printOverlay.module.css';
import type { PrintScene } from './scene.ts';
import { toScreen, type ViewTransform } from './transform.ts';

/** How many times longer than the shift the arrow is, so that a tenth of a millimetre can be seen. */
export const arrowScale = 20;

export function PrintOverlay({ print, transform }: { readonly print: PrintScene; readonly transform: ViewTransform }) {
  const from = toScreen(transform, print.centre);
  const to = toScreen(transform, {
    xPx: print.centre.xPx + print.shiftPx.xPx * arrowScale,
    yPx: print.centre.yPx + print.shiftPx.yPx * arrowScale,
  });
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return (
    <g data-testid="print-overlay">
      {print.anchors.map(({ id, at, used }) => {
        const { x, y } = toScreen(transform, at);
        return (
          <g key={id} transform={`translate(${x} ${y})`} className={styles.printAnchor} data-used={used}>
            <path d="M-6 0H6M0 -6V6" />
            {used ? null : <circle r={7} />}
          </g>
        );
      })}
      <g className={styles.printArrow}>
        <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
        <path d="M0 0L-10 -5V5Z" transform={`translate(${to.x} ${to.y}) rotate(${angle})`} />
        <circle cx={from.x} cy={from.y} r={3} />
        <g className={styles.printLabel} transform={`translate(${from.x + 10} ${from.y + 22})`}>
          <rect x={-4} y={-13} width={print.label.length * 6.6 + 8} height={18} rx={2} />
          <text>{print.label}</text>
        </g>
      </g>
    </g>
  );
}
