//! Second derivatives of the height from the slopes: ridge and valley candidates, and blob candidates, of one level.

use crate::planes::Level;
use crate::stats::{MAD_TO_SIGMA, median};
use imaging::{Cancel, Result};
use rayon::prelude::*;

/// Kernel radius for a Gaussian of one level pixel.
const R: usize = 3;
/// Side of a noise block in level pixels: wider than any one defect at the level's scale.
const BLOCK: usize = 48;
/// Rows a task works on.
const BAND: usize = 32;

/// A pixel on a ridge or valley line.
#[derive(Clone, Copy, Debug)]
pub struct LinePixel {
    /// Column and row on the level.
    pub x: i32,
    /// Row.
    pub y: i32,
    /// Sub-pixel position on the level, from a parabola across the line.
    pub at: [f32; 2],
    /// Curvature across the line in standard deviations; positive for a valley.
    pub snr: f32,
    /// Direction across the line, radians.
    pub normal: f32,
}

/// A local extremum of the slope's divergence.
#[derive(Clone, Copy, Debug)]
pub struct BlobPixel {
    /// Column on the level.
    pub x: i32,
    /// Row.
    pub y: i32,
    /// Divergence in standard deviations; positive for a hollow.
    pub snr: f32,
}

/// Candidates of one level.
#[derive(Default)]
pub struct Candidates {
    /// Line pixels, by row and column.
    pub lines: Vec<LinePixel>,
    /// Blob pixels, by row and column.
    pub blobs: Vec<BlobPixel>,
}

struct Kernels {
    g: [f32; 2 * R + 1],
    d: [f32; 2 * R + 1],
}

impl Kernels {
    /// Gaussian of one pixel, sum 1, and its derivative, answer 1 to a unit ramp.
    fn new() -> Self {
        let g: [f32; 2 * R + 1] = std::array::from_fn(|i| (-0.5 * (i as f32 - R as f32).powi(2)).exp());
        let sum: f32 = g.iter().sum();
        let d: [f32; 2 * R + 1] = std::array::from_fn(|i| (i as f32 - R as f32) * g[i]);
        let ramp: f32 = d.iter().enumerate().map(|(i, v)| v * (i as f32 - R as f32)).sum();
        Self {
            g: g.map(|v| v / sum),
            d: d.map(|v| v / ramp),
        }
    }
}

/// Noise and median curvature of a block of the level.
#[derive(Clone, Copy, Debug)]
pub struct BlockNoise {
    /// Standard deviation of a second derivative after division by the slope's predicted one.
    sigma: f32,
    bias: [f32; 3],
}

/// Noise of the level's second derivatives by block.
pub struct NoiseGrid {
    columns: usize,
    blocks: Vec<BlockNoise>,
}

impl NoiseGrid {
    fn at(&self, x: usize, y: usize) -> &BlockNoise {
        &self.blocks[y / BLOCK * self.columns + x / BLOCK]
    }

    /// Robust statistics from every fourth pixel; each block takes the largest of its neighbourhood, so a rough
    /// or textured patch raises the bar around it, and never less than the card's median.
    fn measure(level: &Level, k: &Kernels) -> Self {
        let (columns, rows) = (level.w.div_ceil(BLOCK), level.h.div_ceil(BLOCK));
        let raw: Vec<Option<BlockNoise>> = (0..columns * rows)
            .into_par_iter()
            .map(|b| block_noise(level, k, b % columns * BLOCK, b / columns * BLOCK))
            .collect();
        let mut all: Vec<f32> = raw.iter().flatten().map(|b| b.sigma).collect();
        let typical = median(&mut all).max(1e-6);
        let blocks = (0..raw.len())
            .map(|b| {
                let (cx, cy) = ((b % columns) as i64, (b / columns) as i64);
                let around = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (cx + dx, cy + dy)));
                let inside = around.filter(|&(x, y)| x >= 0 && y >= 0 && x < columns as i64 && y < rows as i64);
                let largest = inside
                    .filter_map(|(x, y)| raw[y as usize * columns + x as usize])
                    .map(|n| n.sigma);
                BlockNoise {
                    sigma: largest.fold(typical, f32::max),
                    bias: raw[b].map_or([0.0; 3], |n| n.bias),
                }
            })
            .collect();
        Self { columns, blocks }
    }
}

fn block_noise(level: &Level, k: &Kernels, bx: usize, by: usize) -> Option<BlockNoise> {
    let mut h: [Vec<f32>; 3] = Default::default();
    let mut scale = Vec::new();
    for y in (by.max(R)..(by + BLOCK).min(level.h.saturating_sub(R))).step_by(4) {
        for x in (bx.max(R)..(bx + BLOCK).min(level.w.saturating_sub(R))).step_by(4) {
            let whole = (0..=2 * R).all(|j| {
                let first = (y + j - R) * level.w + x - R;
                level.mask[first..=first + 2 * R].iter().all(|&m| m != 0)
            });
            if whole {
                let v = hessian_at(level, k, x, y);
                (0..3).for_each(|c| h[c].push(v[c]));
                scale.push(level.var[y * level.w + x].sqrt());
            }
        }
    }
    if scale.len() < 20 {
        return None;
    }
    let bias = std::array::from_fn(|c| median(&mut h[c].clone()));
    let mut white: Vec<f32> = (0..scale.len())
        .flat_map(|i| {
            [
                (h[0][i] - bias[0]).abs() / scale[i],
                (h[2][i] - bias[2]).abs() / scale[i],
            ]
        })
        .collect();
    Some(BlockNoise {
        sigma: MAD_TO_SIGMA * median(&mut white),
        bias,
    })
}

fn hessian_at(level: &Level, k: &Kernels, x: usize, y: usize) -> [f32; 3] {
    let mut out = [0.0; 3];
    for j in 0..=2 * R {
        let first = (y + j - R) * level.w + x - R;
        let (p, q) = (&level.p[first..], &level.q[first..]);
        let (mut dp, mut gp, mut dq, mut gq) = (0.0, 0.0, 0.0, 0.0);
        for i in 0..=2 * R {
            dp += k.d[i] * p[i];
            gp += k.g[i] * p[i];
            dq += k.d[i] * q[i];
            gq += k.g[i] * q[i];
        }
        out[0] += k.g[j] * dp;
        out[1] += 0.5 * (k.d[j] * gp + k.g[j] * dq);
        out[2] += k.d[j] * gq;
    }
    out
}

/// Ridge, valley and blob candidates of a level: second derivatives of the height at a Gaussian of one level pixel
/// (Hessian line filter, Steger 1998, on measured slopes), in units of their own noise.
///
/// # Errors
/// Only when cancelled.
pub fn candidates(level: &Level, follow: f32, dent: f32, cancel: &Cancel) -> Result<Candidates> {
    if level.w <= 2 * R + 2 || level.h <= 2 * R + 2 {
        return Ok(Candidates::default());
    }
    let kernels = Kernels::new();
    let noise = NoiseGrid::measure(level, &kernels);
    let bands: Vec<usize> = (R + 1..level.h - R - 1).step_by(BAND).collect();
    let parts: Vec<Candidates> = bands
        .par_iter()
        .map(|&y0| {
            cancel.check()?;
            let y1 = (y0 + BAND).min(level.h - R - 1);
            Ok(Band::compute(level, &kernels, &noise, y0 - 1, y1 + 1).pick(y0, y1, follow, dent))
        })
        .collect::<Result<_>>()?;
    let mut all = Candidates::default();
    for mut part in parts {
        all.lines.append(&mut part.lines);
        all.blobs.append(&mut part.blobs);
    }
    Ok(all)
}

/// Normalised responses of rows `top..` of a level.
struct Band {
    w: usize,
    top: usize,
    /// Strongest eigenvalue, signed, in standard deviations.
    line: Vec<f32>,
    /// Trace in standard deviations, 0 where the shape is line-like.
    blob: Vec<f32>,
    normal: Vec<[f32; 2]>,
}

impl Band {
    fn compute(level: &Level, k: &Kernels, noise: &NoiseGrid, y0: usize, y1: usize) -> Self {
        let (w, rows) = (level.w, y1 - y0);
        let lead = y0 - R;
        let mut flat: [Vec<f32>; 5] = std::array::from_fn(|_| vec![0.0; (rows + 2 * R) * w]);
        let mut bad = vec![0u8; (rows + 2 * R) * w];
        for r in 0..rows + 2 * R {
            horizontal(level, k, lead + r, r * w, &mut flat, &mut bad);
        }
        let mut band = Self {
            w,
            top: y0,
            line: vec![0.0; rows * w],
            blob: vec![0.0; rows * w],
            normal: vec![[0.0; 2]; rows * w],
        };
        let mut h: [Vec<f32>; 4] = std::array::from_fn(|_| vec![0.0; w]);
        let mut blocked = vec![0u8; w];
        for r in 0..rows {
            vertical(k, &flat, &bad, r * w, w, &mut h, &mut blocked);
            band.eigen_row(r, noise, &h, &blocked);
        }
        band
    }

    fn eigen_row(&mut self, r: usize, noise: &NoiseGrid, h: &[Vec<f32>; 4], blocked: &[u8]) {
        /// Weaker than this share of the stronger curvature the shape is a line, not a blob.
        const ROUND: f32 = 0.25;
        for x in R..self.w - R {
            if blocked[x] != 0 {
                continue;
            }
            let block = noise.at(x, self.top + r);
            let (a, b, c) = (
                h[0][x] - block.bias[0],
                h[1][x] - block.bias[1],
                h[2][x] - block.bias[2],
            );
            let inv = 1.0 / (block.sigma * h[3][x].sqrt()).max(1e-12);
            let (m, half) = (0.5 * (a + c), 0.5 * (a - c));
            // Not `hypot`: its care for overflow costs more than the rest of the row.
            let radius = (half * half + b * b).sqrt();
            let (strong, weak) = if m >= 0.0 {
                (m + radius, m - radius)
            } else {
                (m - radius, m + radius)
            };
            let i = r * self.w + x;
            self.line[i] = strong * inv;
            self.normal[i] = if m >= 0.0 { [half, b] } else { [-half, -b] };
            if weak * strong > 0.0 && weak / strong > ROUND {
                self.blob[i] = (a + c) * inv * std::f32::consts::FRAC_1_SQRT_2;
            }
        }
    }

    fn pick(&self, y0: usize, y1: usize, follow: f32, dent: f32) -> Candidates {
        let mut out = Candidates::default();
        for y in y0..y1 {
            for x in R + 1..self.w - R - 1 {
                let i = (y - self.top) * self.w + x;
                let v = self.line[i].abs();
                if v >= follow {
                    out.lines.extend(self.line_pixel(i, x, y));
                }
                let b = self.blob[i].abs();
                if b >= dent && self.is_peak(i, b) {
                    out.blobs.push(BlobPixel {
                        x: x as i32,
                        y: y as i32,
                        snr: self.blob[i],
                    });
                }
            }
        }
        out
    }

    fn is_peak(&self, i: usize, b: f32) -> bool {
        let w = self.w;
        let before = [i - w - 1, i - w, i - w + 1, i - 1];
        let after = [i + 1, i + w - 1, i + w, i + w + 1];
        before.iter().all(|&j| self.blob[j].abs() < b) && after.iter().all(|&j| self.blob[j].abs() <= b)
    }

    /// Keeps the crest across the line; its sub-pixel place comes from a parabola through three pixels.
    fn line_pixel(&self, i: usize, x: usize, y: usize) -> Option<LinePixel> {
        let [ca, sa] = self.normal[i];
        let normal = 0.5 * sa.atan2(ca);
        let (ux, uy) = (normal.cos(), normal.sin());
        let (dx, dy) = ((ux * 1.3).round() as isize, (uy * 1.3).round() as isize);
        let side = |s: isize| self.line[(i as isize + s * (dy * self.w as isize + dx)) as usize];
        let sign = self.line[i].signum();
        let (l, c, r) = (side(-1) * sign, self.line[i] * sign, side(1) * sign);
        if l >= c || r > c {
            return None;
        }
        let shift = 0.5 * (l - r) / (l - 2.0 * c + r).min(-1e-12);
        let t = shift.clamp(-0.5, 0.5) * (dx as f32 * ux + dy as f32 * uy);
        let at = [x as f32 + t * ux, y as f32 + t * uy];
        Some(LinePixel {
            x: x as i32,
            y: y as i32,
            at,
            snr: self.line[i],
            normal,
        })
    }
}

/// Row pass: derivative and smooth of both slopes, mean variance, and whether the window holds an unjudged pixel.
fn horizontal(level: &Level, k: &Kernels, y: usize, at: usize, flat: &mut [Vec<f32>; 5], bad: &mut [u8]) {
    let w = level.w;
    let row = y * w..(y + 1) * w;
    let (p, q) = (&level.p[row.clone()], &level.q[row.clone()]);
    let (var, mask) = (&level.var[row.clone()], &level.mask[row]);
    let [dp, gp, dq, gq, v] = flat;
    let inner = w - 2 * R;
    let out = at + R..at + R + inner;
    convolve(p, &k.d, &mut dp[out.clone()]);
    convolve(p, &k.g, &mut gp[out.clone()]);
    convolve(q, &k.d, &mut dq[out.clone()]);
    convolve(q, &k.g, &mut gq[out.clone()]);
    convolve(var, &k.g, &mut v[out.clone()]);
    for (x, b) in bad[out].iter_mut().enumerate() {
        *b = u8::from(mask[x..=x + 2 * R].iter().fold(1, |a, &m| a & m) == 0);
    }
}

fn convolve(src: &[f32], k: &[f32; 2 * R + 1], out: &mut [f32]) {
    let n = out.len();
    let taps: [&[f32]; 2 * R + 1] = std::array::from_fn(|i| &src[i..i + n]);
    for x in 0..n {
        let mut s = 0.0;
        for i in 0..=2 * R {
            s += k[i] * taps[i][x];
        }
        out[x] = s;
    }
}

/// Column pass: the three second derivatives and the variance of row `at / w` of the band.
fn vertical(
    k: &Kernels,
    flat: &[Vec<f32>; 5],
    bad: &[u8],
    at: usize,
    w: usize,
    h: &mut [Vec<f32>; 4],
    blocked: &mut [u8],
) {
    let rows =
        |plane: usize| -> [&[f32]; 2 * R + 1] { std::array::from_fn(|j| &flat[plane][at + j * w..at + (j + 1) * w]) };
    let (dp, gp, dq, gq, v) = (rows(0), rows(1), rows(2), rows(3), rows(4));
    let [hxx, hxy, hyy, var] = h;
    for x in 0..w {
        let (mut a, mut b, mut c, mut s) = (0.0, 0.0, 0.0, 0.0);
        for j in 0..=2 * R {
            a += k.g[j] * dp[j][x];
            b += k.d[j] * gp[j][x] + k.g[j] * dq[j][x];
            c += k.d[j] * gq[j][x];
            s += k.g[j] * v[j][x];
        }
        (hxx[x], hxy[x], hyy[x], var[x]) = (a, 0.5 * b, c, s);
    }
    blocked.fill(0);
    for j in 0..=2 * R {
        for (b, &m) in blocked.iter_mut().zip(&bad[at + j * w..at + (j + 1) * w]) {
            *b |= m;
        }
    }
}
