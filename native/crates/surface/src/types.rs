//! What goes in (plain slices of maps, the card's frame) and what comes out (the condition of a side).

use imaging::{Half, Unit};
use serde::Serialize;

/// Photometric maps of one side, row-major; every plane has `width * height` pixels.
#[derive(Clone, Copy, Debug)]
pub struct Maps<'a> {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Unit normals, a plane for each axis (x right, y down, z to the camera); all 0 where unknown.
    pub normals: [&'a [Unit]; 3],
    /// Linear albedo, `channels` numbers a pixel.
    pub albedo: &'a [Half],
    /// 1 or 3.
    pub channels: usize,
    /// Residual of the reflectance model relative to the albedo (0.01 = 1 %).
    pub residual: &'a [Half],
    /// Standard deviation of the normal's angle in degrees, where the solver gives it.
    pub confidence_deg: Option<&'a [Half]>,
    /// 1 where the maps are known.
    pub known: &'a [u8],
}

/// Where the card lies in the maps.
#[derive(Clone, Copy, Debug)]
pub struct CardFrame {
    /// Ideal corners (the edges' lines extended) in pixels: TL, TR, BR, BL.
    pub corners_px: [[f64; 2]; 4],
    /// Millimetres per pixel in the card's plane.
    pub pixel_pitch_mm: f64,
    /// Radius of the die-cut corners; `None` estimates it from the corners themselves.
    pub corner_radius_mm: Option<f64>,
    /// Corners of the graphic border in pixels (TL, TR, BR, BL) where it was measured.
    pub border_px: Option<[[f64; 2]; 4]>,
    /// What is known of the rig that took the frames.
    pub rig: Rig,
}

/// What the reading of heights needs to know of optics and lights; what is `None` is not corrected for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rig {
    /// Standard deviation of point spread and pixel together, as the card's cut edge shows it, pixels.
    pub blur_sigma_px: Option<f64>,
    /// Camera to card, mm.
    pub view_distance_mm: Option<f64>,
    /// Lights to card, mm; `None` for far lights.
    pub light_distance_mm: Option<f64>,
    /// Mean elevation of the lights over the card, degrees.
    pub light_elevation_deg: Option<f64>,
}

/// Kind of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DefectKind {
    /// A narrow line in the relief.
    Scratch,
    /// A compact hollow or bump.
    Dent,
    /// A fold: a wide ridge or valley, long or running into an edge.
    Crease,
    /// A discolouration: brown on any print, of any other colour on plain print.
    Stain,
    /// A thin line in the print without relief.
    PrintLine,
    /// A small spot in the print without relief.
    PrintDot,
    /// Bare paper along the cut.
    EdgeWhitening,
    /// Missing or frayed material, or bare paper, at a corner.
    CornerWear,
    /// An area with a rougher surface than the rest of the card; the detectors of this version do not report it yet.
    Roughness,
}

impl DefectKind {
    /// The name used in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scratch => "scratch",
            Self::Dent => "dent",
            Self::Crease => "crease",
            Self::Stain => "stain",
            Self::PrintLine => "printLine",
            Self::PrintDot => "printDot",
            Self::EdgeWhitening => "edgeWhitening",
            Self::CornerWear => "cornerWear",
            Self::Roughness => "roughness",
        }
    }
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Defect {
    /// Stable within one result: kind and number, worst first.
    pub id: String,
    /// What it is.
    pub kind: DefectKind,
    /// Outline in the card's frame (origin at its centre, x right, y down), mm.
    pub polygon_mm: Vec<[f64; 2]>,
    /// The same outline in pixels of the maps.
    pub polygon_px: Vec<[f64; 2]>,
    /// x0, y0, x1, y1 in the card's frame, mm.
    pub bbox_mm: [f64; 4],
    /// Area, mm2.
    pub area_mm2: f64,
    /// Longest extent (along the path for lines), mm.
    pub length_mm: f64,
    /// Extent across, mm; of a line the full width at half its depth.
    pub width_mm: f64,
    /// Depth (positive: below the surface, negative: raised), mm, where the relief gives it; corrected for the
    /// optics' blur and the varnish's shine as far as the rig is known.
    pub depth_mm: Option<f64>,
    /// Standard uncertainty (k = 1) of the depth, mm.
    pub depth_uncertainty_mm: Option<f64>,
    /// 0 (hardly visible) to 1 (as bad as this kind gets), by the rule named in `severity.rs`.
    pub severity: f64,
    /// 0 to 1: how likely it is true, learnt on simulated cards for print lines, print dots and brown stains; for the
    /// others how far the signal stands above the threshold of its detector.
    pub confidence: f64,
    /// What it rests on.
    pub evidence: Evidence,
}

/// What a finding rests on.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Maps that show it: `curvature`, `slope`, `albedo`, `known`.
    pub maps: Vec<&'static str>,
    /// Signal over its own standard deviation.
    pub signal_to_noise: f64,
}

/// Reading of one corner; lengths are 0 where `known` is false.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CornerReading {
    /// Angle between the two edges beside the corner.
    pub angle_deg: f64,
    /// Radius the outline was compared with.
    pub radius_mm: f64,
    /// Area missing inside the ideal rounded outline.
    pub missing_area_mm2: f64,
    /// Root mean square roughness of the outline around the corner.
    pub fray_mm: f64,
    /// Area of bare paper.
    pub whitening_mm2: f64,
    /// Height of the corner's tip over the card behind it, positive towards the camera, where the relief tells it.
    pub lift_mm: Option<f64>,
    /// Whether the outline could be told from the background.
    pub known: bool,
    /// Whether bare paper would be visible against the print there.
    pub whitening_known: bool,
}

/// The four corners.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Corners {
    /// Top left.
    pub top_left: CornerReading,
    /// Top right.
    pub top_right: CornerReading,
    /// Bottom right.
    pub bottom_right: CornerReading,
    /// Bottom left.
    pub bottom_left: CornerReading,
}

/// Reading of one edge between its corners; lengths are 0 where `known` is false.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EdgeReading {
    /// Area missing inside the ideal line.
    pub chipping_mm2: f64,
    /// Total length with bare paper.
    pub whitening_mm: f64,
    /// Root mean square roughness of the cut.
    pub fray_mm: f64,
    /// Length along which the cut is rough: its deviation over a millimetre exceeds 0.03 mm root mean square.
    pub rough_mm: f64,
    /// Length along which the layers part and the surface rises or sinks towards the cut, where the relief tells it.
    pub layering_mm: Option<f64>,
    /// Longest single chip.
    pub longest_chip_mm: f64,
    /// Whether the cut could be told from the background.
    pub known: bool,
    /// Whether bare paper would be visible against the print there.
    pub whitening_known: bool,
}

/// The four edges.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Edges {
    /// Left.
    pub left: EdgeReading,
    /// Right.
    pub right: EdgeReading,
    /// Top.
    pub top: EdgeReading,
    /// Bottom.
    pub bottom: EdgeReading,
}

/// The condition of one side.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Findings, the worst first.
    pub defects: Vec<Defect>,
    /// Corner readings.
    pub corners: Corners,
    /// Edge readings.
    pub edges: Edges,
    /// Share of the card that is foil or holo, judged apart (no surface findings there).
    pub foil_fraction: f64,
    /// Share of the card whose surface could be judged.
    pub judged_fraction: f64,
    /// What a person should know about the reading.
    pub notes: Vec<String>,
}
