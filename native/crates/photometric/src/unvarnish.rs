//! Takes the varnish's lobe out of a tile's samples, pixel by pixel at the slope that then explains the pixel.

use crate::kernel::LANES;
use crate::lights::Lights;
use crate::tile::{Setup, TILE, Tile};
use crate::varnish::{MOST_LIGHTS, Varnish, half_vector};
use imaging::fastest;

/// Pixels between places where half vectors are computed; linear between them.
const NODE: usize = 64;
/// Newton steps; flat pixels need one.
const STEPS: usize = 5;
/// A step below this ends the search: the lobe is then linear to a thousandth.
const SMALL_STEP: f32 = 2e-3;
const MAX_STEP: f32 = 0.15;
/// Slopes are searched for up to this.
const STEEPEST: f32 = 1.2;

type Lane = [f32; LANES];

/// Half vectors of each light over a tile, and the coarse slopes.
pub struct Halves {
    /// At every [`NODE`] pixels: x, y, z of each light.
    nodes: Vec<[[f32; 3]; MOST_LIGHTS]>,
    slopes: Vec<[f32; 2]>,
}

impl Halves {
    /// Room for a tile.
    pub fn new() -> Self {
        Self {
            nodes: Vec::new(),
            slopes: Vec::new(),
        }
    }

    /// For pixels `x0 ..` of row `y`.
    pub fn fill(&mut self, setup: &Setup, varnish: &Varnish, y: usize, x0: usize, n: usize) {
        let lights: &Lights = &setup.lights;
        self.nodes.clear();
        self.slopes.clear();
        for node in 0..=n.div_ceil(NODE) {
            let x = x0 + node * NODE;
            let place = lights.place(x, y);
            let mut halves = [[0.0; 3]; MOST_LIGHTS];
            for (k, half) in halves.iter_mut().enumerate().take(setup.count()) {
                let l = lights.at(k, x as f64, y as f64).direction;
                *half = half_vector(l, place, setup.view_distance()).map(|v| v as f32);
            }
            self.nodes.push(halves);
            self.slopes.push(varnish.slopes_at(place).map(|v| v as f32));
        }
    }
}

fastest! {
    /// Subtracts the lobe from the grey and colour samples of a fitted tile.
    pub fn remove(tile: &mut Tile, setup: &Setup, varnish: &Varnish, halves: &Halves) = remove_body
}

/// Lobe of every light and its slopes along p and q, in a block of lanes.
struct Lobes {
    value: [Lane; MOST_LIGHTS],
    by_p: [Lane; MOST_LIGHTS],
    by_q: [Lane; MOST_LIGHTS],
    half: [[Lane; 3]; MOST_LIGHTS],
    light: [[Lane; 3]; MOST_LIGHTS],
}

#[inline(always)]
fn remove_body(tile: &mut Tile, setup: &Setup, varnish: &Varnish, halves: &Halves) {
    let lights = setup.count();
    let (strength, exponent) = (varnish.strength as f32, varnish.exponent as f32);
    let planes = lights * TILE;
    let zero = [[0.0; LANES]; MOST_LIGHTS];
    let mut lobes = Lobes {
        value: zero,
        by_p: zero,
        by_q: zero,
        half: [[[0.0; LANES]; 3]; MOST_LIGHTS],
        light: [[[0.0; LANES]; 3]; MOST_LIGHTS],
    };
    for at in (0..tile.n).step_by(LANES) {
        let (node, offset) = (at / NODE, (at % NODE) as f32);
        let share: Lane = std::array::from_fn(|i| (offset + i as f32) / NODE as f32);
        for k in 0..lights {
            let (a, b) = (halves.nodes[node][k], halves.nodes[node + 1][k]);
            for j in 0..3 {
                for i in 0..LANES {
                    lobes.half[k][j][i] = a[j] + share[i] * (b[j] - a[j]);
                }
                lobes.light[k][j] = tile.direction_lane(setup, k, j, at);
            }
        }
        let inverse = tile.inverse_lane(setup, at);
        let g = [0, 1, 2].map(|j| tile.fit_lane(j, at));
        let slopes = halves.slopes[node];
        let (mut p, mut q) = ([slopes[0]; LANES], [slopes[1]; LANES]);
        for _ in 0..STEPS {
            evaluate(&mut lobes, lights, strength, exponent, &p, &q);
            let (dp, dq) = newton(&lobes, lights, &inverse, &g, &p, &q);
            let mut longest = 0.0f32;
            for i in 0..LANES {
                p[i] = (p[i] + dp[i]).clamp(-STEEPEST, STEEPEST);
                q[i] = (q[i] + dq[i]).clamp(-STEEPEST, STEEPEST);
                longest = longest.max(dp[i].abs()).max(dq[i].abs());
            }
            for k in 0..lights {
                for i in 0..LANES {
                    lobes.value[k][i] += lobes.by_p[k][i] * dp[i] + lobes.by_q[k][i] * dq[i];
                }
            }
            if longest < SMALL_STEP {
                break;
            }
        }
        for k in 0..lights {
            subtract(&mut tile.samples[k * TILE + at..][..LANES], &lobes.value[k]);
            for c in 0..tile.colour.len() / planes {
                subtract(&mut tile.colour[c * planes + k * TILE + at..][..LANES], &lobes.value[k]);
            }
        }
    }
}

#[inline(always)]
fn subtract(samples: &mut [f32], value: &Lane) {
    for i in 0..LANES {
        samples[i] -= value[i];
    }
}

/// `strength * lobe(n.h) * n.l` and its slopes at the normal of slopes p, q.
#[inline(always)]
fn evaluate(lobes: &mut Lobes, lights: usize, strength: f32, exponent: f32, p: &Lane, q: &Lane) {
    let mut w = [0.0; LANES];
    for i in 0..LANES {
        w[i] = 1.0 / (1.0 + p[i] * p[i] + q[i] * q[i]).sqrt();
    }
    for k in 0..lights {
        let ([hx, hy, hz], [lx, ly, lz]) = (&lobes.half[k], &lobes.light[k]);
        for i in 0..LANES {
            let c = (hz[i] - p[i] * hx[i] - q[i] * hy[i]) * w[i];
            let d = (lz[i] - p[i] * lx[i] - q[i] * ly[i]) * w[i];
            let lit = if d > 0.0 { d } else { 0.0 };
            let u = 1.0 - c;
            let f = strength * exp(-exponent * (u + 0.5 * u * u));
            // d(n.h)/dp = -h_x w - (n.h) p w^2, the same for l.
            let steep = f * exponent * (1.0 + u) * lit;
            let flat = if d > 0.0 { f } else { 0.0 };
            let w2 = w[i] * w[i];
            lobes.value[k][i] = f * lit;
            lobes.by_p[k][i] = steep * (-hx[i] * w[i] - c * p[i] * w2) + flat * (-lx[i] * w[i] - d * p[i] * w2);
            lobes.by_q[k][i] = steep * (-hy[i] * w[i] - c * q[i] * w2) + flat * (-ly[i] * w[i] - d * q[i] * w2);
        }
    }
}

/// Newton step towards slopes that agree with the diffuse part they leave; 0 where there is no diffuse part.
#[inline(always)]
fn newton(lobes: &Lobes, lights: usize, c: &[Lane; 6], g: &[Lane; 3], p: &Lane, q: &Lane) -> (Lane, Lane) {
    let mut sums = [[[0.0f32; LANES]; 3]; 3];
    for k in 0..lights {
        for j in 0..3 {
            for i in 0..LANES {
                let d = lobes.light[k][j][i];
                sums[0][j][i] += d * lobes.value[k][i];
                sums[1][j][i] += d * lobes.by_p[k][i];
                sums[2][j][i] += d * lobes.by_q[k][i];
            }
        }
    }
    let (mut dp, mut dq) = ([0.0; LANES], [0.0; LANES]);
    for i in 0..LANES {
        let map = |v: &[Lane; 3]| {
            let (x, y, z) = (v[0][i], v[1][i], v[2][i]);
            [
                c[0][i] * x + c[1][i] * y + c[2][i] * z,
                c[1][i] * x + c[3][i] * y + c[4][i] * z,
                c[2][i] * x + c[4][i] * y + c[5][i] * z,
            ]
        };
        let (f, fp, fq) = (map(&sums[0]), map(&sums[1]), map(&sums[2]));
        let d = [g[0][i] - f[0], g[1][i] - f[1], g[2][i] - f[2]];
        let (ex, ey) = (d[0] + p[i] * d[2], d[1] + q[i] * d[2]);
        let xx = d[2] - fp[0] - p[i] * fp[2];
        let xy = -fq[0] - p[i] * fq[2];
        let yx = -fp[1] - q[i] * fp[2];
        let yy = d[2] - fq[1] - q[i] * fq[2];
        let det = xx * yy - xy * yx;
        // Both terms add up where a diffuse part exists; elsewhere the coarse slopes stand.
        let usable = d[2] > 0.0 && det > 1e-4 * g[2][i] * g[2][i];
        let scale = if usable { -1.0 / det } else { 0.0 };
        let (sp, sq) = (scale * (yy * ex - xy * ey), scale * (xx * ey - yx * ex));
        dp[i] = sp.clamp(-MAX_STEP, MAX_STEP);
        dq[i] = sq.clamp(-MAX_STEP, MAX_STEP);
    }
    (dp, dq)
}

/// e^x for x from -80 to 0 to 1e-6: the binary exponent and a polynomial (Cody & Waite 1980).
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// ln 2 in two parts, of which products with whole numbers are exact.
    const HIGH: f32 = 0.693_359_4;
    const LOW: f32 = -2.121_944_4e-4;
    let x = if x > -80.0 { x } else { -80.0 };
    // Adding and taking away 1.5 * 2^23 rounds to the nearest whole number, in the baseline's instructions too.
    const ROUND: f32 = 12_582_912.0;
    let whole = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let f = (x - whole * HIGH) - whole * LOW;
    let series = 1.0 + f * (1.0 + f * (0.5 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0 + f / 720.0)))));
    let power = f32::from_bits(((whole as i32 + 127) as u32) << 23);
    series * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_exact_to_single_precision() {
        for i in 0..4000 {
            let x = -(i as f32) * 0.02;
            assert!((exp(x) / x.exp() - 1.0).abs() < 2e-6, "{x}");
        }
    }
}
