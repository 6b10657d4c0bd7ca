/** Half-precision floats (IEEE 754-2008 binary16) for textures that every GPU filters. Pure. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest half, ties to even; beyond 65,504 infinity. */
export function toHalf(value: number): number {
  float[0] = value;
  const raw = Number(bits[0]);
  const sign = (raw >>> 16) & 0x8000;
  const exponent = (raw >>> 23) & 0xff;
  const mantissa = raw & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa === 0 ? 0 : 0x200);
  const e = exponent - 112;
  if (e >= 31) return sign | 0x7c00;
  if (e <= 0) {
    if (e < -10) return sign;
    return sign | rounded(mantissa | 0x800000, 14 - e);
  }
  // A carry out of the mantissa runs into the exponent, which is what rounding up means there.
  return sign | ((e << 10) + rounded(mantissa, 13));
}

function rounded(value: number, shift: number): number {
  const whole = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return rest > middle || (rest === middle && (whole & 1) === 1) ? whole + 1 : whole;
}

export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
