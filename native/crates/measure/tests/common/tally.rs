//! Counts of found, measured, refused and wrong widths over drawn cards.
#![allow(dead_code, reason = "each test file uses its own part")]

use super::categories::Picture;
use super::scene::HardCard;
use imaging::{Cancel, RasterSource};
use measure::{MeasureOptions, Measurement, measure};
use std::collections::BTreeMap;

/// A reported width farther from the truth than this is wrong, mm.
pub const WRONG_MM: f64 = 0.1;

/// What became of the cards of one category.
#[derive(Default)]
pub struct Tally {
    pub cards: usize,
    pub found: usize,
    pub drawn: usize,
    pub measured: usize,
    pub wrong: usize,
    pub worst_mm: f64,
    pub reasons: BTreeMap<String, usize>,
    pub notes: Vec<String>,
}

impl Tally {
    /// Measures a picture and compares it with what was drawn.
    pub fn add(&mut self, index: u64, picture: &Picture) {
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

    /// As one line of JSON.
    pub fn line(&self, name: &str) -> String {
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
