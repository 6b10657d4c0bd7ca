//! Photometric stereo: frames to maps behind a handle, written to files or shown as pictures.

use crate::engine::{self, Engine};
use crate::handle::Handle;
use crate::stack::{Loaded, Stack, invalid, share, to_json};
use crate::task::{Progress, Work, reporter, start, to_js};
use imaging::{CoreError, ErrorCode, Half, MapFormat, Result, floats, pack_halves, write_map, zeroed};
use napi::bindgen_prelude::{AbortSignal, AsyncTask};
use napi_derive::napi;
use photometric::{
    Curvature, HeightOptions, Light, Method, PixelMaps, ShapeOptions, Solution, SolveOptions, StepOptions, Wanted,
    curvature, gradients, height_mm, height_with_steps_mm, pixel_maps, shape_multiscale,
};
use serde::Serialize;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// One light: exactly one of the two is given.
#[napi(object)]
pub struct LightInput {
    /// Vector towards a far light.
    pub direction: Option<Vec<f64>>,
    /// Position of a near light relative to the image centre on the card plane.
    pub position_mm: Option<Vec<f64>>,
}

/// Settings of the solver.
#[napi(object)]
pub struct SolveInput {
    pub lights: Vec<LightInput>,
    pub pixel_pitch_mm: Option<f64>,
    /// From the camera's pinhole to the card plane.
    pub view_distance_mm: Option<f64>,
    /// Whether the GPU computes, where it can; else the processor does.
    pub gpu: Option<bool>,
}

/// The maps of a side; derived maps are computed once, when first asked for.
pub struct Solved {
    pub solution: Solution,
    /// Let go when nobody needs them any more.
    frames: Mutex<Option<Arc<Loaded>>>,
    options: SolveOptions,
    pitch_mm: Option<f64>,
    gloss: Lazy<Vec<Half>>,
    curvature: Lazy<Curvature>,
    height: Lazy<Vec<f32>>,
}

type Lazy<T> = Mutex<Option<Arc<T>>>;

fn lazily<T>(slot: &Lazy<T>, make: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
    let mut held = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(value) = held.as_ref() {
        return Ok(Arc::clone(value));
    }
    let value = Arc::new(make()?);
    *held = Some(Arc::clone(&value));
    Ok(value)
}

impl Solved {
    /// Size of a pixel on the card plane; none without a scale.
    pub fn pitch_mm(&self) -> Option<f64> {
        self.pitch_mm
    }

    /// Specular excess, which is read from the frames.
    ///
    /// # Errors
    /// `internal` where the frames were let go before.
    pub fn gloss(&self, cancel: &imaging::Cancel) -> Result<Arc<Vec<Half>>> {
        lazily(&self.gloss, || {
            let frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let Some(loaded) = frames else {
                let what = "the gloss was asked for after the frames were let go";
                return Err(CoreError::new(
                    ErrorCode::Internal,
                    what,
                    "please report this with the log",
                ));
            };
            let gloss = photometric::gloss(&loaded.stack, &self.options, &self.solution, cancel)?;
            let mut packed = zeroed(gloss.len());
            pack_halves(&gloss, &mut packed);
            Ok(packed)
        })
    }

    /// Mean and Gaussian curvature.
    pub fn curvature(&self, cancel: &imaging::Cancel) -> Result<Arc<Curvature>> {
        lazily(&self.curvature, || curvature(&self.solution, self.pitch_mm, cancel))
    }

    /// Slopes and multi-scale shape, not kept: the one who asks takes them over.
    pub fn relief(&self, cancel: &imaging::Cancel) -> Result<PixelMaps> {
        let wanted = Wanted {
            gradients: true,
            shape: Some(ShapeOptions::default()),
            ..Wanted::default()
        };
        pixel_maps(&self.solution, None, &wanted, self.pitch_mm, cancel)
    }

    /// Height in mm (px without a scale), the fitted quadratic removed.
    pub fn height(&self, cancel: &imaging::Cancel) -> Result<Arc<Vec<f32>>> {
        lazily(&self.height, || {
            height_mm(
                &self.solution,
                self.pitch_mm.unwrap_or(1.0),
                HeightOptions::default(),
                cancel,
            )
        })
    }
}

/// Handle to solved maps; call `free` when done.
#[napi]
pub struct Maps {
    pub(crate) inner: Handle<Solved>,
    summary: String,
}

#[napi]
impl Maps {
    /// Figures of the solution and where it was computed, as JSON (`SolveSummary` with `engine`).
    #[napi(getter)]
    pub fn summary(&self) -> String {
        self.summary.clone()
    }

    /// Lets the frames go: all other maps come from normals and albedo. `gloss` makes that map first.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn without_frames(&self, gloss: bool, signal: Option<AbortSignal>) -> napi::Result<AsyncTask<Work<()>>> {
        let solved = self.inner.get().map_err(to_js)?;
        Ok(start(signal, move |cancel| {
            if gloss {
                solved.gloss(cancel)?;
            }
            solved.frames.lock().unwrap_or_else(PoisonError::into_inner).take();
            Ok(())
        }))
    }

    /// Gives the memory back.
    #[napi]
    pub fn free(&self) {
        self.inner.free();
    }

    /// Writes one map as float32 `.npy`; `normals` (H x W x 3), `albedo` (H x W or H x W x 3), `height`, `gloss`,
    /// `residual`, `confidence`, `unknown`, `gradientX`, `gradientY`, `shape`, `meanCurvature` or `gaussianCurvature`.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn write_npy(
        &self,
        map: String,
        path: String,
        signal: Option<AbortSignal>,
    ) -> napi::Result<AsyncTask<Work<()>>> {
        self.write_file(map, path, "npy".to_owned(), signal)
    }

    /// Writes one map as `npy`, `tiff` or `exr` (float32), or `png16` (16-bit codes over the range its text chunk `Range` tells).
    #[napi(ts_return_type = "Promise<void>")]
    pub fn write_file(
        &self,
        map: String,
        path: String,
        format: String,
        signal: Option<AbortSignal>,
    ) -> napi::Result<AsyncTask<Work<()>>> {
        let solved = self.inner.get().map_err(to_js)?;
        Ok(start(signal, move |cancel| {
            let format = format_of(&format)?;
            write_one(&solved, &map, Path::new(&path), format, cancel)
        }))
    }
}

#[napi]
impl Maps {
    /// Writes the height that keeps steps (a lifted corner, a torn edge), in mm or px: slower than the map `height`.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn write_height_with_steps(
        &self,
        path: String,
        format: String,
        progress: Option<Progress>,
        signal: Option<AbortSignal>,
    ) -> napi::Result<AsyncTask<Work<()>>> {
        let solved = self.inner.get().map_err(to_js)?;
        let report = reporter(progress);
        Ok(start(signal, move |cancel| {
            let format = format_of(&format)?;
            let s = &solved.solution;
            let pitch = solved.pitch_mm.unwrap_or(1.0);
            let z = height_with_steps_mm(s, pitch, StepOptions::default(), cancel, &report)?;
            write_map(Path::new(&path), format, (s.width, s.height, 1), &z)
        }))
    }
}

fn format_of(name: &str) -> Result<MapFormat> {
    match name {
        "npy" => Ok(MapFormat::Npy),
        "tiff" => Ok(MapFormat::Tiff),
        "exr" => Ok(MapFormat::Exr),
        "png16" => Ok(MapFormat::Png16),
        other => Err(invalid("format", &format!("there is no format \"{other}\""))),
    }
}

/// Maps of a side that was let go, kept to solve the next one into: fresh memory costs as much time as the solving.
static SPARE: Mutex<Option<Solution>> = Mutex::new(None);

impl Drop for Solved {
    fn drop(&mut self) {
        let used = std::mem::take(&mut self.solution);
        *SPARE.lock().unwrap_or_else(PoisonError::into_inner) = Some(used);
    }
}

/// Solves for normals and albedo. Errors name the light.
#[napi(ts_return_type = "Promise<Maps>")]
pub fn solve_maps(
    stack: &Stack,
    input: SolveInput,
    progress: Option<Progress>,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<Maps>>> {
    let loaded = share(stack)?;
    let report = reporter(progress);
    Ok(start(signal, move |cancel| {
        let options = options_of(&input, &loaded)?;
        let spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let gpu = input.gpu.unwrap_or(false);
        let (solution, engine) = engine::solve(gpu, &loaded.stack, &options, spare, cancel, &report)?;
        let summary = to_json(&Summary {
            solution: &solution.summary,
            engine,
        })?;
        let solved = Solved {
            solution,
            frames: Mutex::new(Some(loaded)),
            options,
            pitch_mm: input.pixel_pitch_mm,
            gloss: Mutex::default(),
            curvature: Mutex::default(),
            height: Mutex::default(),
        };
        Ok(Maps {
            inner: Handle::new(solved),
            summary,
        })
    }))
}

/// What JavaScript is told of a solution.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(flatten)]
    solution: &'a photometric::SolveSummary,
    engine: Engine,
}

fn options_of(input: &SolveInput, loaded: &Loaded) -> Result<SolveOptions> {
    let mut lights = Vec::with_capacity(input.lights.len());
    for (i, light) in input.lights.iter().enumerate() {
        let vector = |v: &[f64], field: &str| match *v {
            [x, y, z] => Ok([x, y, z]),
            _ => Err(invalid(&format!("lights[{i}].{field}"), "needs three numbers")),
        };
        lights.push(match (&light.direction, &light.position_mm) {
            // A position says more than a direction: directions and fall-off then follow per pixel.
            (_, Some(p)) if input.pixel_pitch_mm.is_some() => Light::PositionMm(vector(p, "positionMm")?),
            (Some(d), _) => Light::Direction(vector(d, "direction")?),
            (None, Some(p)) => Light::Direction(vector(p, "positionMm")?),
            (None, None) => {
                let what = "photometric stereo needs the direction or the position of every light";
                return Err(invalid(&format!("lights[{i}].direction"), what));
            }
        });
    }
    Ok(SolveOptions {
        pixel_pitch_mm: input.pixel_pitch_mm,
        view_distance_mm: input.view_distance_mm,
        mask: loaded.mask.clone(),
        method: Method::Auto,
        ..SolveOptions::new(lights)
    })
}

fn write_one(solved: &Solved, map: &str, path: &Path, format: MapFormat, cancel: &imaging::Cancel) -> Result<()> {
    let s = &solved.solution;
    let write = |channels: usize, data: &[f32]| write_map(path, format, (s.width, s.height, channels), data);
    match map {
        "normals" => write(3, &s.normals.triples()),
        "albedo" => write(s.channels, &floats(&s.albedo)),
        "residual" => write(1, &floats(&s.residual)),
        "confidence" => write(1, &floats(&s.confidence_deg)),
        "unknown" => write(
            1,
            &s.known.iter().map(|k| f32::from(u8::from(*k == 0))).collect::<Vec<_>>(),
        ),
        "gradientX" => write(1, &gradients(s).p),
        "gradientY" => write(1, &gradients(s).q),
        "shape" => write(1, &shape_multiscale(s, ShapeOptions::default(), cancel)?),
        "height" => write(1, &solved.height(cancel)?[..]),
        "gloss" => write(1, &floats(&solved.gloss(cancel)?)),
        "meanCurvature" => write(1, &solved.curvature(cancel)?.mean),
        "gaussianCurvature" => write(1, &solved.curvature(cancel)?.gaussian),
        other => Err(no_such_map(other)),
    }
}

/// A map name nobody knows.
pub fn no_such_map(name: &str) -> CoreError {
    CoreError::new(
        ErrorCode::ValueInvalid,
        format!("there is no map \"{name}\""),
        "ask for one of the documented maps",
    )
    .in_field("map")
}
