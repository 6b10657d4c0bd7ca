/** Round numbers for the ticks of an axis. */

/** Ticks in steps of 1, 2 or 5 times a power of ten, from at or below `low` to at or above `high`. */
export function niceTicks(low: number, high: number, about: number): readonly { value: number; label: string }[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return niceTicks(0, 1, about);
  const span = high - low || Math.abs(high) || 1;
  const [from, to] = high > low ? [low, high] : [low - span / 2, high + span / 2];
  const raw = (to - from) / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw * 0.999) ?? 10);
  const decimals = Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)));
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const value = (first + i) * step;
    return { value, label: value.toFixed(decimals) };
  });
}
