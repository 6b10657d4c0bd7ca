/** Scrolls a row into sight when it becomes selected, for instance from the image. */
import { type RefObject, useEffect, useRef } from 'react';

export function useInSight<E extends Element>(selected: boolean): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => {
    if (selected) element.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  return element;
}
