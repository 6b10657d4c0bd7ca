//! A coarse picture of the whole image from a few rows per cell, and the edge cells in it.

use imaging::{Cancel, LinearSource, Result};
use rayon::prelude::*;

/// Cells along the longer image side for one card: enough to place an edge to half a per cent of it.
pub const ONE_CARD: usize = 320;
/// Cells along the longer image side for many cards: a ninth of a sheet still gets the cells of half a picture.
pub const MANY_CARDS: usize = 640;
/// Rows read per cell; more would only cost time, the fine stage reads every pixel near the edges.
const ROWS_PER_CELL: usize = 2;
/// Light at and above which a pixel counts as saturated.
const SATURATED: f32 = 0.998;

/// Square root of mean light per cell: equal steps look about equally strong on dark and bright ground.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Image pixels per cell side.
    pub cell: usize,
    /// Cells in a row.
    pub width: usize,
    /// Rows of cells.
    pub height: usize,
    /// `width * height` values.
    pub values: Vec<f32>,
    /// Share of saturated pixels per cell.
    pub saturated: Vec<f32>,
}

/// A cell on an edge.
#[derive(Clone, Copy, Debug)]
pub struct EdgeCell {
    /// Sub-cell position in cells.
    pub x: f32,
    /// Sub-cell position in cells.
    pub y: f32,
    /// Direction of the gradient, radians.
    pub angle: f32,
    /// The same as a unit vector.
    pub normal: [f32; 2],
    /// Evidence in 0..1.
    pub weight: f32,
}

/// Gradient of a grid and the strength at which evidence is one half.
#[derive(Clone, Debug)]
pub struct Gradient {
    /// Derivative along x per cell.
    pub x: Vec<f32>,
    /// Derivative along y per cell.
    pub y: Vec<f32>,
    /// Length of both.
    pub size: Vec<f32>,
    /// Half-evidence strength.
    pub half: f32,
}

impl Grid {
    /// Reads the source coarsely, with about `cells` cells along its longer side.
    ///
    /// # Errors
    /// Only cancellation.
    pub fn read(src: &dyn LinearSource, cells: usize, cancel: &Cancel) -> Result<Self> {
        let cell = (src.width().max(src.height()).div_ceil(cells)).max(1);
        let (width, height) = (src.width() / cell, src.height() / cell);
        let rows = ROWS_PER_CELL.min(cell);
        let mut values = vec![0.0f32; width * height];
        let mut saturated = vec![0.0f32; width * height];
        let bands = values
            .par_chunks_mut(width.max(1))
            .zip(saturated.par_chunks_mut(width.max(1)));
        bands
            .enumerate()
            .try_for_each(|(gy, (value_row, saturated_row))| -> Result<()> {
                cancel.check()?;
                let mut line = vec![0.0f32; width * cell];
                for k in 0..rows {
                    let y = gy * cell + (2 * k + 1) * cell / (2 * rows);
                    src.read_row(y, 0, &mut line);
                    for (gx, pixels) in line.chunks_exact(cell).enumerate() {
                        value_row[gx] += pixels.iter().sum::<f32>();
                        saturated_row[gx] += pixels.iter().filter(|p| **p >= SATURATED).count() as f32;
                    }
                }
                let scale = 1.0 / (rows * cell) as f32;
                for (value, full) in value_row.iter_mut().zip(saturated_row.iter_mut()) {
                    // Written so that a NaN stays one and is refused later.
                    let light = *value * scale;
                    *value = if light < 0.0 { 0.0 } else { light.sqrt() };
                    *full *= scale;
                }
                Ok(())
            })?;
        Ok(Self {
            cell,
            width,
            height,
            values,
            saturated,
        })
    }

    /// Image coordinate of a grid coordinate.
    #[must_use]
    pub fn to_image(&self, g: f64) -> f64 {
        (g + 0.5) * self.cell as f64 - 0.5
    }

    /// Grid coordinate of an image coordinate.
    #[must_use]
    pub fn to_cells(&self, px: f64) -> f64 {
        (px + 0.5) / self.cell as f64 - 0.5
    }

    /// Sobel gradient; the outermost cells stay 0.
    #[must_use]
    pub fn gradient(&self) -> Gradient {
        let n = self.width;
        let plane = || vec![0.0f32; self.values.len()];
        let (mut gx, mut gy, mut size) = (plane(), plane(), plane());
        let rows = gx.par_chunks_mut(n.max(1)).zip(gy.par_chunks_mut(n.max(1)));
        rows.zip(size.par_chunks_mut(n.max(1)))
            .enumerate()
            .for_each(|(y, ((gx, gy), size))| {
                if y == 0 || y + 1 >= self.height {
                    return;
                }
                let [above, here, below] = [y - 1, y, y + 1].map(|y| &self.values[y * n..(y + 1) * n]);
                for x in 1..n.saturating_sub(1) {
                    let (l, r) = (x - 1, x + 1);
                    let across = above[r] - above[l] + 2.0 * (here[r] - here[l]) + below[r] - below[l];
                    let down = below[l] - above[l] + 2.0 * (below[x] - above[x]) + below[r] - above[r];
                    (gx[x], gy[x]) = (across / 8.0, down / 8.0);
                    size[x] = (gx[x] * gx[x] + gy[x] * gy[x]).sqrt();
                }
            });
        // A part of the cells is enough for a quantile; a step that is no divisor of usual widths visits all columns.
        let mut sizes: Vec<f64> = size.iter().step_by(7).map(|s| f64::from(*s)).collect();
        // The quietest quarter of a picture is mat or frame: four times its level is clearly an edge.
        let quiet = crate::math::quantile(&mut sizes, 0.25);
        let half = (4.0 * quiet).clamp(0.004, 0.03) as f32;
        Gradient {
            x: gx,
            y: gy,
            size,
            half,
        }
    }
}

impl Gradient {
    /// Evidence in 0..1 for a gradient strength.
    #[must_use]
    pub fn evidence(&self, strength: f32) -> f32 {
        let s = strength * strength;
        s / (s + self.half * self.half)
    }

    /// Cells where the gradient is largest across the edge, with a parabola's sub-cell position.
    #[must_use]
    pub fn edge_cells(&self, grid: &Grid) -> Vec<EdgeCell> {
        let n = grid.width;
        let size = |i: usize| self.size[i];
        let row = |y: usize| {
            let mut cells = Vec::new();
            for x in 2..n.saturating_sub(2) {
                let i = y * n + x;
                let here = size(i);
                if here < 0.5 * self.half {
                    continue;
                }
                let (ax, ay) = (self.x[i].abs(), self.y[i].abs());
                // Step to the neighbour in the gradient's octant.
                let dx = if 2.4 * ax > ay { self.x[i].signum() as isize } else { 0 };
                let dy = if 2.4 * ay > ax { self.y[i].signum() as isize } else { 0 };
                let offset = dy * n as isize + dx;
                let (before, after) = (
                    size((i as isize - offset) as usize),
                    size((i as isize + offset) as usize),
                );
                if here < before || here <= after {
                    continue;
                }
                let bend = before - 2.0 * here + after;
                let shift = if bend < 0.0 { 0.5 * (before - after) / bend } else { 0.0 };
                cells.push(EdgeCell {
                    x: x as f32 + shift * dx as f32,
                    y: y as f32 + shift * dy as f32,
                    angle: self.y[i].atan2(self.x[i]),
                    normal: [self.x[i] / here, self.y[i] / here],
                    weight: self.evidence(here),
                });
            }
            cells
        };
        (2..grid.height.saturating_sub(2))
            .into_par_iter()
            .flat_map_iter(row)
            .collect()
    }
}
