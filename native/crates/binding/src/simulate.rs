//! The simulated rig: renders a capture with known truth into a folder.

use crate::stack::{from_json, to_json};
use crate::task::{Progress, Work, reporter, start};
use napi::bindgen_prelude::{AbortSignal, AsyncTask};
use napi_derive::napi;
use std::path::PathBuf;

/// Renders the card that `spec_json` describes (all fields optional) and writes the capture into `folder`, which must
/// be empty or absent. Resolves to the truth as JSON.
#[napi(ts_return_type = "Promise<string>")]
pub fn simulate_capture(
    spec_json: String,
    folder: String,
    progress: Option<Progress>,
    signal: Option<AbortSignal>,
) -> AsyncTask<Work<String>> {
    let report = reporter(progress);
    start(signal, move |cancel| {
        let spec: simulate::Spec = from_json(&spec_json)?;
        let scene = simulate::render(&spec, cancel, &|done| report(done * 0.8))?;
        simulate::write_capture(&scene, &PathBuf::from(&folder), cancel, &|done| {
            report(0.8 + done * 0.2)
        })?;
        to_json(&scene.truth)
    })
}
