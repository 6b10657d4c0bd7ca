//! Calibration: boards, their corners, the camera, the measuring plane and lengths on it. Small results travel as JSON.

use crate::measuring::with_source;
use crate::stack::{Stack, from_json, share, to_json};
use crate::task::{Progress, Work, reporter, start, to_js};
use calibrate::{
    Board, BoardSpec, Camera, CheckedLength, Detection, PlaneOptions, SolveOptions, compare_lengths, coverage,
    detect_board, fit_circle, fit_plane, lengths_of, probe_disc, solve_camera,
};
use imaging::{encode_png, write_png};
use measure::{PlaneMap, Point};
use napi::bindgen_prelude::{AbortSignal, AsyncTask, Buffer, Float64Array};
use napi_derive::napi;
use serde::Deserialize;
use serde_json::json;
use std::path::PathBuf;

/// Where the parts of a board stand, as JSON: size, black rectangles (x, y, width, height) and corners, mm.
#[napi]
pub fn board_layout(spec_json: String) -> napi::Result<String> {
    let layout = || {
        let board = Board::new(&from_json::<BoardSpec>(&spec_json)?)?;
        let corners: Vec<[f64; 2]> = (0..board.corner_count()).map(|id| board.corner_mm(id)).collect();
        to_json(&json!({
            "sizeMm": board.size_mm(),
            "rectsMm": board.black_rects(),
            "cornerGrid": board.corner_grid(),
            "cornersMm": corners,
            "markers": board.marker_ids().len(),
            "lengths": lengths_of(board.spec())?,
        }))
    };
    layout().map_err(to_js)
}

/// The board as a PNG file in memory with white paper around it.
#[napi(ts_return_type = "Promise<Buffer>")]
pub fn board_png(spec_json: String, dpi: f64, paper_mm: f64) -> AsyncTask<Work<Buffer>> {
    start(None, move |_| {
        let board = Board::new(&from_json::<BoardSpec>(&spec_json)?)?;
        Ok(Buffer::from(encode_png(&board.draw(dpi, paper_mm)?)?))
    })
}

/// Looks for a board in a picture; resolves to its `Detection` as JSON.
#[napi(js_name = "detectBoard", ts_return_type = "Promise<string>")]
pub fn detect_board_corners(
    stack: &Stack,
    spec_json: String,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    let loaded = share(stack)?;
    Ok(start(signal, move |cancel| {
        let spec: BoardSpec = from_json(&spec_json)?;
        to_json(&with_source(&loaded, |src| detect_board(src, &spec, cancel))?)
    }))
}

/// What the views cover and which view is missing next, as JSON (`Coverage`).
#[napi]
pub fn board_coverage(spec_json: String, views_json: String) -> napi::Result<String> {
    let cover = || {
        let board = Board::new(&from_json::<BoardSpec>(&spec_json)?)?;
        let views: Vec<Detection> = from_json(&views_json)?;
        to_json(&coverage(&board, &views))
    };
    cover().map_err(to_js)
}

/// Solves the camera from the views of a board; resolves to its `CameraFit` as JSON.
#[napi(js_name = "solveCamera", ts_return_type = "Promise<string>")]
pub fn solve_camera_views(
    spec_json: String,
    views_json: String,
    options_json: String,
    progress: Option<Progress>,
    signal: Option<AbortSignal>,
) -> AsyncTask<Work<String>> {
    let report = reporter(progress);
    start(signal, move |cancel| {
        let spec: BoardSpec = from_json(&spec_json)?;
        let views: Vec<Detection> = from_json(&views_json)?;
        let options: SolveOptions = from_json(&options_json)?;
        to_json(&solve_camera(&spec, &views, &options, cancel, &report)?)
    })
}

/// A solved camera and the size of its images.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CameraInput {
    image_px: [usize; 2],
    camera: Camera,
}

/// Finds the plane on which a board lies; resolves to its `PlaneFit` as JSON.
#[napi(js_name = "fitPlane", ts_return_type = "Promise<string>")]
pub fn fit_board_plane(
    spec_json: String,
    view_json: String,
    camera_json: String,
    options_json: String,
    signal: Option<AbortSignal>,
) -> AsyncTask<Work<String>> {
    start(signal, move |cancel| {
        let spec: BoardSpec = from_json(&spec_json)?;
        let view: Detection = from_json(&view_json)?;
        let camera: CameraInput = from_json(&camera_json)?;
        let options: PlaneOptions = from_json(&options_json)?;
        to_json(&fit_plane(
            &spec,
            &view,
            &camera.camera,
            camera.image_px,
            &options,
            cancel,
        )?)
    })
}

/// Lengths between corners of a seen board through a plane map, beside their certified values, as JSON.
///
/// `expansion` is the relative growth of the artefact from its reference temperature.
#[napi(js_name = "compareLengths")]
pub fn compare_board_lengths(
    map_json: String,
    view_json: String,
    lengths_json: String,
    expansion: f64,
) -> napi::Result<String> {
    let compare = || {
        let map = checked_map(&map_json)?;
        let view: Detection = from_json(&view_json)?;
        let lengths: Vec<CheckedLength> = from_json(&lengths_json)?;
        to_json(&compare_lengths(&map, &view, &lengths, expansion)?)
    };
    compare().map_err(to_js)
}

/// Pixels (x, y one after the other) as mm on the plane, in the same order.
#[napi]
pub fn map_points(map_json: String, points_px: Float64Array) -> napi::Result<Float64Array> {
    let map = checked_map(&map_json).map_err(to_js)?;
    let mm: Vec<f64> = points_px
        .as_chunks::<2>()
        .0
        .iter()
        .flat_map(|[x, y]| map.to_mm(Point { x: *x, y: *y }))
        .collect();
    Ok(Float64Array::new(mm))
}

/// The map of a camera that looks straight down, as JSON (`PlaneMap`): distortion is undone, tilt is not known.
#[napi]
pub fn facing_plane(
    image_px: Vec<u32>,
    intrinsics: Vec<f64>,
    distortion: Vec<f64>,
    pitch_mm: f64,
) -> napi::Result<String> {
    let make = || {
        let size = [0, 1].map(|i| image_px.get(i).copied().unwrap_or(0) as usize);
        let own: [f64; 4] = std::array::from_fn(|i| intrinsics.get(i).copied().unwrap_or(f64::NAN));
        let lens: [f64; 5] = std::array::from_fn(|i| distortion.get(i).copied().unwrap_or(0.0));
        to_json(&PlaneMap::facing(size, own, lens, pitch_mm)?)
    };
    make().map_err(to_js)
}

/// Probes the rim of a dark disc on the plane at 25 places; resolves to the `Probing` as JSON. `centre_px` is near its
/// middle, `radius_mm` its nominal radius.
#[napi(js_name = "probeDisc", ts_return_type = "Promise<string>")]
pub fn probe_dark_disc(
    stack: &Stack,
    map_json: String,
    centre_px: Vec<f64>,
    radius_mm: f64,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    let loaded = share(stack)?;
    Ok(start(signal, move |cancel| {
        let map = checked_map(&map_json)?;
        let at = Point {
            x: centre_px.first().copied().unwrap_or(f64::NAN),
            y: centre_px.get(1).copied().unwrap_or(f64::NAN),
        };
        let points = with_source(&loaded, |src| probe_disc(src, &map, at, radius_mm, cancel))?;
        to_json(&json!({ "pointsMm": points, "circle": fit_circle(&points) }))
    }))
}

/// Photographs a printed sheet with the simulated rig: `spec_json` is the rig's, `scene_json` the sheet and its pose.
/// Writes a PNG file to `path`.
#[napi(ts_return_type = "Promise<void>")]
pub fn simulate_board(
    spec_json: String,
    scene_json: String,
    path: String,
    progress: Option<Progress>,
    signal: Option<AbortSignal>,
) -> AsyncTask<Work<()>> {
    let report = reporter(progress);
    start(signal, move |cancel| {
        let spec: simulate::Spec = from_json(&spec_json)?;
        let scene: simulate::BoardScene = from_json(&scene_json)?;
        let raster = simulate::render_board(&spec, &scene, cancel, &|done| report(done * 0.9))?;
        write_png(&PathBuf::from(&path), &raster)
    })
}

/// A map from outside, checked before anything is mapped by it.
pub fn checked_map(json: &str) -> imaging::Result<PlaneMap> {
    let map: PlaneMap = from_json(json)?;
    map.check()?;
    Ok(map)
}
