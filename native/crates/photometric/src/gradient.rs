//! Slopes of the surface from its normals.

use crate::derivatives::slopes;
use crate::options::Solution;
use imaging::zeroed;
use rayon::prelude::*;

/// Slopes of z(x, y): `p = dz/dx`, `q = dz/dy`, without unit; 0 where unknown.
#[derive(Clone, Debug)]
pub struct Gradients {
    /// `height * width` slopes along x (right).
    pub p: Vec<f32>,
    /// `height * width` slopes along y (down).
    pub q: Vec<f32>,
}

/// `p = -n_x / n_z` and `q = -n_y / n_z` at every pixel, bounded at 87 degrees.
#[must_use]
pub fn gradients(s: &Solution) -> Gradients {
    let pixels = s.width * s.height;
    let (mut p, mut q) = (zeroed::<f32>(pixels), zeroed::<f32>(pixels));
    let row = s.width.max(1);
    p.par_chunks_mut(row)
        .zip(q.par_chunks_mut(row))
        .enumerate()
        .for_each(|(y, (p, q))| slopes(&s.normals.planes().map(|plane| &plane[y * row..(y + 1) * row]), p, q));
    Gradients { p, q }
}
