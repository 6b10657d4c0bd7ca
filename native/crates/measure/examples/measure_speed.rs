//! Median time of the 24-point measurement on a 12-megapixel raster and on the mean of 8 such frames.
//!
//! `cargo run --release -p measure --example measure_speed [RUNS]`; with RUNS only the single raster, for a profiler.
#[path = "../tests/common/mod.rs"]
mod common;

use common::{Card, add_noise, to_raster16};
use imaging::{Cancel, Encoding, Frame, FrameStack, LinearSource, RasterSource, StackSource};
use measure::{CalcOptions, OutlineOptions, RefineOptions, calculate, find_outline, reference_points, refine};
use rayon::prelude::*;
use std::time::Instant;

/// As in the product.
#[global_allocator]
static ALLOCATOR: imaging::Aligned = imaging::Aligned;

const RUNS: usize = 21;

fn main() {
    imaging::keep_memory();
    let pitch = 0.0235;
    let card = Card {
        image_px: (3000, 4000),
        pitch,
        centre_px: (1502.3, 1998.6),
        angle_deg: 0.8,
        texture: 0.08,
        ..Card::default()
    };
    let mut plane = card.plane();
    add_noise(&mut plane, 0.004, 3);
    let raster = to_raster16(&plane);
    let frame = |i: usize| Frame {
        name: format!("{i}"),
        raster: raster.clone(),
        intensity: [1.0; 3],
        flat: None,
    };
    let stack = FrameStack {
        frames: (0..8).map(frame).collect(),
        dark: None,
        encoding: Encoding::Linear,
    };
    let single = RasterSource::new(&raster, Encoding::Linear);
    if let Some(runs) = std::env::args().nth(1).and_then(|a| a.parse().ok()) {
        time("12 MP raster, 16 bit", &single, pitch, runs);
        return;
    }
    time("12 MP raster, 16 bit", &single, pitch, RUNS);
    batch("12 MP raster, 16 bit", &single, pitch);
    time("mean of 8 x 12 MP, 16 bit", &StackSource::new(&stack), pitch, RUNS);
}

/// Milliseconds to the outline, of the refinement with all widths and uncertainties, and of both.
fn side(source: &dyn LinearSource, pitch: f64) -> [f64; 3] {
    let cancel = Cancel::new();
    let start = Instant::now();
    let options = OutlineOptions {
        pixel_pitch_mm: Some(pitch),
        ..OutlineOptions::default()
    };
    let outline = find_outline(source, &options, &cancel).expect("an outline");
    let outlined = start.elapsed().as_secs_f64() * 1e3;
    let options = RefineOptions {
        pixel_pitch_mm: Some(pitch),
        ..RefineOptions::default()
    };
    let stations = reference_points(&outline);
    let refinement = refine(source, &outline, &stations, &options, &cancel).expect("not cancelled");
    let result = calculate(&refinement, Some(pitch), &CalcOptions::default());
    assert_eq!(result.points.iter().filter(|p| p.width_mm.is_some()).count(), 24);
    let all = start.elapsed().as_secs_f64() * 1e3;
    [outlined, all - outlined, all]
}

fn time(name: &str, source: &dyn LinearSource, pitch: f64, runs: usize) {
    let used = processor_ms();
    let mut stages: Vec<[f64; 3]> = (0..runs).map(|_| side(source, pitch)).collect();
    let used = (processor_ms() - used) / runs as f64;
    let mut median = |k: usize| {
        stages.sort_by(|a, b| a[k].total_cmp(&b[k]));
        stages[runs / 2][k]
    };
    let (outline, refinement, all) = (median(0), median(1), median(2));
    let best = stages[0][2];
    println!(
        "{name}: outline {outline:.1} ms, refinement {refinement:.1} ms, all {all:.1} ms (median of {runs}, best {best:.1} ms, \
         processor {used:.1} ms)"
    );
}

/// Sides a second when every core has one of its own.
fn batch(name: &str, source: &dyn LinearSource, pitch: f64) {
    const SIDES: usize = 60;
    let (start, used) = (Instant::now(), processor_ms());
    (0..SIDES).into_par_iter().for_each(|_| {
        side(source, pitch);
    });
    let (wall, used) = (start.elapsed().as_secs_f64(), (processor_ms() - used) / 1e3);
    println!(
        "{name}: batch {:.1} sides/s (by processor time on {} cores {:.1})",
        SIDES as f64 / wall,
        rayon::current_num_threads(),
        SIDES as f64 / used * rayon::current_num_threads() as f64
    );
}

/// Processor time of this process in ms (all threads), where the system tells it: it shows the cost on a busy machine.
fn processor_ms() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    // Linux reports hundredths of a second on all common builds.
    10.0 * ticks.filter_map(|v| v.parse::<f64>().ok()).sum::<f64>()
}
