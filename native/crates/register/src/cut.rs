//! The cut of one card in its image: centre, axes, size, and how sure they are.

use crate::frame::{Frame, Sheet};
use crate::robust::{median, tukey};
use imaging::{CoreError, ErrorCode, Result};
use measure::{PlaneMap, Refinement, Side};

/// Bias of one edge with its phase between pixels that no residual shows, px.
const PHASE_PX: f64 = 0.002;

/// One card's cut, and with it the card frame in the image.
#[derive(Clone, Debug)]
pub struct Cut {
    frame: Frame,
    /// Millimetres a pixel at the centre of the cut.
    pub pitch_mm: f64,
    /// Width and height of the card, mm.
    pub size_mm: [f64; 2],
    /// Standard uncertainty of the centre along the card's axes, mm.
    pub centre_u_mm: [f64; 2],
    /// Standard uncertainty of the axis, rad.
    pub turn_u: f64,
    /// Gaussian blur of the cut edges, mm.
    pub blur_mm: f64,
}

/// A straight line across one side: offset from the rough frame's origin and slope along it.
struct Line {
    offset: f64,
    slope: f64,
    /// Variance of offset and slope for unit factor.
    variance: [f64; 2],
    /// Sum of squared residuals in units of their own uncertainty, and its degrees of freedom.
    scatter: [f64; 2],
}

impl Cut {
    /// The cut on raw pixels of one pitch: right for a camera that looks straight down through a lens without distortion.
    ///
    /// # Errors
    /// `value.invalid` for a pixel pitch that is no positive number; `card.notFound` when a side has fewer than 3 stations.
    pub fn from_refinement(refinement: &Refinement, pitch_mm: f64) -> Result<Self> {
        if !(pitch_mm.is_finite() && pitch_mm > 0.0) {
            return Err(CoreError::new(
                ErrorCode::ValueInvalid,
                format!("a pixel pitch of {pitch_mm} mm is impossible"),
                "calibrate the scale, or give the pixel pitch in millimetres",
            )
            .in_field("pixelPitchMm"));
        }
        Self::fit(refinement, Sheet::pixels(pitch_mm), 0.0)
    }

    /// The cut on the plane of a calibrated camera: its points are mapped, never its pixels.
    ///
    /// `distortion_px` is the standard uncertainty of a place that the calibration leaves (k = 1).
    ///
    /// # Errors
    /// `card.notFound` when a side has fewer than 3 stations.
    pub fn on_plane(refinement: &Refinement, map: &PlaneMap, distortion_px: f64) -> Result<Self> {
        Self::fit(refinement, Sheet::plane(map), distortion_px.max(0.0))
    }

    /// Fits the four cut edges at their stations.
    ///
    /// Each side is a weighted straight line through its stations. The frame's x axis is the mean turn of the four
    /// lines, its origin lies midway between opposite lines. Where the stations scatter about their lines by more than
    /// their own uncertainty (a ragged cut), the uncertainty grows by that ratio (Birge 1932).
    fn fit(refinement: &Refinement, sheet: Sheet, distortion_px: f64) -> Result<Self> {
        let corners = refinement.outline.corners.map(|c| sheet.place([c.x, c.y]));
        let origin = [0, 1].map(|a| corners.iter().map(|c| c[a]).sum::<f64>() / 4.0);
        let rough = rough_axis(&corners);
        let points = [Side::Left, Side::Right, Side::Top, Side::Bottom]
            .map(|side| side_points(refinement, &sheet, side, origin, rough));
        let lines = robust_lines(&points);
        let [Some(left), Some(right), Some(top), Some(bottom)] = &lines else {
            return Err(CoreError::new(
                ErrorCode::CardNotFound,
                "the cut edge could not be located at three stations of every side",
                "see that all four edges stand out from the background and are in focus",
            ));
        };
        let all = [left, right, top, bottom];
        let factor = birge(&all);
        // A vertical line x = o + m y is turned by -m, a horizontal one y = o + m x by +m.
        let turn = (top.slope + bottom.slope - left.slope - right.slope) / 4.0;
        let turn_u = (all.iter().map(|l| l.variance[1]).sum::<f64>() * factor).sqrt() / 4.0;
        let middle = meeting(left, right, top, bottom);
        let (sin, cos) = turn.sin_cos();
        let axis = [rough[0] * cos - rough[1] * sin, rough[0] * sin + rough[1] * cos];
        let centre = [
            origin[0] + rough[0] * middle[0] - rough[1] * middle[1],
            origin[1] + rough[1] * middle[0] + rough[0] * middle[1],
        ];
        let size = [
            (right.at(middle[1]) - left.at(middle[1])) * cos,
            (bottom.at(middle[0]) - top.at(middle[0])) * cos,
        ];
        let size_mm = size.map(|s| s * sheet.scale);
        let pitch_mm = sheet.pitch_mm(sheet.pixel(centre));
        let [phase, left_over] = [PHASE_PX, distortion_px].map(|px| px * pitch_mm);
        let line_u2 = |a: &Line, b: &Line| (a.variance[0] + b.variance[0]) * factor * sheet.scale.powi(2);
        // What the calibration leaves moves each of two opposite sides on its own.
        let u = |a: &Line, b: &Line| 0.5 * (line_u2(a, b) + phase.powi(2) + 2.0 * left_over.powi(2)).sqrt();
        let length = size_mm[0].min(size_mm[1]).max(1.0);
        Ok(Self {
            centre_u_mm: [u(left, right), u(top, bottom)],
            turn_u: turn_u.hypot(std::f64::consts::FRAC_1_SQRT_2 * left_over / length),
            frame: Frame::new(sheet, centre, axis),
            blur_mm: refinement.outline.blur_px() * pitch_mm,
            pitch_mm,
            size_mm,
        })
    }

    /// Image position of a point of the card frame.
    #[must_use]
    pub fn to_px(&self, mm: [f64; 2]) -> [f64; 2] {
        self.frame.to_px(mm)
    }

    /// Point of the card frame at an image position, mm.
    #[must_use]
    pub fn to_mm(&self, px: [f64; 2]) -> [f64; 2] {
        self.frame.to_mm(px)
    }

    /// Columns d(mm)/d(px x) and d(mm)/d(px y) at an image position.
    #[must_use]
    pub fn steps_mm(&self, px: [f64; 2]) -> [[f64; 2]; 2] {
        self.frame.steps_mm(px)
    }

    /// The same cut with the card turned by half a turn: what is read upside down.
    #[must_use]
    pub fn upside_down(&self) -> Self {
        Self {
            frame: self.frame.upside_down(),
            ..self.clone()
        }
    }

    /// Whether a card point lies inside the cut by at least `inset` mm.
    #[must_use]
    pub fn holds(&self, mm: [f64; 2], inset: f64) -> bool {
        (0..2).all(|a| mm[a].abs() <= self.size_mm[a] / 2.0 - inset)
    }
}

impl Line {
    fn at(&self, along: f64) -> f64 {
        self.offset + self.slope * along
    }
}

/// Direction of the card's x axis from its ideal corners.
fn rough_axis(corners: &[[f64; 2]; 4]) -> [f64; 2] {
    let [tl, tr, br, bl] = corners;
    let along = [0, 1].map(|a| tr[a] - tl[a] + br[a] - bl[a]);
    let down = [0, 1].map(|a| bl[a] - tl[a] + br[a] - tr[a]);
    // The vertical sides, turned back by a right angle, count as much as the horizontal ones.
    let both = [along[0] + down[1], along[1] - down[0]];
    let length = both[0].hypot(both[1]).max(1e-12);
    both.map(|v| v / length)
}

/// Where the middle lines between opposite sides cross.
fn meeting(left: &Line, right: &Line, top: &Line, bottom: &Line) -> [f64; 2] {
    let (a, b) = (0.5 * (left.offset + right.offset), 0.5 * (left.slope + right.slope));
    let (c, d) = (0.5 * (top.offset + bottom.offset), 0.5 * (top.slope + bottom.slope));
    let x = (a + b * c) / (1.0 - b * d);
    [x, c + d * x]
}

/// `([along, across], variance)` of the windows at and beside the stations of a side, on the sheet about `origin` along and
/// across the rough axes.
fn side_points(
    refinement: &Refinement,
    sheet: &Sheet,
    side: Side,
    origin: [f64; 2],
    axis: [f64; 2],
) -> Vec<([f64; 2], f64)> {
    let across = usize::from(matches!(side, Side::Top | Side::Bottom));
    refinement
        .stations
        .iter()
        .filter(|s| s.station.side == side)
        .filter_map(|s| Some((s.station, s.outer?)))
        .flat_map(|(station, e)| {
            // The windows beside a station say as much of the cut as its own.
            let frame = refinement.outline.edge(side).curve.local(station.u);
            let beside = e
                .beside
                .into_iter()
                .flatten()
                .map(move |b| (frame.at(b.u, b.position), b.std));
            let normal = [-frame.tangent[1], frame.tangent[0]];
            std::iter::once((e.point, e.std_px))
                .chain(beside)
                .map(move |(point, std)| (point, std, normal))
        })
        .map(|(point, std, normal)| {
            let at = sheet.place([point.x, point.y]);
            let (x, y) = (at[0] - origin[0], at[1] - origin[1]);
            let local = [axis[0] * x + axis[1] * y, axis[0] * y - axis[1] * x];
            let unit = sheet.stretch(point, normal);
            (
                [local[1 - across], local[across]],
                (std.powi(2) + PHASE_PX.powi(2)) * unit.powi(2),
            )
        })
        .collect()
}

/// Lines through all sides; stations that lie off a robust start (Theil 1950, Sen 1968) by far more than the others do,
/// as at a nick or where print meets the cut, weigh less (Tukey's biweight).
fn robust_lines(sides: &[Vec<([f64; 2], f64)>; 4]) -> [Option<Line>; 4] {
    let starts = sides.each_ref().map(|points| theil_sen(points));
    let ratio = |(p, v): &([f64; 2], f64), (offset, slope): (f64, f64)| (p[1] - offset - slope * p[0]) / v.sqrt();
    let all: Vec<f64> = sides
        .iter()
        .zip(&starts)
        .flat_map(|(points, start)| points.iter().filter_map(|p| start.map(|s| ratio(p, s).abs())))
        .collect();
    let scale = (1.4826 * median(&all)).max(1.0);
    std::array::from_fn(|i| {
        let start = starts[i]?;
        let weighted: Vec<([f64; 2], f64)> = sides[i]
            .iter()
            .map(|p| (p, tukey(ratio(p, start) / (6.0 * scale))))
            .filter(|(_, w)| *w > 0.01)
            .map(|(p, w)| (p.0, p.1 / w))
            .collect();
        line_through(&weighted)
    })
}

/// Median of the slopes between all pairs, and the median offset; `None` for fewer than three points.
fn theil_sen(points: &[([f64; 2], f64)]) -> Option<(f64, f64)> {
    if points.len() < 3 {
        return None;
    }
    let slopes: Vec<f64> = (0..points.len())
        .flat_map(|i| (0..i).map(move |j| (i, j)))
        .map(|(i, j)| (points[i].0[1] - points[j].0[1]) / (points[i].0[0] - points[j].0[0]))
        .collect();
    let slope = median(&slopes);
    let offsets: Vec<f64> = points.iter().map(|(p, _)| p[1] - slope * p[0]).collect();
    Some((median(&offsets), slope))
}

/// Weighted line through `([along, across], variance)`; `None` for fewer than three points.
fn line_through(points: &[([f64; 2], f64)]) -> Option<Line> {
    if points.len() < 3 || points.iter().any(|(_, v)| !(v.is_finite() && *v > 0.0)) {
        return None;
    }
    let sum = |of: &dyn Fn([f64; 2]) -> f64| points.iter().map(|(p, v)| of(*p) / v).sum::<f64>();
    let (w, wx, wxx) = (sum(&|_| 1.0), sum(&|p| p[0]), sum(&|p| p[0] * p[0]));
    let (wy, wxy) = (sum(&|p| p[1]), sum(&|p| p[0] * p[1]));
    let det = w * wxx - wx * wx;
    if det <= 0.0 {
        return None;
    }
    let (offset, slope) = ((wxx * wy - wx * wxy) / det, (w * wxy - wx * wy) / det);
    let chi2 = sum(&|p| (p[1] - offset - slope * p[0]).powi(2));
    Some(Line {
        offset,
        slope,
        variance: [wxx / det, w / det],
        scatter: [chi2, points.len() as f64 - 2.0],
    })
}

/// Variance factor of all four sides together; 1 unless the scatter is clearly more than chance.
fn birge(lines: &[&Line; 4]) -> f64 {
    let chi2: f64 = lines.iter().map(|l| l.scatter[0]).sum();
    let freedom: f64 = lines.iter().map(|l| l.scatter[1]).sum();
    let ratio = chi2 / freedom.max(1.0);
    // Chance moves the ratio by sqrt(2 / freedom).
    if ratio > 1.0 + (2.0 / freedom.max(1.0)).sqrt() {
        ratio
    } else {
        1.0
    }
}
