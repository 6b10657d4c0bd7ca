//! Slopes of the surface from its normals.

use crate::options::Solution;
use imaging::zeroed;
use rayon::prelude::*;

/// Slopes are bounded as if no normal were nearer than this to the image plane (cosine; 87 degrees).
const MIN_COSINE: f32 = 0.05;

/// Slopes of z(x, y): `p = dz/dx`, `q = dz/dy`, without unit; 0 where unknown.
#[derive(Clone, Debug)]
pub struct Gradients {
    /// `height * width` slopes along x (right).
    pub p: Vec<f32>,
    /// `height * width` slopes along y (down).
    pub q: Vec<f32>,
}

/// `p = -n_x / n_z` and `q = -n_y / n_z` at every pixel.
#[must_use]
pub fn gradients(s: &Solution) -> Gradients {
    let pixels = s.width * s.height;
    let (mut p, mut q) = (zeroed::<f32>(pixels), zeroed::<f32>(pixels));
    p.par_chunks_mut(s.width.max(1))
        .zip(q.par_chunks_mut(s.width.max(1)))
        .enumerate()
        .for_each(|(y, (p, q))| slopes_of_row(s, y, p, q));
    Gradients { p, q }
}

/// Slopes of one row.
pub fn slopes_of_row(s: &Solution, y: usize, p: &mut [f32], q: &mut [f32]) {
    let normals = &s.normals[y * s.width * 3..(y + 1) * s.width * 3];
    for ((n, p), q) in normals.chunks_exact(3).zip(p).zip(q) {
        // Unknown pixels hold (0, 0, 0), which this turns into slope 0.
        let inverse = -1.0 / n[2].max(MIN_COSINE);
        *p = n[0] * inverse;
        *q = n[1] * inverse;
    }
}
