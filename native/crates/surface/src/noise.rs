//! How noisy a slope is, learnt from the maps themselves as a function of confidence or albedo.

use crate::planes::{Crop, Level};
use crate::stats::{MAD_TO_SIGMA, median};
use crate::types::Maps;
use imaging::fastest;
use imaging::{Cancel, Result};
use rayon::prelude::*;

/// Bins of equal population; enough to follow 1/albedo, few enough for a good median in each.
const BINS: usize = 24;
/// Smallest slope noise believed: that of rounding to the steps of [`imaging::Unit`].
const FLOOR: f32 = 1e-5;

/// Standard deviation of a slope for each bin of its key (confidence where given, else albedo).
///
/// The key only orders pixels by noise: its scale and law are measured, so a wrong sensor model does no harm.
pub struct NoiseModel {
    /// Variance by the upper bits of the key, which sort as the numbers do.
    variance: Vec<f32>,
}

/// Bits of a key that are left out: what stays are sign, exponent and five bits of mantissa, steps of 3 %.
const DROPPED: u32 = 18;
/// Pixels looked at.
const SAMPLES: f64 = 60_000.0;

impl NoiseModel {
    /// Second differences along x cancel relief and leave `sqrt(6)` times the white noise.
    pub fn learn(maps: &Maps, crop: Crop, level: &Level, luma: &[f32]) -> Self {
        let stride = ((level.w * level.h) as f64 / SAMPLES).sqrt().ceil().max(1.0) as usize;
        let mut samples: Vec<(f32, [f32; 2])> = Vec::new();
        for y in (1..level.h.saturating_sub(1)).step_by(stride) {
            for x in (1..level.w.saturating_sub(1)).step_by(stride) {
                let i = y * level.w + x;
                if level.mask[i - 1] & level.mask[i] & level.mask[i + 1] == 0 {
                    continue;
                }
                let second = |plane: &[f32]| (plane[i - 1] - 2.0 * plane[i] + plane[i + 1]).abs();
                samples.push((key(maps, crop, luma, (x, y)), [second(&level.p), second(&level.q)]));
            }
        }
        samples.par_sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let per_bin = (samples.len() / BINS).max(1);
        let (mut edges, mut sigma) = (Vec::new(), Vec::new());
        for bin in samples.chunks(per_bin).take(BINS) {
            let d = bin.iter().flat_map(|s| s.1);
            edges.push(bin[0].0);
            sigma.push((MAD_TO_SIGMA * median(d) / 6f32.sqrt()).max(FLOOR));
        }
        let variance = (0..1u32 << (31 - DROPPED)).map(|bits| {
            let key = f32::from_bits(bits << DROPPED);
            let bin = edges.partition_point(|&e| e <= key).saturating_sub(1);
            sigma.get(bin).map_or(1.0, |s| s * s)
        });
        Self {
            variance: variance.collect(),
        }
    }

    fn variance(&self, key: f32) -> f32 {
        self.variance[(key.to_bits() >> DROPPED) as usize]
    }

    /// Writes the variance of every judged pixel, with what `registration_px` of shift between the lights
    /// would leak from the print's edges into the slopes.
    pub fn fill(
        &self,
        maps: &Maps,
        crop: Crop,
        luma: &[f32],
        registration_px: f32,
        level: &mut Level,
        cancel: &Cancel,
    ) -> Result<()> {
        let (w, h, mask) = (level.w, level.h, &level.mask);
        level.var.par_chunks_mut(w).enumerate().try_for_each(|(y, row)| {
            cancel.check()?;
            let line = |y: usize| &luma[y * w..(y + 1) * w];
            let rows = [line(y.saturating_sub(1)), line(y), line((y + 1).min(h - 1))];
            leak(&rows, registration_px, row);
            let mask = &mask[y * w..(y + 1) * w];
            for (x, (v, &m)) in row.iter_mut().zip(mask).enumerate() {
                let key = key(maps, crop, luma, (x, y));
                *v = if m == 0 { 0.0 } else { *v + self.variance(key) };
            }
            Ok(())
        })
    }
}

fastest! {
    /// What a shift of `px` pixels between the lights leaks into the slopes of a row, squared.
    fn leak(rows: &[&[f32]; 3], px: f32, out: &mut [f32]) = leak_body
}

#[inline(always)]
fn leak_body(rows: &[&[f32]; 3], px: f32, out: &mut [f32]) {
    let w = out.len();
    let (up, here, down) = (&rows[0][..w], &rows[1][..w], &rows[2][..w]);
    let at = |left: f32, right: f32, up: f32, down: f32, here: f32| {
        let (gx, gy) = (right - left, down - up);
        let leak = 0.5 * px / here.max(0.01);
        leak * leak * (gx * gx + gy * gy)
    };
    if w < 2 {
        return;
    }
    out[0] = at(here[0], here[1], up[0], down[0], here[0]);
    for x in 1..w - 1 {
        out[x] = at(here[x - 1], here[x + 1], up[x], down[x], here[x]);
    }
    out[w - 1] = at(here[w - 2], here[w - 1], up[w - 1], down[w - 1], here[w - 1]);
}

/// The key of a pixel of the crop; not negative, so that it sorts by its bits.
#[inline(always)]
fn key(maps: &Maps, crop: Crop, luma: &[f32], (x, y): (usize, usize)) -> f32 {
    match maps.confidence_deg {
        Some(c) => c[(crop.y0 + y) * maps.width + crop.x0 + x].get(),
        None => luma[y * crop.w + x],
    }
}
