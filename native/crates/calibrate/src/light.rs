//! Linear light of a whole picture, smaller copies of it, and samples between pixels.

use imaging::{Cancel, LinearSource, Plane, Result};
use rayon::prelude::*;

/// Reads a whole picture.
pub(crate) fn read(src: &dyn LinearSource, cancel: &Cancel) -> Result<Plane> {
    let (width, height) = (src.width(), src.height());
    let mut plane = Plane::filled(width, height, 0.0);
    plane
        .data
        .par_chunks_mut(width.max(1) * 64)
        .enumerate()
        .try_for_each(|(band, rows)| {
            cancel.check()?;
            for (i, row) in rows.chunks_mut(width).enumerate() {
                src.read_row(band * 64 + i, 0, row);
            }
            Ok(())
        })?;
    Ok(plane)
}

/// Means over blocks of `factor` x `factor` pixels; a rest at the right and bottom is left out.
///
/// A position p of the small picture lies at `factor * p + (factor - 1) / 2` of the large one.
pub(crate) fn shrink(plane: &Plane, factor: usize) -> Plane {
    if factor <= 1 {
        return plane.clone();
    }
    let (width, height) = (plane.width / factor, plane.height / factor);
    let mut small = Plane::filled(width, height, 0.0);
    let weight = 1.0 / (factor * factor) as f32;
    small
        .data
        .par_chunks_mut(width.max(1))
        .enumerate()
        .for_each(|(y, out)| {
            for j in 0..factor {
                let row = &plane.data[(y * factor + j) * plane.width..];
                for (x, o) in out.iter_mut().enumerate() {
                    *o += weight * row[x * factor..(x + 1) * factor].iter().sum::<f32>();
                }
            }
        });
    small
}

/// Bilinear sample, `None` outside.
pub(crate) fn sample(plane: &Plane, [x, y]: [f64; 2]) -> Option<f64> {
    if !(x >= 0.0 && y >= 0.0 && x <= (plane.width - 1) as f64 && y <= (plane.height - 1) as f64) {
        return None;
    }
    let (x0, y0) = (
        (x as usize).min(plane.width.saturating_sub(2)),
        (y as usize).min(plane.height.saturating_sub(2)),
    );
    let (fx, fy) = (x - x0 as f64, y - y0 as f64);
    let at = |i: usize, j: usize| f64::from(plane.at((x0 + i).min(plane.width - 1), (y0 + j).min(plane.height - 1)));
    let top = at(0, 0) * (1.0 - fx) + at(1, 0) * fx;
    let bottom = at(0, 1) * (1.0 - fx) + at(1, 1) * fx;
    Some(top * (1.0 - fy) + bottom * fy)
}

/// Sums over all rectangles from the upper left corner, for means over windows.
pub(crate) struct Sums {
    width: usize,
    height: usize,
    sums: Vec<f64>,
}

impl Sums {
    pub(crate) fn new(plane: &Plane) -> Self {
        let stride = plane.width + 1;
        let mut sums = vec![0.0; stride * (plane.height + 1)];
        for y in 0..plane.height {
            let mut row = 0.0;
            for x in 0..plane.width {
                row += f64::from(plane.at(x, y));
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
            }
        }
        Self {
            width: plane.width,
            height: plane.height,
            sums,
        }
    }

    /// Mean over the window of half side `half` around a pixel, cut at the picture's edges.
    pub(crate) fn mean(&self, x: usize, y: usize, half: usize) -> f64 {
        let (x0, y0) = (x.saturating_sub(half), y.saturating_sub(half));
        let (x1, y1) = ((x + half + 1).min(self.width), (y + half + 1).min(self.height));
        let stride = self.width + 1;
        let sum = self.sums[y1 * stride + x1] - self.sums[y0 * stride + x1] - self.sums[y1 * stride + x0]
            + self.sums[y0 * stride + x0];
        sum / ((x1 - x0) * (y1 - y0)) as f64
    }
}
