//! Random hard cards per category with known widths: found, measured, refused, wrong. One JSON object a line.
//!
//! `cargo run --release -p measure --example robustness -- [CARDS_PER_CATEGORY] [CATEGORY]`
#[path = "../tests/common/mod.rs"]
mod common;

use common::Noise;
use common::categories::{CATEGORIES, Picture};
use common::scene::HardCard;
use imaging::{Cancel, RasterSource};
use measure::{MeasureOptions, Measurement, measure};
use std::collections::BTreeMap;

/// A reported width farther from the truth than this is wrong, mm.
const WRONG_MM: f64 = 0.1;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().map_or(8, |n| n.parse().expect("a number of cards"));
    let only = arguments.next();
    for (number, (name, make)) in CATEGORIES.iter().enumerate() {
        if only.as_ref().is_some_and(|o| o != name) {
            continue;
        }
        let mut tally = Tally::default();
        for index in 0..count {
            let mut random = Noise(1_000 * number as u64 + index);
            tally.add(index, &make(&mut random));
        }
        println!("{}", tally.line(name));
    }
}

#[derive(Default)]
struct Tally {
    cards: usize,
    found: usize,
    drawn: usize,
    measured: usize,
    wrong: usize,
    worst_mm: f64,
    reasons: BTreeMap<String, usize>,
    notes: Vec<String>,
}

impl Tally {
    fn add(&mut self, index: u64, picture: &Picture) {
        self.cards += 1;
        let raster = picture.raster();
        let source = RasterSource::new(&raster, picture.encoding());
        let options = MeasureOptions {
            pixel_pitch_mm: Some(picture.sheet.pitch),
            ..MeasureOptions::default()
        };
        let card = &picture.sheet.cards[0];
        self.drawn += card
            .borders
            .iter()
            .zip([7, 7, 5, 5])
            .filter(|b| b.0.is_some())
            .map(|b| b.1)
            .sum::<usize>();
        match measure(&source, &options, &Cancel::new()) {
            Ok(m) => self.compare(index, card, &m),
            Err(error) => *self.reasons.entry(error.message).or_default() += 1,
        }
    }

    fn compare(&mut self, index: u64, card: &HardCard, m: &Measurement) {
        self.found += 1;
        for p in &m.points {
            let Some(width) = p.width_mm else {
                let key = p.reason.clone().unwrap_or_default();
                *self.reasons.entry(key).or_default() += 1;
                continue;
            };
            self.measured += 1;
            let part = f64::from(p.index as u32) / (p.edge.stations() + 1) as f64;
            let truth = true_width(card, p.edge.index(), part);
            let error = truth.map_or(f64::INFINITY, |t| (width - t).abs());
            if error > WRONG_MM {
                self.wrong += 1;
                self.notes.push(format!(
                    "card {index} {} {}: {width:.3} instead of {truth:.3?} mm, U {:.3} mm",
                    p.edge.name(),
                    p.index,
                    p.uncertainty_mm.unwrap_or(f64::NAN)
                ));
            } else {
                self.worst_mm = self.worst_mm.max(error);
            }
        }
    }

    fn line(&self, name: &str) -> String {
        serde_json::json!({
            "category": name,
            "cards": self.cards,
            "found": self.found,
            "drawn": self.drawn,
            "measured": self.measured,
            "wrong": self.wrong,
            "worstRightMm": self.worst_mm,
            "reasons": self.reasons,
            "wrongWidths": self.notes,
        })
        .to_string()
    }
}

/// The width drawn at a side and part as the picture shows them: a turned card's sides are named as they lie.
fn true_width(card: &HardCard, side: usize, part: f64) -> Option<f64> {
    let turns = (card.angle_deg / 90.0).round().rem_euclid(4.0) as usize;
    // Clockwise by a quarter: the left side lies on top, the top on the right, the right below, the bottom on the left.
    let (own, reversed) = match (turns, side) {
        (0, s) => (s, false),
        (1, 0) => (3, false),
        (1, 1) => (2, false),
        (1, 2) => (0, true),
        (1, _) => (1, true),
        (2, 0) => (1, true),
        (2, 1) => (0, true),
        (2, 2) => (3, true),
        (2, _) => (2, true),
        (_, 0) => (2, true),
        (_, 1) => (3, true),
        (_, 2) => (1, false),
        _ => (0, false),
    };
    card.width_mm(own, if reversed { 1.0 - part } else { part })
}
