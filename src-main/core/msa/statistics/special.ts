/** Special functions behind the distributions: log gamma and the regularised incomplete gamma and beta functions. */

/** Lanczos' coefficients for g = 7, n = 9 (Godfrey 2001); relative error below 2e-15 for x > 0. */
const lanczosG = 7;
const lanczos = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13,
  -176.615_029_162_140_59, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6,
  1.505_632_735_149_311_6e-7,
] as const;
/** Where Stirling's series with five terms is exact to rounding. */
const stirlingFrom = 10;
const most = 10_000;
const epsilon = 2 ** -53;
const tiny = 1e-300;

/** ln Γ(x) for x > 0 (Lanczos 1964). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  const sum = lanczos.reduce((total, c, i) => (i === 0 ? c : total + c / (z + i)), 0);
  const t = z + lanczosG + 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** What Stirling's formula leaves out of ln Γ(x), x >= 10 (Abramowitz and Stegun 6.1.41). */
function stirlingRest(x: number): number {
  const s = 1 / (x * x);
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / x;
}

/** ln B(a, b); the difference of two large logarithms is taken analytically, so that it keeps its digits. */
export function logBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  if (large < stirlingFrom) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const sum = small + large;
  const ratio =
    (large - 0.5) * Math.log1p(small / large) + small * Math.log(sum) - small + stirlingRest(sum) - stirlingRest(large);
  return logGamma(small) - ratio;
}

/**
 * Regularised incomplete beta function I_x(a, b), with `y = 1 - x` given where it is known better than by subtraction.
 * Continued fraction of Didonato and Morris (1992) in the form of Numerical Recipes 6.4, evaluated by Lentz' method.
 */
export function incompleteBeta(x: number, a: number, b: number, y = 1 - x): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  // The fraction converges quickly on one side of the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(y, b, a, x);
  const front = Math.exp(a * Math.log(x) + b * logOneMinus(x, y) - logBeta(a, b)) / a;
  return front * betaFraction(x, a, b);
}

/** ln y where y = 1 - x: by the smaller of the two, which carries the digits. */
const logOneMinus = (x: number, y: number): number => (x < 0.5 ? Math.log1p(-x) : Math.log(y));

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m <= most; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) <= epsilon) return h;
  }
  return h;
}

/** Lentz' guard: a denominator of the fraction may pass through zero. */
const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);

/** Regularised upper incomplete gamma function Q(a, x): series below a + 1, continued fraction above (NR 6.2). */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * gammaSeries(a, x) : front * gammaFraction(a, x);
}

/** Regularised lower incomplete gamma function P(a, x). */
export function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? front * gammaSeries(a, x) : 1 - front * gammaFraction(a, x);
}

function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n <= most; n++) {
    term *= x / (a + n);
    sum += term;
    if (Math.abs(term) < Math.abs(sum) * epsilon) break;
  }
  return sum;
}

function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / away(b);
  let h = d;
  for (let i = 1; i <= most; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / away(an * d + b);
    c = away(b + an / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) <= epsilon) break;
  }
  return h;
}
