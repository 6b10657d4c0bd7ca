//! Poisson equation on a rectangle with natural boundary, solved exactly by cosine transforms (Simchony et al. 1990).

use crate::transpose::transpose;
use imaging::{Cancel, Result, zeroed};
use rayon::prelude::*;
use rustdct::{DctPlanner, TransformType2And3};
use std::sync::Arc;

/// Solver for one image size.
pub struct Poisson {
    width: usize,
    height: usize,
    along_x: Arc<dyn TransformType2And3<f32>>,
    along_y: Arc<dyn TransformType2And3<f32>>,
    /// `2 - 2 cos(pi k / n)`: eigenvalues of the negative second difference with mirrored ends.
    eigen_x: Vec<f64>,
    eigen_y: Vec<f64>,
    turned: Vec<f32>,
}

impl Poisson {
    /// Plans transforms of any size of at least 1.
    pub fn new(width: usize, height: usize) -> Self {
        let mut planner = DctPlanner::new();
        // 4 sin^2 keeps the small ones exact, where 2 - 2 cos cancels.
        let eigen = |n: usize| -> Vec<f64> {
            (0..n)
                .map(|k| 4.0 * (std::f64::consts::PI * k as f64 / (2 * n) as f64).sin().powi(2))
                .collect()
        };
        Self {
            width,
            height,
            along_x: planner.plan_dct2(width),
            along_y: planner.plan_dct2(height),
            eigen_x: eigen(width),
            eigen_y: eigen(height),
            turned: zeroed::<f32>(width * height),
        }
    }

    /// Replaces `f` by z with `-laplace z = f` and mean 0, where laplace is the five-point stencil without the
    /// neighbours outside. The mean of `f` cannot be met and is ignored.
    pub fn solve(&mut self, f: &mut [f32], cancel: &Cancel) -> Result<()> {
        let (w, h) = (self.width, self.height);
        let scratch_len = self.along_x.get_scratch_len();
        rows(f, w, scratch_len, cancel, |row, scratch| {
            self.along_x.process_dct2_with_scratch(row, scratch)
        })?;
        transpose(f, w, h, &mut self.turned);
        let (along_y, eigen_x, eigen_y) = (&self.along_y, &self.eigen_x, &self.eigen_y);
        let norm = 4.0 / (w as f64 * h as f64);
        cancel.check()?;
        self.turned.par_chunks_mut(h).enumerate().for_each_init(
            || vec![0.0; along_y.get_scratch_len()],
            |scratch, (kx, column)| {
                along_y.process_dct2_with_scratch(column, scratch);
                for (v, ey) in column.iter_mut().zip(eigen_y) {
                    let eigen = eigen_x[kx] + ey;
                    *v = if eigen > 0.0 {
                        (f64::from(*v) * norm / eigen) as f32
                    } else {
                        0.0
                    };
                }
                along_y.process_dct3_with_scratch(column, scratch);
            },
        );
        transpose(&self.turned, h, w, f);
        rows(f, w, scratch_len, cancel, |row, scratch| {
            self.along_x.process_dct3_with_scratch(row, scratch)
        })
    }
}

/// Transforms every row in place; widths with large prime factors need several times their length as scratch.
fn rows(
    f: &mut [f32],
    width: usize,
    scratch_len: usize,
    cancel: &Cancel,
    transform: impl Fn(&mut [f32], &mut [f32]) + Sync,
) -> Result<()> {
    f.par_chunks_mut(width * 32).try_for_each_init(
        || vec![0.0; scratch_len],
        |scratch, band| {
            cancel.check()?;
            for row in band.chunks_mut(width) {
                transform(row, scratch);
            }
            Ok(())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_solution_satisfies_the_difference_equation() {
        // 967 is prime: its transform needs the most scratch.
        for (w, h) in [(17, 11), (32, 20), (1, 9), (7, 1), (967, 5), (5, 967)] {
            let mut f: Vec<f32> = (0..w * h).map(|i| ((i * 37 % 23) as f32) / 23.0).collect();
            let mean = f.iter().sum::<f32>() / f.len() as f32;
            f.iter_mut().for_each(|v| *v -= mean);
            let mut z = f.clone();
            Poisson::new(w, h).solve(&mut z, &Cancel::new()).expect("not cancelled");
            for y in 0..h {
                for x in 0..w {
                    let here = z[y * w + x];
                    let mut sum = 0.0;
                    if x > 0 {
                        sum += here - z[y * w + x - 1];
                    }
                    if x + 1 < w {
                        sum += here - z[y * w + x + 1];
                    }
                    if y > 0 {
                        sum += here - z[(y - 1) * w + x];
                    }
                    if y + 1 < h {
                        sum += here - z[(y + 1) * w + x];
                    }
                    assert!((sum - f[y * w + x]).abs() < 1e-4, "{w}x{h} at {x},{y}");
                }
            }
        }
    }
}
