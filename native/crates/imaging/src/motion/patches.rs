//! Places of a frame whose print fixes both directions of a move, spread over the frame.

use super::window::{CELLS, Light, reach};
use crate::Raster;
use rayon::prelude::*;

/// Tiles along the longer side of the frame; at most one place comes from each.
const TILES: usize = 8;
/// Cells along the longer side of the reduced picture in which places are looked for.
const REDUCED: usize = 512;
/// Least of the smaller eigenvalue of a place's structure, in squared log light per cell: a step of 2 % along both sides.
const LEAST_STRUCTURE: f64 = 4e-4;

/// Middles of the places, in pixels (integer coordinates are pixel centres).
pub(super) fn places(raster: &Raster, of_code: &Light) -> Vec<[isize; 2]> {
    let longer = raster.width.max(raster.height);
    let step = longer.div_ceil(REDUCED);
    let (width, height) = (raster.width / step, raster.height / step);
    if width < 8 || height < 8 {
        return Vec::new();
    }
    let light = reduced(raster, of_code, step, (width, height));
    let structure = gradients(&light, width, height);
    let tile = longer.div_ceil(TILES);
    // Even the finest window must fit.
    let border = reach(1) / 2 + 1;
    let window = (CELLS / step).max(4);
    let rows = raster.height.div_ceil(tile);
    (0..rows * raster.width.div_ceil(tile))
        .into_par_iter()
        .filter_map(|i| {
            let columns = raster.width.div_ceil(tile);
            let inside = |at: usize, size: usize| {
                let from = (at * tile).max(border);
                let to = ((at + 1) * tile).min(size.saturating_sub(border));
                (from < to).then_some((from, to))
            };
            let (xs, ys) = (inside(i % columns, raster.width)?, inside(i / columns, raster.height)?);
            best_in(&structure, (width, height), step, window, xs, ys)
        })
        .collect()
}

/// Log light of means of `step x step` pixels, every third pixel a direction where there are many.
fn reduced(raster: &Raster, of_code: &Light, step: usize, (width, height): (usize, usize)) -> Vec<f32> {
    let stride = step.div_ceil(3);
    let mut light = vec![0.0f32; width * height];
    light.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        for (x, out) in row.iter_mut().enumerate() {
            let (mut sum, mut count) = (0.0, 0.0);
            for dy in (0..step).step_by(stride) {
                for dx in (0..step).step_by(stride) {
                    for c in 0..raster.channels {
                        sum += of_code.of(raster.code(x * step + dx, y * step + dy, c));
                        count += 1.0;
                    }
                }
            }
            *out = sum / count;
        }
    });
    let mean = light.iter().sum::<f32>() / light.len() as f32;
    light.iter().map(|v| (v + 0.1 * mean + 1e-7).ln()).collect()
}

/// `gx^2, gx gy, gy^2` of every cell.
fn gradients(light: &[f32], width: usize, height: usize) -> Vec<[f32; 3]> {
    let mut out = vec![[0.0; 3]; width * height];
    for y in 1..height - 1 {
        for x in 1..width - 1 {
            let i = y * width + x;
            let gx = 0.5 * (light[i + 1] - light[i - 1]);
            let gy = 0.5 * (light[i + width] - light[i - width]);
            out[i] = [gx * gx, gx * gy, gy * gy];
        }
    }
    out
}

/// The place of a tile with the largest smaller eigenvalue of its structure tensor (Shi & Tomasi 1994).
fn best_in(
    structure: &[[f32; 3]],
    (width, height): (usize, usize),
    step: usize,
    window: usize,
    (x0, x1): (usize, usize),
    (y0, y1): (usize, usize),
) -> Option<[isize; 2]> {
    let half = window / 2;
    let mut best: Option<(f64, [isize; 2])> = None;
    for cy in (y0 / step..y1.div_ceil(step)).step_by(half.max(1)) {
        for cx in (x0 / step..x1.div_ceil(step)).step_by(half.max(1)) {
            if cx < half || cy < half || cx + half >= width || cy + half >= height {
                continue;
            }
            let mut t = [0.0f64; 3];
            for y in cy - half..=cy + half {
                for cell in &structure[y * width + cx - half..=y * width + cx + half] {
                    for (sum, v) in t.iter_mut().zip(cell) {
                        *sum += f64::from(*v);
                    }
                }
            }
            let least = 0.5 * (t[0] + t[2] - (t[0] - t[2]).hypot(2.0 * t[1]));
            let middle = [cx * step + step / 2, cy * step + step / 2];
            let fits = (x0..x1).contains(&middle[0]) && (y0..y1).contains(&middle[1]);
            if fits && least > LEAST_STRUCTURE && best.is_none_or(|b| least > b.0) {
                best = Some((least, middle.map(|v| v as isize)));
            }
        }
    }
    best.map(|b| b.1)
}
