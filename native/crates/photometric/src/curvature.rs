//! Mean and Gaussian curvature of the surface, where scratches and dents show and print does not.

use crate::gradient::slopes_of_row;
use crate::options::Solution;
use imaging::{Cancel, Result, zeroed};
use rayon::prelude::*;

/// Rows of a band.
const BAND: usize = 32;

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
    let pixels = s.width * s.height;
    let (mut mean, mut gaussian) = (zeroed::<f32>(pixels), zeroed::<f32>(pixels));
    let scale = pitch_mm.map_or(1.0, |mm| 1.0 / mm) as f32;
    let rows = (BAND * s.width).max(1);
    mean.par_chunks_mut(rows)
        .zip(gaussian.par_chunks_mut(rows))
        .enumerate()
        .try_for_each(|(band, (mean, gaussian))| {
            cancel.check()?;
            curve_band(s, band * BAND, scale, mean, gaussian);
            Ok(())
        })?;
    Ok(Curvature { mean, gaussian })
}

/// Slopes of the rows around one row: above, at and below, reused as the band moves down.
struct Window {
    p: [Vec<f32>; 3],
    q: [Vec<f32>; 3],
}

fn curve_band(s: &Solution, y0: usize, scale: f32, mean: &mut [f32], gaussian: &mut [f32]) {
    let w = s.width;
    let mut window = Window {
        p: std::array::from_fn(|_| vec![0.0; w]),
        q: std::array::from_fn(|_| vec![0.0; w]),
    };
    for (row, (mean, gaussian)) in mean.chunks_mut(w).zip(gaussian.chunks_mut(w)).enumerate() {
        let y = y0 + row;
        window.p.rotate_left(1);
        window.q.rotate_left(1);
        let first = if row == 0 { 0 } else { 2 };
        for j in first..3 {
            // The window holds rows y-1, y, y+1, held at the image's border.
            let from = (y + j).saturating_sub(1).min(s.height - 1);
            slopes_of_row(s, from, &mut window.p[j], &mut window.q[j]);
        }
        let known = |yy: usize| &s.known[yy * w..(yy + 1) * w];
        let rows = [known(y.saturating_sub(1)), known(y), known((y + 1).min(s.height - 1))];
        for x in 0..w {
            let (left, right) = (x.saturating_sub(1), (x + 1).min(w - 1));
            let usable = rows[1][x] & rows[1][left] & rows[1][right] & rows[0][x] & rows[2][x];
            if usable == 0 {
                continue;
            }
            // At the image's border the difference is one-sided over one pixel.
            let (dx, dy) = (
                scale / (right - left).max(1) as f32,
                scale / if y == 0 || y + 1 == s.height { 1.0 } else { 2.0 },
            );
            let (p, q) = (window.p[1][x], window.q[1][x]);
            let p_x = (window.p[1][right] - window.p[1][left]) * dx;
            let q_x = (window.q[1][right] - window.q[1][left]) * dx;
            let p_y = (window.p[2][x] - window.p[0][x]) * dy;
            let q_y = (window.q[2][x] - window.q[0][x]) * dy;
            let (pp, qq) = (p * p, q * q);
            let metric = 1.0 + pp + qq;
            let top = (1.0 + qq) * p_x - p * q * (p_y + q_x) + (1.0 + pp) * q_y;
            mean[x] = -0.5 * top / (metric * metric.sqrt());
            gaussian[x] = (p_x * q_y - p_y * q_x) / (metric * metric);
        }
    }
}
