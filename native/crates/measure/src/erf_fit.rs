//! Maximum-likelihood fit of a blurred step to the raw pixels of a window.
//!
//! The model integrates a Gaussian-blurred step over the pixel's own area, so an edge parallel to the pixel rows (all
//! rows share one phase, the worst case) has no phase bias. Reference: the Cramer-Rao bound of the same model.

use crate::math::{invert_spd, median, normal, times, tukey};

/// One pixel of the window: frame coordinates in px and linear light.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Along the edge.
    pub u: f64,
    /// Across the edge.
    pub v: f64,
    /// Linear light.
    pub light: f64,
}

/// Width of the pixel square seen along an edge normal: the convolution of two boxes, px.
#[derive(Clone, Copy, Debug)]
pub struct Aperture {
    wide: f64,
    narrow: f64,
}

impl Aperture {
    /// Aperture for a unit normal in image axes.
    #[must_use]
    pub fn along(normal: [f64; 2]) -> Self {
        let (a, b) = (normal[0].abs(), normal[1].abs());
        Self {
            wide: a.max(b),
            narrow: a.min(b),
        }
    }

    /// Step response at distance `x` from the edge, and its derivatives by x and by sigma.
    fn response(self, x: f64, sigma: f64) -> [f64; 3] {
        // Below 0.15 px the narrow box changes the shape by less than 1e-5 of the contrast; sigma absorbs its variance.
        if self.narrow < 0.15 {
            return box_response(x, sigma, self.wide);
        }
        // Two-point Gauss rule over the narrow box: exact to its third moment.
        let s = self.narrow / 12f64.sqrt();
        let (p, m) = (
            box_response(x + s, sigma, self.wide),
            box_response(x - s, sigma, self.wide),
        );
        [0.5 * (p[0] + m[0]), 0.5 * (p[1] + m[1]), 0.5 * (p[2] + m[2])]
    }
}

fn box_response(x: f64, sigma: f64, width: f64) -> [f64; 3] {
    let (hi, lo) = (x + 0.5 * width, x - 0.5 * width);
    let ((ch, ph), (cl, pl)) = (normal(hi / sigma), normal(lo / sigma));
    [
        (hi * ch + sigma * ph - lo * cl - sigma * pl) / width,
        (ch - cl) / width,
        (ph - pl) / width,
    ]
}

/// Where the fit starts.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// Position across the edge, px.
    pub position: f64,
    /// Blur, px.
    pub sigma: f64,
}

/// A fitted step.
#[derive(Clone, Copy, Debug)]
pub struct StepFit {
    /// v of the edge at u = 0, px.
    pub position: f64,
    /// dv/du of the edge in the window.
    pub tilt: f64,
    /// Gaussian blur without the pixel's own area, px.
    pub sigma: f64,
    /// Light on the side of smaller v.
    pub background: f64,
    /// Light of the larger side minus the background.
    pub contrast: f64,
    /// Standard deviation of the position for independent residuals, px.
    pub position_std: f64,
    /// Ratio of the row-clustered variance of the position to the independent one: above 1 for texture and ragged print.
    pub inflation: f64,
    /// Root mean square of the kept residuals, in light.
    pub residual: f64,
    /// Share of the pixels kept by the robust weights.
    pub kept: f64,
    /// Whether linear shading on either side was needed.
    pub shaded: bool,
}

const PARAMETERS: usize = 7;
const POSITION: usize = 2;
const SIGMA: usize = 3;
/// Smallest and largest blur the model follows, px.
const SIGMA_RANGE: [f64; 2] = [0.2, 8.0];
/// Tukey cut-off in units of the residual spread: 99 % efficient on Gaussian noise.
const CUT_OFF: f64 = 7.0;
/// A step smaller than this ends the search, px: far below any noise.
const SETTLED: f64 = 1e-5;

struct Problem<'a> {
    samples: &'a [Sample],
    aperture: Aperture,
    active: [bool; PARAMETERS],
}

impl Problem<'_> {
    /// Model value and its derivatives: background, contrast, position, sigma, tilt, shading outside and inside.
    fn model(&self, p: &[f64; PARAMETERS], s: &Sample) -> (f64, [f64; PARAMETERS]) {
        let x = s.v - p[POSITION] - p[4] * s.u;
        let [e, by_x, by_sigma] = self.aperture.response(x, p[SIGMA]);
        let rise = p[1] + (p[6] - p[5]) * x;
        let by_position = -(rise * by_x + p[5] * (1.0 - e) + p[6] * e);
        let value = p[0] + p[1] * e + x * (p[5] * (1.0 - e) + p[6] * e);
        let gradient = [
            1.0,
            e,
            by_position,
            rise * by_sigma,
            by_position * s.u,
            x * (1.0 - e),
            x * e,
        ];
        (value, gradient)
    }

    /// Normal matrix, gradient, residuals and weighted sum of squares at `p`: one pass over the pixels serves all.
    fn evaluate(&self, p: &[f64; PARAMETERS], weights: &[f64]) -> Evaluation {
        let mut h = [[0.0; PARAMETERS]; PARAMETERS];
        let mut g = [0.0; PARAMETERS];
        let mut cost = 0.0;
        let mut residuals = Vec::with_capacity(self.samples.len());
        let used = if self.active[PARAMETERS - 1] {
            PARAMETERS
        } else {
            PARAMETERS - 2
        };
        for (s, &w) in self.samples.iter().zip(weights) {
            let (value, j) = self.model(p, s);
            let r = s.light - value;
            residuals.push(r);
            cost += w * r * r;
            for a in 0..used {
                let weighted = w * j[a];
                g[a] += weighted * r;
                for b in 0..=a {
                    h[a][b] += weighted * j[b];
                }
            }
        }
        for a in 0..PARAMETERS {
            for b in 0..a {
                h[b][a] = h[a][b];
            }
        }
        for a in used..PARAMETERS {
            h[a][a] = 1.0;
        }
        Evaluation { h, g, residuals, cost }
    }

    /// Levenberg-Marquardt with robust weights renewed from the residual spread once the first steps are made.
    fn solve(&self, p: &mut [f64; PARAMETERS]) -> Option<(Vec<f64>, Evaluation)> {
        let mut weights = vec![1.0; self.samples.len()];
        let mut here = self.evaluate(p, &weights);
        let mut damping = 1e-4;
        let mut accepted = 0;
        for _ in 0..40 {
            let mut damped = here.h;
            for a in 0..PARAMETERS {
                damped[a][a] *= 1.0 + damping;
            }
            let step = times(&invert_spd(&damped)?, &here.g);
            let mut next = *p;
            for a in 0..PARAMETERS {
                next[a] += step[a];
            }
            next[SIGMA] = next[SIGMA].clamp(SIGMA_RANGE[0], SIGMA_RANGE[1]);
            let there = self.evaluate(&next, &weights);
            if there.cost > here.cost * (1.0 + 1e-12) {
                damping *= 10.0;
                if damping > 1e6 {
                    break;
                }
                continue;
            }
            let moved = (next[POSITION] - p[POSITION]).abs() + (next[SIGMA] - p[SIGMA]).abs();
            *p = next;
            here = there;
            damping = (damping * 0.1).max(1e-12);
            accepted += 1;
            if moved < SETTLED && accepted >= 4 {
                break;
            }
            // Weights settle within two renewals; each costs a pass over the pixels.
            if accepted == 2 || accepted == 4 || accepted == 8 {
                weights = robust_weights(&here.residuals, p[1].abs());
                here = self.evaluate(p, &weights);
            }
        }
        Some((weights, here))
    }
}

/// What one pass over the pixels gives.
struct Evaluation {
    h: [[f64; PARAMETERS]; PARAMETERS],
    g: [f64; PARAMETERS],
    residuals: Vec<f64>,
    cost: f64,
}

fn robust_weights(residuals: &[f64], contrast: f64) -> Vec<f64> {
    let absolute: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    let spread = (1.4826 * median(&absolute)).max(1e-6 * contrast).max(1e-12);
    residuals.iter().map(|r| tukey(r / (CUT_OFF * spread))).collect()
}

/// Fits a step to the pixels of a window whose frame normal is `normal` (image axes).
///
/// Shading on either side is added only when it lowers the residual significantly, because it costs precision.
/// `None` when fewer than 24 pixels are given or the fit has no solution.
#[must_use]
pub fn fit_step(samples: &[Sample], normal: [f64; 2], start: Start) -> Option<StepFit> {
    if samples.len() < 24 {
        return None;
    }
    let side = |inside: bool| -> Vec<f64> {
        let far = |s: &&Sample| {
            if inside {
                s.v > start.position + 1.5
            } else {
                s.v < start.position - 1.5
            }
        };
        samples.iter().filter(far).map(|s| s.light).collect()
    };
    let (low, high) = (median(&side(false)), median(&side(true)));
    if !(low.is_finite() && high.is_finite()) || low == high {
        return None;
    }
    let mut problem = Problem {
        samples,
        aperture: Aperture::along(normal),
        active: [true; PARAMETERS],
    };
    problem.active[5] = false;
    problem.active[6] = false;
    let mut p = [low, high - low, start.position, start.sigma, 0.0, 0.0, 0.0];
    let (weights, end) = problem.solve(&mut p)?;
    let plain = finish(&problem, &p, &weights, &end)?;
    if structureless(samples, &end.residuals, p[POSITION]) {
        return Some(plain);
    }
    problem.active = [true; PARAMETERS];
    let mut shaded = p;
    let shaded_fit = problem
        .solve(&mut shaded)
        .and_then(|(w, end)| finish(&problem, &shaded, &w, &end));
    match shaded_fit {
        // F-test for two more parameters, with a threshold far above chance because the residuals may be correlated.
        Some(fit) if significantly_better(&plain, &fit, samples.len()) => Some(StepFit { shaded: true, ..fit }),
        _ => Some(plain),
    }
}

fn significantly_better(plain: &StepFit, shaded: &StepFit, n: usize) -> bool {
    let (a, b) = (
        plain.residual.powi(2) * plain.kept,
        shaded.residual.powi(2) * shaded.kept,
    );
    let moved = (shaded.position - plain.position).abs();
    shaded.kept >= plain.kept - 0.02 && moved < 1.5 && (a - b) * (n as f64 - 7.0) > 24.0 * b
}

/// Whether the mean residual of every slice across the edge is what white noise gives: then no shading is left to fit.
fn structureless(samples: &[Sample], residuals: &[f64], position: f64) -> bool {
    const SLICES: usize = 40;
    let mut sums = [(0.0f64, 0.0f64); SLICES];
    let mut squares = 0.0;
    for (s, r) in samples.iter().zip(residuals) {
        let slice = (s.v - position + SLICES as f64 / 2.0).clamp(0.0, SLICES as f64 - 1.0) as usize;
        sums[slice].0 += r;
        sums[slice].1 += 1.0;
        squares += r * r;
    }
    let variance = squares / samples.len() as f64;
    if variance <= 0.0 {
        return true;
    }
    let used = sums.iter().filter(|s| s.1 > 0.0).count() as f64;
    let chi: f64 = sums
        .iter()
        .filter(|s| s.1 > 0.0)
        .map(|s| s.0 * s.0 / (s.1 * variance))
        .sum();
    chi < used + 2.0 * (2.0 * used).sqrt()
}

fn finish(problem: &Problem, p: &[f64; PARAMETERS], weights: &[f64], end: &Evaluation) -> Option<StepFit> {
    let inverse = invert_spd(&end.h)?;
    let residuals = &end.residuals;
    let used = problem.active.iter().filter(|a| **a).count() as f64;
    let kept: f64 = weights.iter().sum();
    let squares: f64 = end.residuals.iter().zip(weights).map(|(r, w)| w * r * r).sum();
    let variance = squares / (kept - used).max(1.0);
    let independent = variance * inverse[POSITION][POSITION];
    let row = inverse[POSITION];
    let mut clusters: std::collections::BTreeMap<i64, f64> = std::collections::BTreeMap::new();
    for ((s, r), w) in problem.samples.iter().zip(residuals).zip(weights) {
        let (_, j) = problem.model(p, s);
        let influence: f64 = (0..PARAMETERS)
            .filter(|&a| problem.active[a])
            .map(|a| row[a] * j[a])
            .sum();
        // Clusters of 6 px: wider than the mottle of a print, narrow enough to have several per window.
        *clusters.entry((s.u / 6.0).floor() as i64).or_default() += influence * w * r;
    }
    let n = clusters.len() as f64;
    let clustered = clusters.values().map(|c| c * c).sum::<f64>() * n / (n - 1.0).max(1.0);
    p.iter().all(|value| value.is_finite()).then_some(StepFit {
        position: p[POSITION],
        tilt: p[4],
        sigma: p[SIGMA],
        background: p[0],
        contrast: p[1],
        position_std: independent.sqrt(),
        inflation: if independent > 0.0 {
            clustered / independent
        } else {
            1.0
        },
        residual: variance.sqrt(),
        kept: kept / residuals.len() as f64,
        shaded: false,
    })
}
