//! Ridge and valley candidates and blob candidates of one level, from the second derivatives of its height.

use crate::curvature_noise::NoiseGrid;
use crate::derivatives::{Kernels, R, Row, Sweep};
use crate::planes::Level;
use imaging::fastest;
use imaging::{Cancel, Result};
use rayon::prelude::*;

/// Rows a task works on.
const BAND: usize = 48;

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
    /// Unit vector across the line.
    pub normal: [f32; 2],
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
            Ok(Band::compute(level, &kernels, &noise, (y0 - 1, y1 + 1), (follow, dent)).pick(y0, y1))
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
    /// Cosine and sine of twice the direction across, not normalised.
    cos2: Vec<f32>,
    sin2: Vec<f32>,
    /// [`strong`] lines and blobs of the columns that are looked at, row by row.
    strong_lines: Vec<u32>,
    strong_blobs: Vec<u32>,
}

/// One row of a band.
struct Responses<'a> {
    line: &'a mut [f32],
    blob: &'a mut [f32],
    cos2: &'a mut [f32],
    sin2: &'a mut [f32],
}

impl Band {
    /// Rows `y0 .. y1`, with what is at least as strong as the limits of lines and blobs marked.
    fn compute(
        level: &Level,
        k: &Kernels,
        noise: &NoiseGrid,
        (y0, y1): (usize, usize),
        (follow, dent): (f32, f32),
    ) -> Self {
        let (w, rows) = (level.w, y1 - y0);
        let plane = || vec![0.0; rows * w];
        let marks = marks_of(w);
        let mut band = Self {
            w,
            top: y0,
            line: plane(),
            blob: plane(),
            cos2: plane(),
            sin2: plane(),
            strong_lines: vec![0; rows * marks],
            strong_blobs: vec![0; rows * marks],
        };
        let mut sweep = Sweep::new(level, k, y0);
        for r in 0..rows {
            let (at, bits) = (r * w..(r + 1) * w, r * marks..(r + 1) * marks);
            let mut out = Responses {
                line: &mut band.line[at.clone()],
                blob: &mut band.blob[at.clone()],
                cos2: &mut band.cos2[at.clone()],
                sin2: &mut band.sin2[at],
            };
            eigen(sweep.row(y0 + r), noise, y0 + r, &mut out);
            strong(&out.line[columns(w)], follow, &mut band.strong_lines[bits.clone()]);
            strong(&out.blob[columns(w)], dent, &mut band.strong_blobs[bits]);
        }
        band
    }

    fn pick(&self, y0: usize, y1: usize) -> Candidates {
        let mut out = Candidates::default();
        let marks = marks_of(self.w);
        for y in y0..y1 {
            let r = y - self.top;
            let (row, bits) = (r * self.w, r * marks..(r + 1) * marks);
            let lines = marked(&self.strong_lines[bits.clone()], columns(self.w).start);
            out.lines.extend(lines.filter_map(|x| self.line_pixel(row + x, x, y)));
            let blobs = marked(&self.strong_blobs[bits], columns(self.w).start);
            let peaks = blobs.filter(|x| self.is_peak(row + x, self.blob[row + x].abs()));
            out.blobs.extend(peaks.map(|x| BlobPixel {
                x: x as i32,
                y: y as i32,
                snr: self.blob[row + x],
            }));
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
        let [ux, uy] = half_angle(self.cos2[i], self.sin2[i]);
        let (dx, dy) = (neighbour(ux), neighbour(uy));
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
            normal: [ux, uy],
        })
    }
}

/// Columns of a level whose neighbours all have responses.
fn columns(w: usize) -> std::ops::Range<usize> {
    R + 1..w - R - 1
}

/// Numbers of a row that are looked over at once.
const RUN: usize = 16;

/// Marks of a row of a level.
fn marks_of(w: usize) -> usize {
    columns(w).len().div_ceil(RUN)
}

fastest! {
    /// Marks the numbers of a row that are at least `limit` away from 0: one bit each, [`RUN`] of them a mark.
    fn strong(row: &[f32], limit: f32, bits: &mut [u32]) = strong_body
}

#[inline(always)]
fn strong_body(row: &[f32], limit: f32, bits: &mut [u32]) {
    let mark = |run: &[f32; RUN]| {
        let mut each = [0u32; RUN];
        for i in 0..RUN {
            each[i] = if run[i].abs() >= limit { 1 << i } else { 0 };
        }
        each.iter().fold(0, |all, one| all | one)
    };
    let (runs, rest) = row.as_chunks::<RUN>();
    for (run, bits) in runs.iter().zip(bits.iter_mut()) {
        *bits = mark(run);
    }
    if let Some(last) = bits.get_mut(runs.len()) {
        let mut run = [0.0; RUN];
        run[..rest.len()].copy_from_slice(rest);
        *last = mark(&run);
    }
}

/// Columns that [`strong`] marked in a row that starts at column `first`.
fn marked(bits: &[u32], first: usize) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().flat_map(move |(k, &run)| {
        let next = |left: &u32| Some(left & (left - 1)).filter(|left| *left != 0);
        let runs = std::iter::successors(Some(run).filter(|run| *run != 0), next);
        runs.map(move |left| first + k * RUN + left.trailing_zeros() as usize)
    })
}

/// Step to the nearest of the eight neighbours along a component of a unit vector.
fn neighbour(component: f32) -> isize {
    const HALF_WAY: f32 = 0.384_615_4;
    isize::from(component >= HALF_WAY) - isize::from(component <= -HALF_WAY)
}

/// Unit vector at half the angle of (x, y), to the right.
fn half_angle(x: f32, y: f32) -> [f32; 2] {
    let length = (x * x + y * y).sqrt();
    if length == 0.0 {
        return [1.0, 0.0];
    }
    // The larger of cosine and sine by its root, the other by the sine of the whole angle: neither cancels.
    let (c, s) = (x / length, y / length);
    if c >= 0.0 {
        let cos = (0.5 + 0.5 * c).sqrt();
        [cos, 0.5 * s / cos]
    } else {
        let sin = (0.5 - 0.5 * c).sqrt();
        let sin = if s < 0.0 { -sin } else { sin };
        [0.5 * s / sin, sin]
    }
}

fastest! {
    fn eigen(row: &Row, noise: &NoiseGrid, y: usize, out: &mut Responses) = eigen_body
}

/// Strongest eigenvalue, its direction and the trace of a row, over their noise.
#[inline(always)]
fn eigen_body(row: &Row, noise: &NoiseGrid, y: usize, out: &mut Responses) {
    /// Weaker than this share of the stronger curvature the shape is a line, not a blob.
    const ROUND: f32 = 0.25;
    let w = row.xx.len();
    for (columns, block) in noise.row(y, R, w - R) {
        let n = columns.len();
        let (xx, xy, yy) = (
            &row.xx[columns.clone()][..n],
            &row.xy[columns.clone()][..n],
            &row.yy[columns.clone()][..n],
        );
        let (var, blocked) = (&row.var[columns.clone()][..n], &row.blocked[columns.clone()][..n]);
        let (line, blob) = (&mut out.line[columns.clone()][..n], &mut out.blob[columns.clone()][..n]);
        let (cos2, sin2) = (&mut out.cos2[columns.clone()][..n], &mut out.sin2[columns][..n]);
        for x in 0..n {
            let (a, b, c) = (xx[x] - block.bias[0], xy[x] - block.bias[1], yy[x] - block.bias[2]);
            let judged = f32::from(1 - blocked[x].min(1));
            let inv = judged / (block.sigma * var[x].sqrt()).max(1e-12);
            let (m, half) = (0.5 * (a + c), 0.5 * (a - c));
            // Not `hypot`: its care for overflow costs more than the rest of the row.
            let radius = (half * half + b * b).sqrt();
            let sign = if m >= 0.0 { 1.0 } else { -1.0 };
            let (strong, weak) = (m.abs() + radius, m.abs() - radius);
            line[x] = sign * strong * inv;
            cos2[x] = sign * half;
            sin2[x] = sign * b;
            let round = if weak > ROUND * strong { 1.0 } else { 0.0 };
            blob[x] = round * (a + c) * inv * std::f32::consts::FRAC_1_SQRT_2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_strong_number_of_a_row_is_marked() {
        for n in [0usize, 1, 15, 16, 17, 50] {
            let row: Vec<f32> = (0..n).map(|i| if i % 7 == 3 { -2.5 } else { (i % 3) as f32 }).collect();
            let mut bits = vec![u32::MAX; n.div_ceil(RUN)];
            strong(&row, 2.0, &mut bits);
            let found: Vec<usize> = marked(&bits, 4).collect();
            let wanted: Vec<usize> = (0..n).filter(|&i| row[i].abs() >= 2.0).map(|i| 4 + i).collect();
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn half_an_angle_is_a_unit_vector_at_every_angle() {
        for degrees in -179..=180 {
            let angle = (degrees as f32).to_radians();
            let [x, y] = half_angle(3.0 * angle.cos(), 3.0 * angle.sin());
            // A line has no front: both ends of the axis will do.
            let across = x * (0.5 * angle).sin() - y * (0.5 * angle).cos();
            assert!(across.abs() < 1e-6, "{degrees}: {x} {y}");
            assert!((x * x + y * y - 1.0).abs() < 1e-5);
        }
        assert_eq!(half_angle(0.0, 0.0), [1.0, 0.0]);
    }
}
