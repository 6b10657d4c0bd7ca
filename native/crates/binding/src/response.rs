//! The camera's response: curves from JavaScript, and their estimate from photographs at several exposure times.

use crate::stack::{ExposureInput, invalid, renamed, to_json};
use crate::task::{Progress, Work, reporter, start};
use imaging::{Cancel, DecodeLimits, Exposure, ResponseCurve, Result, decode_files, estimate_response};
use napi::bindgen_prelude::{AbortSignal, AsyncTask};
use napi_derive::napi;
use std::path::PathBuf;

/// Curves of flat lists of code, light, code, light …
pub fn curves_of(lists: &[Vec<f64>]) -> Result<Vec<ResponseCurve>> {
    let curve = |list: &Vec<f64>| {
        let (points, rest) = list.as_chunks::<2>();
        if rest.is_empty() {
            ResponseCurve::new(points)
        } else {
            Err(invalid("response", "a curve is pairs of code and light"))
        }
    };
    lists.iter().map(curve).collect()
}

/// The response of a camera from photographs of one scene at known exposure times, as JSON (`ResponseFit`).
#[napi(ts_return_type = "Promise<string>")]
pub fn estimate_camera_response(
    pictures: Vec<ExposureInput>,
    progress: Option<Progress>,
    signal: Option<AbortSignal>,
) -> AsyncTask<Work<String>> {
    let report = reporter(progress);
    start(signal, move |cancel| estimate(&pictures, &report, cancel))
}

fn estimate(pictures: &[ExposureInput], report: &(impl Fn(f32) + Sync), cancel: &Cancel) -> Result<String> {
    let names: Vec<(String, String)> = pictures.iter().map(|p| (p.path.clone(), p.name.clone())).collect();
    let paths: Vec<PathBuf> = pictures.iter().map(|p| PathBuf::from(&p.path)).collect();
    let count = paths.len().max(1) as f32;
    let rasters = decode_files(&paths, &DecodeLimits::default(), cancel, &|done| {
        report(0.7 * done as f32 / count);
    })
    .map_err(|e| renamed(e, &names))?;
    let exposures: Vec<Exposure> = pictures
        .iter()
        .zip(&rasters)
        .map(|(p, raster)| Exposure {
            name: &p.name,
            raster,
            seconds: p.seconds,
        })
        .collect();
    to_json(&estimate_response(&exposures, cancel)?)
}
