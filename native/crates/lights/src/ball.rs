//! A calibration ball: where it lies and how large it is, from its contour.

use crate::circle::{Circle, candidates, contour};
use crate::dense::{cholesky, substitute};
use crate::vector::{along, dot, norm};
use crate::view::View;
use imaging::{CoreError, ErrorCode, Plane, Result};
use serde::Serialize;

/// A ball on the bench.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ball {
    /// Centre, mm.
    pub centre_mm: [f64; 3],
    /// Radius, mm.
    pub radius_mm: f64,
    /// Its circle in the picture.
    pub circle: Circle,
    /// Robust scatter of the contour about the fit, px.
    pub residual_px: f64,
    /// Share of the spokes whose contour point belongs to the ball.
    pub coverage: f64,
}

/// Contour points farther from the fit than this many scatters are no contour.
const OUTLIER: f64 = 4.0;

/// Finds one ball.
///
/// `picture` is the mean of all frames; `hint` a circle drawn by a person (within 15 % of the radius); `without` balls
/// already found; `radius_mm` the certified radius. Without a radius the ball is taken to lie on the card plane. In
/// perspective the outline of a ball is an ellipse, so a circular cone of sight lines is fitted, not a circle.
///
/// # Errors
/// `ValueInvalid` in field `ball` when no contour covers at least half a circle.
pub fn find_ball(
    picture: &Plane,
    view: &View,
    hint: Option<Circle>,
    without: &[Circle],
    radius_mm: Option<f64>,
) -> Result<Ball> {
    let tries = match hint {
        Some(circle) => vec![circle],
        None => candidates(picture, without),
    };
    tries
        .iter()
        .take(4)
        .filter_map(|circle| {
            // The second pass samples along the radii of the fitted circle, nearer to the contour's normals.
            let first = fit(&contour(picture, circle), view, radius_mm)?;
            fit(&contour(picture, &first.circle), view, radius_mm)
        })
        .filter(|ball| ball.coverage >= 0.5 && ball.residual_px <= 0.02 * ball.circle.radius_px + 1.0)
        .max_by(|a, b| quality(a).total_cmp(&quality(b)))
        .ok_or_else(|| {
            CoreError::new(
                ErrorCode::ValueInvalid,
                "no ball with a contour over at least half a circle was found",
                "draw its circle by hand, or take the picture again on a background that differs from the ball",
            )
            .in_field("ball")
        })
}

fn quality(ball: &Ball) -> f64 {
    ball.coverage / (0.3 + ball.residual_px)
}

/// Robust fit of a ball to contour points; `None` where too few agree.
fn fit(points: &[[f64; 2]], view: &View, radius_mm: Option<f64>) -> Option<Ball> {
    let mut weights = vec![1.0; points.len()];
    let mut ball = None;
    for _ in 0..12 {
        let next = match view.camera_mm {
            Some(distance) => cone(points, &weights, view, distance, radius_mm)?,
            None => circle(points, &weights, view, radius_mm)?,
        };
        let mut off: Vec<f64> = points.iter().map(|&p| distance_px(&next, view, p).abs()).collect();
        let scatter = (1.4826 * median(&mut off.clone())).max(0.02);
        for (w, d) in weights.iter_mut().zip(&mut off) {
            let share = *d / (OUTLIER * scatter);
            *w = if share < 1.0 {
                (1.0 - share * share).powi(2)
            } else {
                0.0
            };
        }
        let kept = weights.iter().filter(|w| **w > 0.0).count();
        ball = Some(Ball {
            residual_px: scatter,
            coverage: kept as f64 / 720.0,
            ..next
        });
    }
    ball
}

/// Signed distance of a picture point from the ball's outline, px.
fn distance_px(ball: &Ball, view: &View, p: [f64; 2]) -> f64 {
    let (from, d) = view.ray(p);
    let to = along(ball.centre_mm, -1.0, from);
    let t = dot(to, d);
    let miss = norm(along(to, -t, d));
    // One pixel at the ball's distance.
    let pixel = view.pitch_mm
        * view
            .camera_mm
            .map_or(1.0, |h| t / norm([from[0], from[1], h]).max(1e-9));
    (miss - ball.radius_mm) / pixel
}

/// Parallel rays: circle by linear least squares (Kasa 1976), centred for conditioning.
fn circle(points: &[[f64; 2]], weights: &[f64], view: &View, radius_mm: Option<f64>) -> Option<Ball> {
    let n = points.len().max(1) as f64;
    let mean = [0, 1].map(|a| points.iter().map(|p| p[a]).sum::<f64>() / n);
    let rows = points.iter().map(|p| {
        let (x, y) = (p[0] - mean[0], p[1] - mean[1]);
        ([x, y, 1.0], x * x + y * y)
    });
    let x = solve(rows, weights)?;
    let centre = [mean[0] + x[0] / 2.0, mean[1] + x[1] / 2.0];
    let radius_px = (x[2] + (x[0] * x[0] + x[1] * x[1]) / 4.0).sqrt();
    if !radius_px.is_finite() {
        return None;
    }
    let seen_mm = radius_px * view.pitch_mm;
    let [cx, cy] = view.on_card(centre);
    Some(Ball {
        centre_mm: [cx, cy, radius_mm.unwrap_or(seen_mm)],
        radius_mm: seen_mm,
        circle: Circle {
            centre_px: centre,
            radius_px,
        },
        residual_px: 0.0,
        coverage: 0.0,
    })
}

/// Perspective: all sight lines that touch the ball make one angle with the line to its centre, `d . m = 1` with
/// `m = axis / cos(angle)`, which is linear in `m`.
fn cone(points: &[[f64; 2]], weights: &[f64], view: &View, height_mm: f64, radius_mm: Option<f64>) -> Option<Ball> {
    let m = solve(points.iter().map(|&p| (view.ray(p).1, 1.0)), weights)?;
    let length = norm(m);
    if length <= 1.0 {
        return None;
    }
    let axis = m.map(|v| v / length);
    let sine = (1.0 - 1.0 / (length * length)).sqrt();
    // A ball on the plane has its centre one radius above it: height + radius / sine * axis_z = radius.
    let radius = radius_mm.unwrap_or(height_mm / (1.0 - axis[2] / sine));
    let centre_mm = along([0.0, 0.0, height_mm], radius / sine, axis);
    let rim = view.pixel_of(centre_mm);
    let shrink = (height_mm - centre_mm[2]) / height_mm;
    Some(Ball {
        centre_mm,
        radius_mm: radius,
        circle: Circle {
            centre_px: rim,
            radius_px: radius / (view.pitch_mm * shrink),
        },
        residual_px: 0.0,
        coverage: 0.0,
    })
}

/// Weighted linear least squares of three unknowns.
fn solve(rows: impl Iterator<Item = ([f64; 3], f64)>, weights: &[f64]) -> Option<[f64; 3]> {
    let (mut matrix, mut right, mut count) = ([0.0; 9], [0.0; 3], 0);
    for ((row, value), &w) in rows.zip(weights) {
        for i in 0..3 {
            right[i] += w * row[i] * value;
            for j in 0..3 {
                matrix[i * 3 + j] += w * row[i] * row[j];
            }
        }
        count += usize::from(w > 0.0);
    }
    if count < 20 {
        return None;
    }
    let x = substitute(&cholesky(&matrix, 3)?, 3, &right);
    Some([x[0], x[1], x[2]])
}

fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}
