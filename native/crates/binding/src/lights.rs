//! Calibration of the lights: mirror balls, matte balls and flat fields; results as JSON.

use crate::stack::{Loaded, Stack, share, to_json};
use crate::task::{Work, start};
use imaging::{Cancel, LinearSource, Plane, RasterSource, Result, StackSource};
use lights::{BallOptions, Circle, FlatPlane, View, by_flat_fields, by_matte_balls, by_mirror_balls};
use napi::bindgen_prelude::{AbortSignal, AsyncTask};
use napi_derive::napi;
use std::sync::Arc;

/// What is known of the bench.
#[napi(object)]
pub struct BenchInput {
    pub pixel_pitch_mm: Option<f64>,
    /// Height of the camera's pinhole above the card plane; parallel rays when not given.
    pub camera_mm: Option<f64>,
}

/// Where the balls are.
#[napi(object)]
pub struct BallInput {
    /// Circles drawn by a person: x, y and radius in px.
    pub circles: Vec<Vec<f64>>,
    /// How many balls to look for where none was drawn.
    pub count: u32,
    pub radius_mm: Option<f64>,
}

/// Lights by mirror balls, as JSON (`LightMethod`).
#[napi(ts_return_type = "Promise<string>")]
pub fn lights_by_mirror_balls(
    stack: &Stack,
    bench: BenchInput,
    balls: BallInput,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    by_balls(stack, bench, balls, signal, by_mirror_balls)
}

/// Lights by matte balls, as JSON (`LightMethod`).
#[napi(ts_return_type = "Promise<string>")]
pub fn lights_by_matte_balls(
    stack: &Stack,
    bench: BenchInput,
    balls: BallInput,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    by_balls(stack, bench, balls, signal, by_matte_balls)
}

type BallMethod = fn(&[&dyn LinearSource], &Plane, &View, &BallOptions, &Cancel) -> Result<lights::MethodResult>;

fn by_balls(
    stack: &Stack,
    bench: BenchInput,
    balls: BallInput,
    signal: Option<AbortSignal>,
    method: BallMethod,
) -> napi::Result<AsyncTask<Work<String>>> {
    let loaded = share(stack)?;
    Ok(start(signal, move |cancel| {
        let picture = mean_picture(&loaded, cancel)?;
        let view = view_of(&loaded, &bench);
        let circle = |c: &Vec<f64>| match c[..] {
            [x, y, radius_px] => Some(Circle {
                centre_px: [x, y],
                radius_px,
            }),
            _ => None,
        };
        let options = BallOptions {
            hints: balls.circles.iter().filter_map(circle).collect(),
            count: balls.count as usize,
            radius_mm: balls.radius_mm,
        };
        let sources = sources_of(&loaded);
        let frames: Vec<&dyn LinearSource> = sources.iter().map(|s| s as &dyn LinearSource).collect();
        to_json(&method(&frames, &picture, &view, &options, cancel)?)
    }))
}

/// Lights by flat fields at one or more heights, as JSON (`LightMethod`).
#[napi(ts_return_type = "Promise<string>")]
pub fn lights_by_flat_fields(
    stacks: Vec<&Stack>,
    heights_mm: Vec<f64>,
    bench: BenchInput,
    signal: Option<AbortSignal>,
) -> napi::Result<AsyncTask<Work<String>>> {
    let loaded = stacks
        .into_iter()
        .map(share)
        .collect::<napi::Result<Vec<Arc<Loaded>>>>()?;
    Ok(start(signal, move |cancel| {
        let sources: Vec<Vec<RasterSource>> = loaded.iter().map(|l| sources_of(l)).collect();
        let darks: Vec<Option<RasterSource>> = loaded
            .iter()
            .map(|l| l.stack.dark.as_ref().map(|d| RasterSource::new(d, l.stack.encoding)))
            .collect();
        let planes: Vec<FlatPlane> = sources
            .iter()
            .zip(&darks)
            .zip(&heights_mm)
            .map(|((frames, dark), &height_mm)| FlatPlane {
                height_mm,
                frames: frames.iter().map(|s| s as &dyn LinearSource).collect(),
                dark: dark.as_ref().map(|d| d as &dyn LinearSource),
            })
            .collect();
        let view = loaded
            .first()
            .map_or_else(|| View::of(1, 1, None, None), |l| view_of(l, &bench));
        to_json(&by_flat_fields(&planes, &view, cancel)?)
    }))
}

fn sources_of(loaded: &Loaded) -> Vec<RasterSource<'_>> {
    let encoding = loaded.stack.encoding;
    loaded
        .stack
        .frames
        .iter()
        .map(|f| RasterSource::new(&f.raster, encoding))
        .collect()
}

fn view_of(loaded: &Loaded, bench: &BenchInput) -> View {
    View::of(
        loaded.stack.width(),
        loaded.stack.height(),
        bench.pixel_pitch_mm,
        bench.camera_mm,
    )
}

/// The mean of all frames: the picture in which a ball is best told from its background.
fn mean_picture(loaded: &Loaded, cancel: &Cancel) -> Result<Plane> {
    let source = StackSource::new(&loaded.stack);
    let mut plane = Plane::filled(source.width(), source.height(), 0.0);
    for (y, row) in plane.data.chunks_mut(source.width()).enumerate() {
        if y % 64 == 0 {
            cancel.check()?;
        }
        source.read_row(y, 0, row);
    }
    Ok(plane)
}
