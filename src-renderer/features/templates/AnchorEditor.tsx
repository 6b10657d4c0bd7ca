/** The card's picture with the anchors of a new template: add by a click, move by arrow keys, take away by Delete. */
import type { KeyboardEvent, MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { View } from '../../../src-main/contract/gradings.ts';
import type { AnchorProposal, AnchorsAnswer } from '../../../src-main/contract/templates.ts';
import { fixed } from '../../messages/format.ts';
import { imageUrl } from '../../rpc/index.ts';
import styles from './templates.module.css';

export type Place = readonly [number, number];

export interface AnchorEditorProps {
  readonly photo: View;
  readonly answer: AnchorsAnswer;
  readonly selected: number | null;
  readonly onSelect: (index: number | null) => void;
  readonly onChange: (places: readonly Place[]) => void;
}

/** Steps of the arrow keys, mm. */
const stepMm = 0.4;
const moves: Readonly<Record<string, Place>> = {
  ArrowLeft: [-stepMm, 0],
  ArrowRight: [stepMm, 0],
  ArrowUp: [0, -stepMm],
  ArrowDown: [0, stepMm],
};

export function AnchorEditor({ photo, answer, selected, onSelect, onChange }: AnchorEditorProps) {
  const { t } = useTranslation();
  const { anchors, toMm } = answer;
  const [ax = 1, bx = 0, cx = 0, ay = 0, by = 1, cy = 0] = toMm;
  const places = anchors.map(({ atMm }): Place => atMm);
  const pitch = Math.hypot(ax, ay);

  const add = (event: MouseEvent<SVGSVGElement>) => {
    const matrix = event.currentTarget.getScreenCTM();
    if (!matrix) return;
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    onChange([...places, [ax * x + bx * y + cx, ay * x + by * y + cy]]);
    onSelect(places.length);
  };
  const onKey = (event: KeyboardEvent, index: number) => {
    const move = moves[event.key];
    if (move) onChange(places.map((p, i): Place => (i === index ? [p[0] + move[0], p[1] + move[1]] : p)));
    else if (event.key === 'Delete' || event.key === 'Backspace') {
      onChange(places.filter((_, i) => i !== index));
      onSelect(null);
    } else if (event.key === 'Enter' || event.key === ' ') onSelect(index);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: anchors are added by a button as well, and moved by their own keys
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be drawn in
    <svg
      className={styles.stage}
      viewBox={`0 0 ${photo.widthPx} ${photo.heightPx}`}
      onClick={add}
      role="group"
      aria-label={t('templates.teach.picture')}
      data-testid="anchor-editor"
    >
      <image href={imageUrl(photo.image)} width={photo.widthPx} height={photo.heightPx} />
      {anchors.map((anchor, index) => (
        <Anchor
          // biome-ignore lint/suspicious/noArrayIndexKey: an anchor that moves stays the same one, and keeps the focus
          key={index}
          anchor={anchor}
          number={index + 1}
          side={anchor.sideMm / pitch}
          selected={selected === index}
          onSelect={() => onSelect(index)}
          onKey={(event) => onKey(event, index)}
        />
      ))}
    </svg>
  );
}

interface AnchorProps {
  readonly anchor: AnchorProposal;
  readonly number: number;
  readonly side: number;
  readonly selected: boolean;
  readonly onSelect: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

function Anchor({ anchor, number, side, selected, onSelect, onKey }: AnchorProps) {
  const { t } = useTranslation();
  const [x, y] = anchor.atPx;
  const state = anchor.problem === null ? '' : t('templates.teach.weak', { problem: anchor.problem });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button element cannot stand inside a drawing
    <g
      className={styles.anchor}
      role="button"
      tabIndex={0}
      aria-pressed={selected}
      aria-label={t('templates.teach.anchor', {
        number,
        x: fixed(anchor.atMm[0], 1),
        y: fixed(anchor.atMm[1], 1),
        state,
      })}
      data-bad={anchor.problem === null ? undefined : ''}
      onClick={(event) => {
        event.stopPropagation();
        onSelect();
      }}
      onKeyDown={onKey}
    >
      <rect x={x - side / 2} y={y - side / 2} width={side} height={side} />
    </g>
  );
}
