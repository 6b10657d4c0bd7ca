//! What the search for the card may assume.

use crate::geometry::Point;

/// Options of [`crate::find_outline`].
#[derive(Clone, Debug)]
pub struct OutlineOptions {
    /// Size of the card as it lies in the image, width then height; `None`: a standard card is likely, others are accepted.
    pub expected_size_mm: Option<[f64; 2]>,
    /// Where the card lies (top left first, clockwise), known to a tenth of its size: everything elsewhere is passed over.
    pub place: Option<[Point; 4]>,
    /// Millimetres per pixel, if known.
    pub pixel_pitch_mm: Option<f64>,
    /// Blur (Gaussian sigma) above which edges cannot be measured, px.
    pub max_blur_px: f64,
    /// Share of saturated card area above which the image is refused.
    pub max_saturated: f64,
}

impl Default for OutlineOptions {
    fn default() -> Self {
        Self {
            expected_size_mm: None,
            place: None,
            pixel_pitch_mm: None,
            max_blur_px: 6.0,
            max_saturated: 0.4,
        }
    }
}

/// Size of a standard trading card, mm.
pub const STANDARD_CARD_MM: [f64; 2] = [63.5, 88.9];
