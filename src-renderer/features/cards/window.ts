/** Which rows of a long list are in sight. Pure; all rows are of one height. */

export interface RowWindow {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
}

/** @param spare rows kept ready above and below, so that a fast scroll does not show gaps */
export function rowsInSight(
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
  count: number,
  spare = 8,
): RowWindow {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  const end = Math.min(count, Math.ceil((scrollTop + viewHeight) / rowHeight) + spare);
  return { first: Math.min(first, end), end };
}
