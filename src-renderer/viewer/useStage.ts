/** Ties an ImageStage to an element: loads OpenSeadragon, shows the current layer, hands out the transform. */
import { useQuery } from '@tanstack/react-query';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { View } from '../../src-main/contract/gradings.ts';
import { styleNonce } from '../app/nonce.ts';
import { tiledImageOptions } from '../rpc/index.ts';
import { type Frame, ImageStage } from './stage.ts';
import type { BoxPx, ScreenPoint, ViewTransform } from './transform.ts';

export interface StageState {
  readonly stage: ImageStage | null;
  readonly transform: ViewTransform | null;
  readonly error: unknown;
  readonly loading: boolean;
}

export function useStage(
  holder: RefObject<HTMLElement | null>,
  frame: Frame | null,
  view: View | undefined,
  /** What is shown at first: the card. */
  home: BoxPx | null,
  onClick: (at: ScreenPoint, transform: ViewTransform) => void,
): StageState {
  const [stage, setStage] = useState<ImageStage | null>(null);
  const [transform, setTransform] = useState<ViewTransform | null>(null);
  const [error, setError] = useState<unknown>(null);
  const latest = useRef({ onClick, transform, home });
  latest.current = { onClick, transform, home };
  const widthPx = frame?.widthPx;
  const heightPx = frame?.heightPx;

  useEffect(() => {
    const element = holder.current;
    if (!element || widthPx === undefined || heightPx === undefined) return;
    let made: ImageStage | null = null;
    let left = false;
    const start = async () => {
      const { default: osd } = await import('openseadragon');
      if (left) return;
      reserveStyleElement();
      made = new ImageStage(
        osd,
        element,
        { widthPx, heightPx },
        {
          // In the frame of the image itself: a later render would let the overlay swim behind it.
          onTransform: (next) => flushSync(() => setTransform(next)),
          onClick: (at) => {
            const { onClick: call, transform: current } = latest.current;
            if (current) call(at, current);
          },
        },
      );
      setStage(made);
    };
    start().catch(setError);
    return () => {
      left = true;
      made?.destroy();
      setStage(null);
      setTransform(null);
    };
  }, [holder, widthPx, heightPx]);

  const image = useQuery({ ...tiledImageOptions(view?.image ?? ''), enabled: view !== undefined });
  useEffect(() => {
    if (stage && view && image.data) stage.show(view.name, view.image, image.data, latest.current.home).catch(setError);
  }, [stage, view, image.data]);

  return { stage, transform, error: error ?? image.error, loading: !transform || image.isPending };
}

/** OpenSeadragon adds a style element without the page's nonce, which the content policy refuses, unless one is there. */
function reserveStyleElement(): void {
  const attribute = 'data-openseadragon-mobile-css';
  if (document.querySelector(`style[${attribute}]`)) return;
  const style = document.createElement('style');
  style.setAttribute('nonce', styleNonce());
  style.setAttribute(attribute, 'true');
  document.head.append(style);
}
