//! A flatbed sheet of nine cards at 600 dpi with known widths: cards found, width errors, time. One JSON object.
//!
//! `cargo run --release -p measure --example sheet`
#[path = "../tests/common/mod.rs"]
mod common;

use common::scene::{HardCard, Ink, Sheet};
use imaging::{Cancel, Encoding, RasterSource};
use measure::{CalcOptions, OutlineOptions, RefineOptions, calculate, find_cards, reference_points, refine};
use std::time::Instant;

const PITCH: f64 = 25.4 / 600.0;

fn main() {
    let card = |i: usize| HardCard {
        centre: (36.0 + 68.5 * (i % 3) as f64, 50.0 + 96.0 * (i / 3) as f64),
        angle_deg: [0.0, 0.8, -1.1, 0.3, -0.5, 1.4, 0.0, -0.9, 0.6][i],
        borders: [
            Some(2.6 + 0.1 * i as f64),
            Some(3.4),
            Some(2.8),
            Some(4.1 - 0.1 * i as f64),
        ],
        frame: Ink::Flat([[0.8; 3], [0.012; 3], [0.7, 0.6, 0.1]][i % 3]),
        ..HardCard::default()
    };
    let sheet = Sheet {
        image_px: ((210.0 / PITCH) as usize, (297.0 / PITCH) as usize),
        pitch: PITCH,
        ground: Ink::Flat([0.06; 3]),
        cards: (0..9).map(card).collect(),
        sigma: 0.8,
        noise: 0.004,
        seed: 5,
    };
    let raster = sheet.raster8();
    let source = RasterSource::new(&raster, Encoding::Srgb);
    let options = OutlineOptions {
        pixel_pitch_mm: Some(PITCH),
        ..OutlineOptions::default()
    };
    let refine_options = RefineOptions {
        pixel_pitch_mm: Some(PITCH),
        ..RefineOptions::default()
    };
    let cancel = Cancel::new();
    let (mut finding, mut measuring) = (Vec::new(), Vec::new());
    let (mut found, mut widths, mut worst) = (0, 0, 0.0f64);
    for _ in 0..5 {
        let start = Instant::now();
        let cards = find_cards(&source, &options, &cancel).expect("a sheet of cards");
        finding.push(start.elapsed().as_secs_f64() * 1e3);
        (found, widths, worst) = (0, 0, 0.0);
        for (outline, drawn) in cards
            .iter()
            .zip(&sheet.cards)
            .filter_map(|(c, d)| Some((c.outline.as_ref().ok()?, d)))
        {
            found += 1;
            let read =
                refine(&source, outline, &reference_points(outline), &refine_options, &cancel).expect("not cancelled");
            for p in calculate(&read, Some(PITCH), &CalcOptions::default()).points {
                let part = p.index as f64 / (p.edge.stations() + 1) as f64;
                if let (Some(width), Some(truth)) = (p.width_mm, drawn.width_mm(p.edge.index(), part)) {
                    widths += 1;
                    worst = worst.max((width - truth).abs());
                }
            }
        }
        measuring.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let median = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    println!(
        "{}",
        serde_json::json!({
            "cards": 9, "found": found, "widths": widths, "worstMm": worst, "megapixels": sheet.image_px.0 as f64 * sheet.image_px.1 as f64 / 1e6,
            "findMs": median(&mut finding), "allMs": median(&mut measuring),
        })
    );
}
