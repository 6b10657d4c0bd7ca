//! The search for a design on a card: normalised cross-correlation of all anchors together over shift and turn.

use crate::cells::Cells;
use crate::placement::Placement;
use crate::template::{Anchor, Template};
use imaging::{Cancel, Result};
use rayon::prelude::*;

/// Side of a cell of the search, mm.
pub const CELL_MM: f64 = 0.25;
/// Farthest print shift looked for, mm.
const REACH_MM: f64 = 1.75;
/// Farthest print turn looked for, degrees.
const REACH_DEG: f64 = 2.0;
/// Step of the turn in the search over everything, degrees: 0.2 mm at the card's edge.
const TURN_STEP_DEG: f64 = 0.25;
/// Side of a cell of the first look at everything, mm.
const FIRST_MM: f64 = 0.5;
/// Best placements of the first look that are climbed from.
const CLIMBED: usize = 5;

/// An anchor as means of blocks of about one cell.
struct Blocks {
    /// Place in the example's card frame (mm) and light of each block.
    samples: Vec<([f64; 2], f32)>,
}

impl Blocks {
    fn new(anchor: &Anchor, cell_mm: f64, pitch_mm: f64) -> Result<Self> {
        let light = anchor.light()?;
        let side = ((cell_mm / pitch_mm).round() as usize).clamp(1, anchor.width.min(anchor.height) / 4);
        let mut samples = Vec::new();
        for top in (0..=anchor.height - side).step_by(side) {
            for left in (0..=anchor.width - side).step_by(side) {
                let sum: f32 = (0..side * side)
                    .map(|k| light[(top + k / side) * anchor.width + left + k % side])
                    .sum();
                let middle = 0.5 * (side as f64 - 1.0);
                let at = anchor.place(left as f64 + middle, top as f64 + middle);
                samples.push((at, sum / (side * side) as f32));
            }
        }
        Ok(Self { samples })
    }

    /// Correlation with the card under a placement; `None` where a fifth of the patch leaves the card.
    fn ncc(&self, cells: &Cells, placement: &Placement) -> Option<f64> {
        let (mut n, mut a, mut b, mut aa, mut bb, mut ab) = (0.0f64, 0.0, 0.0, 0.0, 0.0, 0.0);
        for (at, light) in &self.samples {
            let seen = cells.at(placement.apply(*at));
            if !seen.is_finite() {
                continue;
            }
            let (p, q) = (f64::from(*light), f64::from(seen));
            n += 1.0;
            a += p;
            b += q;
            aa += p * p;
            bb += q * q;
            ab += p * q;
        }
        if n < 0.8 * self.samples.len() as f64 {
            return None;
        }
        let (va, vb) = (aa - a * a / n, bb - b * b / n);
        Some(if va <= 0.0 || vb <= 0.0 {
            0.0
        } else {
            (ab - a * b / n) / (va * vb).sqrt()
        })
    }
}

/// Mean correlation of the anchors; 0 where fewer than half of them lie on the card.
fn score(anchors: &[Blocks], cells: &Cells, placement: &Placement) -> f64 {
    let seen: Vec<f64> = anchors.iter().filter_map(|a| a.ncc(cells, placement)).collect();
    if seen.len() * 2 < anchors.len() {
        return 0.0;
    }
    seen.iter().map(|v| v.max(0.0)).sum::<f64>() / seen.len() as f64
}

/// The likeliest placement of the design on the card and its mean correlation, 0..1: all shifts and turns on half
/// millimetre cells, then a climb on finer cells from the best of them.
///
/// # Errors
/// `value.invalid` for a damaged patch; cancellation.
pub fn search(template: &Template, cells: &Cells, cancel: &Cancel) -> Result<(Placement, f64)> {
    let blocks = |mm: f64| -> Result<Vec<Blocks>> {
        let of = |a| Blocks::new(a, mm, template.pitch_mm);
        template.anchors.iter().map(of).collect()
    };
    let mut places = look(&blocks(FIRST_MM)?, cells, cancel)?;
    places.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
    let fine = blocks(CELL_MM)?;
    let climbed: Vec<(Placement, f64)> = places[..places.len().min(CLIMBED)]
        .par_iter()
        .map(|(start, _)| {
            cancel.check()?;
            Ok(climb(&fine, cells, *start))
        })
        .collect::<Result<_>>()?;
    let best = |a: (Placement, f64), b: (Placement, f64)| if b.1 > a.1 { b } else { a };
    Ok(climbed.into_iter().fold((Placement::NOMINAL, -1.0), best))
}

/// The best shift of every turn within reach, with its score.
fn look(anchors: &[Blocks], cells: &Cells, cancel: &Cancel) -> Result<Vec<(Placement, f64)>> {
    let [columns, rows] = [cells.width, cells.height].map(|n| (n as f64 * cells.mm / FIRST_MM).floor() as usize);
    let cells = cells.coarser(FIRST_MM, columns, rows);
    let turns = (2.0 * REACH_DEG / TURN_STEP_DEG).round() as i32;
    let shifts = (REACH_MM / FIRST_MM).ceil() as i32;
    (0..=turns)
        .into_par_iter()
        .map(|t| {
            cancel.check()?;
            let mut best = (Placement::NOMINAL, -1.0);
            for y in -shifts..=shifts {
                for x in -shifts..=shifts {
                    let placement = Placement {
                        shift_mm: [f64::from(x) * FIRST_MM, f64::from(y) * FIRST_MM],
                        turn: (f64::from(t) * TURN_STEP_DEG - REACH_DEG).to_radians(),
                        scale: 1.0,
                    };
                    let s = score(anchors, &cells, &placement);
                    if s > best.1 {
                        best = (placement, s);
                    }
                }
            }
            Ok(best)
        })
        .collect()
}

/// Pattern search (Hooke & Jeeves 1961) from a start on the grid down to a tenth of a cell.
fn climb(anchors: &[Blocks], cells: &Cells, start: Placement) -> (Placement, f64) {
    let mut best = (start, score(anchors, cells, &start));
    let (mut shift, mut turn) = (CELL_MM, (0.5 * TURN_STEP_DEG).to_radians());
    while shift > 0.1 * CELL_MM {
        let moves = [
            [shift, 0.0, 0.0],
            [-shift, 0.0, 0.0],
            [0.0, shift, 0.0],
            [0.0, -shift, 0.0],
            [0.0, 0.0, turn],
            [0.0, 0.0, -turn],
        ];
        let mut moved = false;
        for [x, y, t] in moves {
            let next = best.0.changed([x, y, t, 0.0]);
            let s = score(anchors, cells, &next);
            if s > best.1 {
                best = (next, s);
                moved = true;
            }
        }
        if !moved {
            (shift, turn) = (0.5 * shift, 0.5 * turn);
        }
    }
    best
}
