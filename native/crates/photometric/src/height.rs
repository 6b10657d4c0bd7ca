//! Height by integrating the slopes.

use crate::gradient::gradients;
use crate::options::Solution;
use crate::poisson::Poisson;
use crate::quadratic;
use crate::weighted::{System, conjugate_gradients};
use imaging::{Cancel, CoreError, ErrorCode, Result, zeroed};
use rayon::prelude::*;

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
    check_pitch(pitch_mm)?;
    if s.known.iter().all(|k| *k == 0) {
        return Ok(vec![0.0; s.known.len()]);
    }
    cancel.check()?;
    let slopes = gradients(s);
    let system = System::new(s);
    let right = system.right_hand_side(&slopes);
    drop(slopes);
    cancel.check()?;
    let mut solver = Poisson::new(s.width, s.height);
    let mut z = if system.complete {
        let mut z = right;
        solver.solve(&mut z, cancel)?;
        z
    } else {
        let mut z = zeroed::<f32>(right.len());
        conjugate_gradients(
            &system,
            &mut z,
            right,
            &mut solver,
            o.tolerance,
            o.max_iterations,
            cancel,
        )?;
        z
    };
    in_mm(&mut z, s, pitch_mm, !o.remove_quadratic);
    Ok(z)
}

/// # Errors
/// `ValueInvalid` for a pitch that is not a finite number above 0.
pub fn check_pitch(pitch_mm: f64) -> Result<()> {
    if pitch_mm.is_finite() && pitch_mm > 0.0 {
        return Ok(());
    }
    Err(CoreError::new(
        ErrorCode::ValueInvalid,
        format!("the pixel pitch is {pitch_mm} mm"),
        "give a finite number above 0",
    )
    .in_field("pixelPitchMm"))
}

/// From px to mm without the bow, or with `constant_only` without the mean; 0 where unknown.
pub fn in_mm(z: &mut [f32], s: &Solution, pitch_mm: f64, constant_only: bool) {
    quadratic::subtract(z, &s.known, s.width, s.height, constant_only);
    let pitch = pitch_mm as f32;
    z.par_iter_mut()
        .zip(&s.known)
        .for_each(|(z, known)| *z = if *known != 0 { *z * pitch } else { 0.0 });
}
