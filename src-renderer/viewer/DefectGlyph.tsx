/** The small sign of a kind of defect, the same in the image and in the tables. */
import type { DefectKind } from '../../src-main/contract/report.ts';
import { defectStyles } from './defectStyle.ts';
import styles from './viewer.module.css';

export function DefectGlyph({ kind, size = 14 }: { readonly kind: DefectKind; readonly size?: number }) {
  const style = defectStyles[kind];
  return (
    <svg className={styles.glyph} width={size} height={size} viewBox="-1 -1 14 14" aria-hidden>
      <path d={style.glyph} fill="none" stroke={style.colour} strokeWidth={1.8} strokeLinejoin="round" />
    </svg>
  );
}
