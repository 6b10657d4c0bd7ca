//! How well a patch of print fixes its place: the smaller eigenvalue of its structure tensor (Förstner & Gülch 1987,
//! Shi & Tomasi 1994).

use crate::cells::Cells;
use crate::robust::mad;
use crate::spline::blur;

/// Side of a cell on which structure is judged, mm: halftone is smoothed away, lettering stays.
pub const CELL_MM: f64 = 0.1;

/// How far the structure of an anchor stands above the picture's grain, as a ratio of squared gradients.
const ABOVE_GRAIN: f64 = 5.0;

/// Summed squares of the light's gradient (per mm) over any box of cells, as summed-area tables (Crow 1984).
pub struct Structure {
    width: usize,
    height: usize,
    /// xx, xy, yy and the number of cells without light; (width + 1) x (height + 1).
    sums: Vec<[f64; 4]>,
    cells: Cells,
    /// Difference between the 5th and 95th percentile of light.
    contrast: f64,
    /// Mean squared gradient that the picture's fine grain alone makes.
    grain: f64,
}

impl Structure {
    /// Smooths the cells by one cell and sums their gradient products.
    #[must_use]
    pub fn new(mut cells: Cells) -> Self {
        let known: Vec<bool> = cells.light.iter().map(|v| v.is_finite()).collect();
        for (v, k) in cells.light.iter_mut().zip(&known) {
            if !k {
                *v = 0.0;
            }
        }
        let (width, height) = (cells.width, cells.height);
        let raw = cells.light.clone();
        blur(&mut cells.light, width, height, 1.0);
        let fine: Vec<f64> = raw
            .iter()
            .zip(&cells.light)
            .zip(&known)
            .filter(|(_, k)| **k)
            .map(|((a, b), _)| f64::from(a - b))
            .collect();
        // White noise leaves 0.761 of its variance above this blur, and 0.0252 / cell^2 in each central difference of it.
        let grain = 0.033 * (mad(&fine) / cells.mm).powi(2);
        let mut sums = vec![[0.0; 4]; (width + 1) * (height + 1)];
        for y in 0..height {
            let mut row = [0.0; 4];
            for x in 0..width {
                let at = y * width + x;
                let inner = x > 0 && y > 0 && x + 1 < width && y + 1 < height;
                let sound =
                    inner && known[at] && known[at - 1] && known[at + 1] && known[at - width] && known[at + width];
                if sound {
                    let v = |i: usize| f64::from(cells.light[i]);
                    let gx = (v(at + 1) - v(at - 1)) / (2.0 * cells.mm);
                    let gy = (v(at + width) - v(at - width)) / (2.0 * cells.mm);
                    row = [row[0] + gx * gx, row[1] + gx * gy, row[2] + gy * gy, row[3]];
                } else {
                    row[3] += 1.0;
                }
                for i in 0..4 {
                    sums[(y + 1) * (width + 1) + x + 1][i] = sums[y * (width + 1) + x + 1][i] + row[i];
                }
            }
        }
        let mut light: Vec<f32> = cells
            .light
            .iter()
            .zip(&known)
            .filter(|(_, k)| **k)
            .map(|(v, _)| *v)
            .collect();
        light.sort_unstable_by(f32::total_cmp);
        let at = |q: f64| light.get((q * light.len() as f64) as usize).copied().unwrap_or(0.0);
        Self {
            width,
            height,
            sums,
            contrast: f64::from(at(0.95) - at(0.05)),
            grain,
            cells,
        }
    }

    /// Standard deviation (mm) with which a square patch would be located in noise of 1 % of the card's contrast, for a
    /// camera of `pitch_mm`; `None` where the patch leaves the card or has no structure in some direction.
    #[must_use]
    pub fn strength(&self, at_mm: [f64; 2], side_mm: f64, pitch_mm: f64) -> Option<f64> {
        let half = 0.5 * side_mm;
        let index = |v: f64, count: usize| {
            let i = (v / self.cells.mm + 0.5 * count as f64).round();
            (i >= 0.0 && i <= count as f64).then_some(i as usize)
        };
        let (x0, x1) = (index(at_mm[0] - half, self.width)?, index(at_mm[0] + half, self.width)?);
        let (y0, y1) = (
            index(at_mm[1] - half, self.height)?,
            index(at_mm[1] + half, self.height)?,
        );
        let sum = |i: usize| {
            let at = |x: usize, y: usize| self.sums[y * (self.width + 1) + x][i];
            at(x1, y1) - at(x0, y1) - at(x1, y0) + at(x0, y0)
        };
        let count = ((x1 - x0) * (y1 - y0)) as f64;
        if count == 0.0 || sum(3) > 0.0 {
            return None;
        }
        let [xx, xy, yy] = [sum(0), sum(1), sum(2)].map(|s| s / count);
        let least = 0.5 * (xx + yy) - (0.25 * (xx - yy).powi(2) + xy * xy).sqrt();
        let pixels = (side_mm / pitch_mm).powi(2);
        let noise = 0.01 * self.contrast;
        let u = noise / (least * pixels).sqrt();
        (least > ABOVE_GRAIN * self.grain && u.is_finite()).then_some(u)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(light: impl Fn(f64, f64) -> f64) -> Structure {
        let mut cells = Cells {
            mm: 0.1,
            width: 300,
            height: 300,
            light: vec![0.0; 90_000],
        };
        for y in 0..300 {
            for x in 0..300 {
                let [u, v] = cells.centre(x, y);
                cells.light[y * 300 + x] = light(u, v) as f32;
            }
        }
        Structure::new(cells)
    }

    #[test]
    fn a_corner_fixes_a_place_and_a_straight_edge_or_nothing_does_not() {
        let s = of(|x, y| if x > 0.0 && y > 0.0 { 0.8 } else { 0.2 });
        let corner = s.strength([0.0, 0.0], 2.4, 0.04).unwrap();
        assert!(corner < 0.001, "{corner}");
        let edge = s.strength([0.0, 6.0], 2.4, 0.04);
        assert!(edge.is_none_or(|u| u > 30.0 * corner), "{edge:?}");
        let blank = s.strength([-6.0, -6.0], 2.4, 0.04);
        assert!(blank.is_none_or(|u| u > 30.0 * corner), "{blank:?}");
    }

    #[test]
    fn a_patch_over_the_rim_is_no_anchor() {
        let s = of(|x, y| (3.0 * x).sin() * (3.0 * y).cos());
        assert!(s.strength([14.5, 0.0], 2.4, 0.04).is_none());
        assert!(s.strength([13.0, 0.0], 2.4, 0.04).is_some());
    }
}
