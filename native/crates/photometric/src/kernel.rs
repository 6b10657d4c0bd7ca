//! Least squares of a tile of pixels at once: straight loops over lanes that the compiler turns into SIMD.

use imaging::fastest;

/// Pixels handled together; tiles are padded to a multiple of it.
pub const LANES: usize = 16;

/// Planes of a tile, light after light, each `stride` long.
#[derive(Clone, Copy)]
pub struct Planes<'a> {
    /// The samples.
    pub data: &'a [f32],
    /// Distance between the planes of neighbouring lights.
    pub stride: usize,
}

/// What the kernels write: `g = albedo * normal` and the sum of squared residuals.
pub struct Fits<'a> {
    /// x, y and z of g.
    pub g: [&'a mut [f32]; 3],
    /// Sum of squared residuals.
    pub rss: &'a mut [f32],
}

type Lane = [f32; LANES];

/// A whole lane of a plane.
#[inline(always)]
pub fn lane(plane: &[f32], at: usize) -> &Lane {
    plane[at..at + LANES]
        .try_into()
        .expect("tiles are padded to whole lanes")
}

#[inline(always)]
fn lane_mut(plane: &mut [f32], at: usize) -> &mut Lane {
    (&mut plane[at..at + LANES])
        .try_into()
        .expect("tiles are padded to whole lanes")
}

/// Least squares with one pseudo-inverse for all pixels (Woodham 1980).
#[inline(always)]
fn far_body(samples: Planes, n: usize, pseudo_inverse: &[[f32; 3]], directions: &[[f32; 3]], out: &mut Fits) {
    for at in (0..n).step_by(LANES) {
        let (mut x, mut y, mut z) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for (k, p) in pseudo_inverse.iter().enumerate() {
            let row = lane(samples.data, k * samples.stride + at);
            for i in 0..LANES {
                x[i] += p[0] * row[i];
                y[i] += p[1] * row[i];
                z[i] += p[2] * row[i];
            }
        }
        let mut rss = [0.0; LANES];
        for (k, d) in directions.iter().enumerate() {
            let row = lane(samples.data, k * samples.stride + at);
            for i in 0..LANES {
                let r = row[i] - (d[0] * x[i] + d[1] * y[i] + d[2] * z[i]);
                rss[i] += r * r;
            }
        }
        *lane_mut(out.g[0], at) = x;
        *lane_mut(out.g[1], at) = y;
        *lane_mut(out.g[2], at) = z;
        *lane_mut(out.rss, at) = rss;
    }
}

/// Least squares with directions of its own at every pixel; `inverse` receives `(S^T S)^-1` (xx, xy, xz, yy, yz, zz).
#[inline(always)]
fn near_body(
    samples: Planes,
    n: usize,
    lights: usize,
    directions: &[&[f32]; 3],
    inverse: &mut [Vec<f32>; 6],
    out: &mut Fits,
) {
    for at in (0..n).step_by(LANES) {
        let mut m = [[0.0f32; LANES]; 6];
        let mut b = [[0.0f32; LANES]; 3];
        for k in 0..lights {
            let from = k * samples.stride + at;
            let row = lane(samples.data, from);
            let (dx, dy, dz) = (
                lane(directions[0], from),
                lane(directions[1], from),
                lane(directions[2], from),
            );
            for i in 0..LANES {
                m[0][i] += dx[i] * dx[i];
                m[1][i] += dx[i] * dy[i];
                m[2][i] += dx[i] * dz[i];
                m[3][i] += dy[i] * dy[i];
                m[4][i] += dy[i] * dz[i];
                m[5][i] += dz[i] * dz[i];
                b[0][i] += dx[i] * row[i];
                b[1][i] += dy[i] * row[i];
                b[2][i] += dz[i] * row[i];
            }
        }
        let mut g = [[0.0f32; LANES]; 3];
        for i in 0..LANES {
            let a0 = m[3][i] * m[5][i] - m[4][i] * m[4][i];
            let a1 = m[2][i] * m[4][i] - m[1][i] * m[5][i];
            let a2 = m[1][i] * m[4][i] - m[2][i] * m[3][i];
            let a3 = m[0][i] * m[5][i] - m[2][i] * m[2][i];
            let a4 = m[1][i] * m[2][i] - m[0][i] * m[4][i];
            let a5 = m[0][i] * m[3][i] - m[1][i] * m[1][i];
            let inv = 1.0 / (m[0][i] * a0 + m[1][i] * a1 + m[2][i] * a2);
            let c = [a0 * inv, a1 * inv, a2 * inv, a3 * inv, a4 * inv, a5 * inv];
            g[0][i] = c[0] * b[0][i] + c[1] * b[1][i] + c[2] * b[2][i];
            g[1][i] = c[1] * b[0][i] + c[3] * b[1][i] + c[4] * b[2][i];
            g[2][i] = c[2] * b[0][i] + c[4] * b[1][i] + c[5] * b[2][i];
            for j in 0..6 {
                m[j][i] = c[j];
            }
        }
        let mut rss = [0.0; LANES];
        for k in 0..lights {
            let from = k * samples.stride + at;
            let row = lane(samples.data, from);
            let (dx, dy, dz) = (
                lane(directions[0], from),
                lane(directions[1], from),
                lane(directions[2], from),
            );
            for i in 0..LANES {
                let r = row[i] - (dx[i] * g[0][i] + dy[i] * g[1][i] + dz[i] * g[2][i]);
                rss[i] += r * r;
            }
        }
        for j in 0..6 {
            *lane_mut(&mut inverse[j], at) = m[j];
        }
        for j in 0..3 {
            *lane_mut(out.g[j], at) = g[j];
        }
        *lane_mut(out.rss, at) = rss;
    }
}

fastest! {
    /// Least squares of `n` pixels with one pseudo-inverse; planes hold `n` rounded up to [`LANES`].
    pub fn far(samples: Planes, n: usize, pseudo_inverse: &[[f32; 3]], directions: &[[f32; 3]], out: &mut Fits) = far_body
}

fastest! {
    /// Least squares of `n` pixels, each with directions of its own.
    pub fn near(
        samples: Planes,
        n: usize,
        lights: usize,
        directions: &[&[f32]; 3],
        inverse: &mut [Vec<f32>; 6],
        out: &mut Fits,
    ) = near_body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simd_and_the_portable_body_give_the_same_bits() {
        let directions: Vec<[f32; 3]> = (0..8)
            .map(|k| {
                let a = k as f32 * 0.785;
                [0.6 * a.cos(), 0.6 * a.sin(), 0.8]
            })
            .collect();
        let pseudo: Vec<[f32; 3]> = directions
            .iter()
            .map(|d| [d[0] * 0.7, d[1] * 0.7, d[2] * 0.2])
            .collect();
        let data: Vec<f32> = (0..8 * 32).map(|i| ((i * 7919) % 1000) as f32 / 1000.0).collect();
        let run = |portable: bool| {
            let mut planes = vec![vec![0.0f32; 32]; 4];
            let [x, y, z, rss] = &mut planes[..] else {
                unreachable!("four planes were made")
            };
            let mut out = Fits { g: [x, y, z], rss };
            let samples = Planes {
                data: &data,
                stride: 32,
            };
            if portable {
                far_body(samples, 32, &pseudo, &directions, &mut out);
            } else {
                far(samples, 32, &pseudo, &directions, &mut out);
            }
            planes
        };
        assert_eq!(run(true), run(false));
    }
}
