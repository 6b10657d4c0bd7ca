//! Which of many designs a card could be: correlation of small overviews, so that hundreds take milliseconds.

use crate::cells::Cells;
use crate::template::Template;
use imaging::Result;
use rayon::prelude::*;
use serde::Serialize;

/// Farthest shift tried, in cells of the overview.
const REACH: i32 = 2;
/// Cells at the card's rim that are not compared: cut, wear and shift show there.
const RIM: usize = 2;
/// Correlation below which a design is not worth a closer look.
const LEAST: f64 = 0.35;

/// A design that the card may show.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// Its place in the gallery.
    pub index: usize,
    /// Correlation of the overviews, 0..1.
    pub similarity: f64,
    /// The card lies the wrong way up.
    pub upside_down: bool,
}

/// Overviews of all designs.
#[derive(Default)]
pub struct Gallery {
    entries: Vec<Entry>,
}

struct Entry {
    cell_mm: f64,
    width: usize,
    height: usize,
    light: Vec<f32>,
}

impl Gallery {
    /// Adds a design; its index is the number of designs before it.
    ///
    /// # Errors
    /// `value.invalid` for a damaged overview.
    pub fn add(&mut self, template: &Template) -> Result<()> {
        let o = &template.overview;
        self.entries.push(Entry {
            cell_mm: o.cell_mm,
            width: o.width,
            height: o.height,
            light: o.light()?,
        });
        Ok(())
    }

    /// Number of designs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The likeliest designs, best first, at most `most`; either way up.
#[must_use]
pub fn recognise(gallery: &Gallery, cells: &Cells, most: usize) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = gallery
        .entries
        .par_iter()
        .enumerate()
        .flat_map_iter(|(index, entry)| {
            let seen = cells.coarser(entry.cell_mm, entry.width, entry.height).light;
            let turned: Vec<f32> = seen.iter().rev().copied().collect();
            [(seen, false), (turned, true)].map(|(light, upside_down)| Candidate {
                index,
                similarity: similarity(entry, &light),
                upside_down,
            })
        })
        .filter(|c| c.similarity >= LEAST)
        .collect();
    found.sort_unstable_by(|a, b| b.similarity.total_cmp(&a.similarity));
    found.truncate(most);
    found
}

/// Best correlation over shifts of whole cells.
fn similarity(entry: &Entry, seen: &[f32]) -> f64 {
    let mut best = 0.0f64;
    for dy in -REACH..=REACH {
        for dx in -REACH..=REACH {
            best = best.max(correlation(entry, seen, dx, dy));
        }
    }
    best
}

fn correlation(entry: &Entry, seen: &[f32], dx: i32, dy: i32) -> f64 {
    let inset = RIM + REACH as usize;
    let (mut n, mut a, mut b, mut aa, mut bb, mut ab) = (0.0f64, 0.0, 0.0, 0.0, 0.0, 0.0);
    for y in inset..entry.height.saturating_sub(inset) {
        let row = y * entry.width;
        let other = (y as i32 + dy) as usize * entry.width;
        for x in inset..entry.width.saturating_sub(inset) {
            let p = f64::from(entry.light[row + x]);
            let q = f64::from(seen[other + (x as i32 + dx) as usize]);
            if q.is_finite() {
                n += 1.0;
                a += p;
                b += q;
                aa += p * p;
                bb += q * q;
                ab += p * q;
            }
        }
    }
    let (va, vb) = (aa - a * a / n, bb - b * b / n);
    if n < 16.0 || va <= 0.0 || vb <= 0.0 {
        0.0
    } else {
        (ab - a * b / n) / (va * vb).sqrt()
    }
}
