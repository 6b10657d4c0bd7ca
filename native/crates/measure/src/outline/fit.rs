//! The fine stage: four edges fitted near a coarse place, ideal corners, and how far to believe them.

use super::corner;
use super::grid::Grid;
use super::hypotheses::{self, Rectangle};
use super::options::OutlineOptions;
use super::refusals::{blurred, cut_off, not_found};
use super::sides::{self, EdgeFit};
use super::{Outline, cut};
use crate::geometry::{Point, Side};
use imaging::{Cancel, CoreError, LinearSource, Result};
use rayon::prelude::*;

/// Confidence at which an outline is taken without trying others.
const CLEAR: f64 = 0.9;

/// Fits the likeliest places and keeps the best outline; a clear one ends the search.
///
/// # Errors
/// Why the likeliest place could not be fitted: `card.notFound`, `card.cutOff`, `image.blurred`; `cancelled`.
pub fn best_fit(
    src: &dyn LinearSource,
    grid: &Grid,
    places: &[Rectangle],
    options: &OutlineOptions,
    cancel: &Cancel,
) -> Result<Outline> {
    let places: Vec<[Point; 4]> = places.iter().map(|p| image_corners(grid, p)).collect();
    let slack = slack(grid);
    let (mut refusal, mut best): (Option<CoreError>, Option<Outline>) = (None, None);
    for place in &places {
        cancel.check()?;
        match fit_outline(src, place, slack, options) {
            Ok(outline) if outline.confidence > CLEAR => return Ok(outline),
            Ok(outline) if best.as_ref().is_none_or(|b| outline.confidence > b.confidence) => best = Some(outline),
            Ok(_) => {}
            // The likeliest place says what is wrong with the picture.
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    if best.is_none() {
        let blurs: Vec<f64> = Side::ALL
            .iter()
            .filter_map(|s| sides::soft_blur(src, *s, &places[0], slack))
            .collect();
        // A NaN median (no step anywhere) is not blur.
        let blur = crate::math::median(&blurs);
        if blur > options.max_blur_px {
            return Err(blurred(blur, options));
        }
    }
    best.ok_or_else(|| refusal.unwrap_or_else(|| not_found("no four straight edges of a card are visible")))
}

/// Corners of a rectangle of cells in image pixels.
#[must_use]
pub fn image_corners(grid: &Grid, card: &Rectangle) -> [Point; 4] {
    card.corners.map(|c| Point {
        x: grid.to_image(c[0]),
        y: grid.to_image(c[1]),
    })
}

/// How far a coarse line may be from the edge, px.
fn slack(grid: &Grid) -> f64 {
    1.6 * grid.cell as f64 + 2.0
}

fn fit_outline(src: &dyn LinearSource, coarse: &[Point; 4], slack: f64, options: &OutlineOptions) -> Result<Outline> {
    let fits: Vec<Option<EdgeFit>> = Side::ALL
        .into_par_iter()
        .map(|side| sides::fit_side(src, side, coarse, slack))
        .collect();
    let mut edges = Vec::with_capacity(4);
    for (fit, side) in fits.into_iter().zip(Side::ALL) {
        let fit =
            fit.ok_or_else(|| not_found(&format!("the {} edge of the card could not be followed", side.name())))?;
        edges.push(fit);
    }
    let edges: [EdgeFit; 4] = edges.try_into().map_err(|_| not_found("an edge is missing"))?;
    let blur = crate::math::median(&edges.each_ref().map(|e| e.blur_px));
    if blur > options.max_blur_px {
        return Err(blurred(blur, options));
    }
    let meet = |a: Side, b: Side| {
        edges[a.index()]
            .curve
            .meet(&edges[b.index()].curve)
            .ok_or_else(|| not_found("the edges do not meet in corners"))
    };
    let corners = [
        meet(Side::Left, Side::Top)?,
        meet(Side::Right, Side::Top)?,
        meet(Side::Right, Side::Bottom)?,
        meet(Side::Left, Side::Bottom)?,
    ];
    let out = cut::beyond(&corners.map(|c| [c.x, c.y]), src.width() as f64, src.height() as f64);
    if !out.is_empty() {
        return Err(cut_off(&out));
    }
    Ok(assemble(src, corners, edges, options))
}

fn assemble(src: &dyn LinearSource, corners: [Point; 4], edges: [EdgeFit; 4], options: &OutlineOptions) -> Outline {
    let width = 0.5 * (corners[0].distance(corners[1]) + corners[3].distance(corners[2]));
    let height = 0.5 * (corners[0].distance(corners[3]) + corners[1].distance(corners[2]));
    let radius = corner::radii(src, &corners, &edges);
    Outline {
        corners,
        size_px: [width, height],
        angle_deg: card_angle(&corners),
        corner_radius_px: radius,
        confidence: confidence(&corners, [width, height], &edges, options),
        portrait: height >= width,
        edges,
    }
}

/// How much of the edges was followed, how square they are and how well the size fits a card, 0..1.
fn confidence(corners: &[Point; 4], size: [f64; 2], edges: &[EdgeFit; 4], options: &OutlineOptions) -> f64 {
    let least = edges.iter().map(|e| e.coverage).fold(1.0, f64::min);
    let mean = edges.iter().map(|e| e.coverage).sum::<f64>() / 4.0;
    // Sharp edges place a card well below the coarse stage's errors: 0.7 % is the spread of real cards.
    let fit = hypotheses::prior(size, 1.0, 0.007, 0.006, options);
    let square = hypotheses::squareness(&corners.map(|c| [c.x, c.y]), 0.012);
    0.5 * (least + mean) * fit * square
}

/// Mean direction of the four edges against the image axes, degrees.
fn card_angle(c: &[Point; 4]) -> f64 {
    let along = |a: Point, b: Point| (b.y - a.y).atan2(b.x - a.x);
    let down = |a: Point, b: Point| (a.x - b.x).atan2(b.y - a.y);
    let sum = along(c[0], c[1]) + along(c[3], c[2]) + down(c[0], c[3]) + down(c[1], c[2]);
    (sum / 4.0).to_degrees()
}
