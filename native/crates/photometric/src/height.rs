//! Height by integrating the slopes.

use crate::gradient::{Gradients, gradients};
use crate::options::Solution;
use crate::poisson::Poisson;
use crate::quadratic;
use imaging::{Cancel, CoreError, ErrorCode, Result, zeroed};
use rayon::prelude::*;

/// Weight of a slope between pixels of which one is unknown: low enough that known slopes decide, high enough that
/// islands keep a place relative to each other and the iteration converges.
const UNKNOWN_WEIGHT: f32 = 1e-2;

/// How slopes are integrated.
#[derive(Clone, Copy, Debug)]
pub struct HeightOptions {
    /// Subtract the fitted quadratic: low-frequency bow is not trustworthy. Else only the mean.
    pub remove_quadratic: bool,
    /// Relative residual at which the iteration around unknown pixels stops.
    pub tolerance: f64,
    /// Most iterations; each costs one Poisson solve.
    pub max_iterations: usize,
}

impl Default for HeightOptions {
    fn default() -> Self {
        Self {
            remove_quadratic: true,
            tolerance: 1e-3,
            max_iterations: 40,
        }
    }
}

/// `height * width` heights in mm, positive towards the camera, with mean 0 over the known pixels; 0 where unknown.
///
/// Least squares of the slopes between neighbours (Horn & Brooks 1986) with natural boundary. Without unknown pixels one
/// cosine transform solves it exactly (Simchony et al. 1990); with them, conjugate gradients preconditioned by it bridge
/// the unknown smoothly.
///
/// # Errors
/// `ValueInvalid` for a pitch that is not a finite number above 0; `Cancelled`.
pub fn height_mm(s: &Solution, pitch_mm: f64, o: HeightOptions, cancel: &Cancel) -> Result<Vec<f32>> {
    if !(pitch_mm.is_finite() && pitch_mm > 0.0) {
        return Err(CoreError::new(
            ErrorCode::ValueInvalid,
            format!("the pixel pitch is {pitch_mm} mm"),
            "give a finite number above 0",
        )
        .in_field("pixelPitchMm"));
    }
    if s.known.iter().all(|k| *k == 0) {
        return Ok(vec![0.0; s.known.len()]);
    }
    cancel.check()?;
    let slopes = gradients(s);
    let system = System {
        known: &s.known,
        width: s.width,
        complete: s.known.iter().all(|k| *k != 0),
    };
    let right = system.right_hand_side(&slopes);
    drop(slopes);
    cancel.check()?;
    let mut solver = Poisson::new(s.width, s.height);
    let mut z = if system.complete {
        let mut z = right;
        solver.solve(&mut z, cancel)?;
        z
    } else {
        conjugate_gradients(&system, right, &mut solver, o, cancel)?
    };
    quadratic::subtract(&mut z, &s.known, s.width, s.height, !o.remove_quadratic);
    let pitch = pitch_mm as f32;
    z.par_iter_mut()
        .zip(&s.known)
        .for_each(|(z, known)| *z = if *known != 0 { *z * pitch } else { 0.0 });
    Ok(z)
}

/// The weighted five-point system `D^T W D z = D^T W f`.
struct System<'a> {
    known: &'a [u8],
    width: usize,
    complete: bool,
}

impl System<'_> {
    #[inline(always)]
    fn weight(&self, a: usize, b: usize) -> f32 {
        if self.known[a] & self.known[b] != 0 {
            1.0
        } else {
            UNKNOWN_WEIGHT
        }
    }

    /// Calls `visit(neighbour, weight, horizontal, sign)` for the neighbours of pixel (x, y); sign +1 to the left or
    /// above, -1 to the right or below.
    #[inline(always)]
    fn around(&self, i: usize, x: usize, mut visit: impl FnMut(usize, f32, bool, f32)) {
        if x > 0 {
            visit(i - 1, self.weight(i, i - 1), true, 1.0);
        }
        if x + 1 < self.width {
            visit(i + 1, self.weight(i, i + 1), true, -1.0);
        }
        if i >= self.width {
            visit(i - self.width, self.weight(i, i - self.width), false, 1.0);
        }
        if i + self.width < self.known.len() {
            visit(i + self.width, self.weight(i, i + self.width), false, -1.0);
        }
    }

    fn map(&self, value: impl Fn(usize, usize) -> f32 + Sync) -> Vec<f32> {
        let mut out = zeroed::<f32>(self.known.len());
        out.par_chunks_mut(self.width).enumerate().for_each(|(y, row)| {
            for (x, v) in row.iter_mut().enumerate() {
                *v = value(y * self.width + x, x);
            }
        });
        out
    }

    /// The slope between two pixels is the mean of theirs (trapezoidal rule).
    fn right_hand_side(&self, g: &Gradients) -> Vec<f32> {
        self.map(|i, x| {
            let mut sum = 0.0;
            self.around(i, x, |j, weight, horizontal, sign| {
                let slope = if horizontal { g.p[i] + g.p[j] } else { g.q[i] + g.q[j] };
                sum += sign * weight * 0.5 * slope;
            });
            sum
        })
    }

    fn apply(&self, z: &[f32]) -> Vec<f32> {
        self.map(|i, x| {
            let mut sum = 0.0;
            self.around(i, x, |j, weight, _, _| sum += weight * (z[i] - z[j]));
            sum
        })
    }
}

fn conjugate_gradients(
    system: &System,
    right: Vec<f32>,
    solver: &mut Poisson,
    o: HeightOptions,
    cancel: &Cancel,
) -> Result<Vec<f32>> {
    let mut residual = right;
    let mut z = vec![0.0f32; residual.len()];
    let mut conditioned = residual.clone();
    solver.solve(&mut conditioned, cancel)?;
    let mut direction = conditioned.clone();
    let mut energy = inner(&residual, &conditioned);
    let enough = energy * o.tolerance * o.tolerance;
    for _ in 0..o.max_iterations {
        if energy <= enough || energy <= 0.0 {
            break;
        }
        let image = system.apply(&direction);
        let step = energy / inner(&direction, &image);
        if !step.is_finite() {
            break;
        }
        add_scaled(&mut z, &direction, step as f32);
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
    Ok(z)
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
