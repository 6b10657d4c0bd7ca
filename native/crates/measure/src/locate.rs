//! One edge in one window, by the methods in order: erf fit, log-parabola over scales, Canny with parabola.

use crate::erf_fit::{Sample, Start, StepFit, fit_even, fit_shift, fit_step};
use crate::geometry::Frame;
use crate::math::median_mad;
use crate::profile::{Peak, Profile, derivative_kernel};
use crate::refine::Status;
use crate::window::Window;
use imaging::LinearSource;
use serde::Serialize;

/// How a point was located.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Method {
    /// Maximum-likelihood fit of a blurred step to the raw pixels.
    Erf,
    /// Log-parabola through gradient samples, combined over scales.
    LogParabola,
    /// Gradient maximum with a parabola.
    Canny,
    /// The line fitted along the whole side, or drawn towards it, where the edge under the station is damaged or drowned.
    SideLine,
    /// Not located.
    None,
}

/// A located edge in the coordinates of its frame.
#[derive(Clone, Copy, Debug)]
pub struct Located {
    /// v at u = 0, px.
    pub position: f64,
    /// Standard deviation of the position, px.
    pub std: f64,
    /// The same edge in the windows beside this one.
    pub beside: [Option<Beside>; 2],
    /// Spread of the positions over the scales, px.
    pub scale_spread: f64,
    /// Gaussian blur, px.
    pub blur: f64,
    /// Certainty of the blur; `None` where it was not fitted.
    pub blur_fit: Option<BlurFit>,
    /// Step in light.
    pub contrast: f64,
    /// Residual in light.
    pub residual: f64,
    /// How.
    pub method: Method,
}

/// What a fitted blur leaves open, and how the position depends on it.
#[derive(Clone, Copy, Debug)]
pub struct BlurFit {
    /// Standard deviation of the blur for independent residuals, px.
    pub std: f64,
    /// Shift of the position where another blur is the true one, px per px.
    pub position_by_blur: f64,
}

/// The edge in a neighbouring window of the same size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Beside {
    /// Middle of that window along the edge, px from this one's.
    pub u: f64,
    /// v of the edge there, px.
    pub position: f64,
    /// Standard deviation of the position for independent residuals, px.
    pub std: f64,
}

/// Why nothing was located.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The window leaves the image.
    OutOfImage,
    /// No gradient stands out.
    Nothing,
    /// The best gradient is not where the side's line runs.
    Elsewhere,
    /// The edge is wider than the window.
    Blurred,
}

impl Missing {
    /// Status of the station; `otherwise` for what depends on the edge looked for.
    #[must_use]
    pub fn status(self, otherwise: Status) -> Status {
        match self {
            Self::OutOfImage => Status::OutOfImage,
            Self::Blurred => Status::Blurred,
            Self::Nothing | Self::Elsewhere => otherwise,
        }
    }

    /// Sentence for the report about `what`.
    #[must_use]
    pub fn reason(self, what: &str) -> &'static str {
        let cut = what == "cut edge";
        match self {
            Self::OutOfImage => "the measuring window leaves the image",
            Self::Blurred => "the edge is blurred over more than the measuring window",
            Self::Nothing if cut => "the cut edge does not stand out from the background here",
            Self::Nothing => "the graphic border does not stand out from the print here",
            Self::Elsewhere if cut => "the cut edge is damaged or covered here",
            Self::Elsewhere => "the nearest printed edge is not where the side's border runs",
        }
    }
}

/// Half depth of the window across the edge: room for the blur and some ground on both sides, px.
fn half_depth(blur: f64) -> f64 {
    (3.5 * (blur * blur + 1.0 / 12.0).sqrt() + 2.0).clamp(5.0, 16.0)
}

/// Where the ground is even on both sides, this much more of it pins down its level, px.
const MORE_GROUND: f64 = 9.0;
/// Tukey's weights keep 0.96 of white noise; less is something else in the window.
const CLEAN: f64 = 0.94;

/// Locates the edge near v = 0 of `frame`, at most `slack` px away; with the pixels it was located in.
///
/// # Errors
/// What kept it from being located.
pub fn locate(
    src: &dyn LinearSource,
    frame: Frame,
    half_window: f64,
    blur: f64,
    slack: f64,
    scales: &[f64],
) -> Result<(Located, Windows), Missing> {
    let depth = half_depth(blur);
    let margin = depth + MORE_GROUND + slack;
    let windows = Windows::read(src, frame, half_window, margin)?;
    let samples = &windows.middle;
    let profile = Profile::gather(&windows.area, samples.iter().map(|s| (s.v, s.light))).ok_or(Missing::OutOfImage)?;
    let by_scale = scale_peaks(&profile, scales, slack);
    let start = strongest_peak(&profile, slack)?;
    let (centre, spread) = combine(&by_scale, start.v);
    let width = (start.width.powi(2) - START_SIGMA * START_SIGMA - 1.0 / 6.0)
        .max(0.1)
        .sqrt();
    if width > 8.0 {
        return Err(Missing::Blurred);
    }
    if let Some((f, depth)) = fit_near(samples, frame.normal, &start, width, depth) {
        let found = Located {
            position: f.position,
            std: f.position_std,
            beside: windows.beside(frame.normal, &f, depth),
            scale_spread: spread,
            blur: f.sigma,
            blur_fit: Some(BlurFit {
                std: f.sigma_std,
                position_by_blur: f.position_by_sigma,
            }),
            contrast: f.contrast,
            residual: f.residual,
            method: Method::Erf,
        };
        return Ok((found, windows));
    }
    let found = by_gradient(&profile, &start, &by_scale, centre, spread, width, half_window);
    Ok((found, windows))
}

/// The erf fit on as much even ground as there is, else close to the edge with shading; with the half depth it used.
fn fit_near(samples: &[Sample], normal: [f64; 2], start: &Peak, width: f64, depth: f64) -> Option<(StepFit, f64)> {
    let from = Start {
        position: start.v,
        sigma: width.clamp(0.4, 3.0),
    };
    let within = |depth: f64| -> Vec<Sample> {
        let near = samples.iter().filter(|s| (s.v - start.v).abs() <= depth);
        near.copied().collect()
    };
    let sane = |f: &StepFit| {
        (f.position - start.v).abs() < 1.5
            && f.tilt.abs() < 0.06
            && f.kept > 0.6
            && f.sigma < 7.9
            && f.contrast.abs() > 1.5 * f.residual
            && f.position_std < 0.5
            && f.contrast * start.strength > 0.0
    };
    let deep = depth + MORE_GROUND;
    let even = fit_even(&within(deep), normal, from).filter(|f| f.even && f.kept > CLEAN && sane(f));
    match even {
        Some(fit) => Some((fit, deep)),
        None => Some((fit_step(&within(depth), normal, from).filter(sane)?, depth)),
    }
}

/// Pixels around a station: its own window, and those before and behind it along the edge.
pub struct Windows {
    area: Window,
    middle: Vec<Sample>,
    sides: [Vec<Sample>; 2],
    half: f64,
}

impl Windows {
    /// Pixels of the station's own window or of one beside it, with u from the middle of that window.
    #[must_use]
    pub fn samples(&self, beside: Option<usize>) -> &[Sample] {
        beside.map_or(&self.middle, |k| &self.sides[k])
    }

    /// Image direction of v.
    #[must_use]
    pub fn normal(&self) -> [f64; 2] {
        self.area.frame.normal
    }

    fn read(src: &dyn LinearSource, frame: Frame, half: f64, margin: f64) -> Result<Self, Missing> {
        let area = Window {
            frame,
            u: [-half, half],
            v: [-margin, margin],
        };
        if !area.inside(src) {
            return Err(Missing::OutOfImage);
        }
        let mut all = Self {
            area,
            middle: Vec::new(),
            sides: [Vec::new(), Vec::new()],
            half,
        };
        let wide = Window {
            u: [-3.0 * half, 3.0 * half],
            ..area
        };
        // Next to a corner of the picture there is the station's own window alone.
        let area = if wide.inside(src) { wide } else { area };
        for (u, v, light) in area.read(src).each() {
            let sample = |by: f64| Sample {
                u: u - by,
                v,
                light: f64::from(light),
            };
            if u < -half {
                all.sides[0].push(sample(-2.0 * half));
            } else if u > half {
                all.sides[1].push(sample(2.0 * half));
            } else {
                all.middle.push(sample(0.0));
            }
        }
        Ok(all)
    }

    /// The same edge in the neighbouring windows, where it is the same: a step of like size close to where it should be.
    fn beside(&self, normal: [f64; 2], fit: &StepFit, depth: f64) -> [Option<Beside>; 2] {
        [(0, -2.0), (1, 2.0)].map(|(side, windows)| {
            let u = windows * self.half;
            let near: Vec<Sample> = self.sides[side]
                .iter()
                .filter(|s| (s.v - fit.position).abs() <= depth)
                .copied()
                .collect();
            // The side's line is v = 0; a window's own tilt is too uncertain to be followed this far.
            let level = StepFit { tilt: 0.0, ..*fit };
            let found = fit_shift(&near, normal, &level)?;
            let same = (found.position - fit.position).abs() < 1.5
                && (0.5..2.0).contains(&(found.contrast / fit.contrast))
                && found.kept > 0.6
                && found.position_std < 0.5;
            same.then_some(Beside {
                u,
                position: found.position,
                std: found.position_std,
            })
        })
    }
}

const START_SIGMA: f64 = 1.5;

/// The strongest gradient within reach, if it stands out.
fn strongest_peak(profile: &Profile, slack: f64) -> Result<Peak, Missing> {
    let gradient = profile.gradient(START_SIGMA);
    let peaks = profile.peaks(&gradient, 0.0);
    let strongest = peaks.iter().map(|p| p.strength.abs()).fold(0.0, f64::max);
    let near = peaks
        .into_iter()
        .filter(|p| p.v.abs() <= slack)
        .max_by(|a, b| a.strength.abs().total_cmp(&b.strength.abs()))
        .ok_or(Missing::Elsewhere)?;
    // 0.0008 of full scale per px is a step of 0.3 %, the noise floor of an 8-bit image over a window.
    if near.strength.abs() < 0.0008 {
        return Err(Missing::Nothing);
    }
    if near.strength.abs() < 0.2 * strongest {
        return Err(Missing::Elsewhere);
    }
    if !near.width.is_finite() {
        Err(Missing::Blurred)
    } else {
        Ok(near)
    }
}

/// Log-parabola position at each scale, with the relative variance of white noise there.
fn scale_peaks(profile: &Profile, scales: &[f64], slack: f64) -> Vec<(f64, f64)> {
    scales
        .iter()
        .filter_map(|&sigma| {
            let gradient = profile.gradient(sigma);
            let peak = profile
                .peaks(&gradient, 0.0)
                .into_iter()
                .filter(|p| p.v.abs() <= slack + 0.5 && p.width.is_finite())
                .max_by(|a, b| a.strength.abs().total_cmp(&b.strength.abs()))?;
            // Var(t) = noise^2 |k'|^2 / curvature^2 with the curvature strength / width^2 of a Gaussian peak.
            let kernel = derivative_kernel(sigma);
            let slope_energy: f64 = kernel.windows(2).map(|k| (k[1] - k[0]).powi(2)).sum();
            let curvature = peak.strength / (peak.width * peak.width);
            Some((peak.v, slope_energy / (curvature * curvature)))
        })
        .collect()
}

/// Inverse-variance mean of the scales and their weighted spread.
fn combine(by_scale: &[(f64, f64)], otherwise: f64) -> (f64, f64) {
    let total: f64 = by_scale.iter().map(|s| 1.0 / s.1).sum();
    if !(total > 0.0 && total.is_finite()) {
        return (otherwise, 0.0);
    }
    let mean = by_scale.iter().map(|s| s.0 / s.1).sum::<f64>() / total;
    let spread = by_scale.iter().map(|s| (s.0 - mean).powi(2) / s.1).sum::<f64>() / total;
    (mean, spread.sqrt())
}

/// Fallbacks: the scales' mean where they agree, else the bare gradient maximum; both with a cautious deviation.
fn by_gradient(
    profile: &Profile,
    start: &Peak,
    by_scale: &[(f64, f64)],
    centre: f64,
    spread: f64,
    width: f64,
    half_window: f64,
) -> Located {
    let level = |from: f64, to: f64| {
        let values: Vec<f64> = (0..profile.values.len())
            .filter(|i| (from..=to).contains(&(profile.v0 + *i as f64 - start.v)))
            .map(|i| profile.values[i])
            .collect();
        median_mad(&values)
    };
    let (low, high) = (level(-8.0, -2.0), level(2.0, 8.0));
    let contrast = high.0 - low.0;
    let noise = low.1.max(high.1).max(1e-6);
    // Cramer-Rao bound of the averaged profile, doubled: the shape did not fit the model, so its limit is not reached.
    let bound = 1.8827 * width.sqrt() * noise / contrast.abs().max(1e-6);
    let agree = by_scale.len() >= 2 && spread < 0.5 && (centre - start.v).abs() < 1.0;
    Located {
        position: if agree { centre } else { start.v },
        std: (2.0 * bound)
            .max(spread)
            .max(if agree { 0.02 } else { 0.08 })
            .min(2.0 * half_window),
        beside: [None; 2],
        scale_spread: spread,
        blur: width,
        blur_fit: None,
        contrast,
        residual: noise,
        method: if agree { Method::LogParabola } else { Method::Canny },
    }
}
