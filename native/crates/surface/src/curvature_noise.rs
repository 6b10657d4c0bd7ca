//! Noise of a level's second derivatives by block, measured on the card itself.

use crate::derivatives::{Columns, Kernels, R, sampled};
use crate::planes::Level;
use crate::stats::{MAD_TO_SIGMA, median};
use rayon::prelude::*;
use std::ops::Range;

/// Side of a noise block in level pixels: wider than any one defect at the level's scale.
const BLOCK: usize = 48;
/// Every how many pixels a sample is taken, either way.
const STRIDE: usize = 4;
/// Fewest samples of a block.
const FEWEST: usize = 20;

/// Noise and median curvature of a block of the level.
#[derive(Clone, Copy, Debug)]
pub struct BlockNoise {
    /// Standard deviation of a second derivative after division by the slope's predicted one.
    pub sigma: f32,
    /// Median of d2z/dx2, d2z/dxdy and d2z/dy2.
    pub bias: [f32; 3],
}

/// Noise of the level's second derivatives by block.
pub struct NoiseGrid {
    columns: usize,
    blocks: Vec<BlockNoise>,
}

impl NoiseGrid {
    /// The blocks of row `y` between columns `x0` and `x1`, with the columns of each.
    pub fn row(&self, y: usize, x0: usize, x1: usize) -> impl Iterator<Item = (Range<usize>, &BlockNoise)> {
        let blocks = &self.blocks[y / BLOCK * self.columns..][..self.columns];
        blocks.iter().enumerate().filter_map(move |(b, block)| {
            let (from, to) = ((b * BLOCK).max(x0), ((b + 1) * BLOCK).min(x1));
            (from < to).then_some((from..to, block))
        })
    }

    /// Robust statistics from every fourth pixel; each block takes the largest of its neighbourhood, so a rough
    /// or textured patch raises the bar around it, and never less than the card's median.
    pub fn measure(level: &Level, k: &Kernels) -> Self {
        let (columns, rows) = (level.w.div_ceil(BLOCK), level.h.div_ceil(BLOCK));
        let raw: Vec<Option<BlockNoise>> = (0..rows)
            .into_par_iter()
            .flat_map_iter(|row| row_noise(level, k, row, columns))
            .collect();
        let all = raw.iter().flatten().map(|b| b.sigma);
        let typical = median(all).max(1e-6);
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

/// Second derivatives and predicted standard deviations of a block's samples.
#[derive(Clone, Default)]
struct Samples {
    h: [Vec<f32>; 3],
    scale: Vec<f32>,
}

fn row_noise(level: &Level, k: &Kernels, row: usize, columns: usize) -> Vec<Option<BlockNoise>> {
    let mut blocks = vec![Samples::default(); columns];
    let (mut buffer, mut found) = (Columns::default(), Vec::new());
    let top = row * BLOCK;
    for y in (top.max(R)..(top + BLOCK).min(level.h.saturating_sub(R))).step_by(STRIDE) {
        sampled(level, k, y, STRIDE, &mut buffer, &mut found);
        for &(x, v) in &found {
            let block = &mut blocks[x / BLOCK];
            (0..3).for_each(|c| block.h[c].push(v[c]));
            block.scale.push(level.var[y * level.w + x].sqrt());
        }
    }
    blocks.iter_mut().map(block_noise).collect()
}

fn block_noise(s: &mut Samples) -> Option<BlockNoise> {
    if s.scale.len() < FEWEST {
        return None;
    }
    let mut white = Vec::with_capacity(2 * s.scale.len());
    let mut bias = [0.0; 3];
    for c in 0..3 {
        bias[c] = median(&s.h[c]);
    }
    for c in [0, 2] {
        white.extend(
            s.h[c]
                .iter()
                .zip(&s.scale)
                .map(|(v, scale)| (v - bias[c]).abs() / scale),
        );
    }
    Some(BlockNoise {
        sigma: MAD_TO_SIGMA * median(&white),
        bias,
    })
}
