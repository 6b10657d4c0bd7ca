/** How finely to draw while something moves: as fine as the machine keeps up with, and whole as soon as it rests. Pure. */

/** A frame may take this long: 60 a second with room for the rest of the page. */
const easyMs = 18;
const tooSlowMs = 26;
/** Drawn pixels for each pixel of the screen and direction. */
const coarsest = 0.3;

export interface Pace {
  /** Share of the full resolution per direction, 1 for all of it. */
  readonly share: number;
  /** Smoothed time from frame to frame; null before the first pair of frames. */
  readonly frameMs: number | null;
}

/** A machine without a GPU begins coarse: its first frames would stutter until that is known. */
export const startPace = (software: boolean): Pace => ({ share: software ? 0.5 : 1, frameMs: null });

/** @param elapsedMs since the frame before, both drawn while something moved */
export function nextPace({ share, frameMs }: Pace, elapsedMs: number): Pace {
  const smooth = frameMs === null ? elapsedMs : 0.7 * frameMs + 0.3 * elapsedMs;
  if (smooth > tooSlowMs && share > coarsest) return { share: Math.max(coarsest, 0.8 * share), frameMs: null };
  if (smooth < easyMs && share < 1 && frameMs !== null) return { share: Math.min(1, 1.05 * share), frameMs: smooth };
  return { share, frameMs: smooth };
}
