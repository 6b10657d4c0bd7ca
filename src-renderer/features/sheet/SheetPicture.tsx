/** The whole picture with the outlines and numbers of its cards; a click ticks a card. */
import { useTranslation } from 'react-i18next';
import type { Sheet, SheetCard } from '../../../src-main/contract/sheets.ts';
import { imageUrl } from '../../rpc/index.ts';
import styles from './sheet.module.css';

export interface SheetPictureProps {
  readonly sheet: Sheet;
  readonly ticked: ReadonlySet<number>;
  readonly onTick: (number: number, on: boolean) => void;
}

export function SheetPicture({ sheet, ticked, onTick }: SheetPictureProps) {
  const { t } = useTranslation();
  const { widthPx, heightPx } = sheet;
  return (
    <figure className={styles.figure}>
      <svg
        className={styles.picture}
        viewBox={`0 0 ${widthPx} ${heightPx}`}
        preserveAspectRatio="xMidYMid meet"
        role="img"
        aria-label={t('sheet.picture')}
      >
        <image href={imageUrl(sheet.picture)} width={widthPx} height={heightPx} />
        {sheet.cards.map((card) => (
          <CardMark
            key={card.number}
            card={card}
            ticked={ticked.has(card.number)}
            unit={widthPx / 100}
            onTick={onTick}
          />
        ))}
      </svg>
    </figure>
  );
}

interface CardMarkProps {
  readonly card: SheetCard;
  readonly ticked: boolean;
  /** A hundredth of the picture's width. */
  readonly unit: number;
  readonly onTick: (number: number, on: boolean) => void;
}

function CardMark({ card, ticked, unit, onTick }: CardMarkProps) {
  const { corners, number, region } = card;
  const x = corners.reduce((sum, corner) => sum + corner.xPx, 0) / corners.length;
  const y = corners.reduce((sum, corner) => sum + corner.yPx, 0) / corners.length;
  const state = region === null ? 'refused' : ticked ? 'ticked' : 'free';
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the tick boxes beside the picture are its keyboard way
    <g data-state={state} className={styles.mark} onClick={() => region && onTick(number, !ticked)}>
      <polygon points={corners.map((corner) => `${corner.xPx},${corner.yPx}`).join(' ')} />
      <circle cx={x} cy={y} r={2.4 * unit} />
      <text x={x} y={y} fontSize={3 * unit} dominantBaseline="central" textAnchor="middle">
        {number}
      </text>
    </g>
  );
}
