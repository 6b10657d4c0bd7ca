//! Takes the varnish's lobe out of a tile's samples, pixel by pixel at the slope that then explains the pixel.

use crate::kernel::{LANES, lane};
use crate::lights::Lights;
use crate::lobe_curve::Curve;
use crate::lobe_model::{Model, Near, POINTS};
use crate::tile::{Setup, TILE, Tile};
use crate::varnish::{MOST_LIGHTS, Varnish, half_vector};
use imaging::fastest;

/// Pixels between the nodes, where half vectors are computed; linear between them.
const NODE: usize = 64;
/// The same where so many pixels are no longer than [`WIDE_MM`].
const WIDE_NODE: usize = 128;
/// Over this length half vectors bend by less than what a lobe shows.
const WIDE_MM: f64 = 6.0;
/// Newton steps; flat pixels need one.
const STEPS: usize = 5;
/// A step below this ends the search: the lobe is then linear to a thousandth.
const SMALL_STEP: f32 = 2e-3;
/// After a step below this the lobe itself need not be looked at again.
const NO_STEP: f32 = 2e-4;
const MAX_STEP: f32 = 0.15;
/// Slopes are searched for up to this.
const STEEPEST: f32 = 1.2;

type Lane = [f32; LANES];

/// Half vectors of each light over a tile, and the coarse slopes.
pub struct Halves {
    /// Pixels from a node to the next.
    apart: usize,
    /// At every node: x, y, z of each light.
    nodes: Vec<[[f32; 3]; MOST_LIGHTS]>,
    slopes: Vec<[f32; 2]>,
}

impl Halves {
    /// Room for a tile under these lights.
    pub fn new(lights: &Lights) -> Self {
        let wide = lights.in_mm() && WIDE_NODE as f64 * lights.pitch_mm() <= WIDE_MM;
        Self {
            apart: if wide { WIDE_NODE } else { NODE },
            nodes: Vec::new(),
            slopes: Vec::new(),
        }
    }

    /// For pixels `x0 ..` of row `y`.
    pub fn fill(&mut self, setup: &Setup, varnish: &Varnish, y: usize, x0: usize, n: usize) {
        let lights: &Lights = &setup.lights;
        self.nodes.clear();
        self.slopes.clear();
        for node in 0..=n.div_ceil(self.apart) {
            let x = x0 + node * self.apart;
            let place = lights.place(x, y);
            let mut halves = [[0.0; 3]; MOST_LIGHTS];
            for (k, half) in halves.iter_mut().enumerate().take(setup.count()) {
                let l = if lights.near() {
                    lights.at(k, x as f64, y as f64).direction
                } else {
                    setup.directions[k]
                };
                *half = half_vector(l, place, setup.view_distance()).map(|v| v as f32);
            }
            self.nodes.push(halves);
            self.slopes.push(varnish.slopes_at(place).map(|v| v as f32));
        }
    }
}

fastest! {
    /// Subtracts the lobe from the grey samples of a fitted tile, and keeps it in `tile.lobe`.
    pub fn remove(tile: &mut Tile, setup: &Setup, varnish: &Varnish, halves: &Halves) = remove_body
}

/// Lobe of every light and its slopes along p and q, in a block of lanes; each lane is a line of the cache.
#[repr(C, align(64))]
struct Lobes {
    value: [Lane; MOST_LIGHTS],
    by_p: [Lane; MOST_LIGHTS],
    by_q: [Lane; MOST_LIGHTS],
    light: [[Lane; 3]; MOST_LIGHTS],
    /// How much of the way from a node to the next the pixels have come.
    share: Lane,
    /// Half vectors at the node before, and their change until the next.
    half: [[[f32; 2]; 3]; MOST_LIGHTS],
}

#[inline(always)]
fn remove_body(tile: &mut Tile, setup: &Setup, varnish: &Varnish, halves: &Halves) {
    let curve = Curve::new(varnish.strength, varnish.exponent);
    let lights = setup.count().min(MOST_LIGHTS);
    let zero = [[0.0; LANES]; MOST_LIGHTS];
    let mut lobes = Lobes {
        value: zero,
        by_p: zero,
        by_q: zero,
        light: [[[0.0; LANES]; 3]; MOST_LIGHTS],
        share: [0.0; LANES],
        half: [[[0.0; 2]; 3]; MOST_LIGHTS],
    };
    let mut inverse = tile.inverse_lane(setup, 0);
    for first in (0..tile.n).step_by(halves.apart) {
        let model = model_at(tile, setup, halves, first, &curve, lights, &mut lobes);
        for at in (first..tile.n.min(first + halves.apart)).step_by(LANES) {
            if setup.lights.near() {
                inverse = tile.inverse_lane(setup, at);
                for k in 0..lights {
                    lobes.light[k] = std::array::from_fn(|j| tile.direction_lane(setup, k, j, at));
                }
            }
            for i in 0..LANES {
                lobes.share[i] = (at - first + i) as f32 / halves.apart as f32;
            }
            let g = [lane(&tile.g[0], at), lane(&tile.g[1], at), lane(&tile.g[2], at)];
            let change = search(&mut lobes, &curve, lights, &model, &inverse, g);
            for k in 0..lights {
                let rest = along(&lobes.value[k], &lobes.light[k], &change);
                subtract(&mut tile.samples[k * TILE + at..][..LANES], &rest);
                tile.lobe[k * TILE + at..][..LANES].copy_from_slice(&rest);
            }
        }
    }
}

/// The lobe's fit over the pixels from a node to the next, from its values at a few slopes. Half vectors and lights are
/// left in `lobes`: far lights stay what they are.
#[inline(always)]
fn model_at(
    tile: &Tile,
    setup: &Setup,
    halves: &Halves,
    first: usize,
    curve: &Curve,
    lights: usize,
    lobes: &mut Lobes,
) -> Model {
    let node = first / halves.apart;
    let origin = halves.slopes[node];
    let reach = Model::reach(curve.exponent);
    let (mut p, mut q) = ([origin[0]; LANES], [origin[1]; LANES]);
    for (i, point) in POINTS.iter().enumerate() {
        p[i] += reach * point[0];
        q[i] += reach * point[1];
    }
    lobes.share = [0.5; LANES];
    (lobes.share[Model::AT_START], lobes.share[Model::AT_END]) = (0.0, 1.0);
    let middle = (first + halves.apart / 2).min(tile.n - 1);
    for k in 0..lights {
        let (a, b) = (halves.nodes[node][k], halves.nodes[node + 1][k]);
        lobes.half[k] = [0, 1, 2].map(|j| [a[j], b[j] - a[j]]);
        lobes.light[k] = tile.narrow_direction(setup, k, middle).map(|v| [v; LANES]);
    }
    let sums = values(lobes, curve, lights, &p, &q);
    let inverse = tile.narrow_inverse(setup, middle).map(|v| [v; LANES]);
    let mut fit = [[0.0; LANES]; 3];
    for i in 0..LANES {
        [fit[0][i], fit[1][i], fit[2][i]] = fit_of(&inverse, &sums, i);
    }
    Model::new(origin, reach, &fit)
}

/// Leaves in `lobes.value` the lobe at the slopes that the rest of the light then has, but for a small change of its fit,
/// which is returned.
#[inline(always)]
fn search(
    lobes: &mut Lobes,
    curve: &Curve,
    lights: usize,
    model: &Model,
    inverse: &[Lane; 6],
    g: [&Lane; 3],
) -> [Lane; 3] {
    // Twice without a look at the lobe itself.
    let (mut p, mut q) = ([0.0; LANES], [0.0; LANES]);
    let (mut by_p, mut by_q) = ([[0.0; LANES]; 3], [[0.0; LANES]; 3]);
    for i in 0..LANES {
        let g = [g[0][i], g[1][i], g[2][i]];
        let [p0, q0] = model.origin;
        let (dp, dq) = newton(&model.start(lobes.share[i]), g, p0, q0);
        let near = model.near(lobes.share[i], p0 + dp, q0 + dq);
        let (ep, eq) = newton(&near, g, p0 + dp, q0 + dq);
        (p[i], q[i]) = (p0 + dp + ep, q0 + dq + eq);
        [by_p[0][i], by_p[1][i], by_p[2][i]] = near.by_p;
        [by_q[0][i], by_q[1][i], by_q[2][i]] = near.by_q;
    }
    let sums = values(lobes, curve, lights, &p, &q);
    // What the step changes in the fit goes to the lights; what it changes beside the fit is nothing.
    let mut change = [[0.0; LANES]; 3];
    let (mut dp, mut dq) = ([0.0; LANES], [0.0; LANES]);
    for i in 0..LANES {
        let near = Near {
            fit: fit_of(inverse, &sums, i),
            by_p: [by_p[0][i], by_p[1][i], by_p[2][i]],
            by_q: [by_q[0][i], by_q[1][i], by_q[2][i]],
        };
        (dp[i], dq[i]) = newton(&near, [g[0][i], g[1][i], g[2][i]], p[i], q[i]);
        for j in 0..3 {
            change[j][i] = near.by_p[j].mul_add(dp[i], near.by_q[j] * dq[i]);
        }
    }
    if below(NO_STEP, &dp, &dq) {
        return change;
    }
    advance(&mut p, &mut q, &dp, &dq);
    for _ in 0..STEPS {
        evaluate(lobes, curve, lights, &p, &q);
        let [fit, by_p, by_q] = [&lobes.value, &lobes.by_p, &lobes.by_q].map(|v| sums_of(lobes, lights, v));
        for i in 0..LANES {
            let near = Near {
                fit: fit_of(inverse, &fit, i),
                by_p: fit_of(inverse, &by_p, i),
                by_q: fit_of(inverse, &by_q, i),
            };
            (dp[i], dq[i]) = newton(&near, [g[0][i], g[1][i], g[2][i]], p[i], q[i]);
        }
        advance(&mut p, &mut q, &dp, &dq);
        for k in 0..lights {
            for i in 0..LANES {
                lobes.value[k][i] += lobes.by_p[k][i] * dp[i] + lobes.by_q[k][i] * dq[i];
            }
        }
        if below(SMALL_STEP, &dp, &dq) {
            break;
        }
    }
    [[0.0; LANES]; 3]
}

/// The lobe of a light, changed by what its fit has changed by since.
#[inline(always)]
fn along(value: &Lane, [lx, ly, lz]: &[Lane; 3], [x, y, z]: &[Lane; 3]) -> Lane {
    let mut out = [0.0; LANES];
    for i in 0..LANES {
        out[i] = lx[i].mul_add(x[i], ly[i].mul_add(y[i], lz[i].mul_add(z[i], value[i])));
    }
    out
}

/// Whether all steps are shorter than `limit`.
#[inline(always)]
fn below(limit: f32, dp: &Lane, dq: &Lane) -> bool {
    let mut over = [0u32; LANES];
    for i in 0..LANES {
        let short = dp[i].abs() < limit && dq[i].abs() < limit;
        over[i] = u32::from(!short);
    }
    over.iter().fold(0, |all, o| all | o) == 0
}

#[inline(always)]
fn advance(p: &mut Lane, q: &mut Lane, dp: &Lane, dq: &Lane) {
    for i in 0..LANES {
        p[i] = (p[i] + dp[i]).clamp(-STEEPEST, STEEPEST);
        q[i] = (q[i] + dq[i]).clamp(-STEEPEST, STEEPEST);
    }
}

#[inline(always)]
fn subtract(samples: &mut [f32], value: &Lane) {
    for i in 0..LANES {
        samples[i] -= value[i];
    }
}

/// One over the length of `(-p, -q, 1)`.
#[inline(always)]
fn unit_scale(p: &Lane, q: &Lane) -> Lane {
    let mut w = [0.0; LANES];
    for i in 0..LANES {
        w[i] = 1.0 / (1.0 + p[i] * p[i] + q[i] * q[i]).sqrt();
    }
    w
}

/// `strength * lobe(n.h) * n.l` at the normal of slopes p, q, and its [`sums_of`].
#[inline(always)]
fn values(lobes: &mut Lobes, curve: &Curve, lights: usize, p: &Lane, q: &Lane) -> [Lane; 3] {
    let w = unit_scale(p, q);
    let [mut x, mut y, mut z] = [[0.0f32; LANES]; 3];
    for k in 0..lights {
        let ([[hx, dx], [hy, dy], [hz, dz]], [lx, ly, lz]) = (lobes.half[k], &lobes.light[k]);
        let value = &mut lobes.value[k];
        for i in 0..LANES {
            let share = lobes.share[i];
            let (hx, hy, hz) = (share.mul_add(dx, hx), share.mul_add(dy, hy), share.mul_add(dz, hz));
            let c = (-q[i]).mul_add(hy, (-p[i]).mul_add(hx, hz)) * w[i];
            let d = (-q[i]).mul_add(ly[i], (-p[i]).mul_add(lx[i], lz[i])) * w[i];
            let lit = if d > 0.0 { d } else { 0.0 };
            value[i] = curve.at(c) * lit;
            x[i] = lx[i].mul_add(value[i], x[i]);
            y[i] = ly[i].mul_add(value[i], y[i]);
            z[i] = lz[i].mul_add(value[i], z[i]);
        }
    }
    [x, y, z]
}

/// [`values`] and their slopes along p and q.
#[inline(always)]
fn evaluate(lobes: &mut Lobes, curve: &Curve, lights: usize, p: &Lane, q: &Lane) {
    let w = unit_scale(p, q);
    for k in 0..lights {
        let (half, [lx, ly, lz]) = (lobes.half[k], &lobes.light[k]);
        for i in 0..LANES {
            let [hx, hy, hz] = half.map(|[from, change]| from + lobes.share[i] * change);
            let c = (hz - p[i] * hx - q[i] * hy) * w[i];
            let d = (lz[i] - p[i] * lx[i] - q[i] * ly[i]) * w[i];
            let lit = if d > 0.0 { d } else { 0.0 };
            let f = curve.at(c);
            // d(n.h)/dp = -h_x w - (n.h) p w^2, the same for l.
            let steep = f * curve.exponent * (2.0 - c) * lit;
            let flat = if d > 0.0 { f } else { 0.0 };
            let along = (steep * c + flat * d) * w[i] * w[i];
            lobes.value[k][i] = f * lit;
            lobes.by_p[k][i] = -(steep * hx + flat * lx[i]) * w[i] - along * p[i];
            lobes.by_q[k][i] = -(steep * hy + flat * ly[i]) * w[i] - along * q[i];
        }
    }
}

/// `S^T v` of values by light.
#[inline(always)]
fn sums_of(lobes: &Lobes, lights: usize, values: &[Lane; MOST_LIGHTS]) -> [Lane; 3] {
    let mut sums = [[0.0f32; LANES]; 3];
    for k in 0..lights {
        for j in 0..3 {
            for i in 0..LANES {
                sums[j][i] += lobes.light[k][j][i] * values[k][i];
            }
        }
    }
    sums
}

/// `C v` with C = `(S^T S)^-1` (xx, xy, xz, yy, yz, zz), in lane i.
#[inline(always)]
fn fit_of(c: &[Lane; 6], [x, y, z]: &[Lane; 3], i: usize) -> [f32; 3] {
    [
        c[0][i].mul_add(x[i], c[1][i].mul_add(y[i], c[2][i] * z[i])),
        c[1][i].mul_add(x[i], c[3][i].mul_add(y[i], c[4][i] * z[i])),
        c[2][i].mul_add(x[i], c[4][i].mul_add(y[i], c[5][i] * z[i])),
    ]
}

/// Newton step towards slopes that agree with the diffuse part that a lobe with this fit and its slopes leaves; 0 where
/// there is no diffuse part.
#[inline(always)]
fn newton(near: &Near, g: [f32; 3], p: f32, q: f32) -> (f32, f32) {
    let (f, fp, fq) = (near.fit, near.by_p, near.by_q);
    let d = [g[0] - f[0], g[1] - f[1], g[2] - f[2]];
    let (ex, ey) = (p.mul_add(d[2], d[0]), q.mul_add(d[2], d[1]));
    let xx = (-p).mul_add(fp[2], d[2] - fp[0]);
    let xy = (-p).mul_add(fq[2], -fq[0]);
    let yx = (-q).mul_add(fp[2], -fp[1]);
    let yy = (-q).mul_add(fq[2], d[2] - fq[1]);
    let det = xx.mul_add(yy, -(xy * yx));
    // Both terms add up where a diffuse part exists; elsewhere the coarse slopes stand.
    let usable = d[2] > 0.0 && det > 1e-4 * g[2] * g[2];
    let inverse = -1.0 / det;
    let scale = if usable { inverse } else { 0.0 };
    let (sp, sq) = (scale * yy.mul_add(ex, -(xy * ey)), scale * xx.mul_add(ey, -(yx * ex)));
    (sp.clamp(-MAX_STEP, MAX_STEP), sq.clamp(-MAX_STEP, MAX_STEP))
}
