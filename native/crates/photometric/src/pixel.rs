//! One pixel whose samples disagree: which of them to believe, and the normal they give.

use crate::check::MAX_CONDITION;
use crate::elimination::{Linear, eliminate};
use crate::linear::{V3, add_outer, apply, condition, dot, inverse, unit};
use crate::reflectance;

/// Share of the samples left out as darkest and brightest when no subset agrees within the noise; shadows are wider than
/// highlights on few lights, hence rounding against the highlights (measured in the notes: 1 to 2 of 8, 30 of 96).
const TRIM: f64 = 0.3;
/// Fewer samples than this are not a measurement, unless there were only three lights.
const MIN_KEPT: usize = 4;

/// Largest sums of squares that still count as noise, for every number of samples.
pub struct Thresholds(Vec<f64>);

impl Thresholds {
    /// Chi-square quantiles at 3.7 standard deviations (1 in 10,000) by Wilson & Hilferty 1931, for up to `lights` samples.
    pub fn new(lights: usize) -> Self {
        let quantile = |samples: usize| {
            if samples <= 3 {
                return 0.0;
            }
            let f = (samples - 3) as f64;
            f * (1.0 - 2.0 / (9.0 * f) + 3.7 * (2.0 / (9.0 * f)).sqrt()).powi(3)
        };
        Self((0..=lights).map(quantile).collect())
    }

    /// In units of the variance of one sample.
    pub fn of(&self, samples: usize) -> f64 {
        self.0[samples]
    }
}

/// Buffers of one worker for one pixel.
#[derive(Default)]
pub struct Column {
    /// Samples by light.
    pub samples: Vec<f64>,
    /// Directions by light.
    pub directions: Vec<V3>,
    /// False where a sample is saturated or too dark; on return, where it was rejected too.
    pub keep: Vec<bool>,
    /// How many samples are saturated: they are the brightest ones, already left out.
    pub clipped: usize,
    /// The fit of all samples, where none is saturated or too dark.
    pub start: Option<Linear>,
    order: Vec<usize>,
    trial: Vec<bool>,
    best: Vec<bool>,
    scratch: reflectance::Scratch,
}

/// What a pixel's samples gave.
#[derive(Clone, Copy, Debug)]
pub struct Fit {
    /// Unit normal.
    pub normal: V3,
    /// Grey albedo.
    pub albedo: f64,
    /// The underlying Lambertian fit of the kept samples, or of the reflectance model's.
    pub linear: Linear,
}

/// Least squares of the kept samples; `None` under `at_least` samples or when their lights lie nearly in a plane.
pub fn least_squares(column: &Column, at_least: usize) -> Option<Linear> {
    weighted(&column.samples, &column.directions, &column.keep, at_least)
}

fn weighted(samples: &[f64], directions: &[V3], keep: &[bool], at_least: usize) -> Option<Linear> {
    let (mut m, mut b, mut kept) = ([0.0; 6], [0.0; 3], 0);
    for k in (0..samples.len()).filter(|&k| keep[k]) {
        add_outer(&mut m, directions[k], 1.0);
        for j in 0..3 {
            b[j] += directions[k][j] * samples[k];
        }
        kept += 1;
    }
    if kept < at_least || condition(&m) > MAX_CONDITION {
        return None;
    }
    let inverse = inverse(&m)?;
    let g = apply(&inverse, b);
    let rss = (0..samples.len())
        .filter(|&k| keep[k])
        .map(|k| (samples[k] - dot(directions[k], g)).powi(2))
        .sum();
    Some(Linear { g, inverse, rss, kept })
}

/// Fewest samples a fit may stand on with this many lights.
pub fn fewest(lights: usize) -> usize {
    lights.min(MIN_KEPT)
}

/// The normal of a pixel by rejection. `limit(albedo)` is the variance of one sample and the tolerated model error, in
/// squares per sample.
///
/// In order: the fewest samples removed so that the rest agrees within the noise; else the middle of the samples by
/// brightness, and with many lights a reflectance model fitted to them.
pub fn robust(column: &mut Column, thresholds: &Thresholds, limit: impl Fn(f64) -> (f64, f64)) -> Option<Fit> {
    let lights = column.samples.len();
    let start = match column.start {
        Some(start) => start,
        None => least_squares(column, fewest(lights))?,
    };
    let agrees = |albedo: f64, rss: f64, kept: usize| {
        let (variance, tolerated) = limit(albedo);
        rss <= variance * thresholds.of(kept) + tolerated * kept as f64
    };
    let mut best: Option<(usize, Linear)> = None;
    // Neighbouring lights are shadowed together and hide each other from the residual, so the darkest samples are also
    // taken out as a group before the search for single ones.
    for dark in 0..=removable(start.kept) {
        if dark == 1 {
            column.sort();
        }
        let Some(linear) = agreeing_subset(column, &start, dark, agrees) else {
            continue;
        };
        let least = 3.0 * limit(dot(linear.g, linear.g).sqrt()).0.sqrt();
        let linear = without_shadows(column, linear, least);
        let explained = explained(column, &linear, least);
        if best.is_none_or(|b| explained > b.0) {
            best = Some((explained, linear));
            column.best.clone_from(&column.trial);
        }
        // Only attached shadows can be explained without being kept: without a dark sample no later subset explains more.
        if explained == lights || column.samples.iter().all(|s| *s >= least) {
            break;
        }
    }
    if let Some((_, linear)) = best {
        std::mem::swap(&mut column.keep, &mut column.best);
        return finish(linear);
    }
    column.sort();
    trimmed(column, &start)
}

/// Number of samples a fit accounts for: those it keeps, and those that are dark where it predicts darkness.
fn explained(column: &Column, linear: &Linear, least: f64) -> usize {
    (0..column.samples.len())
        .filter(|&k| column.trial[k] || (column.samples[k] < least && dot(column.directions[k], linear.g) < least))
        .count()
}

impl Column {
    /// Lists the usable samples from dark to bright; equal ones in the order of the lights.
    fn sort(&mut self) {
        self.order.clear();
        self.order.extend((0..self.samples.len()).filter(|&k| self.keep[k]));
        let samples = &self.samples;
        self.order
            .sort_unstable_by(|&a, &b| samples[a].total_cmp(&samples[b]).then(a.cmp(&b)));
    }
}

/// A fit that agrees after the `dark` darkest samples and as few others as possible are removed; `column.trial` tells
/// which samples it kept.
fn agreeing_subset(
    column: &mut Column,
    all: &Linear,
    dark: usize,
    agrees: impl Fn(f64, f64, usize) -> bool,
) -> Option<Linear> {
    let lights = column.samples.len();
    column.trial.clone_from(&column.keep);
    for &k in &column.order[..dark] {
        column.trial[k] = false;
    }
    let start = if dark == 0 {
        *all
    } else {
        weighted(&column.samples, &column.directions, &column.trial, fewest(lights))?
    };
    let albedo = dot(start.g, start.g).sqrt();
    let linear = eliminate(
        &column.samples,
        &column.directions,
        &mut column.trial,
        start,
        removable(all.kept) - dark,
        |rss, kept| agrees(albedo, rss, kept),
    )?;
    // The limits follow the albedo, which the removals have changed.
    agrees(dot(linear.g, linear.g).sqrt(), linear.rss, linear.kept).then_some(linear)
}

/// The fit once more without samples that are dark within the noise (`least`), if it then predicts darkness for them:
/// near the terminator a shadow's zero agrees with a slightly turned normal and pulls it (2 degrees on a 50 degree
/// slope). A sample that is dark for another reason is predicted bright, and stays; so it does where too few are left.
fn without_shadows(column: &mut Column, linear: Linear, least: f64) -> Linear {
    let dark = |k: usize| column.samples[k] < least;
    let keep: Vec<bool> = (0..column.trial.len()).map(|k| column.trial[k] && !dark(k)).collect();
    if keep == column.trial {
        return linear;
    }
    let refit = weighted(&column.samples, &column.directions, &keep, MIN_KEPT);
    let confirmed = |fit: &Linear| {
        (0..keep.len())
            .filter(|&k| column.trial[k] && !keep[k])
            .all(|k| dot(column.directions[k], fit.g) < least)
    };
    match refit.filter(confirmed) {
        Some(fit) => {
            column.trial = keep;
            fit
        }
        None => linear,
    }
}

/// How many samples elimination may remove. With many lights a glossy surface always holds a subset that agrees by
/// chance, and the reflectance model does better than that subset (ball 2.27 against 2.00 degrees).
fn removable(samples: usize) -> usize {
    let share = if samples >= reflectance::MIN_LIGHTS { 16 } else { 3 };
    (samples / share)
        .max(samples.min(8) * 3 / 8)
        .min(samples.saturating_sub(5))
}

fn trimmed(column: &mut Column, start: &Linear) -> Option<Fit> {
    let all = column.samples.len();
    let dark = all - start.kept - column.clipped;
    let (low, high) = trim_counts(all);
    let (low, high) = (low.saturating_sub(dark), high.saturating_sub(column.clipped));
    let order = &column.order;
    column.trial.clear();
    column.trial.resize(column.samples.len(), false);
    for &k in &order[low..order.len() - high] {
        column.trial[k] = true;
    }
    let Some(linear) = weighted(
        &column.samples,
        &column.directions,
        &column.trial,
        fewest(column.samples.len()),
    ) else {
        // The middle samples do not span space: all of them are better than none.
        return finish(*start);
    };
    let fit = finish(linear)?;
    let refined = reflectance::refine(
        &column.samples,
        &column.directions,
        &column.order,
        (dark, column.clipped),
        fit.normal,
        &mut column.scratch,
    );
    std::mem::swap(&mut column.keep, &mut column.trial);
    Some(match refined {
        Some(normal) => with_normal(column, normal, linear),
        None => fit,
    })
}

/// How many of `n` samples to leave out as darkest and as brightest; at least [`MIN_KEPT`] stay where there are as many.
fn trim_counts(n: usize) -> (usize, usize) {
    let low = (TRIM * n as f64).round() as usize;
    let high = (TRIM * n.saturating_sub(3) as f64).floor() as usize;
    let spare = n.saturating_sub(MIN_KEPT);
    let low = low.min(spare);
    (low, high.min(spare - low))
}

fn finish(linear: Linear) -> Option<Fit> {
    let albedo = dot(linear.g, linear.g).sqrt();
    (albedo > 0.0 && albedo.is_finite()).then(|| Fit {
        normal: unit(linear.g),
        albedo,
        linear,
    })
}

/// Albedo and residual of the kept samples for a normal found otherwise.
fn with_normal(column: &Column, normal: V3, mut linear: Linear) -> Fit {
    let kept = || (0..column.samples.len()).filter(|&k| column.keep[k]);
    let (mut above, mut below) = (0.0, 0.0);
    for k in kept() {
        let shade = dot(column.directions[k], normal);
        above += shade * column.samples[k];
        below += shade * shade;
    }
    let albedo = if below > 0.0 { (above / below).max(0.0) } else { 0.0 };
    linear.g = normal.map(|v| v * albedo);
    linear.rss = kept()
        .map(|k| (column.samples[k] - dot(column.directions[k], linear.g)).powi(2))
        .sum();
    Fit { normal, albedo, linear }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trimming_scales_with_the_number_of_samples() {
        assert_eq!(trim_counts(4), (0, 0));
        assert_eq!(trim_counts(8), (2, 1));
        assert_eq!(trim_counts(96), (29, 27));
    }

    #[test]
    fn one_highlight_and_one_shadow_of_eight_are_found_and_the_rest_is_exact() {
        let truth = unit([0.1, -0.2, 0.97]);
        let mut column = Column::default();
        for k in 0..8 {
            let a = f64::from(k) * std::f64::consts::FRAC_PI_4;
            let d = unit([a.cos(), a.sin(), 1.0]);
            column.directions.push(d);
            column.samples.push(0.6 * dot(d, truth));
            column.keep.push(true);
        }
        column.samples[2] += 0.3;
        column.samples[5] = 0.0;
        let fit = robust(&mut column, &Thresholds::new(8), |_| (1e-8, 0.0)).expect("solvable");
        assert!(dot(fit.normal, truth) > 1.0 - 1e-12);
        assert!((fit.albedo - 0.6).abs() < 1e-9);
        assert_eq!(column.keep.iter().filter(|k| !**k).count(), 2);
    }
}
