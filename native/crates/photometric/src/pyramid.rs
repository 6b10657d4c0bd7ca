//! Planes at coarser steps: filtered and thinned out, and brought back by a Gaussian that leaves no steps.

use crate::fir::{Kernel, WIDE, padded};
use imaging::fastest;
use imaging::{Cancel, Result, zeroed};
use rayon::prelude::*;

/// Rows of a band.
const BAND: usize = 16;
/// Values of the coarse plane under the kernel of [`Expansion`], the middle one being number [`BEFORE`].
const TAPS: usize = 8;
const BEFORE: usize = 3;

/// A plane without margins.
pub struct Plane {
    /// Values, row by row.
    pub data: Vec<f32>,
    /// Values in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// The plane filtered by the kernel along both axes, zero outside, of which every `step`-th value is kept.
pub fn filtered(from: &Plane, kernel: &Kernel, step: usize, cancel: &Cancel) -> Result<Plane> {
    let (r, span) = (kernel.radius(), from.width + 2 * kernel.radius());
    let stride = padded(span);
    let mut wide = zeroed::<f32>((from.height + 2 * r) * stride + WIDE);
    wide[r * stride..]
        .par_chunks_mut(stride)
        .zip(from.data.par_chunks(from.width))
        .for_each(|(to, row)| to[r..r + from.width].copy_from_slice(row));
    let (width, height) = (from.width.div_ceil(step), from.height.div_ceil(step));
    let mut data = zeroed::<f32>(width * height);
    let along: Vec<usize> = (0..kernel.len()).collect();
    data.par_chunks_mut(BAND * width).enumerate().try_for_each_init(
        || (vec![0.0; stride], vec![0.0; stride]),
        |(across, line), (band, rows)| {
            cancel.check()?;
            for (row, out) in rows.chunks_mut(width).enumerate() {
                let y = (band * BAND + row) * step;
                let offsets: Vec<usize> = (y..y + kernel.len()).map(|row| row * stride).collect();
                kernel.apply(&wide, &offsets, span, across);
                kernel.apply(across, &along, from.width, line);
                for (o, v) in out.iter_mut().zip(line.iter().step_by(step)) {
                    *o = *v;
                }
            }
            Ok(())
        },
    )?;
    Ok(Plane { data, width, height })
}

/// Brings a plane sampled at every `step`-th place back to all of them, by a Gaussian of `step` px: its spectrum holds no
/// more than 3e-9 of the images that the sampling made.
pub struct Expansion {
    /// Places between samples; a power of two.
    pub step: usize,
    /// Places before the first that is wanted; a multiple of the step.
    pub margin: usize,
    /// By place between samples, then by sample.
    weights: Vec<[f32; TAPS]>,
}

impl Expansion {
    /// Weights for a step.
    pub fn new(step: usize, margin: usize) -> Self {
        let weights = (0..step)
            .map(|phase| {
                let distance = |t: usize| phase as f64 / step as f64 + BEFORE as f64 - t as f64;
                let raw: [f64; TAPS] = std::array::from_fn(|t| (-0.5 * distance(t).powi(2)).exp());
                let sum: f64 = raw.iter().sum();
                raw.map(|v| (v / sum) as f32)
            })
            .collect();
        Self { step, margin, weights }
    }

    /// `out = known * (out + scale * plane)` over an image of this width; the plane's last values are held outside it.
    pub fn add(
        &self,
        plane: &Plane,
        scale: f32,
        out: &mut [f32],
        known: &[u8],
        width: usize,
        cancel: &Cancel,
    ) -> Result<()> {
        let rows = (self.step * BAND).max(32);
        let stride = padded(width);
        out.par_chunks_mut(rows * width)
            .zip(known.par_chunks(rows * width))
            .enumerate()
            .try_for_each_init(
                || (Vec::new(), Phases::new(plane.width, self.step)),
                |(lines, phases): &mut (Vec<f32>, Phases), (band, (out, known))| {
                    cancel.check()?;
                    let first = (band * rows + self.margin) / self.step;
                    let count = out.len() / width;
                    let needed = (count - 1) / self.step + TAPS + 1;
                    lines.resize(needed * stride + WIDE, 0.0);
                    for (i, line) in lines.chunks_mut(stride).take(needed).enumerate() {
                        let y = (first + i).saturating_sub(BEFORE).min(plane.height - 1);
                        self.stretch(
                            &plane.data[y * plane.width..][..plane.width],
                            phases,
                            &mut line[..width],
                        );
                    }
                    for (row, (out, known)) in out.chunks_mut(width).zip(known.chunks(width)).enumerate() {
                        let y = band * rows + row + self.margin;
                        let from = (y / self.step - first) * stride;
                        let weights = self.weights[y % self.step].map(|w| w * scale);
                        blend(&weights, &lines[from..], stride, out, known);
                    }
                    Ok(())
                },
            )
    }

    /// One row brought to the image's width.
    fn stretch(&self, row: &[f32], phases: &mut Phases, out: &mut [f32]) {
        phases.hold(row);
        let skip = self.margin / self.step;
        let n = out.len().div_ceil(self.step);
        for (phase, weights) in self.weights.iter().enumerate() {
            weigh(
                weights,
                &phases.held[skip..],
                n,
                &mut phases.parts[phase * phases.stride..],
            );
        }
        for (i, group) in out.chunks_mut(self.step).enumerate() {
            for (phase, v) in group.iter_mut().enumerate() {
                *v = phases.parts[phase * phases.stride + i];
            }
        }
    }
}

/// Buffers for [`Expansion::stretch`].
struct Phases {
    held: Vec<f32>,
    parts: Vec<f32>,
    stride: usize,
}

impl Phases {
    fn new(width: usize, step: usize) -> Self {
        let stride = padded(width + 1);
        Self {
            held: vec![0.0; stride + TAPS + WIDE],
            parts: vec![0.0; step * stride + WIDE],
            stride,
        }
    }

    fn hold(&mut self, row: &[f32]) {
        let last = row.len() - 1;
        self.held[..BEFORE].fill(row[0]);
        self.held[BEFORE..BEFORE + row.len()].copy_from_slice(row);
        self.held[BEFORE + row.len()..].fill(row[last]);
    }
}

#[inline(always)]
fn weigh_body(weights: &[f32; TAPS], row: &[f32], n: usize, out: &mut [f32]) {
    for at in (0..n).step_by(WIDE) {
        let mut sum = [0.0f32; WIDE];
        for (t, w) in weights.iter().enumerate() {
            let part = &row[at + t..at + t + WIDE];
            for i in 0..WIDE {
                sum[i] += w * part[i];
            }
        }
        out[at..at + WIDE].copy_from_slice(&sum);
    }
}

#[inline(always)]
fn blend_body(weights: &[f32; TAPS], lines: &[f32], stride: usize, out: &mut [f32], known: &[u8]) {
    let n = out.len();
    let known = &known[..n];
    let lines: [&[f32]; TAPS] = std::array::from_fn(|t| &lines[t * stride..t * stride + n]);
    for i in 0..n {
        let mut sum = out[i];
        for t in 0..TAPS {
            sum += weights[t] * lines[t][i];
        }
        out[i] = if known[i] != 0 { sum } else { 0.0 };
    }
}

fastest! {
    fn weigh(weights: &[f32; TAPS], row: &[f32], n: usize, out: &mut [f32]) = weigh_body
}

fastest! {
    fn blend(weights: &[f32; TAPS], lines: &[f32], stride: usize, out: &mut [f32], known: &[u8]) = blend_body
}
