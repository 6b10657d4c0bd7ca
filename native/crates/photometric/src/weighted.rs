//! Weighted least squares of height differences, by conjugate gradients.

use crate::gradient::Gradients;
use crate::options::Solution;
use crate::poisson::Poisson;
use imaging::{Cancel, Result, zeroed};
use rayon::prelude::*;

/// Weight of a slope between pixels of which one is unknown: low enough that known slopes decide, high enough that
/// islands keep a place relative to each other and the iteration converges.
const UNKNOWN_WEIGHT: f32 = 1e-2;

/// The weighted five-point system `D^T W D z = D^T W f`.
pub struct System<'a> {
    known: &'a [u8],
    /// Pixels in a row.
    pub width: usize,
    /// Whether every pixel is known.
    pub complete: bool,
    /// Weights between a pixel and its right neighbour, and the one below; 1 where there are none.
    pub weights: Option<[Vec<f32>; 2]>,
}

impl<'a> System<'a> {
    /// With weights 1 between known pixels.
    pub fn new(s: &'a Solution) -> Self {
        Self {
            known: &s.known,
            width: s.width,
            complete: s.known.iter().all(|k| *k != 0),
            weights: None,
        }
    }

    /// Weight between a pixel and the one to its right or below it.
    #[inline(always)]
    pub fn weight(&self, a: usize, b: usize, horizontal: bool) -> f32 {
        let weight = self
            .weights
            .as_ref()
            .map_or(1.0, |[right, below]| if horizontal { right[a] } else { below[a] });
        if self.known[a] & self.known[b] != 0 {
            weight
        } else {
            UNKNOWN_WEIGHT.min(weight)
        }
    }

    /// Calls `visit(neighbour, weight, horizontal, sign)` for the neighbours of pixel (x, y); sign +1 to the left or
    /// above, -1 to the right or below.
    #[inline(always)]
    fn around(&self, i: usize, x: usize, mut visit: impl FnMut(usize, f32, bool, f32)) {
        if x > 0 {
            visit(i - 1, self.weight(i - 1, i, true), true, 1.0);
        }
        if x + 1 < self.width {
            visit(i + 1, self.weight(i, i + 1, true), true, -1.0);
        }
        if i >= self.width {
            visit(i - self.width, self.weight(i - self.width, i, false), false, 1.0);
        }
        if i + self.width < self.known.len() {
            visit(i + self.width, self.weight(i, i + self.width, false), false, -1.0);
        }
    }

    /// A plane from a function of the pixel's number and its place in the row.
    pub fn map(&self, value: impl Fn(usize, usize) -> f32 + Sync) -> Vec<f32> {
        let mut out = zeroed::<f32>(self.known.len());
        out.par_chunks_mut(self.width).enumerate().for_each(|(y, row)| {
            for (x, v) in row.iter_mut().enumerate() {
                *v = value(y * self.width + x, x);
            }
        });
        out
    }

    /// `D^T W f`: the slope between two pixels is the mean of theirs (trapezoidal rule).
    pub fn right_hand_side(&self, g: &Gradients) -> Vec<f32> {
        self.map(|i, x| {
            let mut sum = 0.0;
            self.around(i, x, |j, weight, horizontal, sign| {
                let slope = if horizontal { g.p[i] + g.p[j] } else { g.q[i] + g.q[j] };
                sum += sign * weight * 0.5 * slope;
            });
            sum
        })
    }

    /// `D^T W D z`.
    pub fn apply(&self, z: &[f32]) -> Vec<f32> {
        self.map(|i, x| {
            let mut sum = 0.0;
            self.around(i, x, |j, weight, _, _| sum += weight * (z[i] - z[j]));
            sum
        })
    }
}

/// Improves `z` until the residual, which is given, has fallen to a share `tolerance` in the norm of the preconditioner, the
/// unweighted Poisson solver.
pub fn conjugate_gradients(
    system: &System,
    z: &mut [f32],
    mut residual: Vec<f32>,
    solver: &mut Poisson,
    tolerance: f64,
    max_iterations: usize,
    cancel: &Cancel,
) -> Result<()> {
    let mut conditioned = residual.clone();
    solver.solve(&mut conditioned, cancel)?;
    let mut direction = conditioned.clone();
    let mut energy = inner(&residual, &conditioned);
    let enough = energy * tolerance * tolerance;
    for _ in 0..max_iterations {
        if energy <= enough || energy <= 0.0 {
            break;
        }
        let image = system.apply(&direction);
        let step = energy / inner(&direction, &image);
        if !step.is_finite() {
            break;
        }
        add_scaled(z, &direction, step as f32);
        add_scaled(&mut residual, &image, -step as f32);
        conditioned.copy_from_slice(&residual);
        solver.solve(&mut conditioned, cancel)?;
        let next = inner(&residual, &conditioned);
        let ratio = (next / energy) as f32;
        direction
            .par_iter_mut()
            .zip(&conditioned)
            .for_each(|(d, c)| *d = c + ratio * *d);
        energy = next;
    }
    Ok(())
}

/// Inner product with a fixed order of summation, so that results do not depend on the number of threads.
fn inner(a: &[f32], b: &[f32]) -> f64 {
    const CHUNK: usize = 1 << 14;
    let parts: Vec<f64> = a
        .par_chunks(CHUNK)
        .zip(b.par_chunks(CHUNK))
        .map(|(a, b)| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum())
        .collect();
    parts.iter().sum()
}

fn add_scaled(a: &mut [f32], b: &[f32], scale: f32) {
    a.par_iter_mut().zip(b).for_each(|(a, b)| *a += scale * b);
}
