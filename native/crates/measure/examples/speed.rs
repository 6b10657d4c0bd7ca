//! Median time of the 24-point measurement on a 12-megapixel raster and on the mean of 8 such frames.
//!
//! `cargo run --release -p measure --example speed`
#[path = "../tests/common/mod.rs"]
mod common;

use common::{Card, add_noise, to_raster16};
use imaging::{Cancel, Encoding, Frame, FrameStack, LinearSource, RasterSource, StackSource};
use measure::{CalcOptions, OutlineOptions, RefineOptions, calculate, find_outline, reference_points, refine};
use std::time::Instant;

const RUNS: usize = 21;

fn main() {
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
    time(
        "12 MP raster, 16 bit",
        &RasterSource::new(&raster, Encoding::Linear),
        pitch,
    );
    time("mean of 8 x 12 MP, 16 bit", &StackSource::new(&stack), pitch);
}

fn time(name: &str, source: &dyn LinearSource, pitch: f64) {
    let cancel = Cancel::new();
    let mut stages: Vec<[f64; 3]> = (0..RUNS)
        .map(|_| {
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
            [
                outlined,
                start.elapsed().as_secs_f64() * 1e3 - outlined,
                start.elapsed().as_secs_f64() * 1e3,
            ]
        })
        .collect();
    let mut median = |k: usize| {
        stages.sort_by(|a, b| a[k].total_cmp(&b[k]));
        stages[RUNS / 2][k]
    };
    println!(
        "{name}: outline {:.1} ms, refinement {:.1} ms, all {:.1} ms (median of {RUNS})",
        median(0),
        median(1),
        median(2)
    );
}
