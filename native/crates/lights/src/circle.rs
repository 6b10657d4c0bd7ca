//! The contour of a ball in a picture: coarse by votes of the gradient, fine by the steepest place along each radius.

use imaging::Plane;
use serde::Serialize;
use std::f64::consts::TAU;

/// A circle in the picture.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Circle {
    /// Centre, px.
    pub centre_px: [f64; 2],
    /// Radius, px.
    pub radius_px: f64,
}

impl Circle {
    /// Whether a pixel lies within `share` of the radius.
    #[must_use]
    pub fn holds(&self, px: [f64; 2], share: f64) -> bool {
        (px[0] - self.centre_px[0]).hypot(px[1] - self.centre_px[1]) <= share * self.radius_px
    }
}

/// Longest side of the picture in which circles are voted for.
const COARSE_PX: usize = 360;
/// Radii probed on the fine contour.
const SPOKES: usize = 720;

/// Mean over blocks, so that the longest side is at most [`COARSE_PX`]; and the size of a block.
fn shrink(plane: &Plane) -> (Plane, usize) {
    let step = plane.width.max(plane.height).div_ceil(COARSE_PX).max(1);
    let (w, h) = (plane.width / step, plane.height / step);
    let mut small = Plane::filled(w, h, 0.0);
    for y in 0..h * step {
        for x in 0..w * step {
            small.data[y / step * w + x / step] += plane.at(x, y) / (step * step) as f32;
        }
    }
    (small, step)
}

struct EdgePixel {
    at: [f64; 2],
    /// Unit gradient.
    normal: [f64; 2],
}

/// The steepest pixels of a small picture.
fn edge_pixels(plane: &Plane) -> Vec<EdgePixel> {
    let (w, h) = (plane.width, plane.height);
    let mut found = Vec::new();
    for y in 1..h.saturating_sub(1) {
        for x in 1..w.saturating_sub(1) {
            let v = |dx: usize, dy: usize| f64::from(plane.at(x + dx - 1, y + dy - 1));
            let gx = v(2, 0) + 2.0 * v(2, 1) + v(2, 2) - v(0, 0) - 2.0 * v(0, 1) - v(0, 2);
            let gy = v(0, 2) + 2.0 * v(1, 2) + v(2, 2) - v(0, 0) - 2.0 * v(1, 0) - v(2, 0);
            let size = gx.hypot(gy);
            if size > 0.0 {
                found.push((
                    size,
                    EdgePixel {
                        at: [x as f64, y as f64],
                        normal: [gx / size, gy / size],
                    },
                ));
            }
        }
    }
    // A contour is thin: a tenth of the pixels holds it, and votes of the rest would only cost time.
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let least = found.first().map_or(0.0, |f| 0.08 * f.0);
    found.truncate(w * h / 10);
    found
        .into_iter()
        .filter(|(size, _)| *size >= least)
        .map(|(_, e)| e)
        .collect()
}

/// Circle candidates of a picture, the best first (Duda & Hart 1972, votes along the gradient: Kimme et al. 1975).
pub fn candidates(plane: &Plane, without: &[Circle]) -> Vec<Circle> {
    let (small, step) = shrink(plane);
    let (w, h) = (small.width, small.height);
    if w < 16 || h < 16 {
        return Vec::new();
    }
    let scale = step as f64;
    let back = |p: [f64; 2]| p.map(|v| v * scale + (scale - 1.0) / 2.0);
    let outside = |p: [f64; 2]| without.iter().all(|c| !c.holds(back(p), 1.1));
    let edges: Vec<EdgePixel> = edge_pixels(&small).into_iter().filter(|e| outside(e.at)).collect();
    let largest = w.min(h) as f64 * 0.55;
    let mut votes = Plane::filled(w, h, 0.0);
    for edge in &edges {
        for sign in [-1.0, 1.0] {
            let mut r = 6.0;
            while r <= largest {
                let x = (edge.at[0] + sign * r * edge.normal[0]).round();
                let y = (edge.at[1] + sign * r * edge.normal[1]).round();
                if x >= 0.0 && y >= 0.0 && x < w as f64 && y < h as f64 {
                    votes.data[y as usize * w + x as usize] += 1.0;
                }
                r += 1.0;
            }
        }
    }
    let mut found: Vec<(f64, Circle)> = Vec::new();
    for centre in peaks(&votes, 12) {
        let (support, radius) = best_radius(&edges, centre, largest);
        if support > 0.0 {
            found.push((
                support,
                Circle {
                    centre_px: back(centre),
                    radius_px: radius * scale,
                },
            ));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().map(|f| f.1).collect()
}

/// The strongest places of the smoothed votes, each at least eight pixels from a stronger one.
fn peaks(votes: &Plane, count: usize) -> Vec<[f64; 2]> {
    let (w, h) = (votes.width, votes.height);
    let mut sums: Vec<(f32, usize, usize)> = Vec::with_capacity(w * h);
    for y in 1..h - 1 {
        for x in 1..w - 1 {
            let sum = (0..9).map(|i| votes.at(x + i % 3 - 1, y + i / 3 - 1)).sum();
            sums.push((sum, x, y));
        }
    }
    sums.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<[f64; 2]> = Vec::new();
    for (_, x, y) in sums {
        let p = [x as f64, y as f64];
        if kept.iter().all(|k| (k[0] - p[0]).hypot(k[1] - p[1]) >= 8.0) {
            kept.push(p);
            if kept.len() == count {
                break;
            }
        }
    }
    kept
}

/// Radius with the most edge pixels whose gradient points along it, and its support: pixels times covered share.
fn best_radius(edges: &[EdgePixel], centre: [f64; 2], largest: f64) -> (f64, f64) {
    let mut sectors = vec![0u64; largest as usize + 2];
    for edge in edges {
        let d = [edge.at[0] - centre[0], edge.at[1] - centre[1]];
        let r = d[0].hypot(d[1]);
        if r >= 6.0 && r <= largest && ((d[0] * edge.normal[0] + d[1] * edge.normal[1]) / r).abs() > 0.94 {
            let sector = ((d[1].atan2(d[0]) / TAU + 1.0) * 64.0) as u32 % 64;
            sectors[r.round() as usize] |= 1 << sector;
        }
    }
    let mut best = (0.0, 0.0);
    for r in 6..sectors.len() - 1 {
        // A centre that is a pixel off spreads its contour over three radii.
        let covered = f64::from((sectors[r - 1] | sectors[r] | sectors[r + 1]).count_ones()) / 64.0;
        let support = if covered >= 0.4 {
            covered * covered * (r as f64).sqrt()
        } else {
            0.0
        };
        if support > best.0 {
            best = (support, r as f64);
        }
    }
    best
}

/// Sub-pixel contour points around a circle: per spoke the steepest place between 80 and 120 % of the radius.
pub fn contour(plane: &Plane, circle: &Circle) -> Vec<[f64; 2]> {
    let reach = (0.2 * circle.radius_px).max(4.0);
    let steps = (2.0 * reach / STEP) as usize;
    let mut points = Vec::with_capacity(SPOKES);
    let mut profile = Vec::with_capacity(steps);
    for i in 0..SPOKES {
        let (s, c) = (TAU * i as f64 / SPOKES as f64).sin_cos();
        profile.clear();
        for j in 0..steps {
            let r = circle.radius_px - reach + STEP * j as f64;
            match sample(plane, [circle.centre_px[0] + r * c, circle.centre_px[1] + r * s]) {
                Some(v) => profile.push(v),
                None => break,
            }
        }
        if let Some(at) = steepest(&profile) {
            let r = circle.radius_px - reach + STEP * at;
            points.push([circle.centre_px[0] + r * c, circle.centre_px[1] + r * s]);
        }
    }
    points
}

/// Spacing of the samples along a spoke, px.
const STEP: f64 = 0.5;

/// Place of the largest slope of a profile, in samples; the slope is a difference over four samples (2 px).
fn steepest(profile: &[f64]) -> Option<f64> {
    const ARM: usize = 2;
    if profile.len() < 4 * ARM {
        return None;
    }
    let slope = |i: usize| (profile[i + ARM] - profile[i - ARM]).abs();
    let best = (ARM + 1..profile.len() - ARM - 1).max_by(|&a, &b| slope(a).total_cmp(&slope(b)))?;
    let (a, b, c) = (slope(best - 1), slope(best), slope(best + 1));
    let bend = a - 2.0 * b + c;
    (b > 0.0).then(|| best as f64 + if bend < 0.0 { 0.5 * (a - c) / bend } else { 0.0 })
}

/// Bilinear sample; `None` outside the picture.
fn sample(plane: &Plane, [x, y]: [f64; 2]) -> Option<f64> {
    if !(x >= 0.0 && y >= 0.0 && x < plane.width as f64 - 1.0 && y < plane.height as f64 - 1.0) {
        return None;
    }
    let (ix, iy) = (x as usize, y as usize);
    let (fx, fy) = (x - ix as f64, y - iy as f64);
    let v = |dx: usize, dy: usize| f64::from(plane.at(ix + dx, iy + dy));
    let top = v(0, 0) * (1.0 - fx) + v(1, 0) * fx;
    let bottom = v(0, 1) * (1.0 - fx) + v(1, 1) * fx;
    Some(top * (1.0 - fy) + bottom * fy)
}
