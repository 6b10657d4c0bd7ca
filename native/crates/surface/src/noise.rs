//! How noisy a slope is, learnt from the maps themselves as a function of confidence or albedo.

use crate::planes::{Crop, Level};
use crate::stats::{MAD_TO_SIGMA, median};
use crate::types::Maps;
use imaging::{Cancel, Result};
use rayon::prelude::*;

/// Bins of equal population; enough to follow 1/albedo, few enough for a good median in each.
const BINS: usize = 24;
/// Smallest slope noise believed; rounding of 32-bit normals lies far below it.
const FLOOR: f32 = 1e-5;

/// Standard deviation of a slope for each bin of its key (confidence where given, else albedo).
///
/// The key only orders pixels by noise: its scale and law are measured, so a wrong sensor model does no harm.
pub struct NoiseModel {
    edges: Vec<f32>,
    sigma: Vec<f32>,
}

impl NoiseModel {
    /// Second differences along x cancel relief and leave `sqrt(6)` times the white noise.
    pub fn learn(maps: &Maps, crop: Crop, level: &Level, luma: &[f32]) -> Self {
        let stride = ((level.w * level.h) as f64 / 200_000.0).sqrt().ceil().max(1.0) as usize;
        let mut samples: Vec<(f32, f32)> = Vec::new();
        for y in (1..level.h.saturating_sub(1)).step_by(stride) {
            for x in (1..level.w.saturating_sub(1)).step_by(stride) {
                let i = y * level.w + x;
                if level.mask[i - 1] & level.mask[i] & level.mask[i + 1] == 0 {
                    continue;
                }
                let key = key_at(maps, crop, luma, x, y);
                for plane in [&level.p, &level.q] {
                    samples.push((key, (plane[i - 1] - 2.0 * plane[i] + plane[i + 1]).abs()));
                }
            }
        }
        samples.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let per_bin = (samples.len() / BINS).max(1);
        let (mut edges, mut sigma) = (Vec::new(), Vec::new());
        for bin in samples.chunks(per_bin).take(BINS) {
            let mut d: Vec<f32> = bin.iter().map(|s| s.1).collect();
            edges.push(bin[0].0);
            sigma.push((MAD_TO_SIGMA * median(&mut d) / 6f32.sqrt()).max(FLOOR));
        }
        Self { edges, sigma }
    }

    fn variance(&self, key: f32) -> f32 {
        let bin = self.edges.partition_point(|&e| e <= key).saturating_sub(1);
        self.sigma.get(bin).map_or(1.0, |s| s * s)
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
            let (up, down) = (y.saturating_sub(1) * w, (y + 1).min(h - 1) * w);
            for x in 0..w {
                let i = y * w + x;
                if mask[i] == 0 {
                    continue;
                }
                let (left, right) = (y * w + x.saturating_sub(1), y * w + (x + 1).min(w - 1));
                let (gx, gy) = (luma[right] - luma[left], luma[down + x] - luma[up + x]);
                let leak = 0.5 * registration_px / luma[i].max(0.01);
                row[x] = self.variance(key_at(maps, crop, luma, x, y)) + leak * leak * (gx * gx + gy * gy);
            }
            Ok(())
        })
    }
}

fn key_at(maps: &Maps, crop: Crop, luma: &[f32], x: usize, y: usize) -> f32 {
    match maps.confidence_deg {
        Some(c) => {
            let v = c[(crop.y0 + y) * maps.width + crop.x0 + x];
            if v.is_finite() { v } else { f32::MAX }
        }
        None => luma[y * crop.w + x],
    }
}
