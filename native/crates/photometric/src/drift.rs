//! Whether the lights are still as bright as their calibration says: a check between calibrations, not one of them.
//!
//! Semi-calibrated photometric stereo (Cho, Matsushita, Tai & Kweon 2018) finds `e_k = <m_k, N l_k> / |N l_k|^2` from the
//! frames. On a plane that is blind to changes that look like a tilt or another albedo, so what is found is the part of
//! the drift that no surface explains: a lower bound.

use crate::linear::dot;
use crate::noise::Noise;
use crate::tile::{Setup, TILE, Tile};
use rayon::prelude::*;

/// Row pieces looked at, and their length.
const PIECES: usize = 256;
const PIECE: usize = 64;
/// Fewest readings that a median is taken from.
const FEWEST: usize = 500;
/// Samples must stand this far above their noise.
const CLEAR: f32 = 10.0;

/// Brightness of every light over its calibrated one, as far as the frames show it; empty where they do not.
pub fn ratios(setup: &Setup, noise: &Noise, (width, height): (usize, usize), mask: Option<&[u8]>) -> Vec<f64> {
    let lights = setup.count();
    if lights < 5 || width < PIECE || PIECE > TILE {
        return Vec::new();
    }
    let readings: Vec<Vec<f32>> = (0..PIECES)
        .into_par_iter()
        .map_init(
            || Tile::new(setup),
            |tile, piece| {
                let golden = (piece as f64 * 0.618_033_988_749_895).fract();
                let y = ((piece as f64 + 0.5) / PIECES as f64 * height as f64) as usize;
                let x0 = (golden * (width - PIECE + 1) as f64) as usize;
                tile.read(setup, y, x0, PIECE);
                tile.fit(setup);
                tile.unvarnish(setup, y, x0);
                let inside = |i: usize| mask.is_none_or(|m| m[y * width + x0 + i] != 0);
                (0..PIECE)
                    .step_by(3)
                    .filter(|&i| inside(i) && !setup.reader.saturated(tile.peaks[i]))
                    .filter_map(|i| reading(setup, tile, noise, i))
                    .collect::<Vec<_>>()
            },
        )
        .flatten_iter()
        .collect();
    if readings.len() < FEWEST {
        return Vec::new();
    }
    (0..lights)
        .map(|k| {
            let mut column: Vec<f32> = readings.iter().map(|r| r[k]).collect();
            let middle = column.len() / 2;
            1.0 + f64::from(*column.select_nth_unstable_by(middle, f32::total_cmp).1)
        })
        .collect()
}

/// Relative residual of every light at a pixel where all of them are clear of the noise.
fn reading(setup: &Setup, tile: &Tile, noise: &Noise, i: usize) -> Option<Vec<f32>> {
    let g = [0, 1, 2].map(|j| f64::from(tile.g[j][i]));
    let albedo = dot(g, g).sqrt();
    let least = f64::from(CLEAR * noise.variance(albedo as f32).sqrt()).max(0.1 * albedo);
    (0..setup.count())
        .map(|k| {
            let model = dot(tile.direction(setup, k, i), g);
            (model > least && albedo > 0.0).then(|| (tile.residual(setup, k, i) / model) as f32)
        })
        .collect()
}
