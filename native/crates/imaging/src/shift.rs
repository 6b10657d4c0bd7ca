//! Whole-image translation between two frames of one scene under different lights.
//!
//! Phase correlation (Kuglin and Hines 1975) of the gradient magnitude of log intensity: a light that changes smoothly
//! over the card multiplies the image and drops out of the logarithm's gradient. First on a reduced copy of the whole
//! image, then at full resolution in the window with most structure. The spectrum is weighted by a Gaussian, so that
//! the peak is a Gaussian too, whose top a parabola through logarithms finds exactly.

use crate::{Raster, Samples};
use rustfft::num_complex::Complex32;
use rustfft::{FftDirection, FftPlanner};

/// Side of the square transforms.
const SIDE: usize = 512;
/// Fewest pixels a side that carry a reliable correlation.
const MIN_SIDE: usize = 16;
/// Standard deviation of the correlation peak in pixels.
const PEAK_SIGMA: f32 = 1.0;
/// Farther from the peak than this, another maximum is another answer.
const RIVAL_DISTANCE: usize = 4;

/// How far the content of `b` lies right of and below that of `a`, as `(dx_px, dy_px, confidence)`.
///
/// Confidence is how far the correlation peak stands above the next one: 1 for a pure translation, near 0 for unrelated
/// images and where two shifts explain the images equally well. What moves must be print or edges: on a smooth, shiny
/// object without print the highlight itself is the only structure, and its motion is what is found. Shifts up to about a quarter of the image are found. Images of different size or under 16 pixels a side give
/// `(0, 0, 0)`.
#[must_use]
pub fn shift_between(a: &Raster, b: &Raster) -> (f32, f32, f32) {
    let same = (a.width, a.height, a.channels) == (b.width, b.height, b.channels);
    if !same || a.check().is_err() || b.check().is_err() || a.width.min(a.height) < MIN_SIDE {
        return (0.0, 0.0, 0.0);
    }
    let step = a.width.max(a.height).div_ceil(SIDE);
    let (wide, high) = (a.width / step, a.height / step);
    if wide.min(high) < MIN_SIDE {
        return (0.0, 0.0, 0.0);
    }
    let (structure_a, structure_b) = (
        Patch::read(a, 0, 0, wide, high, step),
        Patch::read(b, 0, 0, wide, high, step),
    );
    let coarse = correlate(&structure_a, &structure_b);
    if step == 1 {
        return coarse;
    }
    let scale = step as f32;
    let coarse = (coarse.0 * scale, coarse.1 * scale, coarse.2);
    let (whole_x, whole_y) = (coarse.0.round() as isize, coarse.1.round() as isize);
    let Some((x, y, w, h)) = busiest_window(&structure_a, step, (a.width, a.height), (whole_x, whole_y)) else {
        return coarse;
    };
    let moved = |at: usize, by: isize| at.saturating_add_signed(by);
    let fine = correlate(
        &Patch::read(a, x, y, w, h, 1),
        &Patch::read(b, moved(x, whole_x), moved(y, whole_y), w, h, 1),
    );
    // The fine step only refines: a peak farther away than the coarse step can err is another structure.
    if fine.2 < coarse.2 * 0.5 || fine.0.hypot(fine.1) > 2.0 * scale {
        return coarse;
    }
    (whole_x as f32 + fine.0, whole_y as f32 + fine.1, fine.2.max(coarse.2))
}

/// Gradient magnitudes of log intensity.
struct Patch {
    width: usize,
    height: usize,
    data: Vec<f32>,
}

impl Patch {
    /// Reads `width x height` means of `step x step` pixels from (`x0`, `y0`) and takes their structure.
    fn read(raster: &Raster, x0: usize, y0: usize, width: usize, height: usize, step: usize) -> Self {
        let grey = match &raster.samples {
            Samples::U8(v) => means(v, raster, (x0, y0), (width, height), step),
            Samples::U16(v) => means(v, raster, (x0, y0), (width, height), step),
        };
        let mean = grey.iter().sum::<f32>() / grey.len() as f32;
        // An offset of a tenth of the mean keeps noise in shadows from becoming structure.
        let log: Vec<f32> = grey.iter().map(|v| (v + 0.1 * mean + 1e-6).ln()).collect();
        let mut data = vec![0.0; width * height];
        for y in 1..height - 1 {
            for x in 1..width - 1 {
                let i = y * width + x;
                data[i] = (log[i + 1] - log[i - 1]).hypot(log[i + width] - log[i - width]);
            }
        }
        Self { width, height, data }
    }
}

fn means<T: Copy + Into<f32>>(
    samples: &[T],
    raster: &Raster,
    (x0, y0): (usize, usize),
    (width, height): (usize, usize),
    step: usize,
) -> Vec<f32> {
    let mut out = vec![0.0; width * height];
    for (y, row) in out.chunks_exact_mut(width).enumerate() {
        for dy in 0..step {
            let start = ((y0 + y * step + dy) * raster.width + x0) * raster.channels;
            let line = &samples[start..start + width * step * raster.channels];
            for (o, pixels) in row.iter_mut().zip(line.chunks_exact(step * raster.channels)) {
                *o += pixels.iter().map(|&s| s.into()).sum::<f32>();
            }
        }
    }
    out
}

/// Full-resolution window of most structure that lies inside both images, as `(x, y, width, height)`.
fn busiest_window(
    structure: &Patch,
    step: usize,
    (width, height): (usize, usize),
    (dx, dy): (isize, isize),
) -> Option<(usize, usize, usize, usize)> {
    let (w, h) = (SIDE.min(width), SIDE.min(height));
    // Starts for which the window, also after the shift, stays inside.
    let range = |size: usize, side: usize, by: isize| {
        let from = by.min(0).unsigned_abs();
        let to = (size - side).checked_sub(by.max(0).unsigned_abs())?;
        (from <= to).then_some((from, to))
    };
    let (xs, ys) = (range(width, w, dx)?, range(height, h, dy)?);
    let energy = |x: usize, y: usize| -> f32 {
        let (left, right) = (x / step, ((x + w) / step).min(structure.width));
        (y / step..((y + h) / step).min(structure.height))
            .map(|row| structure.data[row * structure.width..][left..right].iter().sum::<f32>())
            .sum()
    };
    let candidates = |(from, to): (usize, usize)| (from..=to).step_by(SIDE / 2).chain([to]);
    candidates(ys)
        .flat_map(|y| candidates(xs).map(move |x| (x, y)))
        .max_by(|p, q| energy(p.0, p.1).total_cmp(&energy(q.0, q.1)))
        .map(|(x, y)| (x, y, w, h))
}

/// Shift of `b` against `a` and the height of the peak.
fn correlate(a: &Patch, b: &Patch) -> (f32, f32, f32) {
    let side = a.width.max(a.height).next_power_of_two();
    let mut planner = FftPlanner::new();
    let mut spectrum_a = windowed(a, side);
    let mut spectrum_b = windowed(b, side);
    transform(&mut spectrum_a, side, &mut planner, FftDirection::Forward);
    transform(&mut spectrum_b, side, &mut planner, FftDirection::Forward);
    let weight: Vec<f32> = (0..side)
        .map(|k| {
            let f = k.min(side - k) as f32 / side as f32 * std::f32::consts::TAU * PEAK_SIGMA;
            (-0.5 * f * f).exp()
        })
        .collect();
    let mut sum = 0.0;
    for (i, (p, q)) in spectrum_a.iter_mut().zip(&spectrum_b).enumerate() {
        let cross = p.conj() * q;
        let magnitude = cross.norm();
        let w = weight[i % side] * weight[i / side];
        *p = if magnitude > f32::MIN_POSITIVE {
            cross * (w / magnitude)
        } else {
            Complex32::ZERO
        };
        sum += w;
    }
    transform(&mut spectrum_a, side, &mut planner, FftDirection::Inverse);
    let value = |i: usize| spectrum_a[i].re / sum;
    let peak = (0..side * side).fold(0, |best, i| if value(i) > value(best) { i } else { best });
    let (px, py) = (peak % side, peak / side);
    let at = |dx: usize, dy: usize| value((py + dy) % side * side + (px + dx) % side);
    let sub_x = top(at(side - 1, 0), at(0, 0), at(1, 0));
    let sub_y = top(at(0, side - 1), at(0, 0), at(0, 1));
    let signed = |p: usize| if p > side / 2 { p as f32 - side as f32 } else { p as f32 };
    // Two peaks of like height are two answers, for example a highlight that moved over a card that did not.
    let apart = |p: usize, q: usize| p.abs_diff(q).min(side - p.abs_diff(q));
    let rival = (0..side * side)
        .filter(|i| apart(i % side, px).max(apart(i / side, py)) > RIVAL_DISTANCE)
        .map(value)
        .fold(0.0, f32::max);
    let confidence = (value(peak) - rival).clamp(0.0, 1.0);
    (signed(px) + sub_x, signed(py) + sub_y, confidence)
}

/// Offset of the top of a Gaussian from three values around it.
fn top(before: f32, here: f32, after: f32) -> f32 {
    if before <= 0.0 || here <= 0.0 || after <= 0.0 {
        return 0.0;
    }
    let (l, c, r) = (before.ln(), here.ln(), after.ln());
    let bend = l - 2.0 * c + r;
    if bend < 0.0 {
        (0.5 * (l - r) / bend).clamp(-0.5, 0.5)
    } else {
        0.0
    }
}

/// The patch less its mean under a Hann window, in the corner of a square of zeros.
fn windowed(patch: &Patch, side: usize) -> Vec<Complex32> {
    let hann = |n: usize| -> Vec<f32> {
        let turn = std::f32::consts::TAU / n as f32;
        (0..n).map(|i| 0.5 - 0.5 * ((i as f32 + 0.5) * turn).cos()).collect()
    };
    let (across, down) = (hann(patch.width), hann(patch.height));
    let mean = patch.data.iter().sum::<f32>() / patch.data.len() as f32;
    let mut out = vec![Complex32::ZERO; side * side];
    for (y, row) in patch.data.chunks_exact(patch.width).enumerate() {
        for (x, v) in row.iter().enumerate() {
            out[y * side + x].re = (v - mean) * across[x] * down[y];
        }
    }
    out
}

/// Two-dimensional transform: rows, turned over, rows again; the result stays turned over and back for the inverse.
fn transform(data: &mut [Complex32], side: usize, planner: &mut FftPlanner<f32>, direction: FftDirection) {
    let fft = planner.plan_fft(side, direction);
    fft.process(data);
    transpose(data, side);
    fft.process(data);
    transpose(data, side);
}

fn transpose(data: &mut [Complex32], side: usize) {
    for y in 0..side {
        for x in y + 1..side {
            data.swap(y * side + x, x * side + y);
        }
    }
}
