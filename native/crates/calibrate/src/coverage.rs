//! What the views cover of the field, of tilts and of directions, and which view is missing next.

use crate::board::Board;
use crate::detect::Detection;
use crate::homography::Homography;
use serde::Serialize;

/// Cells of the field along each side.
const CELLS: usize = 5;
/// Views below which nothing is solved, and the number that is asked for.
const LEAST_VIEWS: usize = 6;
const GOOD_VIEWS: usize = 10;
/// Tilt from which a view tells the focal length, degrees.
const TILTED_DEG: f64 = 8.0;
/// Share of the field's cells that must hold corners.
const LEAST_COVERED: f64 = 0.75;

/// One view in the coverage.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ViewShape {
    /// Tilt of the board against the image plane, degrees.
    pub tilt_deg: f64,
    /// Direction in which the board falls away from the camera, degrees from x towards y.
    pub direction_deg: f64,
    /// Mean side of a square, px.
    pub square_px: f64,
    /// Corners found.
    pub corners: usize,
}

/// What is there and what is missing.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Cells along x and y.
    pub cells: usize,
    /// Corners in every cell, row by row.
    pub counts: Vec<usize>,
    /// Share of cells with corners.
    pub covered_fraction: f64,
    /// Shape of every view.
    pub views: Vec<ViewShape>,
    /// Views that tilt enough to tell the focal length.
    pub tilted: usize,
    /// What keeps the camera from being solved: the next views to take, most important first.
    pub missing: Vec<String>,
    /// What would make it better.
    pub advice: Vec<String>,
}

/// Looks at the views of one board in images of one size.
#[must_use]
pub fn coverage(board: &Board, views: &[Detection]) -> Coverage {
    let mut counts = vec![0; CELLS * CELLS];
    for view in views {
        let size = view.image_px.map(|n| n.max(1) as f64);
        for c in &view.corners {
            let cell = |v: f64, n: f64| ((v + 0.5) / n * CELLS as f64).clamp(0.0, CELLS as f64 - 1.0) as usize;
            counts[cell(c.y_px, size[1]) * CELLS + cell(c.x_px, size[0])] += 1;
        }
    }
    let covered = counts.iter().filter(|n| **n > 0).count() as f64 / counts.len() as f64;
    let shapes: Vec<ViewShape> = views.iter().filter_map(|v| shape(board, v)).collect();
    let tilted: Vec<&ViewShape> = shapes.iter().filter(|s| s.tilt_deg >= TILTED_DEG).collect();
    let mut missing = Vec::new();
    if !tilts_differ(&tilted) {
        missing.push(tilt_wanted(&tilted));
    }
    if covered < LEAST_COVERED {
        missing.push(format!("show the board {}", empty_region(&counts)));
    }
    if shapes.len() < LEAST_VIEWS {
        missing.push(format!(
            "take {} more views from other places and tilts ({} of at least {LEAST_VIEWS})",
            LEAST_VIEWS - shapes.len(),
            shapes.len()
        ));
    }
    let mut advice = Vec::new();
    if shapes.len() < GOOD_VIEWS && missing.is_empty() {
        advice.push(format!(
            "{GOOD_VIEWS} to 15 views give a steadier result than {}",
            shapes.len()
        ));
    }
    if covered < 1.0 && missing.is_empty() {
        advice.push(format!(
            "the field is better known with the board {}",
            empty_region(&counts)
        ));
    }
    Coverage {
        cells: CELLS,
        counts,
        covered_fraction: covered,
        tilted: tilted.len(),
        views: shapes,
        missing,
        advice,
    }
}

/// At least three tilted views, and not all about one axis.
fn tilts_differ(tilted: &[&ViewShape]) -> bool {
    if tilted.len() < 3 {
        return false;
    }
    // Mean of doubled angles: 1 when all tilt about one axis.
    let (mut x, mut y) = (0.0, 0.0);
    for s in tilted {
        let (sin, cos) = (2.0 * s.direction_deg).to_radians().sin_cos();
        (x, y) = (x + cos, y + sin);
    }
    f64::hypot(x, y) / (tilted.len() as f64) < 0.85
}

fn tilt_wanted(tilted: &[&ViewShape]) -> String {
    let sides = ["right", "lower", "left", "upper"];
    let mut counts = [0; 4];
    for s in tilted {
        counts[((s.direction_deg + 405.0).rem_euclid(360.0) / 90.0) as usize % 4] += 1;
    }
    let side = (0..4).min_by_key(|&i| counts[i]).unwrap_or(0);
    if tilted.is_empty() {
        format!(
            "tilt the board: all views are parallel to the sensor, which leaves the focal length open; lower its {} edge by 15 to 30 degrees",
            sides[side]
        )
    } else {
        format!(
            "tilt the board about another axis: lower its {} edge by 15 to 30 degrees",
            sides[side]
        )
    }
}

/// The part of the field with the most empty cells, in words.
fn empty_region(counts: &[usize]) -> String {
    let words = [
        ["upper left", "top", "upper right"],
        ["left", "middle", "right"],
        ["lower left", "bottom", "lower right"],
    ];
    let mut best = (0, "middle");
    for (j, row) in words.iter().enumerate() {
        for (i, word) in row.iter().enumerate() {
            let third = |k: usize| (k * CELLS / 3)..((k + 1) * CELLS).div_ceil(3);
            let empty = third(j)
                .flat_map(|y| third(i).map(move |x| y * CELLS + x))
                .filter(|&c| counts[c] == 0)
                .count();
            if empty > best.0 {
                best = (empty, word);
            }
        }
    }
    format!("in the {} of the picture", best.1)
}

/// Tilt and its direction from the map of the board: the ratio of its axes tells how far, the perspective which way.
fn shape(board: &Board, view: &Detection) -> Option<ViewShape> {
    let mm: Vec<[f64; 2]> = view.corners.iter().map(|c| board.corner_mm(c.id)).collect();
    let px: Vec<[f64; 2]> = view.corners.iter().map(|c| [c.x_px, c.y_px]).collect();
    let map = Homography::fit(&mm, &px, None)?;
    let n = mm.len() as f64;
    let centre = [0, 1].map(|a| mm.iter().map(|p| p[a]).sum::<f64>() / n);
    let at = map.at(centre);
    let column = |dx: f64, dy: f64| {
        let p = map.at([centre[0] + dx, centre[1] + dy]);
        [p[0] - at[0], p[1] - at[1]]
    };
    let (a, b) = (column(1e-3, 0.0), column(0.0, 1e-3));
    // Image-side ellipse of a small circle on the board: its short axis points along the tilt.
    let (xx, xy, yy) = (
        a[0] * a[0] + b[0] * b[0],
        a[0] * a[1] + b[0] * b[1],
        a[1] * a[1] + b[1] * b[1],
    );
    let (mean, half) = (0.5 * (xx + yy), (0.25 * (xx - yy).powi(2) + xy * xy).sqrt());
    let (long, short) = (mean + half, mean - half);
    let tilt = (short / long).max(0.0).sqrt().min(1.0).acos().to_degrees();
    let axis = 0.5 * (2.0 * xy).atan2(xx - yy) + std::f64::consts::FRAC_PI_2;
    // The scale falls towards the far side: the gradient of the map's denominator, turned into the image.
    let back = map.inverse()?;
    let far = [back.0[2][0], back.0[2][1]];
    let w = |p: [f64; 2]| back.0[2][0] * p[0] + back.0[2][1] * p[1] + back.0[2][2];
    let towards = -(far[0] * axis.cos() + far[1] * axis.sin()) * w(at).signum();
    let direction = if towards >= 0.0 {
        axis
    } else {
        axis + std::f64::consts::PI
    };
    Some(ViewShape {
        tilt_deg: tilt,
        direction_deg: direction.to_degrees().rem_euclid(360.0),
        square_px: view.square_px,
        corners: view.corners.len(),
    })
}
