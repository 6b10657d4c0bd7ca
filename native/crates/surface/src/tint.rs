//! The print as log albedo on a coarse grid: there a stain, which swallows the same share of the light whatever is
//! printed under it, adds the same tint everywhere.

use crate::plain::Plain;
use crate::planes::Level;
use imaging::fastest;
use rayon::prelude::*;

/// Side of a point of the grid, mm.
const CELL_MM: f64 = 0.16;
/// Added to the albedo, so that the noise of the blackest ink does not swing the logarithm.
const FLOOR: f32 = 0.003;

/// Logarithm of the albedo by channel.
pub struct Tint {
    /// Columns.
    pub w: usize,
    /// Rows.
    pub h: usize,
    /// Millimetres per cell side.
    pub cell_mm: f64,
    /// Places the cells in the maps; it has no slopes.
    pub grid: Level,
    /// Natural logarithm of red, green and blue; of no meaning where nothing is judged.
    pub log: [Vec<f32>; 3],
    /// Whether the cell is judged.
    pub inside: Vec<bool>,
}

impl Tint {
    /// Averages the print's cells, whose places `grid` tells.
    pub fn new(plain: &Plain, grid: &Level) -> Self {
        let n = ((CELL_MM / plain.cell_mm).round() as usize).max(1);
        let (w, h) = (plain.w / n, plain.h / n);
        let mut log = [0, 1, 2].map(|_| vec![0f32; w * h]);
        let mut inside = vec![false; w * h];
        let [red, green, blue] = &mut log;
        let rows = red.par_chunks_mut(w.max(1)).zip(green.par_chunks_mut(w.max(1)));
        let rows = rows.zip(blue.par_chunks_mut(w.max(1)));
        let rows = rows.zip(inside.par_chunks_mut(w.max(1))).enumerate();
        rows.for_each(|(y, (((red, green), blue), inside))| {
            for v in n * y..n * (y + 1) {
                let colours = plain.colour[v * plain.w..][..n * w].chunks_exact(n);
                let judged = plain.inside[v * plain.w..][..n * w].chunks_exact(n);
                let first = v == n * y;
                for (x, (colours, judged)) in colours.zip(judged).enumerate() {
                    for c in colours {
                        red[x] += c[0];
                        green[x] += c[1];
                        blue[x] += c[2];
                    }
                    inside[x] = (first | inside[x]) & judged.iter().all(|&j| j);
                }
            }
            let share = 1.0 / (n * n) as f32;
            for row in [red, green, blue] {
                logarithms(row, share);
            }
        });
        Self {
            w,
            h,
            cell_mm: n as f64 * plain.cell_mm,
            grid: Level::of_places(w, h, n as f64 * grid.step, grid.origin),
            log,
            inside,
        }
    }

    /// The logarithms between cells (bilinear); `None` outside the judged ones.
    #[inline]
    pub fn at(&self, [x, y]: [f64; 2]) -> Option<[f32; 3]> {
        if !(x >= 0.0 && y >= 0.0 && x + 1.0 < self.w as f64 && y + 1.0 < self.h as f64) {
            return None;
        }
        let i = y as usize * self.w + x as usize;
        let (u, v) = ((x - x.trunc()) as f32, (y - y.trunc()) as f32);
        let four = [i, i + 1, i + self.w, i + self.w + 1];
        four.iter().all(|&k| self.inside[k]).then(|| {
            [0, 1, 2].map(|k| {
                let [a, b, c, d] = four.map(|i| self.log[k][i]);
                let (top, bottom) = (a + u * (b - a), c + u * (d - c));
                top + v * (bottom - top)
            })
        })
    }
}

fastest! {
    /// Natural logarithm of the sums times `share`, to 2e-5.
    fn logarithms(row: &mut [f32], share: f32) = logarithms_body
}

#[inline(always)]
fn logarithms_body(row: &mut [f32], share: f32) {
    for v in row {
        let bits = (*v * share + FLOOR).to_bits();
        let exponent = (bits >> 23) as f32 - 127.0;
        let mantissa = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000);
        // Of 1..2 by the series of the inverse hyperbolic tangent.
        let t = (mantissa - 1.0) / (mantissa + 1.0);
        let s = t * t;
        *v = exponent * std::f32::consts::LN_2 + 2.0 * t * (1.0 + s * (1.0 / 3.0 + s * (0.2 + s / 7.0)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_of_sums_over_all_of_the_range() {
        let mut row: Vec<f32> = (0..4000).map(|i| i as f32 * 0.001).collect();
        let exact: Vec<f32> = row.iter().map(|v| (0.25 * v + FLOOR).ln()).collect();
        logarithms(&mut row, 0.25);
        assert!(row.iter().zip(&exact).all(|(a, b)| (a - b).abs() < 3e-5));
    }
}
