//! Frames in native memory: loading, and quality figures of each.

use crate::exposures::{further, merge};
use crate::handle::Handle;
use crate::response::curves_of;
use crate::task::{Progress, Work, reporter, start, to_js};
use imaging::{
    Cancel, CoreError, DecodeLimits, Encoding, ErrorCode, Frame, FrameStack, Movement, Raster, Registration,
    ResponseCurve, Result, decode_files, frame_stats, give_back, linearised, register,
};
use napi::bindgen_prelude::{AbortSignal, AsyncTask};
use napi_derive::napi;
use rayon::prelude::*;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// One photograph to load.
#[napi(object)]
pub struct FrameInput {
    /// The name a person knows it by; used in messages instead of the path.
    pub name: String,
    pub path: String,
    /// Radiant intensity of the light per channel, three numbers.
    pub intensity: Vec<f64>,
    /// Flat field of the same light.
    pub flat_path: Option<String>,
    /// All exposures with this light, the one at `path` first; merged into one frame.
    pub exposures: Option<Vec<ExposureInput>>,
}

/// One of several exposures.
#[napi(object)]
pub struct ExposureInput {
    pub name: String,
    pub path: String,
    pub seconds: f64,
}

/// The frames of one side.
#[napi(object)]
pub struct StackInput {
    pub frames: Vec<FrameInput>,
    pub dark_path: Option<String>,
    /// 8-bit image, 0 = outside.
    pub mask_path: Option<String>,
    /// `false`: samples are sRGB-encoded.
    pub linear: bool,
    /// The camera's response, one list for all channels or one a channel: code, light, code, light … Frames, flat
    /// fields and the dark frame are brought to linear light by it; `linear` does not matter then.
    pub response: Option<Vec<Vec<f64>>>,
    /// Finds frames that moved against the others and puts them back; frames stay as they are where it is not given.
    pub registration: Option<RegistrationInput>,
    /// Bound on all decoded memory together, bytes; 0 for the default of 2 GiB.
    pub max_bytes: f64,
}

/// Which moves of the card between frames are undone.
#[napi(object)]
pub struct RegistrationInput {
    /// Smaller moves are left, px at the frame's corner that moves most.
    pub from_px: f64,
    /// Larger moves are told and left.
    pub most_px: f64,
}

/// Decoded frames that belong together.
pub struct Loaded {
    pub stack: FrameStack,
    pub mask: Option<Vec<u8>>,
    /// What registration found, a frame each; empty where it was not asked for.
    pub movements: Vec<Movement>,
    /// How long that took.
    pub registration_ms: f64,
}

impl Drop for Loaded {
    fn drop(&mut self) {
        let plane = self.stack.width() * self.stack.height() * std::mem::size_of::<f32>();
        let frame = self.stack.frames.first().map_or(0, |f| f.raster.bytes());
        let mut free = || self.stack.frames.clear();
        // The next steps make planes of floats: a grey frame leaves too small a hole for one, an RGB frame does not.
        if frame < plane { give_back(free) } else { free() }
    }
}

/// Handle to decoded frames; call `free` when done.
#[napi]
pub struct Stack {
    pub(crate) inner: Handle<Loaded>,
    width: u32,
    height: u32,
    channels: u32,
    raw_bytes: f64,
    registration_ms: f64,
}

#[napi]
impl Stack {
    #[napi(getter)]
    pub fn width(&self) -> u32 {
        self.width
    }

    #[napi(getter)]
    pub fn height(&self) -> u32 {
        self.height
    }

    #[napi(getter)]
    pub fn channels(&self) -> u32 {
        self.channels
    }

    /// Memory of the raw frames in bytes.
    #[napi(getter)]
    pub fn raw_bytes(&self) -> f64 {
        self.raw_bytes
    }

    /// How long looking for moves of the card between frames took, apart from decoding.
    #[napi(getter)]
    pub fn registration_ms(&self) -> f64 {
        self.registration_ms
    }

    /// Gives the pixels back.
    #[napi]
    pub fn free(&self) {
        self.inner.free();
    }

    /// Quality figures of every frame and how far it had moved, as JSON (`FrameQuality[]`).
    #[napi(ts_return_type = "Promise<string>")]
    pub fn quality(&self, signal: Option<AbortSignal>) -> napi::Result<AsyncTask<Work<String>>> {
        let loaded = self.inner.get().map_err(to_js)?;
        Ok(start(signal, move |cancel| {
            cancel.check()?;
            to_json(&quality_of(&loaded))
        }))
    }

    pub(crate) fn from_loaded(loaded: Loaded) -> Self {
        let stack = &loaded.stack;
        let (width, height, channels) = (stack.width() as u32, stack.height() as u32, stack.channels() as u32);
        let raw_bytes = stack.raw_bytes() as f64;
        let registration_ms = loaded.registration_ms;
        Self {
            registration_ms,
            width,
            height,
            channels,
            raw_bytes,
            inner: Handle::new(loaded),
        }
    }
}

/// Decodes the frames of one side in parallel. Errors name the frame by `name`.
#[napi(ts_return_type = "Promise<Stack>")]
pub fn load_stack(
    input: StackInput,
    progress: Option<Progress>,
    signal: Option<AbortSignal>,
) -> AsyncTask<Work<Stack>> {
    let report = reporter(progress);
    start(signal, move |cancel| {
        load(&input, &report, cancel).map(Stack::from_loaded)
    })
}

fn load(input: &StackInput, report: &(impl Fn(f32) + Sync), cancel: &Cancel) -> Result<Loaded> {
    let mut names: Vec<(String, String)> = Vec::new();
    let mut add = |path: &str, name: &str| names.push((path.to_owned(), name.to_owned()));
    for frame in &input.frames {
        add(&frame.path, &frame.name);
    }
    for flat in input.frames.iter().filter_map(|f| f.flat_path.as_deref()) {
        add(flat, &file_name(flat));
    }
    for more in input.frames.iter().flat_map(further) {
        add(&more.path, &more.name);
    }
    for extra in [&input.dark_path, &input.mask_path].into_iter().flatten() {
        add(extra, &file_name(extra));
    }
    let limits = match input.max_bytes {
        bytes if bytes >= 1.0 => DecodeLimits {
            max_bytes: bytes as usize,
            ..DecodeLimits::default()
        },
        _ => DecodeLimits::default(),
    };
    let paths: Vec<PathBuf> = names.iter().map(|(path, _)| PathBuf::from(path)).collect();
    let count = paths.len() as f32;
    let rasters =
        decode_files(&paths, &limits, cancel, &|done| report(done as f32 / count)).map_err(|e| renamed(e, &names))?;
    let mut loaded = assemble(input, rasters, &names)?;
    if let Some(RegistrationInput { from_px, most_px }) = input.registration {
        let limits = Registration { from_px, most_px };
        let started = Instant::now();
        loaded.movements = register(&mut loaded.stack, &limits, cancel)?;
        loaded.registration_ms = started.elapsed().as_secs_f64() * 1000.0;
    }
    Ok(loaded)
}

fn assemble(input: &StackInput, rasters: Vec<Raster>, names: &[(String, String)]) -> Result<Loaded> {
    let curves = input.response.as_deref().map(curves_of).transpose()?;
    let mut encoding = if input.linear { Encoding::Linear } else { Encoding::Srgb };
    let mut rasters = rasters.into_iter();
    let mut raw = || {
        rasters
            .next()
            .ok_or_else(|| CoreError::new(ErrorCode::Internal, "a decoded image is missing", "please report this"))
    };
    let mut next = || in_light(raw()?, curves.as_deref(), &mut encoding);
    let mut frames = Vec::with_capacity(input.frames.len());
    for frame in &input.frames {
        let intensity = match frame.intensity[..] {
            [r, g, b] => [r as f32, g as f32, b as f32],
            _ => return Err(invalid("intensity", "needs three numbers").in_file(frame.name.clone())),
        };
        frames.push(Frame {
            name: frame.name.clone(),
            raster: next()?,
            intensity,
            flat: None,
        });
    }
    for (frame, given) in frames.iter_mut().zip(&input.frames) {
        if given.flat_path.is_some() {
            frame.flat = Some(next()?);
        }
    }
    let mut more = Vec::with_capacity(input.frames.len());
    for frame in &input.frames {
        more.push(further(frame).iter().map(|_| next()).collect::<Result<Vec<Raster>>>()?);
    }
    let dark = if input.dark_path.is_some() { Some(next()?) } else { None };
    let mask = if input.mask_path.is_some() { Some(raw()?) } else { None };
    let (frames, dark) = merge(input, encoding, frames, more, dark)?;
    let stack = FrameStack { frames, dark, encoding };
    stack.validate().map_err(|e| renamed(e, names))?;
    let mask = mask.map(|raster| mask_bytes(&raster, &stack, input)).transpose()?;
    Ok(Loaded {
        stack,
        mask,
        movements: Vec::new(),
        registration_ms: 0.0,
    })
}

/// A raster in linear light where a response is known; the encoding follows.
fn in_light(raster: Raster, curves: Option<&[ResponseCurve]>, encoding: &mut Encoding) -> Result<Raster> {
    let Some(curves) = curves else { return Ok(raster) };
    let (linear, measured) = linearised(raster, curves)?;
    *encoding = measured;
    Ok(linear)
}

fn mask_bytes(raster: &Raster, stack: &FrameStack, input: &StackInput) -> Result<Vec<u8>> {
    let (width, height) = (stack.width(), stack.height());
    if (raster.width, raster.height) != (width, height) {
        let found = format!(
            "the mask is {} x {} pixels, the frames are {width} x {height}",
            raster.width, raster.height
        );
        let error = CoreError::new(ErrorCode::ImageSizeMismatch, found, "give a mask of the frames' size");
        return Err(error
            .in_field("mask")
            .in_file(file_name(input.mask_path.as_deref().unwrap_or("mask"))));
    }
    let inside = |i: usize| u8::from((0..raster.channels).any(|c| raster.code(i % width, i / width, c) > 0));
    Ok((0..width * height).map(inside).collect())
}

/// What is known of one frame before anything is measured on it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FrameQuality {
    name: String,
    clipped_fraction: f64,
    dark_fraction: f64,
    mean: f64,
    noise_sigma: f64,
    sharpness: f64,
    /// How the frame had moved; nothing where that was not asked or cannot be told.
    movement: Option<FrameMovement>,
}

/// A move of a frame against the others.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FrameMovement {
    shift_px: [f64; 2],
    turn_deg: f64,
    /// At the corner of the frame that moved most.
    largest_px: f64,
    std_px: f64,
    /// Whether the frame was put back.
    undone: bool,
}

fn quality_of(Loaded { stack, movements, .. }: &Loaded) -> Vec<FrameQuality> {
    let one = |(index, frame): (usize, &Frame)| {
        let stats = frame_stats(&frame.raster, stack.encoding);
        let moved = movements.get(index);
        FrameQuality {
            name: frame.name.clone(),
            clipped_fraction: stats.clipped_fraction.into(),
            dark_fraction: stats.dark_fraction.into(),
            mean: stats.mean.into(),
            noise_sigma: stats.noise_sigma.into(),
            sharpness: stats.sharpness.into(),
            movement: moved.and_then(|m| {
                m.motion.map(|motion| FrameMovement {
                    shift_px: motion.shift,
                    turn_deg: motion.turn.to_degrees(),
                    largest_px: m.largest,
                    std_px: motion.std,
                    undone: m.undone,
                })
            }),
        }
    };
    stack.frames.par_iter().enumerate().map(one).collect()
}

/// Serialises a result for JavaScript.
pub fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| {
        CoreError::new(
            ErrorCode::Internal,
            format!("a result could not be written: {e}"),
            "please report this with the log",
        )
    })
}

/// Parses options that came as JSON.
pub fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| invalid("options", &e.to_string()))
}

/// A bad value in an option.
pub fn invalid(field: &str, what: &str) -> CoreError {
    CoreError::new(ErrorCode::ValueInvalid, what, "correct the value and try again").in_field(field)
}

/// A share of the frames, for the other modules.
pub fn share(stack: &Stack) -> napi::Result<Arc<Loaded>> {
    stack.inner.get().map_err(to_js)
}

fn file_name(path: &str) -> String {
    Path::new(path)
        .file_name()
        .map_or_else(|| path.to_owned(), |n| n.to_string_lossy().into_owned())
}

/// Replaces a path by the name the caller gave it: no absolute path leaves the native core.
pub fn renamed(mut error: CoreError, names: &[(String, String)]) -> CoreError {
    if let Some(file) = &error.file {
        let known = names
            .iter()
            .find(|(path, _)| path == file)
            .map(|(_, name)| name.clone());
        error.file = Some(known.unwrap_or_else(|| file_name(file)));
    }
    error
}
