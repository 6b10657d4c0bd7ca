/** The field of the camera in cells: where corners of the board were seen, and where none were yet. */
import { useTranslation } from 'react-i18next';
import type { Coverage } from '../../../src-main/contract/calibration.ts';
import styles from './calibrate.module.css';

const cell = 26;

export function CoverageMap({ coverage }: { readonly coverage: Coverage }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...coverage.counts);
  const side = coverage.cells * cell;
  const empty = coverage.counts.filter((n) => n === 0).length;
  return (
    <figure className={styles.figure}>
      <svg
        viewBox={`0 0 ${side} ${side}`}
        width={side}
        height={side}
        role="img"
        aria-label={t('calibrate.coverage.label', { empty, all: coverage.counts.length })}
      >
        {coverage.counts.map((count, i) => {
          const [x, y] = [(i % coverage.cells) * cell, Math.floor(i / coverage.cells) * cell];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other name than their place
            <g key={i}>
              <rect
                x={x + 1}
                y={y + 1}
                width={cell - 2}
                height={cell - 2}
                className={count === 0 ? styles.cellEmpty : styles.cellSeen}
                fillOpacity={count === 0 ? 1 : 0.25 + (0.75 * count) / most}
              />
              {count === 0 ? (
                <text x={x + cell / 2} y={y + cell / 2 + 4} textAnchor="middle" className={styles.cellText}>
                  –
                </text>
              ) : null}
            </g>
          );
        })}
      </svg>
      <figcaption>
        {t('calibrate.coverage.caption', { percent: Math.round(100 * coverage.coveredFraction) })}
      </figcaption>
    </figure>
  );
}
