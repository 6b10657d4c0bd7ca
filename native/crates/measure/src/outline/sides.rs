//! One card side: many sub-pixel profile peaks, the straight run through them, a robust line or parabola.

use crate::geometry::{EdgeCurve, Frame, Point, Side};
use crate::math::{fit_polynomial, median, median_mad, tukey};
use crate::profile::{Peak, Profile};
use crate::window::Window;
use imaging::LinearSource;
use rayon::prelude::*;
use serde::Serialize;

/// Profiles across one side.
const PROBES: usize = 64;
/// Probes stay away from the rounded corners: this share of half the side.
const REACH: f64 = 0.9;
/// Weakest gradient that counts, square root of light per px.
const WEAKEST: f64 = 0.003;

/// A fitted card edge.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EdgeFit {
    /// Which side.
    pub side: Side,
    /// Line or parabola in image pixels.
    pub curve: EdgeCurve,
    /// Root mean square distance of the points used, px.
    pub residual_px: f64,
    /// Standard deviation of the curve's position at mid-side, px.
    pub std_px: f64,
    /// Median contrast, card minus mat, linear light.
    pub contrast: f64,
    /// Median Gaussian blur, px.
    pub blur_px: f64,
    /// Profiles that agree with the curve.
    pub points: usize,
    /// Share of all profiles that agree.
    pub coverage: f64,
}

/// Peaks of one profile at one place along the side.
struct Probe {
    u: f64,
    peaks: Vec<Peak>,
}

/// Frame of a side between two corners: the tangent runs down or to the right, the normal into the card.
#[must_use]
pub fn side_frame(side: Side, corners: &[Point; 4]) -> (Frame, f64) {
    let (a, b) = match side {
        Side::Left => (corners[0], corners[3]),
        Side::Right => (corners[1], corners[2]),
        Side::Top => (corners[0], corners[1]),
        Side::Bottom => (corners[3], corners[2]),
    };
    let length = a.distance(b).max(1e-9);
    let tangent = [(b.x - a.x) / length, (b.y - a.y) / length];
    let normal = match side {
        Side::Left | Side::Bottom => [tangent[1], -tangent[0]],
        Side::Right | Side::Top => [-tangent[1], tangent[0]],
    };
    let origin = Point {
        x: 0.5 * (a.x + b.x),
        y: 0.5 * (a.y + b.y),
    };
    (
        Frame {
            origin,
            tangent,
            normal,
        },
        0.5 * length,
    )
}

/// Fits one side near its coarse place; `slack` is the error of that place, px. `None` where no straight edge runs along it.
#[must_use]
pub fn fit_side(src: &dyn LinearSource, side: Side, corners: &[Point; 4], slack: f64) -> Option<EdgeFit> {
    let (frame, half_length) = side_frame(side, corners);
    let coarse = EdgeCurve {
        frame,
        half_length,
        coefficients: [0.0; 3],
    };
    let width = (0.006 * half_length).clamp(3.0, 6.0);
    let probes = read_probes(src, &coarse, width, slack + 8.0, 1.5, true);
    let start = best_run(&probes, slack, half_length)?;
    let first = fit_curve(
        &probes,
        EdgeCurve {
            coefficients: start,
            ..coarse
        },
        2.5,
    )?;
    // Second pass in linear light, centred on the edge: the measured place, blur and contrast.
    let probes = read_probes(src, &first.curve, width, 12.0, 1.0, false);
    let second = fit_curve(&probes, first.curve, 1.5)?;
    let near = |p: &Probe| nearest(p, &second.curve, 1.5);
    let used: Vec<Peak> = probes.iter().filter_map(near).collect();
    let widths: Vec<f64> = used.iter().map(|p| p.width).filter(|w| w.is_finite()).collect();
    let contrasts: Vec<f64> = used
        .iter()
        .filter(|p| p.width.is_finite())
        .map(|p| p.strength * p.width * 2.506_628)
        .collect();
    let blur = (median(&widths).powi(2) - 1.0 - 1.0 / 6.0).max(0.04).sqrt();
    Some(EdgeFit {
        side,
        curve: second.curve,
        residual_px: second.residual,
        std_px: second.std,
        contrast: median(&contrasts),
        blur_px: if blur.is_finite() { blur } else { 12.0 },
        points: used.len(),
        coverage: used.len() as f64 / PROBES as f64,
    })
}

/// Median blur of whatever step lies near a side, px, measured with a kernel wide enough for very soft edges.
#[must_use]
pub fn soft_blur(src: &dyn LinearSource, side: Side, corners: &[Point; 4], slack: f64) -> Option<f64> {
    const SIGMA: f64 = 4.0;
    let (frame, half_length) = side_frame(side, corners);
    let coarse = EdgeCurve {
        frame,
        half_length,
        coefficients: [0.0; 3],
    };
    let probes = read_probes(src, &coarse, 3.0, slack + 40.0, SIGMA, false);
    let widths: Vec<f64> = probes
        .iter()
        .filter_map(|p| {
            p.peaks
                .iter()
                .max_by(|a, b| a.strength.abs().total_cmp(&b.strength.abs()))
        })
        .map(|p| p.width)
        .filter(|w| w.is_finite())
        .collect();
    (widths.len() >= PROBES / 3).then(|| (median(&widths).powi(2) - SIGMA * SIGMA).max(0.0).sqrt())
}

/// Reads the profiles; peak positions are v in the frame of `curve`.
fn read_probes(
    src: &dyn LinearSource,
    curve: &EdgeCurve,
    width: f64,
    depth: f64,
    sigma: f64,
    perceptual: bool,
) -> Vec<Probe> {
    (0..PROBES)
        .into_par_iter()
        .filter_map(|k| {
            let u = (2.0 * k as f64 / (PROBES - 1) as f64 - 1.0) * REACH * curve.half_length;
            let window = Window {
                frame: curve.local(u),
                u: [-width, width],
                v: [-depth, depth],
            };
            let profile = Profile::read(src, &window)?;
            let profile = if perceptual { profile.perceptual() } else { profile };
            let gradient = profile.gradient(sigma);
            let sizes: Vec<f64> = gradient.iter().map(|g| g.abs()).collect();
            let strongest = sizes.iter().copied().fold(0.0, f64::max);
            let least = if perceptual { WEAKEST } else { 0.25 * strongest };
            let least = least.max(3.0 * median(&sizes).min(0.2 * strongest));
            let offset = curve.v(u);
            let mut peaks = profile.peaks(&gradient, least);
            peaks.iter_mut().for_each(|p| p.v += offset);
            Some(Probe { u, peaks })
        })
        .collect()
}

/// Offset and slope of the straight run with most evidence; the outermost of comparable ones, because the cut edge is
/// the outermost edge of the card (a white core or a frame line follows inside it).
fn best_run(probes: &[Probe], slack: f64, half_length: f64) -> Option<[f64; 3]> {
    const STEP: f64 = 0.5;
    let strongest: Vec<f64> = probes
        .iter()
        .map(|p| p.peaks.iter().map(|k| k.strength.abs()).fold(0.0, f64::max))
        .filter(|s| *s > 0.0)
        .collect();
    if strongest.len() < PROBES / 3 {
        return None;
    }
    let typical = median(&strongest);
    let bins = (2.0 * (slack + 4.0) / STEP) as usize + 1;
    let centre = (bins / 2) as f64;
    let ends = slack.ceil() as i64;
    let mut best_at = vec![(0.0f64, 0.0f64); bins];
    let mut run = vec![0.0f64; bins];
    for end in -ends..=ends {
        run.fill(0.0);
        for probe in probes {
            for peak in &probe.peaks {
                let offset = (peak.v - end as f64 * probe.u / half_length) / STEP + centre;
                let i = offset.round();
                if i < 1.0 || i > bins as f64 - 2.0 {
                    continue;
                }
                let weight = peak.strength.abs() / (peak.strength.abs() + typical);
                for (j, share) in [(-1.0, 0.6), (0.0, 1.0), (1.0, 0.6)] {
                    run[(i + j) as usize] += weight * share;
                }
            }
        }
        for (best, value) in best_at.iter_mut().zip(&run) {
            if *value > best.0 {
                *best = (*value, end as f64);
            }
        }
    }
    let top = best_at.iter().map(|b| b.0).fold(0.0, f64::max);
    let is_peak = |i: usize| (i.saturating_sub(3)..=(i + 3).min(bins - 1)).all(|j| best_at[j].0 <= best_at[i].0);
    let chosen = (0..bins).find(|&i| best_at[i].0 >= 0.72 * top && is_peak(i))?;
    let offset = (chosen as f64 - centre) * STEP;
    (best_at[chosen].0 > 0.15 * PROBES as f64).then_some([offset, best_at[chosen].1, 0.0])
}

struct CurveFit {
    curve: EdgeCurve,
    residual: f64,
    std: f64,
}

fn nearest(probe: &Probe, curve: &EdgeCurve, within: f64) -> Option<Peak> {
    let expected = curve.v(probe.u);
    let distance = |p: &Peak| (p.v - expected).abs();
    let peak = probe.peaks.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    (distance(peak) <= within).then_some(*peak)
}

/// Tukey-weighted line through the nearest peaks; a parabola where it is significantly better.
fn fit_curve(probes: &[Probe], mut curve: EdgeCurve, within: f64) -> Option<CurveFit> {
    let mut outcome = None;
    for round in 0..4 {
        let points: Vec<(f64, f64)> = probes
            .iter()
            .filter_map(|p| nearest(p, &curve, within).map(|k| (p.u / curve.half_length, k.v)))
            .collect();
        if points.len() < PROBES / 4 {
            return None;
        }
        let (x, y): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        let line = robust_polynomial(&x, &y, 1)?;
        let parabola = robust_polynomial(&x, &y, 2)?;
        let bow = parabola.0[2].abs();
        let bent = round > 0 && bow > 0.05 && bow > 4.0 * parabola.2[2];
        let (coefficients, spread, std) = if bent { parabola } else { line };
        curve.coefficients = coefficients;
        outcome = Some(CurveFit {
            curve,
            residual: spread,
            std: std[0],
        });
    }
    outcome
}

type RobustFit = ([f64; 3], f64, [f64; 3]);

/// Coefficients, rms of the kept residuals and standard deviation of each coefficient.
fn robust_polynomial(x: &[f64], y: &[f64], degree: usize) -> Option<RobustFit> {
    let mut weights = vec![1.0; x.len()];
    let mut fit = fit_polynomial(x, y, &weights, degree)?;
    for _ in 0..6 {
        let residuals: Vec<f64> = x
            .iter()
            .zip(y)
            .map(|(x, y)| y - (fit.0[0] + x * (fit.0[1] + x * fit.0[2])))
            .collect();
        let (_, spread) = median_mad(&residuals);
        let cut = 5.0 * spread.max(1e-4);
        weights = residuals.iter().map(|r| tukey(r / cut)).collect();
        fit = fit_polynomial(x, y, &weights, degree)?;
    }
    let kept: f64 = weights.iter().sum();
    let squares: f64 = x
        .iter()
        .zip(y)
        .zip(&weights)
        .map(|((x, y), w)| w * (y - (fit.0[0] + x * (fit.0[1] + x * fit.0[2]))).powi(2))
        .sum();
    let rms = (squares / (kept - degree as f64 - 1.0).max(1.0)).sqrt();
    Some((fit.0, rms, fit.1.map(|s| s * rms)))
}
