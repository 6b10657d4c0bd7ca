//! A card's light averaged on a coarse grid of its own frame: what the search for a design looks at.

use crate::cut::Cut;
use imaging::{Cancel, LinearSource, Result};
use rayon::prelude::*;

/// Rows of the image a worker takes at a time.
const BAND: usize = 64;
/// Pixels of a row over which a camera's map is followed as a straight line: lenses bend less than 0.02 px on them.
const STRAIGHT: usize = 64;
/// Places along an edge of the card that tell which rows of the image it spans.
const ALONG: i32 = 8;

/// Mean light on a square grid about the card's centre; NaN where the card does not reach.
#[derive(Clone, Debug)]
pub struct Cells {
    /// Side of a cell, mm.
    pub mm: f64,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Row-major.
    pub light: Vec<f32>,
}

impl Cells {
    /// Averages the card's pixels; rows are skipped where a cell holds more than four of them.
    ///
    /// # Errors
    /// Only cancellation.
    pub fn read(src: &dyn LinearSource, cut: &Cut, mm: f64, cancel: &Cancel) -> Result<Self> {
        let [width, height] = cut.size_mm.map(|s| ((s / mm).ceil() as usize).max(1));
        let stride = ((mm / cut.pitch_mm / 4.0) as usize).max(1);
        let [w, h] = cut.size_mm.map(|s| 0.5 * s);
        let rim = (-ALONG..=ALONG).map(|i| f64::from(i) / f64::from(ALONG));
        let ys = rim.flat_map(|t| [[-w, t * h], [w, t * h], [t * w, -h], [t * w, h]].map(|p| cut.to_px(p)[1]));
        let (low, high) = ys.fold((f64::INFINITY, 0.0f64), |(low, high), y| (low.min(y), high.max(y)));
        let top = low.floor().max(0.0) as usize;
        let bottom = (high.ceil() as usize + 1).min(src.height());
        let rows: Vec<usize> = (top..bottom).step_by(stride).collect();
        let empty = || vec![[0f32; 2]; width * height];
        let sums = rows
            .par_chunks(BAND)
            .map(|band| {
                cancel.check()?;
                let mut sums = empty();
                let mut line = vec![0f32; src.width()];
                for &y in band {
                    src.read_row(y, 0, &mut line);
                    add_row(&line, y, cut, mm, width, height, &mut sums);
                }
                Ok(sums)
            })
            .try_reduce(empty, |mut a, b| {
                for (a, b) in a.iter_mut().zip(b) {
                    a[0] += b[0];
                    a[1] += b[1];
                }
                Ok(a)
            })?;
        let light = sums
            .iter()
            .map(|[sum, n]| if *n > 0.0 { sum / n } else { f32::NAN })
            .collect();
        Ok(Self {
            mm,
            width,
            height,
            light,
        })
    }

    /// Light at a card point between cell centres (bilinear); NaN outside the grid.
    #[must_use]
    pub fn at(&self, mm: [f64; 2]) -> f32 {
        let x = mm[0] / self.mm + 0.5 * (self.width as f64 - 1.0);
        let y = mm[1] / self.mm + 0.5 * (self.height as f64 - 1.0);
        if !(x >= 0.0 && y >= 0.0) {
            return f32::NAN;
        }
        let (i, j) = (x as usize, y as usize);
        if i + 1 >= self.width || j + 1 >= self.height {
            return f32::NAN;
        }
        let (u, v) = ((x - i as f64) as f32, (y - j as f64) as f32);
        let at = j * self.width + i;
        let (a, b) = (
            &self.light[at..at + 2],
            &self.light[at + self.width..at + self.width + 2],
        );
        (a[0] + u * (a[1] - a[0])) * (1.0 - v) + (b[0] + u * (b[1] - b[0])) * v
    }

    /// Card point of a cell's centre, mm.
    #[must_use]
    pub fn centre(&self, column: usize, row: usize) -> [f64; 2] {
        [
            (column as f64 - 0.5 * (self.width as f64 - 1.0)) * self.mm,
            (row as f64 - 0.5 * (self.height as f64 - 1.0)) * self.mm,
        ]
    }

    /// The same light on coarser cells of `factor` x `factor`, about the same centre.
    #[must_use]
    pub fn coarser(&self, mm: f64, width: usize, height: usize) -> Self {
        let mut sums = vec![[0f32; 2]; width * height];
        for row in 0..self.height {
            for column in 0..self.width {
                let value = self.light[row * self.width + column];
                let p = self.centre(column, row);
                let (Some(i), Some(j)) = (cell_of(p[0], mm, width), cell_of(p[1], mm, height)) else {
                    continue;
                };
                if value.is_finite() {
                    let sum = &mut sums[j * width + i];
                    sum[0] += value;
                    sum[1] += 1.0;
                }
            }
        }
        Self {
            mm,
            width,
            height,
            light: sums
                .iter()
                .map(|[sum, n]| if *n > 0.0 { sum / n } else { f32::NAN })
                .collect(),
        }
    }
}

/// Index of the cell that a coordinate about the centre falls in.
fn cell_of(at: f64, mm: f64, count: usize) -> Option<usize> {
    let index = (at / mm + 0.5 * count as f64).floor();
    (index >= 0.0 && index < count as f64).then_some(index as usize)
}

fn add_row(line: &[f32], y: usize, cut: &Cut, mm: f64, width: usize, height: usize, sums: &mut [[f32; 2]]) {
    let half = [0.5 * width as f64, 0.5 * height as f64];
    let inset = [0.5 * cut.size_mm[0], 0.5 * cut.size_mm[1]];
    let at = |x: usize| cut.to_mm([x as f64, y as f64]);
    let mut start = at(0);
    for (piece, values) in line.chunks(STRAIGHT).enumerate() {
        let next = at((piece + 1) * STRAIGHT);
        let step = [0, 1].map(|a| (next[a] - start[a]) / STRAIGHT as f64);
        for (x, &light) in values.iter().enumerate() {
            let p = [start[0] + step[0] * x as f64, start[1] + step[1] * x as f64];
            if p[0].abs() >= inset[0] || p[1].abs() >= inset[1] {
                continue;
            }
            let (i, j) = ((p[0] / mm + half[0]) as usize, (p[1] / mm + half[1]) as usize);
            if i < width && j < height {
                let sum = &mut sums[j * width + i];
                sum[0] += light;
                sum[1] += 1.0;
            }
        }
        start = next;
    }
}
