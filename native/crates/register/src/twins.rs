//! Which of two designs that both fit a card explains it better: designs of one set often share everything but details.

use crate::cells::Cells;
use crate::likeness::{FIELDS, field_of, mean_about};
use crate::placement::Placement;
use crate::robust::median;
use crate::template::{Overview, Template};
use imaging::Result;

/// Unknowns of a field's regression: offset, gain, and a shift along x and along y.
const UNKNOWNS: usize = 4;
/// Fewest cells of a field.
const FEWEST: usize = 12;
/// Variance below which what a field leaves says nothing, in squared codes of the overview's 255: two overviews of one design
/// differ by as much, from the pixels' phase, the grain and the grid of cells.
const LEAST: f64 = 4.0;
/// Smallest scatter believed of a field's logarithm: that of a variance of some hundred independent cells.
const SCATTER: f64 = 0.15;

/// What a design's overview leaves unexplained in every field of a card: the logarithm of the variance.
pub struct Unexplained(Vec<Option<f64>>);

impl Unexplained {
    /// Regresses the overview on the card and its gradient, field by field: that takes out light, and what is left of a
    /// shift. An overview may stand half a cell of the search beside its place, as its grid was even or odd: the best of
    /// such shifts counts.
    ///
    /// # Errors
    /// `value.invalid` for a damaged overview.
    pub fn by(template: &Template, placement: &Placement, cells: &Cells) -> Result<Self> {
        let light = template.overview.light()?;
        let steps = [0.0, -0.5 * cells.mm, 0.5 * cells.mm];
        let shifts = steps.iter().flat_map(|x| steps.map(|y| [*x, y]));
        let total = |fields: &[Option<f64>]| fields.iter().flatten().sum::<f64>();
        let all = shifts.map(|by| fields(&template.overview, &light, placement, cells, by));
        let best = all.min_by(|a, b| total(a).total_cmp(&total(b)));
        Ok(Self(best.unwrap_or_default()))
    }

    /// By how many standard deviations this design explains the card better than another; negative where it does worse.
    ///
    /// In fields where both are alike the difference of the logarithms scatters about zero, and damage to the card tells
    /// for neither. The scatter is at most that about zero (median absolute deviation: most fields alike, as where only a
    /// number differs), and at most that about the mean (one common difference); the smaller is taken.
    #[must_use]
    pub fn advantage(&self, other: &Self) -> f64 {
        let gains: Vec<f64> = self
            .0
            .iter()
            .zip(&other.0)
            .filter_map(|(a, b)| Some((*b)? - (*a)?))
            .collect();
        if gains.len() < 2 {
            return 0.0;
        }
        let n = gains.len() as f64;
        let mean = gains.iter().sum::<f64>() / n;
        let about_mean = (gains.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        let about_zero = 1.4826 * median(&gains.iter().map(|g| g.abs()).collect::<Vec<_>>());
        mean * n.sqrt() / about_zero.min(about_mean).max(SCATTER)
    }
}

/// Logarithm of the variance that an overview leaves in each field when it is moved `by` mm; `None` where too little is seen.
fn fields(o: &Overview, light: &[f32], placement: &Placement, cells: &Cells, by: [f64; 2]) -> Vec<Option<f64>> {
    let mut seen = vec![f64::NAN; o.width * o.height];
    for row in 0..o.height {
        for column in 0..o.width {
            let [x, y] = o.centre(column, row);
            seen[row * o.width + column] = mean_about(cells, placement.apply([x + by[0], y + by[1]]), o.cell_mm);
        }
    }
    let mut fields = vec![Normal::default(); FIELDS[0] * FIELDS[1]];
    // The outermost cells show cut and wear.
    for row in 2..o.height.saturating_sub(2) {
        for column in 2..o.width.saturating_sub(2) {
            let i = row * o.width + column;
            let across = 0.5 * (seen[i + 1] - seen[i - 1]);
            let down = 0.5 * (seen[i + o.width] - seen[i - o.width]);
            if seen[i].is_finite() && across.is_finite() && down.is_finite() {
                fields[field_of(o, column, row)].add([1.0, seen[i], across, down], f64::from(light[i]));
            }
        }
    }
    fields.iter().map(|f| f.left().map(f64::ln)).collect()
}

/// Normal equations of a regression, and the sum of squares of what is regressed.
#[derive(Clone, Default)]
struct Normal {
    count: usize,
    matrix: [[f64; UNKNOWNS]; UNKNOWNS],
    right: [f64; UNKNOWNS],
    squares: f64,
}

impl Normal {
    fn add(&mut self, row: [f64; UNKNOWNS], value: f64) {
        self.count += 1;
        self.squares += value * value;
        for a in 0..UNKNOWNS {
            self.right[a] += row[a] * value;
            for b in 0..UNKNOWNS {
                self.matrix[a][b] += row[a] * row[b];
            }
        }
    }

    /// Variance of the residual, by Gauss's elimination of one unknown after the other; one that says nothing is left out.
    fn left(&self) -> Option<f64> {
        if self.count < FEWEST {
            return None;
        }
        let (mut m, mut right, mut rest) = (self.matrix, self.right, self.squares);
        for p in 0..UNKNOWNS {
            if m[p][p] <= 1e-9 * self.matrix[p][p] {
                continue;
            }
            rest -= right[p] * right[p] / m[p][p];
            for a in p + 1..UNKNOWNS {
                let f = m[a][p] / m[p][p];
                for b in p..UNKNOWNS {
                    m[a][b] -= f * m[p][b];
                }
                right[a] -= f * right[p];
            }
        }
        Some((rest / (self.count - UNKNOWNS) as f64).max(LEAST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regression_leaves_what_its_terms_do_not_explain() {
        let mut normal = Normal::default();
        for i in 0..100 {
            let (x, y) = (f64::from(i % 10), f64::from(i / 10));
            let odd = if i % 2 == 0 { 2.0 } else { -2.0 };
            normal.add(
                [1.0, x * y, x, y],
                3.0 + 0.5 * x * y - x + 2.0 * y + odd * f64::from(1 - 2 * (i / 10 % 2)),
            );
        }
        // A chequerboard of two, which no term follows, less four of a hundred degrees of freedom.
        let left = normal.left().unwrap();
        assert!((left / (400.0 / 96.0) - 1.0).abs() < 0.05, "{left}");
    }
}
