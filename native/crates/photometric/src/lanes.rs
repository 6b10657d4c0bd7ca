//! Per-pixel figures of the least-squares fits of a tile: length, normal, residual, confidence, doubt. Straight loops,
//! compiled for the baseline and for AVX2 like those of [`crate::kernel`].

use crate::kernel::LANES;
use crate::noise::Noise;
use crate::tile::TILE;
use imaging::fastest;

/// The samples do not agree within the noise.
pub const DISAGREES: u8 = 1;
/// There is no normal, or none better than the limit, or it faces away.
pub const UNCERTAIN: u8 = 2;
const DEG: f32 = 180.0 / std::f32::consts::PI;

/// Numbers that are the same for all pixels.
#[derive(Clone, Copy)]
pub struct Limits {
    /// Noise of one sample.
    pub noise: Noise,
    /// Chi-square limit on the sum of squares, in variances of one sample.
    pub chi_square: f32,
    /// Tolerated sum of squares, in squares of the albedo.
    pub tolerated: f32,
    /// 1 / degrees of freedom of the residual, which are at least 1.
    pub per_freedom: f32,
    /// 1 / number of lights.
    pub per_light: f32,
    /// A normal less certain than this is not known.
    pub worst_deg: f32,
    /// `(S^T S)^-1` of far lights (xx, xy, xz, yy, yz, zz).
    pub inverse: [f32; 6],
}

/// Figures of a tile.
pub struct Lanes {
    /// Unit normals, x, y, z.
    pub normal: [[f32; TILE]; 3],
    /// Albedo.
    pub length: [f32; TILE],
    /// Residual relative to the albedo.
    pub residual: [f32; TILE],
    /// Standard deviation of the normal in degrees.
    pub confidence: [f32; TILE],
    /// [`DISAGREES`] and [`UNCERTAIN`]; 0 where the fit stands as it is.
    pub doubts: [u8; TILE],
}

impl Lanes {
    /// Zeros.
    pub fn new() -> Self {
        Self {
            normal: [[0.0; TILE]; 3],
            length: [0.0; TILE],
            residual: [0.0; TILE],
            confidence: [0.0; TILE],
            doubts: [0; TILE],
        }
    }
}

type Lane = [f32; LANES];

#[inline(always)]
fn lane(plane: &[f32], at: usize) -> &Lane {
    plane[at..at + LANES]
        .try_into()
        .expect("tiles are padded to whole lanes")
}

#[inline(always)]
fn put<T: Copy>(plane: &mut [T], at: usize, lane: &[T; LANES]) {
    plane[at..at + LANES].copy_from_slice(lane);
}

/// `tr(P C P)` with `P = I - n n^T` and C = `(S^T S)^-1` (xx, xy, xz, yy, yz, zz).
#[inline(always)]
fn spread(c: [f32; 6], [x, y, z]: [f32; 3]) -> f32 {
    let along = x * (c[0] * x + 2.0 * (c[1] * y + c[2] * z)) + y * (c[3] * y + 2.0 * c[4] * z) + c[5] * z * z;
    let rest = c[0] + c[3] + c[5] - along;
    if rest > 0.0 { rest } else { 0.0 }
}

// Everything goes through arrays of one lane: slices inside the loops would cost a bounds check each, and the SIMD.
#[inline(always)]
fn body(n: usize, g: &[Vec<f32>; 3], rss: &[f32], near: Option<&[Vec<f32>; 6]>, limits: &Limits, out: &mut Lanes) {
    let limits = *limits;
    for at in (0..n).step_by(LANES) {
        let (gx, gy, gz, rss) = (lane(&g[0], at), lane(&g[1], at), lane(&g[2], at), lane(rss, at));
        let mut n = [[0.0f32; LANES]; 3];
        let (mut length, mut inverse) = ([0.0f32; LANES], [0.0f32; LANES]);
        for i in 0..LANES {
            let l = (gx[i] * gx[i] + gy[i] * gy[i] + gz[i] * gz[i]).sqrt();
            let reciprocal = 1.0 / l;
            let r = if l > 0.0 { reciprocal } else { 0.0 };
            (n[0][i], n[1][i], n[2][i]) = (gx[i] * r, gy[i] * r, gz[i] * r);
            (length[i], inverse[i]) = (l, r);
        }
        let mut wide = [0.0f32; LANES];
        match near {
            Some(c) => {
                let c: [&Lane; 6] = std::array::from_fn(|j| lane(&c[j], at));
                for i in 0..LANES {
                    let here = [c[0][i], c[1][i], c[2][i], c[3][i], c[4][i], c[5][i]];
                    wide[i] = spread(here, [n[0][i], n[1][i], n[2][i]]);
                }
            }
            None => {
                for i in 0..LANES {
                    wide[i] = spread(limits.inverse, [n[0][i], n[1][i], n[2][i]]);
                }
            }
        }
        let (mut residual, mut confidence) = ([0.0f32; LANES], [0.0f32; LANES]);
        let (mut apart, mut unsure) = ([0u32; LANES], [0u32; LANES]);
        for i in 0..LANES {
            let (l, r) = (length[i], inverse[i]);
            let model = limits.noise.variance(l);
            let disagrees = rss[i] > model * limits.chi_square + limits.tolerated * l * l;
            let found = rss[i] * limits.per_freedom;
            let doubt = if found > model { found } else { model };
            let variance = if disagrees { doubt } else { model };
            let degrees = (variance * wide[i]).sqrt() * r * DEG;
            residual[i] = (rss[i] * limits.per_light).sqrt() * r;
            confidence[i] = degrees;
            apart[i] = if disagrees { u32::from(DISAGREES) } else { 0 };
            // Written so that NaN is refused too.
            let sure = if degrees <= limits.worst_deg {
                0
            } else {
                u32::from(UNCERTAIN)
            };
            unsure[i] = if gz[i] > 0.0 { sure } else { u32::from(UNCERTAIN) };
        }
        let mut doubts = [0u8; LANES];
        for i in 0..LANES {
            doubts[i] = (apart[i] | unsure[i]) as u8;
        }
        for j in 0..3 {
            put(&mut out.normal[j], at, &n[j]);
        }
        put(&mut out.length, at, &length);
        put(&mut out.residual, at, &residual);
        put(&mut out.confidence, at, &confidence);
        put(&mut out.doubts, at, &doubts);
    }
}

fastest! {
    /// Figures of `n` fits; `near` holds `(S^T S)^-1` per pixel when lights are near.
    pub fn figures(
        n: usize,
        g: &[Vec<f32>; 3],
        rss: &[f32],
        near: Option<&[Vec<f32>; 6]>,
        limits: &Limits,
        out: &mut Lanes,
    ) = body
}
