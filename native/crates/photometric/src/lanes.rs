//! Per-pixel figures of the least-squares fits of a tile: length, normal, residual, confidence, doubt. Straight loops,
//! compiled for the baseline and for AVX2 like those of [`crate::kernel`].

use crate::kernel::LANES;
use crate::noise::Noise;
use crate::tile::TILE;

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
    /// Degrees of freedom of the residual, at least 1.
    pub freedom: f32,
    /// 1 / number of lights.
    pub per_light: f32,
    /// `(S^T S)^-1` of far lights (xx, xy, xz, yy, yz, zz).
    pub inverse: [f32; 6],
}

/// Figures of a tile.
pub struct Lanes {
    /// Unit normals, x, y, z.
    pub normal: [[f32; TILE]; 3],
    /// Albedo.
    pub length: [f32; TILE],
    /// 1 / albedo, 0 where that is 0.
    pub inverse_length: [f32; TILE],
    /// Residual relative to the albedo.
    pub residual: [f32; TILE],
    /// Standard deviation of the normal in degrees.
    pub confidence: [f32; TILE],
    /// 1 where the samples do not agree within the noise.
    pub disagrees: [u32; TILE],
}

impl Lanes {
    /// Zeros.
    pub fn new() -> Self {
        Self {
            normal: [[0.0; TILE]; 3],
            length: [0.0; TILE],
            inverse_length: [0.0; TILE],
            residual: [0.0; TILE],
            confidence: [0.0; TILE],
            disagrees: [0; TILE],
        }
    }
}

#[inline(always)]
fn body(n: usize, g: &[Vec<f32>; 3], rss: &[f32], near: Option<&[Vec<f32>; 6]>, limits: &Limits, out: &mut Lanes) {
    let tr = limits.inverse[0] + limits.inverse[3] + limits.inverse[5];
    for at in (0..n).step_by(LANES) {
        let end = at + LANES;
        let (gx, gy, gz, rss) = (&g[0][at..end], &g[1][at..end], &g[2][at..end], &rss[at..end]);
        let mut spread = [0.0f32; LANES];
        for i in 0..LANES {
            let square = gx[i] * gx[i] + gy[i] * gy[i] + gz[i] * gz[i];
            let length = square.sqrt();
            let inverse = if length > 0.0 { 1.0 / length } else { 0.0 };
            let (x, y, z) = (gx[i] * inverse, gy[i] * inverse, gz[i] * inverse);
            let c = &limits.inverse;
            // tr(P C P) with P = I - n n^T, C = (S^T S)^-1.
            let along = x * (c[0] * x + 2.0 * (c[1] * y + c[2] * z)) + y * (c[3] * y + 2.0 * c[4] * z) + c[5] * z * z;
            spread[i] = tr - along;
            out.normal[0][at + i] = x;
            out.normal[1][at + i] = y;
            out.normal[2][at + i] = z;
            out.length[at + i] = length;
            out.inverse_length[at + i] = inverse;
        }
        if let Some(c) = near {
            for i in 0..LANES {
                let (x, y, z) = (out.normal[0][at + i], out.normal[1][at + i], out.normal[2][at + i]);
                let c: [f32; 6] = std::array::from_fn(|j| c[j][at + i]);
                let along =
                    x * (c[0] * x + 2.0 * (c[1] * y + c[2] * z)) + y * (c[3] * y + 2.0 * c[4] * z) + c[5] * z * z;
                spread[i] = c[0] + c[3] + c[5] - along;
            }
        }
        for i in 0..LANES {
            let (length, inverse) = (out.length[at + i], out.inverse_length[at + i]);
            let model = limits.noise.variance(length);
            let disagrees = rss[i] > model * limits.chi_square + limits.tolerated * length * length;
            let doubt = (rss[i] / limits.freedom).max(model);
            let variance = if disagrees { doubt } else { model };
            out.residual[at + i] = (rss[i] * limits.per_light).sqrt() * inverse;
            out.confidence[at + i] = (variance * spread[i].max(0.0)).sqrt() * inverse * DEG;
            out.disagrees[at + i] = u32::from(disagrees);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(n: usize, g: &[Vec<f32>; 3], rss: &[f32], near: Option<&[Vec<f32>; 6]>, limits: &Limits, out: &mut Lanes) {
    body(n, g, rss, near, limits, out);
}

/// Figures of `n` fits; `near` holds `(S^T S)^-1` per pixel when lights are near.
pub fn figures(
    n: usize,
    g: &[Vec<f32>; 3],
    rss: &[f32],
    near: Option<&[Vec<f32>; 6]>,
    limits: &Limits,
    out: &mut Lanes,
) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { avx2(n, g, rss, near, limits, out) };
    }
    body(n, g, rss, near, limits, out);
}
