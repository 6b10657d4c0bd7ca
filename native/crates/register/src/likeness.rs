//! Whether the whole card looks like the design, field by field: a set's cards share frame and lettering, so that anchors
//! alone may be in place on a card whose picture is another one.

use crate::cells::Cells;
use crate::placement::Placement;
use crate::template::{Overview, Template};
use imaging::Result;

/// Fields across and down; on a standard card about 10 mm wide and high.
pub const FIELDS: [usize; 2] = [6, 8];
/// Correlation that a field needs to count as alike.
const ALIKE: f64 = 0.6;
/// A field whose contrast is below this share of the whole design's says nothing.
const FLAT: f64 = 0.15;

/// Share of the design's fields with structure that look alike on the card, 0..1, under a placement.
///
/// # Errors
/// `value.invalid` for a damaged overview.
pub fn likeness(template: &Template, cells: &Cells, placement: &Placement) -> Result<f64> {
    let overview = &template.overview;
    let light = overview.light()?;
    let mut sums = vec![[0.0f64; 6]; FIELDS[0] * FIELDS[1]];
    // The outermost cells show cut and wear.
    for row in 1..overview.height - 1 {
        for column in 1..overview.width - 1 {
            let at = placement.apply(overview.centre(column, row));
            let seen = mean_about(cells, at, overview.cell_mm);
            if !seen.is_finite() {
                continue;
            }
            let field = field_of(overview, column, row);
            let (p, q) = (f64::from(light[row * overview.width + column]), seen);
            for (sum, v) in sums[field].iter_mut().zip([1.0, p, q, p * p, q * q, p * q]) {
                *sum += v;
            }
        }
    }
    let variance = |[n, a, _, aa, _, _]: [f64; 6]| (aa - a * a / n) / n;
    let whole = sums.iter().fold([0.0; 6], |mut all, s| {
        for (a, b) in all.iter_mut().zip(s) {
            *a += b;
        }
        all
    });
    let judged: Vec<f64> = sums
        .iter()
        .filter(|s| s[0] >= 16.0 && variance(**s) > FLAT * FLAT * variance(whole))
        .map(|&[n, a, b, aa, bb, ab]| {
            let (va, vb) = (aa - a * a / n, bb - b * b / n);
            if vb <= 0.0 {
                0.0
            } else {
                (ab - a * b / n) / (va * vb).sqrt()
            }
        })
        .collect();
    let alike = judged.iter().filter(|c| **c >= ALIKE).count();
    Ok(alike as f64 / judged.len().max(1) as f64)
}

/// Number of the field that a cell of the overview lies in.
pub fn field_of(overview: &Overview, column: usize, row: usize) -> usize {
    (row * FIELDS[1] / overview.height) * FIELDS[0] + column * FIELDS[0] / overview.width
}

/// Mean light of a square of one overview cell, from the finer cells of the card.
pub fn mean_about(cells: &Cells, at: [f64; 2], side: f64) -> f64 {
    let offsets = [-0.375, -0.125, 0.125, 0.375];
    let mut sum = 0.0;
    for y in offsets {
        for x in offsets {
            sum += f64::from(cells.at([at[0] + x * side, at[1] + y * side]));
        }
    }
    sum / 16.0
}
