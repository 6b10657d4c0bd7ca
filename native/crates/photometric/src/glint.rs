//! One pixel whose light is mostly the varnish's, as on black print: there the lobe is the signal, and albedo and slopes
//! are fitted with it to all samples at once (Levenberg 1944, Marquardt 1963).

use crate::linear::{V3, add_outer, apply, dot, inverse, unit};
use crate::varnish::Varnish;

/// The lobe is one for the whole card and its shape a model: its height at a pixel is known to this share.
const LOBE_ERROR: f64 = 0.03;
/// Fewer samples than this check nothing.
const FEWEST: usize = 5;
const STEPS: usize = 20;
/// Searches, each with the weights of what the one before has found.
const ROUNDS: usize = 2;
/// Keeps weights finite where no noise was found.
const LEAST_VARIANCE: f64 = 1e-12;
/// Steps of the slopes below this end the search.
const SMALL_STEP: f64 = 1e-5;
/// Slopes are searched for up to this.
const STEEPEST: f64 = 1.2;

/// A pixel's samples, with what lights it; every list by light.
#[derive(Default)]
pub struct Samples {
    /// Normalised samples, the lobe in them.
    pub values: Vec<f64>,
    /// Directions to the lights.
    pub directions: Vec<V3>,
    /// Half way between them and the camera.
    pub halves: Vec<V3>,
    /// False where a sample is saturated.
    pub keep: Vec<bool>,
}

impl Samples {
    /// Forgets all lights.
    pub fn clear(&mut self) {
        self.values.clear();
        self.directions.clear();
        self.halves.clear();
        self.keep.clear();
    }
}

/// What fits them.
#[derive(Clone, Copy, Debug)]
pub struct Glint {
    /// Unit normal.
    pub normal: V3,
    /// Albedo, or its standard deviation where that is larger.
    pub albedo: f64,
    /// Standard deviation of the normal, radians.
    pub deviation: f64,
    /// Root mean square of the residuals.
    pub rms: f64,
    /// Sum of squared residuals in units of their variances.
    pub chi_square: f64,
    /// Number of samples used.
    pub kept: usize,
}

/// Albedo and slopes.
type Point = [f64; 3];

/// Sums of a linearised fit.
struct Equations {
    matrix: [f64; 6],
    right: V3,
    chi_square: f64,
    squares: f64,
}

/// The best fit, searched for around the card's `coarse` slopes, with the variance of a sample of some brightness; `None`
/// with too few samples, or without a well-defined fit.
pub fn fit(samples: &Samples, varnish: &Varnish, coarse: [f64; 2], variance: impl Fn(f64) -> f64) -> Option<Glint> {
    let model = Model {
        samples,
        varnish,
        variance,
    };
    let kept = samples.keep.iter().filter(|k| **k).count();
    if kept < FEWEST {
        return None;
    }
    let mut at = model.start(coarse);
    for _ in 0..ROUNDS {
        at = model.descend(at)?;
    }
    let now = model.equations(at, &model.weights(at));
    let covariance = inverse(&now.matrix)?;
    let [albedo, p, q] = at;
    let normal = unit([-p, -q, 1.0]);
    let spread = covariance[3] * (1.0 - normal[0] * normal[0]) + covariance[5] * (1.0 - normal[1] * normal[1])
        - 2.0 * covariance[4] * normal[0] * normal[1];
    Some(Glint {
        normal,
        albedo: albedo.max(covariance[0].sqrt()),
        deviation: normal[2] * spread.max(0.0).sqrt(),
        rms: (now.squares / kept as f64).sqrt(),
        chi_square: now.chi_square,
        kept,
    })
}

/// Samples, and what they are made of.
struct Model<'a, V> {
    samples: &'a Samples,
    varnish: &'a Varnish,
    variance: V,
}

impl<V: Fn(f64) -> f64> Model<'_, V> {
    fn used(&self) -> impl Iterator<Item = usize> {
        (0..self.samples.values.len()).filter(|&k| self.samples.keep[k])
    }

    /// `n.l` where light falls, and the lobe times that.
    fn lit(&self, k: usize, normal: V3) -> (f64, f64) {
        let (l, h) = (self.samples.directions[k], self.samples.halves[k]);
        (dot(normal, l).max(0.0), self.varnish.light(normal, l, h))
    }

    /// Where the search begins: the best of the coarse slopes and two rings around them, as wide as the lobe.
    fn start(&self, coarse: [f64; 2]) -> Point {
        const AROUND: usize = 8;
        let reach = 0.7 / self.varnish.exponent.sqrt();
        let ring = (0..2 * AROUND).map(|i| {
            let radius = reach * (1 + i / AROUND) as f64;
            let angle = std::f64::consts::TAU * (i % AROUND) as f64 / AROUND as f64;
            [coarse[0] + radius * angle.cos(), coarse[1] + radius * angle.sin()]
        });
        let mut best = (f64::INFINITY, [0.0; 3]);
        for [p, q] in std::iter::once(coarse).chain(ring) {
            let normal = unit([-p, -q, 1.0]);
            let (mut above, mut below, mut squares) = (0.0, 0.0, 0.0);
            for k in self.used() {
                let (lit, shine) = self.lit(k, normal);
                let rest = self.samples.values[k] - shine;
                above += lit * rest;
                below += lit * lit;
                squares += rest * rest;
            }
            let albedo = if below > 0.0 { (above / below).max(0.0) } else { 0.0 };
            let cost = squares - albedo * (2.0 * above - albedo * below);
            if cost < best.0 {
                best = (cost, [albedo, p, q]);
            }
        }
        best.1
    }

    /// One over the variance of every sample, were the fit true.
    fn weights(&self, [albedo, p, q]: Point) -> Vec<f64> {
        let normal = unit([-p, -q, 1.0]);
        (0..self.samples.values.len())
            .map(|k| {
                let (lit, shine) = self.lit(k, normal);
                let unsure = LOBE_ERROR * shine;
                let noise = (self.variance)(albedo.max(0.0) * lit + shine).max(LEAST_VARIANCE);
                (noise + unsure * unsure).recip()
            })
            .collect()
    }

    /// The best fit from here, with the weights of here.
    fn descend(&self, mut at: Point) -> Option<Point> {
        let weights = self.weights(at);
        let mut now = self.equations(at, &weights);
        let mut damping = 1e-3;
        for _ in 0..STEPS {
            let mut damped = now.matrix;
            for diagonal in [0, 3, 5] {
                damped[diagonal] *= 1.0 + damping;
            }
            let step = apply(&inverse(&damped)?, now.right);
            let next = [
                at[0] + step[0],
                (at[1] + step[1]).clamp(-STEEPEST, STEEPEST),
                (at[2] + step[2]).clamp(-STEEPEST, STEEPEST),
            ];
            let then = self.equations(next, &weights);
            if then.chi_square <= now.chi_square {
                (at, now, damping) = (next, then, damping * 0.1);
                if step[1].hypot(step[2]) < SMALL_STEP {
                    break;
                }
            } else {
                damping *= 10.0;
            }
        }
        Some(at)
    }

    /// Gauss-Newton equations of `I_k = n.l_k * (albedo + strength * lobe(n.h_k))`.
    fn equations(&self, [albedo, p, q]: Point, weights: &[f64]) -> Equations {
        let normal = unit([-p, -q, 1.0]);
        let w = normal[2];
        let mut out = Equations {
            matrix: [0.0; 6],
            right: [0.0; 3],
            chi_square: 0.0,
            squares: 0.0,
        };
        for k in self.used() {
            let (l, h) = (self.samples.directions[k], self.samples.halves[k]);
            let (lit, shine) = self.lit(k, normal);
            let rest = self.samples.values[k] - lit * albedo - shine;
            let weight = weights[k];
            out.chi_square += weight * rest * rest;
            out.squares += rest * rest;
            if lit <= 0.0 {
                continue;
            }
            // d(n.v)/dp = -v_x w - (n.v) p w^2; the lobe's slope over the cosine is exponent * (2 - c) times the lobe.
            let c = dot(normal, h);
            let level = albedo + shine / lit;
            let steep = shine * self.varnish.exponent * (2.0 - c);
            let by = |j: usize, slope: f64| {
                level * (-l[j] * w - lit * slope * w * w) + steep * (-h[j] * w - c * slope * w * w)
            };
            let row = [lit, by(0, p), by(1, q)];
            add_outer(&mut out.matrix, row, weight);
            for j in 0..3 {
                out.right[j] += weight * rest * row[j];
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::varnish::half_vector;

    const VARNISH: Varnish = Varnish {
        strength: 0.2,
        exponent: 30.0,
        slopes: [[0.0; 3]; 2],
    };

    fn lights() -> (Vec<V3>, Vec<V3>) {
        let directions: Vec<V3> = (0..8)
            .map(|k| {
                let a = f64::from(k) * std::f64::consts::FRAC_PI_4;
                unit([a.cos(), a.sin(), 1.0])
            })
            .collect();
        let halves = directions
            .iter()
            .map(|&l| half_vector(l, [0.0; 2], Some(400.0)))
            .collect();
        (directions, halves)
    }

    /// Blinn and Phong's lobe itself on a surface of these slopes.
    fn seen(albedo: f64, [p, q]: [f64; 2]) -> Vec<f64> {
        let (directions, halves) = lights();
        let n = unit([-p, -q, 1.0]);
        directions
            .iter()
            .zip(&halves)
            .map(|(&l, &h)| dot(n, l).max(0.0) * (albedo + 0.2 * dot(n, h).max(0.0).powf(30.0)))
            .collect()
    }

    fn fitted(values: &[f64], variance: f64, keep: [bool; 8]) -> Option<Glint> {
        let (directions, halves) = lights();
        let samples = Samples {
            values: values.to_vec(),
            directions,
            halves,
            keep: keep.to_vec(),
        };
        fit(&samples, &VARNISH, [0.0; 2], |_| variance)
    }

    fn slopes(glint: &Glint) -> [f64; 2] {
        [-glint.normal[0] / glint.normal[2], -glint.normal[1] / glint.normal[2]]
    }

    #[test]
    fn slopes_of_black_print_come_from_the_lobe() {
        for truth in [[0.0, 0.0], [0.165, -0.03], [-0.1, 0.15], [0.0, 0.3]] {
            for albedo in [0.0, 0.002, 0.03] {
                let glint = fitted(&seen(albedo, truth), 1e-8, [true; 8]).expect("fits");
                let found = slopes(&glint);
                let off = (found[0] - truth[0]).hypot(found[1] - truth[1]);
                assert!(off < 0.004, "{truth:?} on {albedo}: {found:?}");
                assert!((glint.albedo - albedo).abs() < 0.002, "{albedo}: {}", glint.albedo);
            }
        }
    }

    #[test]
    fn its_deviation_is_that_of_the_noise() {
        let sigma = 1e-3;
        let truth = [0.12, 0.05];
        let clean = seen(0.004, truth);
        let (mut squares, mut claimed) = (0.0, 0.0);
        let tries = 400;
        for t in 0..tries {
            let values: Vec<f64> = (0..8).map(|k| clean[k] + sigma * noise(8 * t + k)).collect();
            let glint = fitted(&values, sigma * sigma, [true; 8]).expect("fits");
            let normal = unit([-truth[0], -truth[1], 1.0]);
            squares += (0..3).map(|j| (glint.normal[j] - normal[j]).powi(2)).sum::<f64>();
            claimed += glint.deviation.powi(2);
        }
        let ratio = (squares / claimed).sqrt();
        // The claim also covers a lobe known to 3 %, which is right here.
        assert!((0.5..1.1).contains(&ratio), "{ratio}");
    }

    #[test]
    fn saturated_samples_are_left_out_and_four_are_too_few() {
        let truth = [0.1, 0.0];
        let mut values = seen(0.002, truth);
        values[3] = 0.9;
        let mut keep = [true; 8];
        keep[3] = false;
        let found = slopes(&fitted(&values, 1e-8, keep).expect("fits"));
        assert!((found[0] - truth[0]).hypot(found[1]) < 0.004, "{found:?}");
        assert!(fitted(&values, 1e-8, [true, true, true, true, false, false, false, false]).is_none());
    }

    #[test]
    fn light_that_is_no_lobe_does_not_fit() {
        let mut values = seen(0.002, [0.05, 0.0]);
        values[2] += 0.05;
        let glint = fitted(&values, 1e-8, [true; 8]);
        assert!(glint.is_none_or(|g| g.chi_square > 1000.0));
    }

    /// A standard normal number of this index: twelve uniform ones less six.
    fn noise(index: usize) -> f64 {
        let uniform = |i: u64| {
            let mut z = i.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
        };
        (0..12).map(|j| uniform(12 * index as u64 + j + 1)).sum::<f64>() - 6.0
    }
}
