//! Second derivatives of the height from the slopes by separable Gaussian kernels, row by row through a small ring.

use crate::planes::Level;
use imaging::fastest;

/// Kernel radius for a Gaussian of one level pixel.
pub const R: usize = 3;
/// Taps of a kernel.
const TAPS: usize = 2 * R + 1;

/// Gaussian of one pixel and its derivative.
pub struct Kernels {
    /// Sum 1.
    pub g: [f32; TAPS],
    /// Answer 1 to a unit ramp.
    pub d: [f32; TAPS],
}

impl Kernels {
    /// The two kernels.
    pub fn new() -> Self {
        let g: [f32; TAPS] = std::array::from_fn(|i| (-0.5 * (i as f32 - R as f32).powi(2)).exp());
        let sum: f32 = g.iter().sum();
        let d: [f32; TAPS] = std::array::from_fn(|i| (i as f32 - R as f32) * g[i]);
        let ramp: f32 = d.iter().enumerate().map(|(i, v)| v * (i as f32 - R as f32)).sum();
        Self {
            g: g.map(|v| v / sum),
            d: d.map(|v| v / ramp),
        }
    }
}

/// Second derivatives of one row of a level; columns `R..w - R` are valid.
pub struct Row {
    /// d2z/dx2.
    pub xx: Vec<f32>,
    /// d2z/dxdy, from both slopes.
    pub xy: Vec<f32>,
    /// d2z/dy2.
    pub yy: Vec<f32>,
    /// Smoothed variance of a slope.
    pub var: Vec<f32>,
    /// 0 where every pixel under the kernel is judged.
    pub blocked: Vec<u8>,
    spare: Vec<f32>,
}

impl Row {
    fn new(w: usize) -> Self {
        let plane = || vec![0.0; w];
        Self {
            xx: plane(),
            xy: plane(),
            yy: plane(),
            var: plane(),
            blocked: vec![1; w],
            spare: plane(),
        }
    }
}

/// The row-wise filtered planes of one row: derivative and smooth of both slopes, and the variance.
struct Line {
    planes: [Vec<f32>; 5],
    bad: Vec<u8>,
}

/// Walks down a level and gives the second derivatives of each row; holds the last seven filtered rows.
pub struct Sweep<'a> {
    level: &'a Level,
    kernels: &'a Kernels,
    ring: Vec<Line>,
    /// Next row to be filtered.
    next: usize,
    row: Row,
}

impl<'a> Sweep<'a> {
    /// A sweep that starts at row `y0 >= R`.
    pub fn new(level: &'a Level, kernels: &'a Kernels, y0: usize) -> Self {
        let w = level.w;
        let line = || Line {
            planes: std::array::from_fn(|_| vec![0.0; w]),
            bad: vec![1; w],
        };
        Self {
            level,
            kernels,
            ring: (0..TAPS).map(|_| line()).collect(),
            next: y0 - R,
            row: Row::new(w),
        }
    }

    /// Row `y`; rows must be asked for in order, from the first on.
    pub fn row(&mut self, y: usize) -> &Row {
        while self.next <= y + R {
            let line = &mut self.ring[self.next % TAPS];
            across(self.level, self.kernels, self.next, line);
            self.next += 1;
        }
        let lines: [&Line; TAPS] = std::array::from_fn(|j| &self.ring[(y + j - R) % TAPS]);
        down(self.kernels, &lines, &mut self.row);
        &self.row
    }
}

fastest! {
    fn across(level: &Level, k: &Kernels, y: usize, out: &mut Line) = across_body
}

#[inline(always)]
fn across_body(level: &Level, k: &Kernels, y: usize, out: &mut Line) {
    let w = level.w;
    let row = y * w..(y + 1) * w;
    let [dp, gp, dq, gq, v] = &mut out.planes;
    both(&level.p[row.clone()], k, dp, gp);
    both(&level.q[row.clone()], k, dq, gq);
    smooth(&level.var[row.clone()], &k.g, v);
    let mask = &level.mask[row];
    let n = w - 2 * R;
    let taps: [&[u8]; TAPS] = std::array::from_fn(|i| &mask[i..i + n]);
    for (x, b) in out.bad[R..R + n].iter_mut().enumerate() {
        *b = 1 - (taps[0][x] & taps[1][x] & taps[2][x] & taps[3][x] & taps[4][x] & taps[5][x] & taps[6][x]);
    }
}

/// Derivative and smooth of a row; the one kernel is odd and the other even, so that sums and differences of opposite
/// taps serve both.
#[inline(always)]
fn both(src: &[f32], k: &Kernels, derivative: &mut [f32], smooth: &mut [f32]) {
    let n = src.len() - 2 * R;
    let taps: [&[f32]; TAPS] = std::array::from_fn(|i| &src[i..i + n]);
    let (derivative, smooth) = (&mut derivative[R..R + n], &mut smooth[R..R + n]);
    for x in 0..n {
        let (mut d, mut g) = (0.0, k.g[R] * taps[R][x]);
        for i in 0..R {
            let (a, b) = (taps[i][x], taps[TAPS - 1 - i][x]);
            d = k.d[i].mul_add(a - b, d);
            g = k.g[i].mul_add(a + b, g);
        }
        derivative[x] = d;
        smooth[x] = g;
    }
}

#[inline(always)]
fn smooth(src: &[f32], k: &[f32; TAPS], out: &mut [f32]) {
    let n = src.len() - 2 * R;
    let taps: [&[f32]; TAPS] = std::array::from_fn(|i| &src[i..i + n]);
    for (x, o) in out[R..R + n].iter_mut().enumerate() {
        let mut s = k[R] * taps[R][x];
        for i in 0..R {
            s = k[i].mul_add(taps[i][x] + taps[TAPS - 1 - i][x], s);
        }
        *o = s;
    }
}

fastest! {
    fn down(k: &Kernels, lines: &[&Line; TAPS], out: &mut Row) = down_body
}

#[inline(always)]
fn down_body(k: &Kernels, lines: &[&Line; TAPS], out: &mut Row) {
    let w = out.xx.len();
    let plane = |p: usize| -> [&[f32]; TAPS] { std::array::from_fn(|j| &lines[j].planes[p][..w]) };
    let (dp, gp, dq, gq, v) = (plane(0), plane(1), plane(2), plane(3), plane(4));
    even(&dp, &k.g, &mut out.xx);
    odd(&gq, &k.d, &mut out.yy);
    even(&v, &k.g, &mut out.var);
    odd(&gp, &k.d, &mut out.xy);
    even(&dq, &k.g, &mut out.spare);
    for (xy, other) in out.xy.iter_mut().zip(&out.spare) {
        *xy = 0.5 * (*xy + other);
    }
    let bad: [&[u8]; TAPS] = std::array::from_fn(|j| &lines[j].bad[..w]);
    for (x, b) in out.blocked.iter_mut().enumerate() {
        *b = bad[0][x] | bad[1][x] | bad[2][x] | bad[3][x] | bad[4][x] | bad[5][x] | bad[6][x];
    }
}

#[inline(always)]
fn even(rows: &[&[f32]; TAPS], k: &[f32; TAPS], out: &mut [f32]) {
    let w = rows[0].len();
    let out = &mut out[..w];
    for x in 0..w {
        let mut s = k[R] * rows[R][x];
        for j in 0..R {
            s = k[j].mul_add(rows[j][x] + rows[TAPS - 1 - j][x], s);
        }
        out[x] = s;
    }
}

#[inline(always)]
fn odd(rows: &[&[f32]; TAPS], k: &[f32; TAPS], out: &mut [f32]) {
    let w = rows[0].len();
    let out = &mut out[..w];
    for x in 0..w {
        let mut s = 0.0;
        for j in 0..R {
            s = k[j].mul_add(rows[j][x] - rows[TAPS - 1 - j][x], s);
        }
        out[x] = s;
    }
}

/// Second derivatives of every `step`-th column of one row, without the sweep: `[xx, xy, yy]` and the column, where
/// every pixel under the kernel is judged.
pub fn sampled(
    level: &Level,
    k: &Kernels,
    y: usize,
    step: usize,
    columns: &mut Columns,
    out: &mut Vec<(usize, [f32; 3])>,
) {
    out.clear();
    columns.fill(level, k, y);
    for x in (R..level.w - R).step_by(step) {
        let near = x - R..x - R + TAPS;
        if columns.bad[near.clone()].iter().any(|&b| b != 0) {
            continue;
        }
        let [gp, dp] = [&columns.gp[near.clone()], &columns.dp[near.clone()]];
        let [gq, dq] = [&columns.gq[near.clone()], &columns.dq[near]];
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for i in 0..TAPS {
            xx += k.d[i] * gp[i];
            xy += k.g[i] * dp[i] + k.d[i] * gq[i];
            yy += k.g[i] * dq[i];
        }
        out.push((x, [xx, 0.5 * xy, yy]));
    }
}

/// Column-wise filtered planes of one row.
#[derive(Default)]
pub struct Columns {
    gp: Vec<f32>,
    dp: Vec<f32>,
    gq: Vec<f32>,
    dq: Vec<f32>,
    bad: Vec<u8>,
}

impl Columns {
    fn fill(&mut self, level: &Level, k: &Kernels, y: usize) {
        let w = level.w;
        for plane in [&mut self.gp, &mut self.dp, &mut self.gq, &mut self.dq] {
            plane.resize(w, 0.0);
        }
        self.bad.resize(w, 1);
        columns(level, k, y, self);
    }
}

fastest! {
    fn columns(level: &Level, k: &Kernels, y: usize, out: &mut Columns) = columns_body
}

#[inline(always)]
fn columns_body(level: &Level, k: &Kernels, y: usize, out: &mut Columns) {
    let w = level.w;
    let at = |j: usize| (y + j - R) * w..(y + j - R + 1) * w;
    let p: [&[f32]; TAPS] = std::array::from_fn(|j| &level.p[at(j)]);
    let q: [&[f32]; TAPS] = std::array::from_fn(|j| &level.q[at(j)]);
    even(&p, &k.g, &mut out.gp);
    odd(&p, &k.d, &mut out.dp);
    even(&q, &k.g, &mut out.gq);
    odd(&q, &k.d, &mut out.dq);
    let mask: [&[u8]; TAPS] = std::array::from_fn(|j| &level.mask[at(j)]);
    for (x, b) in out.bad.iter_mut().enumerate() {
        *b = 1 - (mask[0][x] & mask[1][x] & mask[2][x] & mask[3][x] & mask[4][x] & mask[5][x] & mask[6][x]);
    }
}
