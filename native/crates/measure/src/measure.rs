//! Stages 3 to 6 in one call.

use crate::calculate::{CalcOptions, calculate};
use crate::measurement::Measurement;
use crate::on_plane::reference_points_on;
use crate::outline::{OutlineOptions, find_outline};
use crate::refine::{RefineOptions, refine};
use crate::stations::reference_points;
use imaging::{Cancel, LinearSource, Result};

/// Options of [`measure`]; the pixel pitch is given once and overrides that of the stages.
#[derive(Clone, Debug, Default)]
pub struct MeasureOptions {
    /// Millimetres per pixel, if known.
    pub pixel_pitch_mm: Option<f64>,
    /// Stage 3.
    pub outline: OutlineOptions,
    /// Stage 5.
    pub refine: RefineOptions,
    /// Stage 6.
    pub calculate: CalcOptions,
}

/// Finds the card and measures its 24 points.
///
/// # Errors
/// As [`find_outline`].
pub fn measure(src: &dyn LinearSource, options: &MeasureOptions, cancel: &Cancel) -> Result<Measurement> {
    let mut outline_options = options.outline.clone();
    outline_options.pixel_pitch_mm = options.pixel_pitch_mm;
    let mut refine_options = options.refine.clone();
    refine_options.pixel_pitch_mm = options.pixel_pitch_mm;
    let outline = find_outline(src, &outline_options, cancel)?;
    let stations = match &options.calculate.plane {
        Some(map) => reference_points_on(&outline, map),
        None => reference_points(&outline),
    };
    let refinement = refine(src, &outline, &stations, &refine_options, cancel)?;
    Ok(calculate(&refinement, options.pixel_pitch_mm, &options.calculate))
}
