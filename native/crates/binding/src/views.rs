//! Pictures for people: frames and maps as JPEG, and deep-zoom tiles of a stored picture.

use crate::handle::Handle;
use crate::maps::{Maps, Solved, no_such_map};
use crate::stack::{Loaded, Stack, share};
use crate::task::{Work, start, to_js};
use imaging::{
    Cancel, DecodeLimits, Encoding, LinearSource, Plane, Pyramid, Ramp, Raster, Result, Samples, StackSource,
    decode_bytes, encode_jpeg, floats, normals_to_view, plane_to_view, to_srgb8, write_png,
};
use napi::bindgen_prelude::{AbortSignal, AsyncTask, Buffer};
use napi_derive::napi;
use rayon::prelude::*;
use std::path::Path;

/// Visually lossless at 1:1 while a 12-megapixel picture stays below about 5 MB.
const JPEG_QUALITY: u8 = 90;
/// Deep-zoom tiles.
const TILE_PX: usize = 512;

#[napi]
impl Stack {
    /// The mean of all frames as an sRGB JPEG, exposed so that its brightest percent just does not clip; no larger than
    /// `max_side_px` when that is above 0.
    #[napi(ts_return_type = "Promise<Buffer>")]
    pub fn photo(&self, max_side_px: u32, signal: Option<AbortSignal>) -> napi::Result<AsyncTask<Work<Buffer>>> {
        let loaded = share(self)?;
        Ok(start(signal, move |cancel| {
            let raster = mean_photo(&loaded, cancel)?;
            encode_jpeg(&reduced(raster, max_side_px as usize), JPEG_QUALITY).map(Buffer::from)
        }))
    }
}

#[napi]
impl Maps {
    /// `albedo`, `normals`, `gloss`, `curvature`, `height` or `residual` as a JPEG to look at.
    #[napi(ts_return_type = "Promise<Buffer>")]
    pub fn view(&self, map: String, signal: Option<AbortSignal>) -> napi::Result<AsyncTask<Work<Buffer>>> {
        let solved = self.inner.get().map_err(to_js)?;
        Ok(start(signal, move |cancel| {
            encode_jpeg(&view_of(&solved, &map, cancel)?, JPEG_QUALITY).map(Buffer::from)
        }))
    }

    /// The same picture as a lossless PNG file; `albedo` with 16 linear bits.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn write_png(
        &self,
        map: String,
        path: String,
        signal: Option<AbortSignal>,
    ) -> napi::Result<AsyncTask<Work<()>>> {
        let solved = self.inner.get().map_err(to_js)?;
        Ok(start(signal, move |cancel| {
            let raster = if map == "albedo" {
                albedo16(&solved)
            } else {
                view_of(&solved, &map, cancel)?
            };
            write_png(Path::new(&path), &raster)
        }))
    }
}

/// Deep-zoom tiles of one picture, held decoded.
#[napi]
pub struct Tiles {
    inner: Handle<Pyramid>,
    width: u32,
    height: u32,
    levels: u32,
}

#[napi]
impl Tiles {
    #[napi(getter)]
    pub fn width(&self) -> u32 {
        self.width
    }

    #[napi(getter)]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Level `levels - 1` is full size, level 0 one pixel.
    #[napi(getter)]
    pub fn levels(&self) -> u32 {
        self.levels
    }

    #[napi(getter)]
    pub fn tile_px(&self) -> u32 {
        TILE_PX as u32
    }

    /// One tile as JPEG.
    #[napi(ts_return_type = "Promise<Buffer>")]
    pub fn tile(
        &self,
        level: u32,
        col: u32,
        row: u32,
        signal: Option<AbortSignal>,
    ) -> napi::Result<AsyncTask<Work<Buffer>>> {
        let pyramid = self.inner.get().map_err(to_js)?;
        Ok(start(signal, move |_| {
            pyramid
                .tile(level as usize, col as usize, row as usize)
                .map(Buffer::from)
        }))
    }

    /// Gives the pixels back.
    #[napi]
    pub fn free(&self) {
        self.inner.free();
    }
}

/// Decodes an 8-bit picture and prepares its tiles.
#[napi(ts_return_type = "Promise<Tiles>")]
pub fn open_tiles(bytes: Buffer, name: String, signal: Option<AbortSignal>) -> AsyncTask<Work<Tiles>> {
    let bytes = bytes.to_vec();
    start(signal, move |cancel| {
        let raster = decode_bytes(&bytes, &name, &DecodeLimits::default(), cancel)?;
        let raster = if matches!(raster.samples, Samples::U8(_)) {
            raster
        } else {
            to_srgb8(&raster, Encoding::Linear, 1.0)
        };
        let (width, height) = (raster.width as u32, raster.height as u32);
        let pyramid = Pyramid::new(raster, TILE_PX);
        let levels = pyramid.levels() as u32;
        Ok(Tiles {
            inner: Handle::new(pyramid),
            width,
            height,
            levels,
        })
    })
}

/// A small JPEG of a picture, for lists.
#[napi(ts_return_type = "Promise<Buffer>")]
pub fn thumbnail(
    bytes: Buffer,
    name: String,
    max_side_px: u32,
    signal: Option<AbortSignal>,
) -> AsyncTask<Work<Buffer>> {
    let bytes = bytes.to_vec();
    start(signal, move |cancel| {
        let raster = decode_bytes(&bytes, &name, &DecodeLimits::default(), cancel)?;
        encode_jpeg(&reduced(raster, max_side_px as usize), 85).map(Buffer::from)
    })
}

fn view_of(solved: &Solved, map: &str, cancel: &Cancel) -> Result<Raster> {
    let s = &solved.solution;
    let (width, height) = (s.width, s.height);
    let plane = |data: &[f32], ramp: Ramp| plane_to_view(data, width, height, ramp);
    Ok(match map {
        "normals" => normals_to_view(s.normals.planes(), width, height),
        "albedo" => to_srgb8(&albedo16(solved), Encoding::Linear, 1.0),
        "residual" => {
            let residual = floats(&s.residual);
            plane(
                &residual,
                Ramp::Heat {
                    lo: 0.0,
                    hi: quantile(&residual, 0.995).max(1e-6),
                },
            )
        }
        "gloss" => {
            let gloss = floats(&solved.gloss(cancel)?);
            plane(
                &gloss,
                Ramp::Heat {
                    lo: 0.0,
                    hi: quantile(&gloss, 0.995).max(1e-6),
                },
            )
        }
        "curvature" => {
            let curvature = solved.curvature(cancel)?;
            plane(
                &curvature.mean,
                Ramp::Diverging {
                    limit: magnitude_quantile(&curvature.mean, 0.99).max(1e-9),
                },
            )
        }
        "height" => {
            let height = solved.height(cancel)?;
            plane(
                &height,
                Ramp::Diverging {
                    limit: magnitude_quantile(&height, 0.99).max(1e-9),
                },
            )
        }
        other => return Err(no_such_map(other)),
    })
}

/// Albedo as 16 linear bits, scaled so that its brightest half percent is full scale.
fn albedo16(solved: &Solved) -> Raster {
    let s = &solved.solution;
    let brightest = sampled_quantile(s.albedo.iter().map(|a| a.get()), 0.995);
    let scale = 65_535.0 / brightest.max(1e-6);
    let samples = s
        .albedo
        .par_iter()
        .map(|a| (a.get() * scale).clamp(0.0, 65_535.0) as u16)
        .collect();
    Raster {
        width: s.width,
        height: s.height,
        channels: s.channels,
        samples: Samples::U16(samples),
    }
}

fn mean_photo(loaded: &Loaded, cancel: &Cancel) -> Result<Raster> {
    cancel.check()?;
    let stack = &loaded.stack;
    if let [only] = &stack.frames[..] {
        return Ok(match &only.raster.samples {
            Samples::U8(_) if stack.encoding == Encoding::Srgb => only.raster.clone(),
            _ => to_srgb8(&only.raster, stack.encoding, exposure_of(&only.raster, stack.encoding)),
        });
    }
    let mean = if stack.channels() == 1 {
        mean_grey(loaded)
    } else {
        mean_colour(loaded)
    };
    let exposure = exposure_of(&mean, Encoding::Linear);
    Ok(to_srgb8(&mean, Encoding::Linear, exposure))
}

fn mean_grey(loaded: &Loaded) -> Raster {
    let source = StackSource::new(&loaded.stack);
    let mut plane = Plane::filled(source.width(), source.height(), 0.0);
    plane
        .data
        .par_chunks_mut(source.width())
        .enumerate()
        .for_each(|(y, row)| source.read_row(y, 0, row));
    let samples = plane
        .data
        .par_iter()
        .map(|&v| (v * 65_535.0).clamp(0.0, 65_535.0) as u16)
        .collect();
    Raster {
        width: plane.width,
        height: plane.height,
        channels: 1,
        samples: Samples::U16(samples),
    }
}

/// Frames divided by their lights' intensity per channel and averaged.
fn mean_colour(loaded: &Loaded) -> Raster {
    let stack = &loaded.stack;
    let (width, height) = (stack.width(), stack.height());
    let table = stack.encoding.table(stack.frames[0].raster.max_code());
    let count = stack.frames.len() as f32;
    let mean = |c: usize| stack.frames.iter().map(|f| f.intensity[c]).sum::<f32>() / count;
    let means = [mean(0), mean(1), mean(2)];
    let mut samples = vec![0u16; width * height * 3];
    samples.par_chunks_mut(width * 3).enumerate().for_each(|(y, row)| {
        for (i, out) in row.iter_mut().enumerate() {
            let (x, c) = (i / 3, i % 3);
            let light = |f: &imaging::Frame| table[usize::from(f.raster.code(x, y, c))] * means[c] / f.intensity[c];
            *out = (stack.frames.iter().map(light).sum::<f32>() / count * 65_535.0).clamp(0.0, 65_535.0) as u16;
        }
    });
    Raster {
        width,
        height,
        channels: 3,
        samples: Samples::U16(samples),
    }
}

/// Brings the 99th percentile of a linear picture to 0.9 of full scale.
fn exposure_of(raster: &Raster, encoding: Encoding) -> f32 {
    let step = (raster.width * raster.height / 20_000).max(1);
    let mut light: Vec<f32> = (0..raster.width * raster.height)
        .step_by(step)
        .map(|i| {
            let (x, y) = (i % raster.width, i / raster.width);
            let brightest = (0..raster.channels).map(|c| raster.code(x, y, c)).max().unwrap_or(0);
            encoding.to_linear(f32::from(brightest) / f32::from(raster.max_code()))
        })
        .collect();
    light.sort_by(f32::total_cmp);
    let top = light.get(light.len() * 99 / 100).copied().unwrap_or(1.0);
    0.9 / top.max(1e-3)
}

/// Box reduction by a whole factor until neither side is longer than `max_side_px` (0 keeps the size).
fn reduced(raster: Raster, max_side_px: usize) -> Raster {
    let longest = raster.width.max(raster.height);
    if max_side_px == 0 || longest <= max_side_px {
        return raster;
    }
    let factor = longest.div_ceil(max_side_px);
    let (width, height) = ((raster.width / factor).max(1), (raster.height / factor).max(1));
    let channels = raster.channels;
    let shift = u32::from(raster.max_code() == u16::MAX) * 8;
    let area = (factor * factor) as u32;
    let sample = |i: usize| {
        let (pixel, c) = (i / channels, i % channels);
        let (x0, y0) = (pixel % width * factor, pixel / width * factor);
        let code = |dx, dy| u32::from(raster.code(x0 + dx, y0 + dy, c)) >> shift;
        let total: u32 = (0..factor)
            .flat_map(|dy| (0..factor).map(move |dx| (dx, dy)))
            .map(|(dx, dy)| code(dx, dy))
            .sum();
        (total / area) as u8
    };
    let samples = (0..width * height * channels).into_par_iter().map(sample).collect();
    Raster {
        width,
        height,
        channels,
        samples: Samples::U8(samples),
    }
}

fn quantile(values: &[f32], q: f64) -> f32 {
    sampled_quantile(values.iter().copied(), q)
}

fn magnitude_quantile(values: &[f32], q: f64) -> f32 {
    sampled_quantile(values.iter().map(|v| v.abs()), q)
}

/// A quantile of up to 50,000 evenly spread finite values: enough to scale a picture.
fn sampled_quantile(values: impl ExactSizeIterator<Item = f32>, q: f64) -> f32 {
    let step = (values.len() / 50_000).max(1);
    let mut sample: Vec<f32> = values.step_by(step).filter(|v| v.is_finite()).collect();
    if sample.is_empty() {
        return 0.0;
    }
    let at = ((sample.len() - 1) as f64 * q) as usize;
    *sample.select_nth_unstable_by(at, f32::total_cmp).1
}
