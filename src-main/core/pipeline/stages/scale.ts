/** Does the given scale make the card a card? A scale is never derived from the card; a wrong one is only pointed at. */
import type { QualityCheck } from '../../../contract/index.ts';

/**
 * Formats that cards are cut in, mm, shorter side first: standard, Japanese, 1952 large, tall, tobacco, mini, tarot, jumbo
 * (2.5 x 3.5, 2.625 x 3.75, 2.5 x 4.75, 1.4375 x 2.625, 2.375 x 2.875 and 3.5 x 5 inches).
 */
const formats: readonly (readonly [number, number])[] = [
  [63.5, 88.9],
  [59, 86],
  [66.68, 95.25],
  [63.5, 120.65],
  [36.5, 66.7],
  [60.3, 73],
  [70, 120],
  [88.9, 127],
];

/** Sheets are cut to about half a per cent; a trimmed card loses at most a few tenths of a millimetre. */
const tolerance = 0.02;
/** Sides in proportion to this are of a standard card, whatever the scale. */
const sameShape = 0.012;

/** Compares the measured size with known formats. @param pixelPitchMm the scale that was given */
export function scaleCheck(size: { width: number; height: number }, pixelPitchMm: number): QualityCheck {
  const [short, long] = size.width < size.height ? [size.width, size.height] : [size.height, size.width];
  const off = formats.map(([w, h]) => Math.max(Math.abs(short / w - 1), Math.abs(long / h - 1)));
  const least = Math.min(...off);
  const base = { name: 'formatDeviation', value: least, limit: tolerance } as const;
  if (least <= tolerance) return { ...base, status: 'ok' };
  const measured = `${short.toFixed(2)} x ${long.toFixed(2)} mm at this scale, which is no known format`;
  const standard = Math.abs(short / long / (63.5 / 88.9) - 1) <= sameShape;
  const implied = (pixelPitchMm * 63.5) / short;
  const advice = standard
    ? `if it is a standard card (63.5 x 88.9 mm), the scale is nearer to ${implied.toPrecision(4)} mm per pixel than to ${pixelPitchMm.toPrecision(4)}`
    : 'check the pixel pitch, and whether the card was trimmed';
  return { ...base, status: 'warning', message: `the card measures ${measured}: ${advice}` };
}
