//! Maximum-likelihood fit of a blurred step to the raw pixels of a window.
//!
//! The model integrates a Gaussian-blurred step over the pixel's own area, so an edge parallel to the pixel rows (all
//! rows share one phase, the worst case) has no phase bias. The noise of either side is taken from the window itself and
//! weighs its pixels: white stock is noisier than a dark mat by its shot noise, and mottled print by its mottle.

use crate::aperture::{Aperture, Table};
use crate::linearised::{CONTRAST, Linearised, Normal, PARAMETERS, POSITION, SHADING, SIGMA, TILT};
use crate::math::{invert_spd, median, times};
use crate::noise::Noise;

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
    /// Linear shading per px on the side of smaller and of larger v; 0 where none was needed.
    pub shading: [f64; 2],
    /// Standard deviation of the position for independent residuals, px.
    pub position_std: f64,
    /// Standard deviation of the blur, px; 0 where it was taken over from another window.
    pub sigma_std: f64,
    /// How far the best position moves where another blur is the true one, px per px.
    pub position_by_sigma: f64,
    /// Noise of both sides.
    pub noise: Noise,
    /// Root mean square of the kept residuals, in light.
    pub residual: f64,
    /// Share of the pixels kept by the robust weights.
    pub kept: f64,
    /// Whether the residuals show no structure across the edge: even ground on both sides.
    pub even: bool,
}

impl StepFit {
    /// Whether linear shading on either side was needed.
    #[must_use]
    pub fn shaded(&self) -> bool {
        self.shading != [0.0; 2]
    }

    fn parameters(&self) -> [f64; PARAMETERS] {
        let [before, behind] = self.shading;
        [
            self.background,
            self.contrast,
            self.position,
            self.sigma,
            self.tilt,
            before,
            behind,
        ]
    }
}

const PLAIN: [usize; 5] = [0, 1, 2, 3, 4];
const SHADED: [usize; 7] = [0, 1, 2, 3, 4, 5, 6];
/// Blur and tilt are taken over from another window.
const SHIFTED: [usize; 3] = [0, 1, 2];
const SHIFTED_SHADED: [usize; 5] = [0, 1, 2, 5, 6];
/// Smallest and largest blur the model follows, px.
const SIGMA_RANGE: [f64; 2] = [0.2, 8.0];
/// Tukey cut-off in units of the residual spread: 99 % efficient on Gaussian noise.
const CUT_OFF: f64 = 7.0;
/// A step smaller than this ends the search, px: steps shrink quadratically, so what is left is far below any noise.
const SETTLED: f64 = 2e-3;
/// Square of the distance, in standard deviations, from which on residuals are no longer those of the noise.
const AWAY: f64 = 4.0;

/// N of the seven parameters are free; as a constant, so that the inner loops are laid out straight.
struct Problem<'a, const N: usize> {
    samples: &'a [Sample],
    aperture: Aperture,
    free: [usize; N],
}

impl<const N: usize> Problem<'_, N> {
    fn linearise(&self, p: &[f64; PARAMETERS], table: &Table) -> Linearised {
        Linearised::at(self.samples, table, p, SHADING.iter().any(|k| self.free.contains(k)))
    }

    fn at(&self, p: &[f64; PARAMETERS]) -> Linearised {
        self.linearise(p, &Table::new(self.aperture, p[SIGMA]))
    }

    /// Levenberg-Marquardt with weights renewed from the residuals once the first steps are made.
    fn solve(&self, p: &mut [f64; PARAMETERS]) -> Option<StepFit> {
        let mut weights = Weights::equal(self.samples.len());
        let mut here = self.at(p);
        let mut normal = here.normal(&weights.of, self.free);
        let mut damping = 1e-4;
        let mut accepted = 0;
        // Whether the weights come from residuals that were still those of a far start.
        let mut stale = false;
        for _ in 0..40 {
            let mut damped = normal.h;
            for a in 0..N {
                damped[a][a] *= 1.0 + damping;
            }
            let step = times(&invert_spd(&damped)?, &normal.g);
            let mut next = *p;
            for (&to, by) in self.free.iter().zip(step) {
                next[to] += by;
            }
            next[SIGMA] = next[SIGMA].clamp(SIGMA_RANGE[0], SIGMA_RANGE[1]);
            let there = self.at(&next);
            let beyond = there.normal(&weights.of, self.free);
            if beyond.cost > normal.cost * (1.0 + 1e-12) {
                damping *= 10.0;
                if damping > 1e6 {
                    break;
                }
                continue;
            }
            // Square of the step in standard deviations.
            let length = (0..N).map(|a| step[a] * normal.g[a]).sum::<f64>() * self.samples.len() as f64 / normal.cost;
            let moved = (next[POSITION] - p[POSITION]).abs() + (next[SIGMA] - p[SIGMA]).abs();
            *p = next;
            (here, normal) = (there, beyond);
            damping = (damping * 0.1).max(1e-12);
            accepted += 1;
            stale |= length > AWAY && weights.noise.seen(p[CONTRAST]);
            let settled = moved < SETTLED && accepted >= 2;
            if settled && !stale {
                break;
            }
            // The start is good enough for weights after one step; a far start has them renewed.
            if matches!(accepted, 1 | 3 | 7) || settled {
                let noise = Noise::of(&here.residuals, &here.shares, p[CONTRAST].abs());
                weights = Weights::with(&here, noise);
                normal = here.normal(&weights.of, self.free);
                stale = false;
            }
        }
        self.finish(p, &weights, &here, &normal)
    }

    fn finish(
        &self,
        p: &[f64; PARAMETERS],
        weights: &Weights,
        end: &Linearised,
        normal: &Normal<N>,
    ) -> Option<StepFit> {
        let inverse = invert_spd(&normal.h)?;
        let place = |parameter: usize| self.free.iter().position(|&f| f == parameter);
        let at = place(POSITION)?;
        let (sigma_variance, position_by_sigma) =
            place(SIGMA).map_or((0.0, 0.0), |k| (inverse[k][k], inverse[at][k] / inverse[k][k]));
        let kept = weights.robust.iter().sum::<f64>();
        // Reduced chi-square: 1 where the noise of both sides tells the whole truth.
        let chi = normal.cost / (kept - N as f64).max(1.0);
        let squares: f64 = end.residuals.iter().zip(&weights.robust).map(|(r, w)| w * r * r).sum();
        p.iter().all(|value| value.is_finite()).then_some(StepFit {
            position: p[POSITION],
            tilt: p[TILT],
            sigma: p[SIGMA],
            background: p[0],
            contrast: p[CONTRAST],
            shading: SHADING.map(|k| p[k]),
            position_std: (chi * inverse[at][at]).sqrt(),
            sigma_std: (chi * sigma_variance).sqrt(),
            position_by_sigma,
            noise: weights.noise,
            residual: (squares / (kept - N as f64).max(1.0)).sqrt(),
            kept: kept / end.residuals.len() as f64,
            even: self.even(p, weights, end, normal.cost),
        })
    }

    /// Whether the mean residual of every slice across the edge is what white noise gives: then no shading is left to fit.
    fn even(&self, p: &[f64; PARAMETERS], weights: &Weights, end: &Linearised, cost: f64) -> bool {
        const SLICES: usize = 40;
        let mut sums = [(0.0f64, 0.0f64); SLICES];
        for (i, s) in self.samples.iter().enumerate() {
            let slice = (s.v - p[POSITION] + SLICES as f64 / 2.0).clamp(0.0, SLICES as f64 - 1.0) as usize;
            sums[slice].0 += weights.of[i].sqrt() * end.residuals[i];
            sums[slice].1 += 1.0;
        }
        let variance = cost / self.samples.len() as f64;
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
}

/// Weight of every pixel: inverse variance by the noise of both sides, times Tukey's biweight of its residual.
struct Weights {
    of: Vec<f64>,
    robust: Vec<f64>,
    noise: Noise,
}

impl Weights {
    fn equal(n: usize) -> Self {
        Self {
            of: vec![1.0; n],
            robust: vec![1.0; n],
            noise: Noise::default(),
        }
    }

    fn with(end: &Linearised, noise: Noise) -> Self {
        let mut of = Vec::with_capacity(end.residuals.len());
        let mut robust = Vec::with_capacity(end.residuals.len());
        for (r, e) in end.residuals.iter().zip(&end.shares) {
            let variance = noise.variance(*e);
            let ratio = r * r / (CUT_OFF * CUT_OFF * variance);
            let keep = if ratio < 1.0 {
                (1.0 - ratio) * (1.0 - ratio)
            } else {
                0.0
            };
            robust.push(keep);
            of.push(keep / variance);
        }
        Self { of, robust, noise }
    }
}

/// Fits a step to the pixels of a window whose frame normal is `normal` (image axes).
///
/// Shading on either side is added only when it lowers the residual significantly, because it costs precision.
/// `None` when fewer than 24 pixels are given or the fit has no solution.
#[must_use]
pub fn fit_step(samples: &[Sample], normal: [f64; 2], start: Start) -> Option<StepFit> {
    let plain = fit_even(samples, normal, start)?;
    if plain.even {
        return Some(plain);
    }
    let problem = Problem {
        samples,
        aperture: Aperture::along(normal),
        free: SHADED,
    };
    let mut p = plain.parameters();
    match problem.solve(&mut p) {
        // F-test for two more parameters, with a threshold far above chance because the residuals may be correlated.
        Some(fit) if significantly_better(&plain, &fit, samples.len()) => Some(fit),
        _ => Some(plain),
    }
}

/// The same without shading.
#[must_use]
pub fn fit_even(samples: &[Sample], normal: [f64; 2], start: Start) -> Option<StepFit> {
    if samples.len() < 24 {
        return None;
    }
    let level = |belongs: &dyn Fn(f64) -> bool| -> f64 {
        let far = samples.iter().filter(|s| belongs(s.v - start.position));
        median(&far.map(|s| s.light).collect::<Vec<f64>>())
    };
    let (low, high) = (level(&|d| d < -1.5), level(&|d| d > 1.5));
    if !(low.is_finite() && high.is_finite()) || low == high {
        return None;
    }
    let problem = Problem {
        samples,
        aperture: Aperture::along(normal),
        free: PLAIN,
    };
    let mut p = [low, high - low, start.position, start.sigma, 0.0, 0.0, 0.0];
    problem.solve(&mut p)
}

/// Position of the same edge in another window beside `fit`'s, with its blur, tilt and noise taken over.
#[must_use]
pub fn fit_shift(samples: &[Sample], normal: [f64; 2], fit: &StepFit) -> Option<StepFit> {
    let aperture = Aperture::along(normal);
    if fit.shaded() {
        shifted(samples, aperture, SHIFTED_SHADED, fit)
    } else {
        shifted(samples, aperture, SHIFTED, fit)
    }
}

/// Two Gauss-Newton steps from where the edge is known to be within a fraction of a pixel.
fn shifted<const N: usize>(samples: &[Sample], aperture: Aperture, free: [usize; N], fit: &StepFit) -> Option<StepFit> {
    if samples.len() < 24 {
        return None;
    }
    let problem = Problem {
        samples,
        aperture,
        free,
    };
    let mut p = fit.parameters();
    let table = Table::new(aperture, p[SIGMA]);
    let step_by = |p: &mut [f64; PARAMETERS], at: &Normal<N>| -> Option<()> {
        let step = times(&invert_spd(&at.h)?, &at.g);
        free.iter().zip(step).for_each(|(&to, by)| p[to] += by);
        Some(())
    };
    let level = problem.linearise(&p, &table);
    step_by(&mut p, &level.normal(&Weights::equal(samples.len()).of, free))?;
    let end = problem.linearise(&p, &table);
    let weights = Weights::with(&end, fit.noise);
    let normal = end.normal(&weights.of, free);
    step_by(&mut p, &normal)?;
    problem.finish(&p, &weights, &end, &normal)
}

fn significantly_better(plain: &StepFit, shaded: &StepFit, n: usize) -> bool {
    let (a, b) = (
        plain.residual.powi(2) * plain.kept,
        shaded.residual.powi(2) * shaded.kept,
    );
    let moved = (shaded.position - plain.position).abs();
    shaded.kept >= plain.kept - 0.02 && moved < 1.5 && (a - b) * (n as f64 - 7.0) > 24.0 * b
}
