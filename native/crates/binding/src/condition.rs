//! Corners, edges and surface of a measured card, read from its solved maps.

use crate::lines::{border_line, median};
use crate::maps::Maps;
use crate::measuring::{Outline, RefinementHandle};
use crate::stack::to_json;
use crate::task::{Progress, Work, reporter, start, to_js};
use measure::{Point, Refinement, Side};
use napi::bindgen_prelude::{AbortSignal, AsyncTask};
use napi_derive::napi;

/// What is known of camera and lights; heights are corrected for what it tells.
#[napi(object)]
pub struct RigInput {
    /// Camera to card, mm.
    pub view_distance_mm: Option<f64>,
    /// Lights to card, mm; left out for far lights.
    pub light_distance_mm: Option<f64>,
    /// Mean elevation of the lights over the card, degrees.
    pub light_elevation_deg: Option<f64>,
}

/// Corners, edges and surface of a measured card, as JSON (`Condition`).
#[napi(ts_return_type = "Promise<string>")]
pub fn analyse_condition(
    maps: &Maps,
    outline: &Outline,
    refinement: &RefinementHandle,
    pixel_pitch_mm: f64,
    rig: RigInput,
    progress: Option<Progress>,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    let solved = maps.inner.get().map_err(to_js)?;
    let frame = card_frame(&outline.inner, &refinement.inner, pixel_pitch_mm, &rig);
    let report = reporter(progress);
    Ok(start(signal, move |cancel| {
        let s = &solved.solution;
        let maps = surface::Maps {
            width: s.width,
            height: s.height,
            normals: s.normals.planes(),
            albedo: &s.albedo,
            channels: s.channels,
            residual: &s.residual,
            confidence_deg: Some(&s.confidence_deg),
            known: &s.known,
        };
        to_json(&surface::analyse(
            &maps,
            &frame,
            &surface::Options::default(),
            cancel,
            &report,
        )?)
    }))
}

fn card_frame(
    outline: &measure::Outline,
    refinement: &Refinement,
    pixel_pitch_mm: f64,
    rig: &RigInput,
) -> surface::CardFrame {
    let edges = refinement.stations.iter().filter_map(|s| s.outer.as_ref());
    let blur = edges.map(|e| e.blur_px).filter(|b| b.is_finite()).collect();
    let radii: Vec<f64> = outline.corner_radius_px.iter().flatten().copied().collect();
    let complete = refinement.sides.iter().all(|s| s.border.is_some());
    surface::CardFrame {
        corners_px: outline.corners.map(|c| [c.x, c.y]),
        pixel_pitch_mm,
        corner_radius_mm: median(radii).map(|r| r * pixel_pitch_mm),
        border_px: if complete {
            border_corners(outline, refinement)
        } else {
            None
        },
        rig: surface::Rig {
            blur_sigma_px: median(blur),
            view_distance_mm: rig.view_distance_mm,
            light_distance_mm: rig.light_distance_mm,
            light_elevation_deg: rig.light_elevation_deg,
        },
    }
}

fn border_corners(outline: &measure::Outline, refinement: &Refinement) -> Option<[[f64; 2]; 4]> {
    let ends = |side: Side| border_line(outline, refinement, side).map(|line| (line[0], line[line.len() - 1]));
    let (left, right, top, bottom) = (
        ends(Side::Left)?,
        ends(Side::Right)?,
        ends(Side::Top)?,
        ends(Side::Bottom)?,
    );
    let meet = |a: Point, b: Point| [(a.x + b.x) / 2.0, (a.y + b.y) / 2.0];
    Some([
        meet(left.0, top.0),
        meet(right.0, top.1),
        meet(right.1, bottom.1),
        meet(left.1, bottom.0),
    ])
}
