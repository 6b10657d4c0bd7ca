//! Normal and reflectance together, for pixels seen under many lights.
//!
//! Low-frequency reflectance after Shi et al., TPAMI 2014: of the middle samples, `I = n.l * f(n.h, l.h)` with f a
//! bivariate polynomial of total degree 2, h the half vector. The coefficients are eliminated by variable projection
//! (Golub & Pereyra 1973, Kaufman 1975), the normal moves by Gauss-Newton on the sphere. A weak ridge pulls f towards a
//! constant, which without specular samples is what keeps slant and reflectance apart.
//!
//! Where the polynomial explains little more than a constant, its normal is mostly its own freedom: the result is drawn
//! to the Lambertian normal of the innermost samples by the evidence for the polynomial, as Stein's estimator does.

use crate::check::MAX_CONDITION;
use crate::cholesky::{Matrix, TERMS, cholesky, substitute};
use crate::linear::{V3, add_outer, apply, condition, cross, dot, inverse, unit};

/// With fewer lights too few samples are left in the middle to carry six coefficients and a normal.
pub const MIN_LIGHTS: usize = 48;
const MIN_SAMPLES: usize = MIN_LIGHTS / 2;
/// Darkest and brightest shares left out: shadows, and highlights that a polynomial does not follow.
const LOW: f64 = 0.3;
const HIGH: f64 = 0.2;
const RIDGE: f64 = 1e-4;
/// Re-weightings by the residual (Cauchy) after the first fit.
const ROUNDS: usize = 3;
const STEPS: usize = 6;
/// A step on the sphere is at most this long, in radians.
const MAX_STEP: f64 = 0.2;
/// Share left out at either end for the Lambertian normal that the result is drawn to.
const INNER: f64 = 0.4;
/// Samples this far above that Lambertian fit, relative to its albedo, are highlights no low-order polynomial follows.
const HIGHLIGHT: f64 = 0.03;
/// Evidence (log likelihood ratio) at which polynomial and constant count alike: one unit for each added coefficient.
const EVEN_EVIDENCE: f64 = (TERMS - 1) as f64;
/// A normal further from the start than this (cosine) has left the basin where the model means something.
const MIN_AGREEMENT: f64 = 0.8;
/// Tuning constant for 95 % efficiency on Gaussian noise.
const CAUCHY: f64 = 2.385;

/// Buffers of one worker.
#[derive(Default)]
pub struct Scratch {
    sample: Vec<f64>,
    light: Vec<V3>,
    half: Vec<V3>,
    /// Cosine between light and half vector; does not depend on the normal.
    y: Vec<f64>,
    weight: Vec<f64>,
    basis: Vec<[f64; TERMS]>,
    residual: Vec<f64>,
    sorted: Vec<f64>,
    chosen: Vec<usize>,
}

/// State of the fit at one normal.
struct Solved {
    factor: Matrix,
    coefficients: [f64; TERMS],
    cost: f64,
}

/// `order` lists the usable samples of `all` from dark to bright, `dark` and `clipped` are left out already: the rest
/// after shares `low` and `high` of all are gone.
fn middle(order: &[usize], all: usize, dark: usize, clipped: usize, low: f64, high: f64) -> &[usize] {
    let low = ((low * all as f64) as usize).saturating_sub(dark);
    let high = ((high * all as f64) as usize).saturating_sub(clipped);
    order.get(low..order.len().saturating_sub(high)).unwrap_or(&[])
}

/// A better normal than `start` from the samples of low frequency, or `None` with too few of them; the Lambertian normal
/// of the innermost samples where the fit leaves the neighbourhood of `start`. `order` lists the usable samples from dark to bright; `dark` and `clipped` others
/// are left out already.
pub fn refine(
    samples: &[f64],
    directions: &[V3],
    order: &[usize],
    (dark, clipped): (usize, usize),
    start: V3,
    s: &mut Scratch,
) -> Option<V3> {
    let all = samples.len();
    let inner = lambert(samples, directions, middle(order, all, dark, clipped, INNER, INNER))?;
    let albedo = dot(inner, inner).sqrt();
    s.chosen.clear();
    let low_frequency = middle(order, all, dark, clipped, LOW, HIGH).iter();
    s.chosen
        .extend(low_frequency.filter(|&&k| samples[k] < dot(directions[k], inner) + HIGHLIGHT * albedo));
    if s.chosen.len() < MIN_SAMPLES || albedo <= 0.0 {
        return None;
    }
    s.gather(samples, directions);
    let mut normal = start;
    for round in 0..=ROUNDS {
        let mut solved = s.solve(normal)?;
        if round > 0 {
            s.reweight();
            solved = s.solve(normal)?;
        }
        normal = s.descend(normal, solved);
    }
    let inner = unit(inner);
    if dot(normal, start) <= MIN_AGREEMENT {
        return Some(inner);
    }
    let evidence = s.evidence(normal)?;
    let weight = evidence / (evidence + EVEN_EVIDENCE);
    Some(unit([0, 1, 2].map(|j| weight * normal[j] + (1.0 - weight) * inner[j])))
}

/// `albedo * normal` by least squares of the chosen samples.
fn lambert(samples: &[f64], directions: &[V3], chosen: &[usize]) -> Option<V3> {
    let (mut m, mut b) = ([0.0; 6], [0.0; 3]);
    for &k in chosen {
        add_outer(&mut m, directions[k], 1.0);
        for j in 0..3 {
            b[j] += directions[k][j] * samples[k];
        }
    }
    (condition(&m) <= MAX_CONDITION).then_some(apply(&inverse(&m)?, b))
}

impl Scratch {
    fn gather(&mut self, samples: &[f64], directions: &[V3]) {
        let chosen = &self.chosen;
        let (sample, light) = (&mut self.sample, &mut self.light);
        sample.clear();
        light.clear();
        self.half.clear();
        self.y.clear();
        // The scale of the samples must not decide how strong the ridge is.
        let mean = chosen.iter().map(|&k| samples[k]).sum::<f64>() / chosen.len() as f64;
        for &k in chosen {
            let l = directions[k];
            let h = unit([l[0], l[1], l[2] + 1.0]);
            sample.push(samples[k] / mean.max(f64::MIN_POSITIVE));
            light.push(l);
            self.half.push(h);
            self.y.push(dot(l, h));
        }
        self.weight.clear();
        self.weight.resize(chosen.len(), 1.0);
        self.basis.resize(chosen.len(), [0.0; TERMS]);
        self.residual.resize(chosen.len(), 0.0);
    }

    /// Coefficients, residuals and cost at a normal.
    fn solve(&mut self, normal: V3) -> Option<Solved> {
        let mut m = [[0.0; TERMS]; TERMS];
        let mut b = [0.0; TERMS];
        for k in 0..self.sample.len() {
            let shade = dot(normal, self.light[k]);
            let (x, y) = (dot(normal, self.half[k]), self.y[k]);
            let row = [1.0, x, y, x * x, x * y, y * y].map(|v| v * shade);
            self.basis[k] = row;
            let w = self.weight[k];
            for i in 0..TERMS {
                let wi = w * row[i];
                for j in 0..=i {
                    m[i][j] += wi * row[j];
                }
                b[i] += wi * self.sample[k];
            }
        }
        let ridge = RIDGE * m[0][0];
        for i in 1..TERMS {
            m[i][i] += ridge;
        }
        let factor = cholesky(m)?;
        let coefficients = substitute(&factor, b);
        let mut cost = ridge * coefficients[1..].iter().map(|c| c * c).sum::<f64>();
        for k in 0..self.sample.len() {
            let r = inner(&self.basis[k], &coefficients) - self.sample[k];
            self.residual[k] = r;
            cost += self.weight[k] * r * r;
        }
        Some(Solved {
            factor,
            coefficients,
            cost,
        })
    }

    fn reweight(&mut self) {
        self.sorted.clear();
        self.sorted.extend(self.residual.iter().map(|r| r.abs()));
        let middle = self.sorted.len() / 2;
        let (_, median, _) = self.sorted.select_nth_unstable_by(middle, f64::total_cmp);
        let scale = 1.0 / (CAUCHY * 1.4826 * median.max(1e-9));
        for (w, r) in self.weight.iter_mut().zip(&self.residual) {
            *w = 1.0 / (1.0 + (r * scale).powi(2));
        }
    }

    /// Log likelihood ratio of the polynomial at `normal` against the best Lambertian fit of the same samples.
    fn evidence(&mut self, normal: V3) -> Option<f64> {
        self.weight.fill(1.0);
        let bent = self.solve(normal)?.cost;
        let all: Vec<usize> = (0..self.sample.len()).collect();
        let plain = lambert(&self.sample, &self.light, &all)?;
        let straight: f64 = (0..self.sample.len())
            .map(|k| (self.sample[k] - dot(plain, self.light[k])).powi(2))
            .sum();
        let ratio = straight / bent.max(f64::MIN_POSITIVE);
        Some(self.sample.len() as f64 * ratio.max(1.0).ln())
    }

    /// Levenberg-Marquardt steps on the sphere.
    fn descend(&mut self, mut normal: V3, mut at: Solved) -> V3 {
        let mut damping = 1e-2;
        for _ in 0..STEPS {
            let (u, v) = tangents(normal);
            let [a, b, c, p, q] = self.slopes(normal, u, v, &at);
            let (a, c) = (a * (1.0 + damping) + 1e-15, c * (1.0 + damping) + 1e-15);
            let det = a * c - b * b;
            let (mut du, mut dv) = (-(c * p - b * q) / det, -(a * q - b * p) / det);
            let length = du.hypot(dv);
            if !length.is_finite() {
                break;
            }
            if length > MAX_STEP {
                (du, dv) = (du * MAX_STEP / length, dv * MAX_STEP / length);
            }
            let next = unit([0, 1, 2].map(|j| normal[j] + du * u[j] + dv * v[j]));
            match self.solve(next) {
                Some(solved) if solved.cost < at.cost => {
                    (normal, at) = (next, solved);
                    damping *= 0.25;
                }
                _ => {
                    damping *= 8.0;
                    // The basis and residuals of the point stayed at are needed again.
                    match self.solve(normal) {
                        Some(solved) => at = solved,
                        None => break,
                    }
                }
            }
            if length < 1e-5 {
                break;
            }
        }
        normal
    }

    /// Gauss-Newton matrix (uu, uv, vv) and gradient (u, v) of the cost with the coefficients projected out.
    fn slopes(&self, normal: V3, u: V3, v: V3, at: &Solved) -> [f64; 5] {
        let c = &at.coefficients;
        let mut sums = [0.0; 5];
        let (mut bu, mut bv) = ([0.0; TERMS], [0.0; TERMS]);
        for k in 0..self.sample.len() {
            let (l, h, y, w) = (self.light[k], self.half[k], self.y[k], self.weight[k]);
            let (x, shade) = (dot(normal, h), dot(normal, l));
            let value = c[0] + c[1] * x + c[2] * y + c[3] * x * x + c[4] * x * y + c[5] * y * y;
            let along_x = shade * (c[1] + 2.0 * c[3] * x + c[4] * y);
            let du = dot(u, l) * value + along_x * dot(u, h);
            let dv = dot(v, l) * value + along_x * dot(v, h);
            let (wu, wv, r) = (w * du, w * dv, self.residual[k]);
            sums[0] += wu * du;
            sums[1] += wu * dv;
            sums[2] += wv * dv;
            sums[3] += wu * r;
            sums[4] += wv * r;
            for i in 0..TERMS {
                bu[i] += self.basis[k][i] * wu;
                bv[i] += self.basis[k][i] * wv;
            }
        }
        let (zu, zv) = (substitute(&at.factor, bu), substitute(&at.factor, bv));
        sums[0] -= inner(&bu, &zu);
        sums[1] -= inner(&bu, &zv);
        sums[2] -= inner(&bv, &zv);
        sums
    }
}

fn inner(a: &[f64; TERMS], b: &[f64; TERMS]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn tangents(n: V3) -> (V3, V3) {
    let away = if n[2].abs() < 0.9 {
        [0.0, 0.0, 1.0]
    } else {
        [1.0, 0.0, 0.0]
    };
    let u = unit(cross(n, away));
    (u, cross(n, u))
}
