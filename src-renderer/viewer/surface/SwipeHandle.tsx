/** The divider between two layers: dragged, moved by keys, or fixed in the middle when they stand side by side. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { percent } from '../../messages/format.ts';
import styles from './surface.module.css';
import { setSurface, useSurface } from './surfaceStore.ts';
import type { ViewSize } from './tiles.ts';

const clamp = (split: number) => Math.min(1, Math.max(0, split));

export function SwipeHandle({ size }: { readonly size: ViewSize }) {
  const { t } = useTranslation();
  const compare = useSurface((state) => state.compare);
  const split = useSurface((state) => state.split);
  const first = useSurface((state) => state.first.layer);
  const second = useSurface((state) => state.second.layer);
  const grabbed = useRef(false);
  const names = (
    <>
      <span className={styles.paneName} data-side="left">
        {t(`surface.layers.${first}`)}
      </span>
      <span className={styles.paneName} data-side="right">
        {t(`surface.layers.${second}`)}
      </span>
    </>
  );
  if (compare === 'side')
    return (
      <div className={styles.divider} style={{ left: size.width / 2 }} aria-hidden>
        {names}
      </div>
    );
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    grabbed.current = true;
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (grabbed.current && box) setSurface({ split: clamp((event.clientX - box.left) / box.width) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 0.01 : 0.05;
    const to =
      event.key === 'ArrowLeft'
        ? split - step
        : event.key === 'ArrowRight'
          ? split + step
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? 1
              : null;
    if (to === null) return;
    event.preventDefault();
    setSurface({ split: clamp(to) });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an hr cannot be moved; a focusable separator is what ARIA has for it
    <div
      className={styles.divider}
      data-movable
      style={{ left: split * size.width }}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('surface.compare.divider')}
      aria-valuenow={Math.round(100 * split)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={t('surface.compare.at', { share: percent(split) })}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        grabbed.current = false;
      }}
      onPointerCancel={() => {
        grabbed.current = false;
      }}
      onKeyDown={onKeyDown}
    >
      {names}
    </div>
  );
}
