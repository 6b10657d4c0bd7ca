//! Stage 3: where the card lies: coarse lines, rectangle hypotheses, four fitted edges, ideal corners.

mod corner;
mod grid;
mod hypotheses;
mod lines;
mod options;
mod sides;

pub use options::{OutlineOptions, STANDARD_CARD_MM};
pub use sides::EdgeFit;

use crate::geometry::{Point, Side};
use grid::Grid;
use hypotheses::{Rectangle, Verdict};
use imaging::{Cancel, CoreError, ErrorCode, LinearSource, Result};
use rayon::prelude::*;
use serde::Serialize;

/// The card in the image.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outline {
    /// Ideal corners (rounding ignored): top left, top right, bottom right, bottom left.
    pub corners: [Point; 4],
    /// Left, right, top, bottom.
    pub edges: [EdgeFit; 4],
    /// Mean width and height between the ideal corners, px.
    pub size_px: [f64; 2],
    /// Rotation of the card, degrees, positive clockwise in the image.
    pub angle_deg: f64,
    /// Radius of each rounded corner in the order of `corners`, px; `None` where it could not be read.
    pub corner_radius_px: [Option<f64>; 4],
    /// Agreement of the edges with a card's outline, 0..1.
    pub confidence: f64,
    /// Whether the card stands upright.
    pub portrait: bool,
}

impl Outline {
    /// The fitted edge of a side.
    #[must_use]
    pub fn edge(&self, side: Side) -> &EdgeFit {
        &self.edges[side.index()]
    }

    /// Median blur of the four edges, px.
    #[must_use]
    pub fn blur_px(&self) -> f64 {
        crate::math::median(&self.edges.each_ref().map(|e| e.blur_px))
    }
}

/// Confidence at which an outline is taken without trying others.
const CLEAR: f64 = 0.9;
/// Smallest image side in which a card can be measured, px.
const SMALLEST_IMAGE: usize = 64;

/// Finds the one card in an image.
///
/// # Errors
/// `card.notFound`, `card.cutOff`, `card.several`, `image.blurred`, `image.saturated`, `image.dark`, `value.invalid` for
/// options that make no sense, `cancelled`.
pub fn find_outline(src: &dyn LinearSource, options: &OutlineOptions, cancel: &Cancel) -> Result<Outline> {
    check_options(options)?;
    if src.width() < SMALLEST_IMAGE || src.height() < SMALLEST_IMAGE {
        return Err(CoreError::new(
            ErrorCode::CardNotFound,
            format!("the image has only {} x {} pixels", src.width(), src.height()),
            format!("use an image of at least {SMALLEST_IMAGE} x {SMALLEST_IMAGE} pixels"),
        ));
    }
    let grid = Grid::read(src, cancel)?;
    check_light(&grid)?;
    let gradient = grid.gradient();
    let lines = lines::find_lines(&grid, &gradient);
    let found = hypotheses::rectangles(&grid, &lines, options);
    let places = match hypotheses::judge(&grid, &lines, &found) {
        Verdict::Card(places) => places,
        Verdict::Nothing => return Err(not_found("no four straight edges of a card are visible")),
        Verdict::CutOff => {
            return Err(CoreError::new(
                ErrorCode::CardCutOff,
                "the card runs out of the image",
                "place the whole card in the picture with a few millimetres of background on every side",
            ));
        }
        Verdict::Several => {
            return Err(CoreError::new(
                ErrorCode::CardSeveral,
                "more than one card lies in the image",
                "leave one card in the picture or crop it to one card",
            ));
        }
    };
    check_saturation(&grid, &places[0], options)?;
    best_fit(src, &grid, &places, options, cancel)
}

/// Fits the likeliest places and keeps the best outline; a clear one ends the search.
fn best_fit(
    src: &dyn LinearSource,
    grid: &Grid,
    places: &[Rectangle],
    options: &OutlineOptions,
    cancel: &Cancel,
) -> Result<Outline> {
    let (mut refusal, mut best): (Option<CoreError>, Option<Outline>) = (None, None);
    for place in places {
        cancel.check()?;
        match fit_outline(src, grid, place, options) {
            Ok(outline) if outline.confidence > CLEAR => return Ok(outline),
            Ok(outline) if best.as_ref().is_none_or(|b| outline.confidence > b.confidence) => best = Some(outline),
            Ok(_) => {}
            // The likeliest place says what is wrong with the picture.
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    if best.is_none() {
        let coarse = image_corners(grid, &places[0]);
        let blurs: Vec<f64> = Side::ALL
            .iter()
            .filter_map(|s| sides::soft_blur(src, *s, &coarse, slack(grid)))
            .collect();
        // A NaN median (no step anywhere) is not blur.
        let blur = crate::math::median(&blurs);
        if blur > options.max_blur_px {
            return Err(blurred(blur, options));
        }
    }
    best.ok_or_else(|| refusal.unwrap_or_else(|| not_found("no four straight edges of a card are visible")))
}

fn check_options(options: &OutlineOptions) -> Result<()> {
    let invalid = |field: &str, what: &str| {
        CoreError::new(
            ErrorCode::ValueInvalid,
            what.to_owned(),
            "give a positive number of millimetres",
        )
        .in_field(field)
    };
    if options.pixel_pitch_mm.is_some_and(|p| !(p.is_finite() && p > 0.0)) {
        return Err(invalid("pixelPitchMm", "the pixel pitch is not a positive number"));
    }
    if options
        .expected_size_mm
        .is_some_and(|s| s.iter().any(|v| !(v.is_finite() && *v > 0.0)))
    {
        return Err(invalid("expectedSizeMm", "the expected card size is not positive"));
    }
    Ok(())
}

fn check_light(grid: &Grid) -> Result<()> {
    if grid.values.iter().any(|v| !v.is_finite()) {
        return Err(CoreError::new(
            ErrorCode::ValueInvalid,
            "the image holds values that are not numbers",
            "check the calibration frames (dark, flat) and the file",
        ));
    }
    let brightest = grid.values.iter().copied().fold(0.0, f32::max);
    // Square root of light: 0.05 is 0.25 % of full scale.
    if brightest < 0.05 {
        return Err(CoreError::new(
            ErrorCode::ImageDark,
            "the image is almost black",
            "use a longer exposure or check the lights",
        ));
    }
    let full = grid.saturated.iter().sum::<f32>() / grid.saturated.len().max(1) as f32;
    if full > 0.9 {
        return Err(saturated(f64::from(full)));
    }
    Ok(())
}

fn saturated(share: f64) -> CoreError {
    CoreError::new(
        ErrorCode::ImageSaturated,
        format!("{:.0} % of the picture is at the top of the range", 100.0 * share),
        "use a shorter exposure",
    )
}

fn check_saturation(grid: &Grid, card: &Rectangle, options: &OutlineOptions) -> Result<()> {
    let (mut sum, mut cells) = (0.0, 0usize);
    for y in 0..grid.height {
        for x in 0..grid.width {
            if card.contains([x as f64, y as f64], 1.0) {
                sum += f64::from(grid.saturated[y * grid.width + x]);
                cells += 1;
            }
        }
    }
    let share = sum / cells.max(1) as f64;
    if share > options.max_saturated {
        Err(saturated(share))
    } else {
        Ok(())
    }
}

fn not_found(what: &str) -> CoreError {
    CoreError::new(
        ErrorCode::CardNotFound,
        what.to_owned(),
        "use a plain background that differs from the card's rim, and even light",
    )
}

fn blurred(blur: f64, options: &OutlineOptions) -> CoreError {
    CoreError::new(
        ErrorCode::ImageBlurred,
        format!(
            "the edges are blurred over {blur:.1} px (sigma), above {:.1} px",
            options.max_blur_px
        ),
        "focus the camera and keep card and camera still",
    )
}

fn image_corners(grid: &Grid, card: &Rectangle) -> [Point; 4] {
    card.corners.map(|c| Point {
        x: grid.to_image(c[0]),
        y: grid.to_image(c[1]),
    })
}

/// How far a coarse line may be from the edge, px.
fn slack(grid: &Grid) -> f64 {
    1.6 * grid.cell as f64 + 2.0
}

fn fit_outline(src: &dyn LinearSource, grid: &Grid, card: &Rectangle, options: &OutlineOptions) -> Result<Outline> {
    let coarse = image_corners(grid, card);
    let slack = slack(grid);
    let fits: Vec<Option<EdgeFit>> = Side::ALL
        .into_par_iter()
        .map(|side| sides::fit_side(src, side, &coarse, slack))
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
    let inside =
        |p: &Point| p.x >= -0.5 && p.y >= -0.5 && p.x <= src.width() as f64 - 0.5 && p.y <= src.height() as f64 - 0.5;
    if !corners.iter().all(inside) {
        return Err(CoreError::new(
            ErrorCode::CardCutOff,
            "a corner of the card lies outside the image",
            "place the whole card in the picture",
        ));
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
