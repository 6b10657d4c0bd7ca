//! The maps of a side as one file of deep-zoom tiles with their values, for the surface viewer.

use crate::maps::{Maps, Solved};
use crate::task::{Work, start, to_js};
use imaging::{Cancel, MapPlane, MapTilesWriter, Result, floats};
use napi::bindgen_prelude::{AbortSignal, AsyncTask};
use napi_derive::napi;
use std::path::Path;

/// The same as that of the pictures, so that one place in the image has one tile address in all layers.
const TILE_PX: usize = 512;
/// Relief is shaded, exaggerated and measured: stored finer than maps that are only looked at.
const FINE: f32 = 8.0;
const COARSE: f32 = 3.0;

#[napi]
impl Maps {
    /// Writes `trugrade.maps/1`: slopes and gloss together, and height, mean and Gaussian curvature, multi-scale shape,
    /// residual and confidence each alone.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn write_tiles(&self, path: String, signal: Option<AbortSignal>) -> napi::Result<AsyncTask<Work<()>>> {
        let solved = self.inner.get().map_err(to_js)?;
        Ok(start(signal, move |cancel| write(&solved, Path::new(&path), cancel)))
    }
}

fn write(solved: &Solved, path: &Path, cancel: &Cancel) -> Result<()> {
    let s = &solved.solution;
    let pitch = solved.pitch_mm();
    let (length, per_length) = if pitch.is_some() {
        ("mm", "1/mm")
    } else {
        ("px", "1/px")
    };
    let per_area = format!("{per_length}^2");
    let plane = |name, unit: &str, mut data: Vec<f32>, steps_per_noise, signed| {
        for (value, known) in data.iter_mut().zip(&s.known) {
            if *known == 0 {
                *value = f32::NAN;
            }
        }
        MapPlane {
            name,
            unit: unit.to_owned(),
            data,
            steps_per_noise,
            signed,
        }
    };
    let mut out = MapTilesWriter::create(path, s.width, s.height, TILE_PX, pitch)?;
    let (relief, curvature) = (solved.relief(cancel)?, solved.curvature(cancel)?);
    let shaded = vec![
        plane("gradientX", "", relief.p, FINE, true),
        plane("gradientY", "", relief.q, FINE, true),
        plane("gloss", "", floats(&solved.gloss(cancel)?), COARSE, false),
    ];
    out.add_group("relief", shaded, cancel)?;
    let mut alone = |name: &'static str, unit: &str, data: Vec<f32>, steps, signed| {
        out.add_group(name, vec![plane(name, unit, data, steps, signed)], cancel)
    };
    alone("height", length, solved.height(cancel)?.to_vec(), FINE, true)?;
    alone("meanCurvature", per_length, curvature.mean.clone(), COARSE, true)?;
    alone("gaussianCurvature", &per_area, curvature.gaussian.clone(), COARSE, true)?;
    alone("shape", "", relief.shape, COARSE, true)?;
    alone("residual", "", floats(&s.residual), COARSE, false)?;
    alone("confidence", "deg", floats(&s.confidence_deg), COARSE, false)?;
    out.finish()
}
