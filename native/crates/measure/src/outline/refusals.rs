//! What is refused before and while the card is looked for, each with what to change.

use super::cut;
use super::grid::Grid;
use super::hypotheses::Rectangle;
use super::options::OutlineOptions;
use crate::geometry::Side;
use imaging::{CoreError, ErrorCode, LinearSource, Result};

/// Smallest image side in which a card can be measured, px.
const SMALLEST_IMAGE: usize = 64;

/// Refuses options that make no sense and pictures too small for a card.
///
/// # Errors
/// `value.invalid` with the field, `card.notFound`.
pub fn check_options(src: &dyn LinearSource, options: &OutlineOptions) -> Result<()> {
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
    if options
        .place
        .is_some_and(|p| p.iter().any(|c| !(c.x.is_finite() && c.y.is_finite())))
    {
        return Err(invalid("place", "a corner of the place is not a number"));
    }
    if src.width() < SMALLEST_IMAGE || src.height() < SMALLEST_IMAGE {
        return Err(CoreError::new(
            ErrorCode::CardNotFound,
            format!("the image has only {} x {} pixels", src.width(), src.height()),
            format!("use an image of at least {SMALLEST_IMAGE} x {SMALLEST_IMAGE} pixels"),
        ));
    }
    Ok(())
}

/// Refuses pictures that are black, saturated or not numbers.
///
/// # Errors
/// `value.invalid`, `image.dark`, `image.saturated`.
pub fn check_light(grid: &Grid) -> Result<()> {
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
        return Err(saturated("the picture", f64::from(full)));
    }
    Ok(())
}

/// Refuses a card too much of which is at the top of the range.
///
/// # Errors
/// `image.saturated`.
pub fn check_saturation(grid: &Grid, card: &Rectangle, options: &OutlineOptions) -> Result<()> {
    let (mut sum, mut cells) = (0.0, 0usize);
    for (y, row) in grid.saturated.chunks_exact(grid.width).enumerate() {
        let Some([first, last]) = card.row(y as f64, 1.0) else {
            continue;
        };
        let end = ((last + 1.0).max(0.0) as usize).min(grid.width);
        let inside = &row[(first.ceil().max(0.0) as usize).min(end)..end];
        sum += f64::from(inside.iter().sum::<f32>());
        cells += inside.len();
    }
    let share = sum / cells.max(1) as f64;
    if share > options.max_saturated {
        Err(saturated("the card", share))
    } else {
        Ok(())
    }
}

fn saturated(what: &str, share: f64) -> CoreError {
    CoreError::new(
        ErrorCode::ImageSaturated,
        format!("{:.0} % of {what} is at the top of the range", 100.0 * share),
        "use a shorter exposure",
    )
}

/// No card.
#[must_use]
pub fn not_found(what: &str) -> CoreError {
    CoreError::new(
        ErrorCode::CardNotFound,
        what.to_owned(),
        "use a plain background that differs from the card's rim, and even light",
    )
}

/// Part of the card is outside the picture, beyond these sides of it.
#[must_use]
pub fn cut_off(sides: &[Side]) -> CoreError {
    CoreError::new(
        ErrorCode::CardCutOff,
        format!("the card runs out of the picture at its {}", cut::words(sides)),
        "place the whole card in the picture with a few millimetres of background on every side",
    )
}

/// More cards than one.
#[must_use]
pub fn several() -> CoreError {
    CoreError::new(
        ErrorCode::CardSeveral,
        "more than one card lies in the picture",
        "measure all cards of the picture one by one (--all), or leave one card in it",
    )
}

/// Edges too soft to be measured.
#[must_use]
pub fn blurred(blur: f64, options: &OutlineOptions) -> CoreError {
    CoreError::new(
        ErrorCode::ImageBlurred,
        format!(
            "the edges are blurred over {blur:.1} px (sigma), above {:.1} px",
            options.max_blur_px
        ),
        "focus the camera and keep card and camera still",
    )
}
