//! The `measurement` block of the report: what the 24 points, sides and the card came to.

use crate::budget_report::BudgetReport;
use crate::corner_radius::CornerRadius;
use crate::geometry::{Point, Side};
use crate::locate::Method;
use crate::refine::Status;
use serde::Serialize;

/// Image position in the report.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PixelPoint {
    /// To the right.
    pub x_px: f64,
    /// Down.
    pub y_px: f64,
}

impl From<Point> for PixelPoint {
    fn from(p: Point) -> Self {
        Self { x_px: p.x, y_px: p.y }
    }
}

/// One of the 24 points.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MeasuredPoint {
    /// Which edge.
    pub edge: Side,
    /// From 1.
    pub index: usize,
    /// Width, mm; `None` unless measured and the scale is known.
    pub width_mm: Option<f64>,
    /// Expanded uncertainty (k = 2), mm.
    pub uncertainty_mm: Option<f64>,
    /// Width, px.
    pub width_px: Option<f64>,
    /// Expanded uncertainty (k = 2), px.
    pub uncertainty_px: Option<f64>,
    /// Measured or why not.
    pub status: Status,
    /// Why not, in words.
    pub reason: Option<String>,
    /// Cut edge.
    pub outer: Option<PixelPoint>,
    /// Graphic border.
    pub border: Option<PixelPoint>,
    /// The weaker of the two methods used.
    pub method: Method,
    /// Disagreement of the gradient scales, the larger of both edges, px.
    pub scale_spread_px: Option<f64>,
}

/// A number per side; `None` where it was not measured.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PerSide {
    /// Left.
    pub left: Option<f64>,
    /// Right.
    pub right: Option<f64>,
    /// Top.
    pub top: Option<f64>,
    /// Bottom.
    pub bottom: Option<f64>,
}

impl PerSide {
    pub(crate) fn from(values: [Option<f64>; 4]) -> Self {
        let [left, right, top, bottom] = values;
        Self {
            left,
            right,
            top,
            bottom,
        }
    }
}

/// Width and height.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// Between the left and right edges.
    pub width: f64,
    /// Between the top and bottom edges.
    pub height: f64,
}

/// Shares of opposite borders in per cent.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Centering {
    /// Left and right share; `None` when either side has no border.
    pub left_right: Option<[f64; 2]>,
    /// Top and bottom share.
    pub top_bottom: Option<[f64; 2]>,
    /// Expanded uncertainty (k = 2) of the left-right share, percentage points.
    pub left_right_uncertainty_pp: Option<f64>,
    /// Expanded uncertainty of the top-bottom share.
    pub top_bottom_uncertainty_pp: Option<f64>,
    /// The larger of the two.
    pub uncertainty_pp: Option<f64>,
}

/// The pair of opposite stations that is farthest from the middle.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorstStation {
    /// `left` for a left-right pair, `top` for a top-bottom pair.
    pub edge: Side,
    /// Station index of the pair.
    pub index: usize,
    /// Shares of the pair in per cent.
    pub shares: [f64; 2],
    /// Expanded uncertainty (k = 2), percentage points.
    pub uncertainty_pp: f64,
}

/// One side in the report.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SideSummary {
    /// Which side.
    pub side: Side,
    /// Stations measured.
    pub measured: usize,
    /// Stations on this side.
    pub stations: usize,
    /// `ok` when at least one station was measured.
    pub status: Status,
    /// Why not, or why only in part.
    pub reason: Option<String>,
    /// No corner of a frame was seen. A bar of a borderless design that runs from edge to edge looks just so, and no
    /// picture of this card alone can tell.
    pub in_question: bool,
    /// Share of the side on which the border was seen.
    pub coverage: Option<f64>,
    /// Expanded uncertainty (k = 2) of the mean width, px.
    pub mean_uncertainty_px: Option<f64>,
    /// The same in mm.
    pub mean_uncertainty_mm: Option<f64>,
}

/// The `measurement` block of the report.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measurement {
    /// Scale used, if known.
    pub pixel_pitch_mm: Option<f64>,
    /// Always 24, in the order left, right, top, bottom.
    pub points: Vec<MeasuredPoint>,
    /// Mean widths, mm.
    pub mean_mm: Option<PerSide>,
    /// Mean widths, px.
    pub mean_px: PerSide,
    /// Centering of the print.
    pub centering: Centering,
    /// Worst single pair of opposite stations.
    pub worst: Option<WorstStation>,
    /// Size of the card, mm.
    pub size_mm: Option<Size>,
    /// Size of the card, px.
    pub size_px: Size,
    /// Rotation of the card, degrees, clockwise in the image.
    pub card_angle_deg: f64,
    /// Rotation of the print against the cut, degrees, clockwise.
    pub print_tilt_deg: Option<f64>,
    /// Left, right, top, bottom.
    pub sides: Vec<SideSummary>,
    /// Ideal corners: top left, top right, bottom right, bottom left.
    pub corners: [PixelPoint; 4],
    /// Corner radii in the same order, px.
    pub corner_radius_px: [Option<f64>; 4],
    /// The corners together, against the radii of usual dies; `None` without a scale.
    pub corner_radius: Option<CornerRadius>,
    /// Median blur of the cut edges (Gaussian sigma), px.
    pub blur_px: f64,
    /// Agreement of the edges with a card's outline, 0..1.
    pub confidence: f64,
    /// Where the uncertainties come from.
    pub budget: BudgetReport,
}
