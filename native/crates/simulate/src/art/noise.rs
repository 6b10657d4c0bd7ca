//! Value noise: smooth random textures that depend on the key and the place alone.

use crate::rng::{mix, unit};

#[inline]
fn lattice(key: u64, i: i64, j: i64) -> f64 {
    let cell = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (j as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    2.0 * unit(mix(key ^ cell)) - 1.0
}

/// Quintic fade with zero first and second derivatives at both ends (Perlin 2002).
#[inline]
fn fade(t: f64) -> f64 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

/// Smooth noise in -1..1 with a feature size of 1.
#[inline]
pub(crate) fn noise(key: u64, x: f64, y: f64) -> f64 {
    let (fx, fy) = (x.floor(), y.floor());
    let (i, j) = (fx as i64, fy as i64);
    let (u, v) = (fade(x - fx), fade(y - fy));
    let top = lattice(key, i, j) * (1.0 - u) + lattice(key, i + 1, j) * u;
    let bottom = lattice(key, i, j + 1) * (1.0 - u) + lattice(key, i + 1, j + 1) * u;
    top * (1.0 - v) + bottom * v
}

/// Sum of octaves, each half the size and half the height of the one before; within -1..1.
pub(crate) fn fractal(key: u64, x: f64, y: f64, octaves: u32) -> f64 {
    let (mut sum, mut height, mut scale) = (0.0, 0.5, 1.0);
    for octave in 0..octaves {
        sum += height * noise(key.wrapping_add(u64::from(octave)), x * scale, y * scale);
        height *= 0.5;
        scale *= 2.03;
    }
    sum
}
