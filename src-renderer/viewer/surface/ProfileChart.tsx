/** A profile as a line over its length, with axes, marks for its extremes and a scale bar. */
import { type PointerEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { significant } from '../../messages/format.ts';
import styles from './chart.module.css';
import { type ProfileReading, roundLength } from './profile.ts';

export interface ProfileChartProps {
  readonly reading: ProfileReading;
  readonly length: number;
  readonly lengthUnit: string;
  readonly factor: number;
  readonly unit: string;
}

const size = { width: 250, height: 128, left: 36, right: 6, top: 8, bottom: 26 } as const;
const plot = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom } as const;

export function ProfileChart({ reading, length, lengthUnit, factor, unit }: ProfileChartProps) {
  const { t } = useTranslation();
  const [over, setOver] = useState<number | null>(null);
  const { heights, lowest, highest, lowestAt, highestAt } = reading;
  const span = Math.max(highest - lowest, 1e-12);
  const x = (i: number) => size.left + (plot.width * i) / Math.max(1, heights.length - 1);
  const y = (value: number) => size.top + plot.height * (0.95 - (0.9 * (value - lowest)) / span);
  const bar = roundLength(length / 3);
  const barPx = length > 0 ? (plot.width * bar) / length : 0;
  const label = t('surface.profile.chart', {
    length: `${significant(length)} ${lengthUnit}`,
    low: `${significant(lowest * factor)} ${unit}`,
    high: `${significant(highest * factor)} ${unit}`,
  });
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (((event.clientX - box.left) / box.width) * size.width - size.left) / plot.width;
    setOver(Math.min(heights.length - 1, Math.max(0, Math.round(share * (heights.length - 1)))));
  };
  const held = over === null ? null : (heights[over] ?? null);
  return (
    <svg
      className={styles.chart}
      viewBox={`0 0 ${size.width} ${size.height}`}
      role="img"
      aria-label={label}
      data-testid="profile-chart"
      onPointerMove={onPointerMove}
      onPointerLeave={() => setOver(null)}
    >
      <rect className={styles.chartBack} x={size.left} y={size.top} width={plot.width} height={plot.height} />
      {[lowest, (lowest + highest) / 2, highest].map((value, i) => (
        <g key={['low', 'middle', 'high'][i]}>
          <line className={styles.gridLine} x1={size.left} x2={size.left + plot.width} y1={y(value)} y2={y(value)} />
          <text className={styles.tick} x={size.left - 4} y={y(value) + 3.5} textAnchor="end">
            {significant(value * factor)}
          </text>
        </g>
      ))}
      <path className={styles.curve} d={curve(heights, x, y)} />
      <circle className={styles.extreme} cx={x(lowestAt)} cy={y(lowest)} r={3} />
      <circle className={styles.extreme} data-high cx={x(highestAt)} cy={y(highest)} r={3} />
      {over !== null && held !== null ? (
        <>
          <line className={styles.cursor} x1={x(over)} x2={x(over)} y1={size.top} y2={size.top + plot.height} />
          <text className={styles.tick} x={size.left + plot.width} y={size.height - 4} textAnchor="end">
            {`${significant((length * over) / Math.max(1, heights.length - 1))} ${lengthUnit}: ${significant(held * factor)} ${unit}`}
          </text>
        </>
      ) : (
        <g transform={`translate(${size.left} ${size.height - 12})`}>
          <path className={styles.scaleBar} d={`M0 -4V4M0 0H${barPx}M${barPx} -4V4`} />
          <text className={styles.tick} x={barPx + 5} y={3.5}>
            {`${significant(bar)} ${lengthUnit}`}
          </text>
        </g>
      )}
      <text className={styles.tick} x={size.left + 3} y={size.top + 10}>
        {unit}
      </text>
    </svg>
  );
}

/** Broken where there is no value. */
function curve(heights: readonly (number | null)[], x: (i: number) => number, y: (value: number) => number): string {
  let pen = 'M';
  let path = '';
  for (const [i, height] of heights.entries()) {
    if (height === null) {
      pen = 'M';
      continue;
    }
    path += `${pen}${x(i).toFixed(2)} ${y(height).toFixed(2)}`;
    pen = 'L';
  }
  return path;
}
