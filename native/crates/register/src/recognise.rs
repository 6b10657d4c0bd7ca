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
/// Designs that get a second look.
const FIRST_LOOK: usize = 24;
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

/// A small picture of a card about its centre.
struct Grid {
    cell_mm: f64,
    width: usize,
    height: usize,
    light: Vec<f32>,
}

/// A design's overview, and the same with cells twice as wide for the first look.
struct Entry {
    full: Grid,
    half: Grid,
}

impl Grid {
    fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let at = |x: usize, y: usize| self.light[y * self.width + x];
        let mean = |i: usize| {
            let (x, y) = (2 * (i % width), 2 * (i / width));
            0.25 * (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1))
        };
        Self {
            cell_mm: 2.0 * self.cell_mm,
            width,
            height,
            light: (0..width * height).map(mean).collect(),
        }
    }

    fn turned(&self) -> Self {
        Self {
            light: self.light.iter().rev().copied().collect(),
            ..*self
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.width, self.height) == (other.width, other.height) && (self.cell_mm - other.cell_mm).abs() < 1e-9
    }
}

/// The card on the grid of some designs: upright, turned, and both with cells twice as wide.
struct Seen {
    full: [Grid; 2],
    half: [Grid; 2],
}

impl Seen {
    fn new(cells: &Cells, like: &Grid) -> Self {
        let upright = Grid {
            light: cells.coarser(like.cell_mm, like.width, like.height).light,
            ..*like
        };
        let turned = upright.turned();
        Self {
            half: [upright.halved(), turned.halved()],
            full: [upright, turned],
        }
    }
}

impl Gallery {
    /// Adds a design; its index is the number of designs before it.
    ///
    /// # Errors
    /// `value.invalid` for a damaged overview.
    pub fn add(&mut self, template: &Template) -> Result<()> {
        let o = &template.overview;
        let full = Grid {
            cell_mm: o.cell_mm,
            width: o.width,
            height: o.height,
            light: o.light()?,
        };
        self.entries.push(Entry {
            half: full.halved(),
            full,
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
///
/// A first look with cells twice as wide leaves the best few for a second one.
#[must_use]
pub fn recognise(gallery: &Gallery, cells: &Cells, most: usize) -> Vec<Candidate> {
    let mut kinds: Vec<Seen> = Vec::new();
    let kind_of: Vec<usize> = gallery
        .entries
        .iter()
        .map(|entry| {
            let found = kinds.iter().position(|seen| seen.full[0].is_like(&entry.full));
            found.unwrap_or_else(|| {
                kinds.push(Seen::new(cells, &entry.full));
                kinds.len() - 1
            })
        })
        .collect();
    let mut found: Vec<Candidate> = gallery
        .entries
        .par_iter()
        .enumerate()
        .flat_map_iter(|(index, entry)| {
            let seen = &kinds[kind_of[index]];
            [false, true].map(|upside_down| Candidate {
                index,
                similarity: similarity(&entry.half, &seen.half[usize::from(upside_down)], 1),
                upside_down,
            })
        })
        .filter(|c| c.similarity >= LEAST)
        .collect();
    best(&mut found, most.max(FIRST_LOOK));
    found.par_iter_mut().for_each(|c| {
        let (entry, seen) = (&gallery.entries[c.index], &kinds[kind_of[c.index]]);
        c.similarity = similarity(&entry.full, &seen.full[usize::from(c.upside_down)], REACH);
    });
    best(&mut found, most);
    found
}

fn best(candidates: &mut Vec<Candidate>, most: usize) {
    candidates.sort_unstable_by(|a, b| b.similarity.total_cmp(&a.similarity));
    candidates.truncate(most);
}

/// Best correlation over shifts of whole cells.
fn similarity(design: &Grid, seen: &Grid, reach: i32) -> f64 {
    let mut best = 0.0f64;
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            best = best.max(correlation(design, &seen.light, reach as usize, [dx, dy]));
        }
    }
    best
}

fn correlation(entry: &Grid, seen: &[f32], reach: usize, [dx, dy]: [i32; 2]) -> f64 {
    let inset = RIM + reach;
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
