//! Directions from a mirror ball: the highlight's normal halves the angle between camera and light.

use crate::ball::Ball;
use crate::rays::Ray;
use crate::vector::{along, dot, minus, unit};
use crate::view::View;
use imaging::{Cancel, LinearSource, Result};
use serde::Serialize;

/// What a mirror ball says of one light.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChromeLight {
    /// From the highlight towards the light; `None` with a reason.
    pub ray: Option<Ray>,
    /// Centre of the highlight, px.
    pub highlight_px: Option<[f64; 2]>,
    /// Standard uncertainty of the direction, degrees, from contour and highlight.
    pub uncertainty_deg: Option<f64>,
    /// Why there is no direction.
    pub reason: Option<String>,
}

/// Highlights beyond this share of the radius turn a pixel into more than 3 times its angle in the middle.
const RIM: f64 = 0.94;

/// The highlight of every frame on one ball.
///
/// The median over the frames is taken off first: what the ball mirrors of the room stays the same under all lights.
///
/// # Errors
/// `Cancelled`.
pub fn chrome_lights(
    frames: &[&dyn LinearSource],
    ball: &Ball,
    view: &View,
    cancel: &Cancel,
) -> Result<Vec<ChromeLight>> {
    let window = Window::around(frames, ball);
    let mut pictures = Vec::with_capacity(frames.len());
    for frame in frames {
        cancel.check()?;
        pictures.push(window.read(*frame));
    }
    let still = room(&pictures);
    Ok(pictures
        .iter()
        .map(|p| of_frame(p, &still, &window, ball, view))
        .collect())
}

/// The part of the frames that holds the ball.
struct Window {
    x0: usize,
    y0: usize,
    width: usize,
    height: usize,
}

impl Window {
    fn around(frames: &[&dyn LinearSource], ball: &Ball) -> Self {
        let (w, h) = frames.first().map_or((0, 0), |f| (f.width(), f.height()));
        let [cx, cy] = ball.circle.centre_px;
        let r = ball.circle.radius_px;
        let low = |c: f64| (c - r).floor().max(0.0) as usize;
        let high = |c: f64, size: usize| ((c + r).ceil().max(0.0) as usize + 1).min(size);
        let (x0, y0) = (low(cx), low(cy));
        Self {
            x0,
            y0,
            width: high(cx, w).saturating_sub(x0),
            height: high(cy, h).saturating_sub(y0),
        }
    }

    fn read(&self, frame: &dyn LinearSource) -> Vec<f32> {
        let mut out = vec![0.0; self.width * self.height];
        for (y, row) in out.chunks_mut(self.width.max(1)).enumerate() {
            frame.read_row(self.y0 + y, self.x0, row);
        }
        out
    }

    fn px(&self, i: usize) -> [f64; 2] {
        [(self.x0 + i % self.width) as f64, (self.y0 + i / self.width) as f64]
    }
}

/// Per pixel the median over the frames; zero where there are too few frames to tell lights from the room.
fn room(pictures: &[Vec<f32>]) -> Vec<f32> {
    let pixels = pictures.first().map_or(0, Vec::len);
    if pictures.len() < 3 {
        return vec![0.0; pixels];
    }
    let mut values = vec![0.0; pictures.len()];
    (0..pixels)
        .map(|i| {
            for (v, p) in values.iter_mut().zip(pictures) {
                *v = p[i];
            }
            *values.select_nth_unstable_by(pictures.len() / 2, f32::total_cmp).1
        })
        .collect()
}

fn of_frame(picture: &[f32], still: &[f32], window: &Window, ball: &Ball, view: &View) -> ChromeLight {
    let refuse = |reason: &str| ChromeLight {
        ray: None,
        highlight_px: None,
        uncertainty_deg: None,
        reason: Some(reason.to_owned()),
    };
    let extra: Vec<f32> = (0..picture.len())
        .map(|i| {
            if ball.circle.holds(window.px(i), 0.99) {
                picture[i] - still[i]
            } else {
                0.0
            }
        })
        .collect();
    let peak = extra.iter().copied().fold(0.0, f32::max);
    let mut sorted: Vec<f32> = extra.iter().map(|v| v.abs()).collect();
    let noise = if sorted.is_empty() {
        0.0
    } else {
        let middle = sorted.len() / 2;
        1.4826 * *sorted.select_nth_unstable_by(middle, f32::total_cmp).1
    };
    if peak <= (10.0 * noise).max(0.02) {
        return refuse("no highlight stands out on the ball");
    }
    // The foot of a small highlight holds where between the pixels it lies.
    let blobs = blobs(&extra, (0.1 * peak).max(6.0 * noise), window.width);
    let Some(first) = blobs.first() else {
        return refuse("no highlight stands out on the ball");
    };
    if blobs.get(1).is_some_and(|second| second.energy > 0.5 * first.energy) {
        return refuse("two highlights of like brightness lie on the ball");
    }
    let at = [first.centre[0] + window.x0 as f64, first.centre[1] + window.y0 as f64];
    if !ball.circle.holds(at, RIM) {
        return refuse(
            "the highlight lies on the ball's rim: raise the light, or use a ball nearer to the image centre",
        );
    }
    let Some((point, normal, sight)) = meet(ball, view, at) else {
        return refuse("the highlight does not lie on the ball");
    };
    let towards = sight.map(|v| -v);
    let direction = unit(along(towards.map(|v| -v), 2.0 * dot(normal, towards), normal));
    // A shift of the highlight or of the contour by one pixel turns the normal by 1 / (r cos), the direction by twice that.
    let cosine = dot(normal, towards).max(0.1);
    let shift = (0.1 * first.spread).hypot(ball.residual_px / 10.0).hypot(0.05);
    ChromeLight {
        ray: Some(Ray { from: point, direction }),
        highlight_px: Some(at),
        uncertainty_deg: Some((2.0 * shift / (ball.circle.radius_px * cosine)).to_degrees()),
        reason: None,
    }
}

/// Where a pixel's line of sight meets the ball: point, outward normal, and direction of sight.
fn meet(ball: &Ball, view: &View, px: [f64; 2]) -> Option<([f64; 3], [f64; 3], [f64; 3])> {
    let (mut from, d) = view.ray(px);
    if view.camera_mm.is_none() {
        from = along(from, -2.0 * (ball.centre_mm[2] + ball.radius_mm), d);
    }
    let to = minus(from, ball.centre_mm);
    let (b, c) = (dot(to, d), dot(to, to) - ball.radius_mm * ball.radius_mm);
    let root = b * b - c;
    if root < 0.0 {
        return None;
    }
    let point = along(from, -b - root.sqrt(), d);
    Some((point, unit(minus(point, ball.centre_mm)), d))
}

/// Where sight meets the ball, for other methods on balls.
pub fn point_and_normal(ball: &Ball, view: &View, px: [f64; 2]) -> Option<([f64; 3], [f64; 3])> {
    meet(ball, view, px).map(|(p, n, _)| (p, n))
}

struct Blob {
    /// Weighted centre, px of the window.
    centre: [f64; 2],
    /// Root mean square distance from the centre, px.
    spread: f64,
    energy: f64,
}

/// Connected regions above a level, the most energetic first.
fn blobs(picture: &[f32], level: f32, width: usize) -> Vec<Blob> {
    let mut seen = vec![false; picture.len()];
    let mut found = Vec::new();
    for start in 0..picture.len() {
        if seen[start] || picture[start] < level {
            continue;
        }
        let mut stack = vec![start];
        seen[start] = true;
        let mut sums = [0.0f64; 5];
        while let Some(i) = stack.pop() {
            let (x, y, w) = ((i % width) as f64, (i / width) as f64, f64::from(picture[i]));
            for (s, v) in sums.iter_mut().zip([1.0, x, y, x * x, y * y]) {
                *s += w * v;
            }
            let neighbours = [
                (i % width > 0).then(|| i - 1),
                (i % width + 1 < width).then(|| i + 1),
                i.checked_sub(width),
                Some(i + width),
            ];
            for j in neighbours.into_iter().flatten() {
                if j < picture.len() && !seen[j] && picture[j] >= level {
                    seen[j] = true;
                    stack.push(j);
                }
            }
        }
        let [energy, x, y, xx, yy] = sums;
        let centre = [x / energy, y / energy];
        let variance = (xx + yy) / energy - centre[0].powi(2) - centre[1].powi(2);
        found.push(Blob {
            centre,
            spread: variance.max(0.0).sqrt(),
            energy,
        });
    }
    found.sort_by(|a, b| b.energy.total_cmp(&a.energy));
    found
}
