//! Sub-pixel edges, card outline, graphic border and the 24-point measurement.
//!
//! Frame: x right, y down, integer pixel coordinates are pixel centres. All light is linear.

mod erf_fit;
mod geometry;
mod math;
mod outline;
mod profile;
mod window;

pub use geometry::{EdgeCurve, Frame, Point, Side};
pub use outline::{EdgeFit, Outline, OutlineOptions, STANDARD_CARD_MM, find_outline};
