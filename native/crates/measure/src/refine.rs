//! Stage 5: sub-pixel refinement of the cut edge and the graphic border at every station.

use crate::border::{BorderLine, BorderSearch, Mixed, find_borders};
use crate::geometry::{Frame, Point, Side, dot};
use crate::locate::{Beside, BlurFit, Located, Method, locate};
use crate::mottle::{self, Pixels};
use crate::outline::{EdgeFit, Outline, STANDARD_CARD_MM};
use crate::rows::state_pull;
use crate::same_blur::share_blur;
use crate::stations::Station;
use crate::steady::steady;
use imaging::{Cancel, LinearSource, Result};
use rayon::prelude::*;
use serde::Serialize;

/// Options of [`refine`].
#[derive(Clone, Debug)]
pub struct RefineOptions {
    /// Millimetres per pixel; `None`: the card is taken as standard size to choose windows, nothing is reported in mm.
    pub pixel_pitch_mm: Option<f64>,
    /// Extent of the window along the edge, mm.
    pub window_mm: f64,
    /// Narrowest and widest border looked for, mm.
    pub border_range_mm: [f64; 2],
    /// Widest printed line that belongs to the border, mm.
    pub rule_mm: f64,
    /// Gaussian scales of the gradient methods, px.
    pub scales: Vec<f64>,
}

impl Default for RefineOptions {
    fn default() -> Self {
        Self {
            pixel_pitch_mm: None,
            window_mm: 1.0,
            border_range_mm: [0.5, 12.0],
            rule_mm: 1.25,
            scales: vec![0.5, 1.0, 1.5, 2.0],
        }
    }
}

/// Why a point has or has no width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// Measured.
    Ok,
    /// No graphic border at this place or on this side.
    NoBorder,
    /// Something is there, and it is not certain that it is the border.
    Ambiguous,
    /// The cut edge could not be located here.
    NoEdge,
    /// Too blurred.
    Blurred,
    /// The window leaves the image.
    OutOfImage,
}

/// One edge located at a station.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EdgeReading {
    /// Position, px.
    pub point: Point,
    /// How it was found.
    pub method: Method,
    /// Standard deviation across the edge from the residual of the fit, px.
    pub std_px: f64,
    /// v of the edge in the side's own coordinates, px; the curve of the side (or the border's line) is 0.
    #[serde(skip)]
    pub offset_px: f64,
    /// The same edge in the windows before and behind this one.
    #[serde(skip)]
    pub beside: [Option<Beside>; 2],
    /// Weighted spread of the positions found at the gradient scales, px.
    pub scale_spread_px: f64,
    /// Gaussian blur, px.
    pub blur_px: f64,
    /// Certainty of the blur; `None` where it was not fitted.
    #[serde(skip)]
    pub blur_fit: Option<BlurFit>,
    /// Standard deviation by what all windows of the side share, px; no scatter between them shows it.
    #[serde(skip)]
    pub shared_px: f64,
    /// Step in linear light, inside minus outside.
    pub contrast: f64,
    /// Residual of the fit in linear light.
    pub residual: f64,
}

/// Everything read at one station.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StationReading {
    /// The station.
    pub station: Station,
    /// Result.
    pub status: Status,
    /// Why, in words; `None` when measured.
    pub reason: Option<String>,
    /// The cut edge.
    pub outer: Option<EdgeReading>,
    /// The graphic border.
    pub border: Option<EdgeReading>,
    /// Distance along the inward normal, px.
    pub width_px: Option<f64>,
}

/// What was found along one side.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SideReading {
    /// Which side.
    pub side: Side,
    /// The printed boundary, if there is one.
    pub border: Option<BorderLine>,
    /// Why there is none.
    pub reason: Option<String>,
}

/// All stations and sides.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refinement {
    /// The outline the stations lie on.
    pub outline: Outline,
    /// In the order of [`crate::reference_points`].
    pub stations: Vec<StationReading>,
    /// Left, right, top, bottom.
    pub sides: Vec<SideReading>,
}

/// Locates the cut edge and the graphic border at every station.
///
/// # Errors
/// Only cancellation; what cannot be measured is said per station.
pub fn refine(
    src: &dyn LinearSource,
    outline: &Outline,
    stations: &[Station],
    options: &RefineOptions,
    cancel: &Cancel,
) -> Result<Refinement> {
    cancel.check()?;
    let shorter = outline.size_px[0].min(outline.size_px[1]);
    let pitch = options.pixel_pitch_mm.unwrap_or(STANDARD_CARD_MM[0] / shorter);
    let search = BorderSearch {
        first: (options.border_range_mm[0] / pitch).max(5.0),
        depth: options.border_range_mm[1] / pitch,
        rule: options.rule_mm / pitch,
        half_width: (0.25 / pitch).clamp(2.0, 6.0),
    };
    let borders = find_borders(src, outline, &search);
    cancel.check()?;
    let half_window = (0.5 * options.window_mm / pitch).max(4.0);
    let (mut readings, pixels): (Vec<StationReading>, Vec<Pixels>) = stations
        .par_iter()
        .map(|station| {
            let border = borders[station.side.index()].as_ref().ok();
            let mut pixels = [None, None];
            let reading = read_station(src, outline, station, border, half_window, options, &mut pixels);
            (reading, pixels)
        })
        .unzip();
    share_blur(&mut readings);
    mottle::weigh(&mut readings, &pixels);
    state_pull(&mut readings, &pixels);
    steady(&mut readings, pitch);
    let sides = Side::ALL
        .into_iter()
        .zip(borders)
        .map(|(side, found)| {
            let (border, reason) = match found {
                Ok(line) => (Some(line), None),
                Err(reason) => (None, Some(reason)),
            };
            SideReading { side, border, reason }
        })
        .collect();
    Ok(Refinement {
        outline: outline.clone(),
        stations: readings,
        sides,
    })
}

/// A cut edge followed on less of its side than this may be a sleeve's edge or a shadow: no width rests on it.
const FOLLOWED: f64 = 0.7;

fn read_station(
    src: &dyn LinearSource,
    outline: &Outline,
    station: &Station,
    border: Option<&BorderLine>,
    half_window: f64,
    options: &RefineOptions,
    pixels: &mut Pixels,
) -> StationReading {
    let edge = outline.edge(station.side);
    let frame = edge.curve.local(station.u);
    let mut reading = StationReading {
        station: *station,
        status: Status::NoBorder,
        reason: None,
        outer: None,
        border: None,
        width_px: None,
    };
    let refuse = |mut reading: StationReading, status: Status, reason: &str| {
        reading.status = status;
        reading.reason = Some(reason.to_owned());
        reading
    };
    let outer = match locate(src, frame, half_window, edge.blur_px, 3.0, &options.scales) {
        Ok((found, seen)) => {
            pixels[0] = Some(seen);
            undamaged(found, edge)
        }
        Err(missing) => return refuse(reading, missing.status(Status::NoEdge), missing.reason("cut edge")),
    };
    reading.outer = Some(as_reading(&outer, &frame));
    if edge.coverage < FOLLOWED {
        return refuse(
            reading,
            Status::Ambiguous,
            "the cut edge of this side could be followed only in parts",
        );
    }
    let Some(border) = border else {
        return refuse(reading, Status::NoBorder, "this side has no measurable graphic border");
    };
    // Probes stand every 2.6 % of the half length: one missing probe is dust, two are a gap.
    if !border.seen_near(station.u, 0.03 * edge.curve.half_length) {
        return refuse(reading, Status::NoBorder, "the graphic border is interrupted here");
    }
    let expected = border.at(station.u);
    let inner_frame = frame.turned(0.0, expected, border.slope);
    let slack = (3.0 * border.residual_px).clamp(2.5, 4.0);
    let mixed = border.mix.map(|mix| Mixed::new(src, mix));
    let shown = mixed.as_ref().map_or(src, |m| m as &dyn LinearSource);
    let inner = match locate(shown, inner_frame, half_window, edge.blur_px, slack, &options.scales) {
        Ok((found, _)) if drowned(&found, border.residual_px) => on_line(found, border.residual_px),
        Ok((found, seen)) => {
            pixels[1] = Some(seen);
            found
        }
        Err(missing) => {
            return refuse(
                reading,
                missing.status(Status::Ambiguous),
                missing.reason("graphic border"),
            );
        }
    };
    reading.border = Some(as_reading(&inner, &inner_frame));
    reading.width_px = width(&frame, &outer, &inner_frame, &inner);
    reading.status = Status::Ok;
    reading
}

/// Least departure from the side's line that can be damage, px: 2 micrometres at 0.04 mm/px.
const HARMLESS_PX: f64 = 0.05;

/// A chip or a whitened rim under one station pulls the local fit off the cut. Where it leaves the line of the whole side
/// by more than 4 sigma, of the side's own raggedness and of the fit together, that line is taken for the cut edge.
fn undamaged(found: Located, edge: &EdgeFit) -> Located {
    let near = found.position.abs() <= (4.0 * edge.residual_px.hypot(found.std)).max(HARMLESS_PX);
    if near && !drowned(&found, edge.residual_px) {
        return found;
    }
    on_line(found, edge.residual_px)
}

/// Where what lies around a station drowns the edge so far that no step can be fitted, the line along the whole side
/// says more, if the side's scatter about it is smaller than the fallback's deviation.
fn drowned(found: &Located, scatter: f64) -> bool {
    found.method != Method::Erf && scatter < found.std
}

/// The line of the side in the place of what was found.
fn on_line(found: Located, scatter: f64) -> Located {
    Located {
        position: 0.0,
        std: scatter,
        beside: [None; 2],
        blur_fit: None,
        method: Method::SideLine,
        ..found
    }
}

/// Distance from the located cut edge along the side's inward normal to the border, px.
///
/// Both directions are those of the whole side: a window of a millimetre tells the direction of neither edge so well, and
/// any turn, whichever way, would make the width larger.
fn width(frame: &Frame, outer: &Located, inner_frame: &Frame, inner: &Located) -> Option<f64> {
    let start = frame.at(0.0, outer.position);
    let facing = dot(frame.normal, inner_frame.normal);
    (facing > 0.9).then(|| {
        let border = inner_frame.at(0.0, inner.position);
        dot(border.from(start), inner_frame.normal) / facing
    })
}

fn as_reading(found: &Located, frame: &Frame) -> EdgeReading {
    EdgeReading {
        point: frame.at(0.0, found.position),
        method: found.method,
        std_px: found.std,
        offset_px: found.position,
        beside: found.beside,
        scale_spread_px: found.scale_spread,
        blur_px: found.blur,
        blur_fit: found.blur_fit,
        shared_px: 0.0,
        contrast: found.contrast,
        residual: found.residual,
    }
}
