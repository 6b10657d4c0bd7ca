//! Mean profile of a window about its side's line, and the best linear unbiased estimate of the edge's place from it.

use crate::aperture::Table;
use crate::erf_fit::Sample;
use crate::math::{fit_polynomial, invert_spd, median_mad, normal, times, tukey};
use crate::scatter::Window;
use crate::variogram::{LAGS, Variogram};
use std::ops::Range;

/// Profile on either side of the edge from which its position is estimated, px: as near as the plain fit looks.
const REACH: usize = 6;
/// Profile in which the mottle is looked at, px.
const GROUND: usize = 13;
const SLICES: usize = 2 * GROUND + 1;
const USED: usize = 2 * REACH + 1;
/// Wave lengths that are tried, down to two slices.
const WAVES: usize = 32;
/// Variance of an even distribution over a pixel: the pixel's own area, and the slice's.
const OVER_A_PIXEL: f64 = 1.0 / 12.0;

/// Robust polynomial through the windows of a side.
#[derive(Clone, Copy)]
pub struct Line {
    half: f64,
    coefficients: [f64; 3],
}

impl Line {
    /// Every window counts alike, except for outliers; `None` for too few.
    #[must_use]
    pub fn through(windows: &[Window], degree: usize) -> Option<Self> {
        let half = windows.iter().map(|w| w.u.abs()).fold(1.0, f64::max);
        let x: Vec<f64> = windows.iter().map(|w| w.u / half).collect();
        let y: Vec<f64> = windows.iter().map(|w| w.v).collect();
        let mut weight = vec![1.0; x.len()];
        let mut line = Self {
            half,
            coefficients: [0.0; 3],
        };
        for _ in 0..6 {
            line.coefficients = fit_polynomial(&x, &y, &weight, degree)?.0;
            let off: Vec<f64> = (0..x.len()).map(|i| y[i] - line.at(x[i] * half)).collect();
            let cut_off = 5.0 * median_mad(&off).1.max(1e-6);
            weight = off.iter().map(|r| tukey(r / cut_off)).collect();
        }
        Some(line)
    }

    /// v at u, px.
    #[must_use]
    pub fn at(&self, u: f64) -> f64 {
        let x = u / self.half;
        let [a, b, c] = self.coefficients;
        a + x * (b + x * c)
    }

    /// Robust spread of windows about the line, px.
    #[must_use]
    pub fn scatter(&self, windows: &[Window]) -> f64 {
        median_mad(&self.off(windows)).1
    }

    /// Standard deviation of windows about the line for degrees of `freedom`, px.
    #[must_use]
    pub fn deviation(&self, windows: &[Window], freedom: f64) -> f64 {
        let squares: f64 = self.off(windows).iter().map(|r| r * r).sum();
        (squares / freedom).sqrt()
    }

    fn off(&self, windows: &[Window]) -> Vec<f64> {
        windows.iter().map(|w| w.v - self.at(w.u)).collect()
    }
}

/// Mean light less the step at the line, one value a pixel across the edge.
pub struct Profile([f64; SLICES]);

impl Profile {
    /// `None` where the window does not reach far enough.
    #[must_use]
    pub fn about(samples: &[Sample], line: f64, contrast: f64, table: &Table) -> Option<Self> {
        let mut sums = [[0.0f64; 2]; SLICES];
        for s in samples {
            let x = s.v - line;
            let slice = (x + GROUND as f64).round();
            if slice >= 0.0 && slice < SLICES as f64 {
                let [sum, count] = &mut sums[slice as usize];
                *sum += s.light - contrast * table.at(x)[0];
                *count += 1.0;
            }
        }
        let mean = sums.map(|[sum, count]| sum / count);
        mean.iter().all(|m| m.is_finite()).then_some(Self(mean))
    }

    /// Takes the step away at another place and blur (both px) than before.
    pub fn follow(&mut self, contrast: f64, from: [f64; 2], to: [f64; 2]) {
        let step = |x: f64, [place, sigma]: [f64; 2]| normal((x - place) / seen(sigma)).0;
        for (i, light) in self.0.iter_mut().enumerate() {
            let x = i as f64 - GROUND as f64;
            *light += contrast * (step(x, from) - step(x, to));
        }
    }

    /// The profile for a step of 1.
    #[must_use]
    pub fn over(self, contrast: f64) -> Self {
        Self(self.0.map(|light| light / contrast))
    }

    /// Mean of profiles.
    #[must_use]
    pub fn mean(of: &[Self]) -> Self {
        Self(std::array::from_fn(|i| {
            of.iter().map(|p| p.0[i]).sum::<f64>() / of.len() as f64
        }))
    }

    /// Variance of the ground on one side, light squared; `None` where the blur leaves none.
    #[must_use]
    pub fn power(&self, behind: bool, sigma: f64) -> Option<f64> {
        let ground = &self.0[ground(behind, sigma)?];
        let mean = ground.iter().sum::<f64>() / ground.len() as f64;
        Some(ground.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / (ground.len() - 1) as f64)
    }

    fn near(&self) -> &[f64] {
        &self.0[GROUND - REACH..=GROUND + REACH]
    }
}

/// Weights of the slices near the edge.
pub struct Estimator {
    /// Shift for a step of 1.
    weights: [f64; USED],
    /// Variance of the shift for a step of 1, light squared.
    variance: f64,
}

impl Estimator {
    /// From the mottle of all windows of a side, as [`Mottle::inverse`] gives it; `sigma`: blur, px.
    #[must_use]
    pub fn of(inverse: &Inverse, sigma: f64) -> Option<Self> {
        let [background, step, place, _] = columns(sigma);
        let (weights, variance) = last_of(inverse, &[background, step, place])?;
        Some(Self { weights, variance })
    }

    /// Shift of the edge from the line, and its standard deviation, px.
    #[must_use]
    pub fn position(&self, profile: &Profile, contrast: f64) -> [f64; 2] {
        let shift: f64 = profile.near().iter().zip(&self.weights).map(|(p, w)| p * w).sum();
        [shift / contrast, self.variance.sqrt() / contrast.abs()]
    }
}

/// Variance of the place that a least-squares fit finds for a step of 1, px squared, for waves of variance 1 and any phase
/// on one side of the edge: the mean over the lengths that the ground of `profile` holds, by their power.
#[must_use]
pub fn wave_gain(profile: &Profile, behind: bool, sigma: f64) -> Option<f64> {
    let mut white = [[0.0; USED]; USED];
    (0..USED).for_each(|i| white[i][i] = 1.0);
    let Estimator { weights, .. } = Estimator::of(&white, sigma)?;
    let [_, share, _, _] = columns(sigma);
    let pull: [f64; USED] = std::array::from_fn(|i| weights[i] * if behind { share[i] } else { 1.0 - share[i] });
    let ground = &profile.0[ground(behind, sigma)?];
    let mean = ground.iter().sum::<f64>() / ground.len() as f64;
    let own: Vec<f64> = ground.iter().map(|g| g - mean).collect();
    let (mut gains, mut powers) = (0.0, 0.0);
    for wave in 1..=WAVES {
        let turn = std::f64::consts::PI * wave as f64 / WAVES as f64;
        let power = response(&own, turn);
        gains += power * response(&pull, turn);
        powers += power;
    }
    (powers > 0.0).then_some(gains / powers)
}

/// Square of the sum of values times a wave that turns by `turn` from one to the next.
fn response(values: &[f64], turn: f64) -> f64 {
    let [re, im] = values.iter().enumerate().fold([0.0, 0.0], |[re, im], (i, v)| {
        let (sin, cos) = (turn * i as f64).sin_cos();
        [re + v * cos, im + v * sin]
    });
    re * re + im * im
}

/// The blur at which the mean profile of a side has no structure left, px. In single windows mottle passes for blur.
#[must_use]
pub fn common_blur(inverse: &Inverse, profiles: &[Profile], contrasts: &[f64], sigma: f64) -> Option<f64> {
    let (weights, _) = last_of(inverse, &columns(sigma))?;
    let wider =
        |(p, contrast): (&Profile, &f64)| p.near().iter().zip(&weights).map(|(p, w)| p * w).sum::<f64>() / contrast;
    let all: Vec<f64> = profiles.iter().zip(contrasts).map(wider).collect();
    let by = all.iter().sum::<f64>() / all.len() as f64;
    (by.abs() < 0.5 * sigma).then_some(sigma + by)
}

/// Change of light per background, step, place and blur, for a step of 1.
fn columns(sigma: f64) -> [[f64; USED]; 4] {
    let seen = seen(sigma);
    let at = |i: usize| place(i) / seen;
    [
        [1.0; USED],
        std::array::from_fn(|i| normal(at(i)).0),
        std::array::from_fn(|i| -normal(at(i)).1 / seen),
        std::array::from_fn(|i| -at(i) * normal(at(i)).1 / seen * sigma / seen),
    ]
}

/// Blur of a profile: the pixel's and the slice's extent join.
fn seen(sigma: f64) -> f64 {
    (sigma * sigma + 2.0 * OVER_A_PIXEL).sqrt()
}

/// Distance of a slice from the line, px.
fn place(i: usize) -> f64 {
    i as f64 - REACH as f64
}

/// Inverse covariance of the slices near the edge.
pub type Inverse = [[f64; USED]; USED];

/// Variograms of the ground on both sides of an edge.
pub struct Mottle {
    before: Variogram,
    behind: Variogram,
}

impl Mottle {
    /// From all windows of a side; `sigma`: blur, px.
    #[must_use]
    pub fn of(profiles: &[Profile], sigma: f64) -> Option<Self> {
        Some(Self {
            before: variogram(profiles, false, sigma)?,
            behind: variogram(profiles, true, sigma)?,
        })
    }

    /// Inverse covariance of the slices near the edge for a blur, px.
    #[must_use]
    pub fn inverse(&self, sigma: f64) -> Option<Inverse> {
        invert_spd(&self.covariance(sigma))
    }

    /// Covariance of the slices near the edge: each side's mottle in its share of the light.
    fn covariance(&self, sigma: f64) -> [[f64; USED]; USED] {
        let [_, share, _, _] = columns(sigma);
        let of = |v: &Variogram| -> [f64; USED] { std::array::from_fn(|lag| v.covariance(lag as f64)) };
        let (before, behind) = (of(&self.before), of(&self.behind));
        std::array::from_fn(|i| {
            std::array::from_fn(|j| {
                let lag = i.abs_diff(j);
                (1.0 - share[i]) * (1.0 - share[j]) * before[lag] + share[i] * share[j] * behind[lag]
            })
        })
    }
}

/// Weights and variance of the last of K parameters by generalised least squares.
fn last_of<const K: usize>(inverse: &Inverse, columns: &[[f64; USED]; K]) -> Option<([f64; USED], f64)> {
    let weighted = columns.map(|c| times(inverse, &c));
    let dot = |a: &[f64; USED], b: &[f64; USED]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let gram: [[f64; K]; K] = std::array::from_fn(|a| std::array::from_fn(|b| dot(&columns[a], &weighted[b])));
    let solved = invert_spd(&gram)?[K - 1];
    let weights = std::array::from_fn(|i| (0..K).map(|k| solved[k] * weighted[k][i]).sum());
    let variance = solved[K - 1];
    (variance.is_finite() && variance > 0.0).then_some((weights, variance))
}

/// Variogram of the ground on one side, beyond the reach of the blur; what all windows share is no mottle.
fn variogram(profiles: &[Profile], behind: bool, sigma: f64) -> Option<Variogram> {
    let ground = ground(behind, sigma)?;
    let many = profiles.len() as f64;
    let common: Vec<f64> = (0..SLICES)
        .map(|i| profiles.iter().map(|p| p.0[i]).sum::<f64>() / many)
        .collect();
    let own = |p: &Profile, i: usize| p.0[i] - common[i];
    let gamma = std::array::from_fn(|l| {
        let pairs = || ground.clone().zip(ground.start + l + 1..ground.end);
        let square = |p: &Profile| pairs().map(|(i, j)| (own(p, i) - own(p, j)).powi(2)).sum::<f64>();
        // The mean of all windows takes part of the scatter with it.
        0.5 * profiles.iter().map(square).sum::<f64>() / (pairs().count() as f64 * (many - 1.0))
    });
    Variogram::fit(&gamma)
}

/// Slices beyond the reach of the blur.
fn ground(behind: bool, sigma: f64) -> Option<Range<usize>> {
    let clear = (2.5 * sigma + 1.5).ceil() as usize;
    let ground = if behind {
        GROUND + clear..SLICES
    } else {
        0..(GROUND + 1).checked_sub(clear)?
    };
    (ground.len() > LAGS).then_some(ground)
}
