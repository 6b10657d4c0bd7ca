//! Mean and Gaussian curvature of the surface, where scratches and dents show and print does not.

use crate::maps::{Wanted, pixel_maps};
use crate::options::Solution;
use imaging::{Cancel, Result};

/// Curvatures, 0 where they cannot be told (unknown pixels and those without a known neighbour on an axis).
#[derive(Clone, Debug)]
pub struct Curvature {
    /// Mean curvature, positive where the surface bulges towards the camera; 1/mm with a pitch, else 1/px.
    pub mean: Vec<f32>,
    /// Gaussian curvature, positive on bumps and dents, negative on saddles; 1/mm^2 with a pitch, else 1/px^2.
    pub gaussian: Vec<f32>,
}

/// Mean and Gaussian curvature of z(x, y) by central differences of the slopes p, q (do Carmo 1976, section 3-3):
/// `H = -((1+q^2) p_x - p q (p_y+q_x) + (1+p^2) q_y) / (2 (1+p^2+q^2)^1.5)`, `K = (p_x q_y - p_y q_x) / (1+p^2+q^2)^2`.
///
/// # Errors
/// `Cancelled`.
pub fn curvature(s: &Solution, pitch_mm: Option<f64>, cancel: &Cancel) -> Result<Curvature> {
    let wanted = Wanted {
        curvature: true,
        ..Wanted::default()
    };
    let maps = pixel_maps(s, None, &wanted, pitch_mm, cancel)?;
    Ok(Curvature {
        mean: maps.mean,
        gaussian: maps.gaussian,
    })
}
