//! Directions and intensities from a matte ball: its known normals and the brightness they reflect.

use crate::ball::Ball;
use crate::chrome::point_and_normal;
use crate::dense::{cholesky, inverse_diagonal, substitute};
use crate::vector::{dot, norm, unit};
use crate::view::View;
use imaging::{Cancel, LinearSource, Result};
use serde::Serialize;

/// What a matte ball says of one light.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MatteLight {
    /// Direction at the ball's centre; `None` with a reason.
    pub direction: Option<[f64; 3]>,
    /// Signal of the ball's paint where it faces the light, fraction of full scale.
    pub intensity: Option<f64>,
    /// Root mean square residual of the kept pixels relative to that signal.
    pub residual: Option<f64>,
    /// Share of the lit pixels that fit.
    pub kept: f64,
    /// Standard uncertainty of the direction, degrees.
    pub uncertainty_deg: Option<f64>,
    /// Why there is no direction.
    pub reason: Option<String>,
}

/// Beyond this share of the radius a pixel holds too wide a range of normals.
const RIM: f64 = 0.95;
/// Pixels read, at most: more bring no accuracy that the paint would keep.
const MOST: f64 = 40_000.0;

/// Independent patches of the ball: shine and dirt spread over a fifth of its width, so residuals of neighbours repeat
/// each other. How far the paint is from matte as a whole shows only against another method.
const PATCHES: f64 = 20.0;

struct Sample {
    normal: [f64; 3],
    value: f64,
}

/// Lambert's law `I = E n . l` on every lit pixel, by least squares with rejection of highlights and shadows.
///
/// # Errors
/// `Cancelled`.
pub fn matte_lights(
    frames: &[&dyn LinearSource],
    ball: &Ball,
    view: &View,
    cancel: &Cancel,
) -> Result<Vec<MatteLight>> {
    frames
        .iter()
        .map(|frame| {
            cancel.check()?;
            Ok(of_samples(&samples(*frame, ball, view)))
        })
        .collect()
}

fn samples(frame: &dyn LinearSource, ball: &Ball, view: &View) -> Vec<Sample> {
    let r = RIM * ball.circle.radius_px;
    let [cx, cy] = ball.circle.centre_px;
    let step = ((std::f64::consts::PI * r * r / MOST).sqrt().ceil() as usize).max(1);
    let (x0, x1) = (
        (cx - r).ceil().max(0.0) as usize,
        ((cx + r).floor().max(0.0) as usize + 1).min(frame.width()),
    );
    let (y0, y1) = (
        (cy - r).ceil().max(0.0) as usize,
        ((cy + r).floor().max(0.0) as usize + 1).min(frame.height()),
    );
    let mut row = vec![0.0; x1.saturating_sub(x0)];
    let mut out = Vec::new();
    for y in (y0..y1).step_by(step) {
        frame.read_row(y, x0, &mut row);
        for x in (x0..x1).step_by(step) {
            let px = [x as f64, y as f64];
            // Clipped samples say nothing about brightness.
            let value = f64::from(row[x - x0]);
            if value < 0.98
                && ball.circle.holds(px, RIM)
                && let Some((_, normal)) = point_and_normal(ball, view, px)
            {
                out.push(Sample { normal, value });
            }
        }
    }
    out
}

fn of_samples(samples: &[Sample]) -> MatteLight {
    let refuse = |reason: &str| MatteLight {
        direction: None,
        intensity: None,
        residual: None,
        kept: 0.0,
        uncertainty_deg: None,
        reason: Some(reason.to_owned()),
    };
    let brightest = samples.iter().map(|s| s.value).fold(0.0, f64::max);
    if brightest < 0.01 {
        return refuse("the ball is dark under this light");
    }
    let mut weights: Vec<f64> = samples
        .iter()
        .map(|s| f64::from(u8::from(s.value > 0.1 * brightest)))
        .collect();
    let mut fitted = None;
    for _ in 0..30 {
        let Some((b, std)) = fit(samples, &weights) else {
            return refuse("too few lit pixels agree");
        };
        let lit: Vec<usize> = (0..samples.len())
            .filter(|&i| dot(b, samples[i].normal) > 0.1 * norm(b))
            .collect();
        let mut off: Vec<f64> = lit
            .iter()
            .map(|&i| (samples[i].value - dot(b, samples[i].normal)).abs())
            .collect();
        if off.len() < 50 {
            return refuse("too few lit pixels agree");
        }
        let middle = off.len() / 2;
        let scatter = (1.4826 * *off.select_nth_unstable_by(middle, f64::total_cmp).1).max(1e-6 * norm(b));
        weights.fill(0.0);
        let (mut sum, mut kept) = (0.0, 0);
        for &i in &lit {
            let share = (samples[i].value - dot(b, samples[i].normal)) / (3.0 * scatter);
            if share.abs() < 1.0 {
                weights[i] = (1.0 - share * share).powi(2);
                sum += (3.0 * scatter * share).powi(2);
                kept += 1;
            }
        }
        let residual = (sum / f64::from(kept.max(1))).sqrt();
        fitted = Some((b, std, residual, f64::from(kept) / lit.len() as f64));
    }
    let Some((b, std, residual, kept)) = fitted else {
        return refuse("too few lit pixels agree");
    };
    let size = norm(b);
    MatteLight {
        direction: Some(unit(b)),
        intensity: Some(size),
        residual: Some(residual / size),
        kept,
        uncertainty_deg: Some(
            (std * residual / size * (weights.len() as f64 * kept / PATCHES).max(1.0).sqrt()).to_degrees(),
        ),
        reason: None,
    }
}

/// Weighted least squares; also the root of the summed variances for unit noise.
fn fit(samples: &[Sample], weights: &[f64]) -> Option<([f64; 3], f64)> {
    let (mut matrix, mut right) = ([0.0; 9], [0.0; 3]);
    for (s, &w) in samples.iter().zip(weights) {
        if w == 0.0 {
            continue;
        }
        for i in 0..3 {
            right[i] += w * s.normal[i] * s.value;
            for j in 0..3 {
                matrix[i * 3 + j] += w * s.normal[i] * s.normal[j];
            }
        }
    }
    let factor = cholesky(&matrix, 3)?;
    let x = substitute(&factor, 3, &right);
    let std = inverse_diagonal(&factor, 3).iter().sum::<f64>().sqrt();
    Some(([x[0], x[1], x[2]], std))
}
