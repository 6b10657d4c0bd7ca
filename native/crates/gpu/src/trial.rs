//! Which is faster on this machine: the processor or the GPU. Measured on a small side made in memory.

use crate::adapter::AdapterInfo;
use crate::device::Gpu;
use imaging::{Cancel, Encoding, Frame, FrameStack, Raster, Result, Samples};
use photometric::{Light, Solution, SolveOptions, solve_by};
use rayon::prelude::*;
use serde::Serialize;
use std::time::Instant;

/// 2 megapixels: large enough that start-up costs do not decide, small enough for a fraction of a second.
const SIZE: (usize, usize) = (1600, 1280);
const LIGHTS: usize = 8;
/// The fastest of so many counts: other programs can only slow a run down.
const RUNS: usize = 3;

/// Times of both on the same side.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trial {
    /// The GPU.
    pub adapter: AdapterInfo,
    /// Processor cores used.
    pub cores: usize,
    /// Milliseconds on the processor.
    pub cpu_ms: f64,
    /// Milliseconds on the GPU, transfers and the processor's share in it included.
    pub gpu_ms: f64,
    /// Pixels of the side.
    pub pixels: usize,
}

/// Measures both.
///
/// # Errors
/// `Cancelled`, and the GPU's own.
pub fn trial(gpu: &Gpu, cancel: &Cancel) -> Result<Trial> {
    trial_of(gpu, SIZE, cancel)
}

/// [`trial`] on a side of this width and height in pixels.
///
/// # Errors
/// Those of [`trial`].
pub fn trial_of(gpu: &Gpu, (width, height): (usize, usize), cancel: &Cancel) -> Result<Trial> {
    let stack = card(width, height);
    let options = SolveOptions::new((0..LIGHTS).map(|k| Light::Direction(direction(k))).collect());
    let mut fastest = [f64::INFINITY; 2];
    let mut used: Option<Solution> = None;
    // The first round makes buffers and pipelines, as the first side of a day does; it does not count.
    for round in 0..=RUNS {
        for (which, place) in [None, Some(gpu)].into_iter().enumerate() {
            let start = Instant::now();
            let place = place.map(|gpu| gpu as &dyn photometric::PixelSolver);
            used = Some(solve_by(place, &stack, &options, used.take(), cancel, &|_| {})?);
            let ms = start.elapsed().as_secs_f64() * 1000.0;
            if round > 0 {
                fastest[which] = fastest[which].min(ms);
            }
        }
    }
    Ok(Trial {
        adapter: gpu.info().clone(),
        cores: rayon::current_num_threads(),
        cpu_ms: fastest[0],
        gpu_ms: fastest[1],
        pixels: width * height,
    })
}

/// Lights in a ring, 45 degrees up.
fn direction(k: usize) -> [f64; 3] {
    let a = k as f64 / LIGHTS as f64 * std::f64::consts::TAU;
    [a.cos(), a.sin(), 1.0]
}

/// A wavy, printed card with a little noise and highlights on a tenth of it: what a bench sees.
fn card(width: usize, height: usize) -> FrameStack {
    let frames = (0..LIGHTS).map(|k| {
        let l = direction(k).map(|v| v * std::f64::consts::FRAC_1_SQRT_2);
        let mut samples = vec![0u16; width * height];
        samples.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
            for (x, s) in row.iter_mut().enumerate() {
                let (p, q) = (0.05 * (x as f64 * 0.02).sin(), 0.05 * (y as f64 * 0.03).cos());
                let shade = (-p * l[0] - q * l[1] + l[2]) / (1.0 + p * p + q * q).sqrt();
                let albedo = 0.5 + 0.3 * ((x / 40 + y / 40) % 2) as f64;
                let block = x / 20 + y / 20 * 80;
                let highlight = if block % 10 == 0 && k == block / 10 % LIGHTS {
                    0.2
                } else {
                    0.0
                };
                let light = albedo * shade + highlight + 0.005 * noise(k * height * width + y * width + x);
                *s = (light.clamp(0.0, 1.0) * 65535.0).round() as u16;
            }
        });
        Frame {
            name: format!("light {k}"),
            raster: Raster {
                width,
                height,
                channels: 1,
                samples: Samples::U16(samples),
            },
            intensity: [1.0; 3],
            flat: None,
        }
    });
    FrameStack {
        frames: frames.collect(),
        dark: None,
        encoding: Encoding::Linear,
    }
}

/// Repeatable noise of standard deviation 1: the sum of four uniform numbers from a hash of the sample's place.
fn noise(place: usize) -> f64 {
    let mut state = (place as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
    state = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state ^= state >> 27;
    let sum: u64 = (0..4).map(|part| state >> (16 * part) & 0xffff).sum();
    (sum as f64 / 65536.0 - 2.0) * 3f64.sqrt()
}
