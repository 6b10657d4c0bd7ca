//! Plain print: the parts of the card where one colour runs on, on a grid of cells, with the local background.

use crate::components::components;
use crate::planes::{Crop, Level};
use crate::print::Print;
use crate::stats::{median, median_sigma, quantile};
use crate::types::Maps;
use rayon::prelude::*;

/// Side of a cell, mm: a print dot of 0.15 mm still fills one.
const CELL_MM: f64 = 0.08;
/// Smallest connected plain area, mm2; smaller ones are part of the design.
const MIN_AREA_MM2: f64 = 12.0;
/// Side of a background block, mm; the background is a median over 3 x 3 of them.
const BLOCK_MM: f64 = 2.4;

/// The card's print in cells.
pub struct Plain {
    /// Columns.
    pub w: usize,
    /// Rows.
    pub h: usize,
    /// Pixels per cell side.
    pub cell: usize,
    /// Millimetres per cell side.
    pub cell_mm: f64,
    /// Mean colour.
    pub colour: Vec<[f32; 3]>,
    /// Whether the cell is judged at all.
    pub inside: Vec<bool>,
    /// Whether the cell belongs to a large plain area.
    pub plain: Vec<bool>,
    /// Relative deviation from the local background, largest channel; 0 where there is none.
    pub deviation: Vec<f32>,
    /// Robust spread of the deviation in the neighbourhood.
    pub spread: Vec<f32>,
}

impl Plain {
    /// Averages the print to cells and finds plain areas, their background and their spread.
    pub fn find(maps: &Maps, crop: Crop, level: &Level, pitch: f64) -> Self {
        let cell = ((CELL_MM / pitch).round() as usize).max(1);
        let (w, h) = (crop.w / cell, crop.h / cell);
        let print = Print::new(maps);
        let cells: Vec<([f32; 3], bool)> = (0..w * h)
            .into_par_iter()
            .map(|k| average(&print, maps, crop, level, k % w * cell, k / w * cell, cell))
            .collect();
        let (colour, inside): (Vec<_>, Vec<_>) = cells.into_iter().unzip();
        let cell_mm = cell as f64 * pitch;
        let mut out = Self {
            w,
            h,
            cell,
            cell_mm,
            colour,
            inside,
            plain: vec![],
            deviation: vec![0.0; w * h],
            spread: vec![f32::MAX; w * h],
        };
        out.plain = out.plain_cells();
        out.compare_with_background();
        out
    }

    /// Low gradient, and enough of it connected.
    fn plain_cells(&self) -> Vec<bool> {
        let gradient: Vec<f32> = (0..self.w * self.h).into_par_iter().map(|k| self.gradient(k)).collect();
        let mut sample: Vec<f32> = gradient.iter().copied().filter(|g| g.is_finite()).step_by(7).collect();
        // The quiet third of the card tells the noise; ink mottle may triple it and is still plain.
        let limit = (4.0 * quantile(&mut sample, 0.33)).clamp(0.03, 0.10);
        let low: Vec<bool> = gradient.iter().map(|&g| g < limit).collect();
        let fewest = (MIN_AREA_MM2 / (self.cell_mm * self.cell_mm)) as usize;
        let mut plain = vec![false; low.len()];
        for part in components(&low, self.w, false) {
            if part.len() >= fewest {
                part.iter().for_each(|&k| plain[k] = true);
            }
        }
        plain
    }

    /// Largest relative difference of a channel to the neighbours; infinite at the rim of what is judged.
    fn gradient(&self, k: usize) -> f32 {
        let (x, y) = (k % self.w, k / self.w);
        if x == 0 || y == 0 || x + 1 >= self.w || y + 1 >= self.h {
            return f32::INFINITY;
        }
        let around = [k - 1, k + 1, k - self.w, k + self.w];
        if !self.inside[k] || around.iter().any(|&j| !self.inside[j]) {
            return f32::INFINITY;
        }
        let c = &self.colour;
        let level = ((c[k][0] + c[k][1] + c[k][2]) / 3.0).max(0.02);
        let step = |a: usize, b: usize| (0..3).map(|i| (c[a][i] - c[b][i]).abs()).fold(0.0, f32::max) / level;
        let (across, down) = (step(k - 1, k + 1), step(k - self.w, k + self.w));
        // Not `hypot`: its care for overflow costs more than the rest.
        0.5 * (across * across + down * down).sqrt()
    }

    /// Deviation of every judged cell from the median colour of the plain cells around it.
    fn compare_with_background(&mut self) {
        let side = ((BLOCK_MM / self.cell_mm).round() as usize).max(4);
        let (bw, bh) = (self.w.div_ceil(side), self.h.div_ceil(side));
        let blocks: Vec<Option<([f32; 3], f32)>> = (0..bw * bh)
            .into_par_iter()
            .map(|b| self.background(b % bw, b / bw, side))
            .collect();
        let (w, inside, colours) = (self.w, &self.inside, &self.colour);
        let rows = self.deviation.par_chunks_mut(w).zip(self.spread.par_chunks_mut(w));
        rows.enumerate().for_each(|(y, (deviation, spread))| {
            for x in (0..w).filter(|x| inside[y * w + x]) {
                if let Some((colour, wide)) = blocks[y / side * bw + x / side] {
                    let level = ((colour[0] + colour[1] + colour[2]) / 3.0).max(0.02);
                    let by_channel = (0..3).map(|i| (colours[y * w + x][i] - colour[i]) / level);
                    deviation[x] = by_channel.fold(0.0, |a: f32, v| if v.abs() > a.abs() { v } else { a });
                    spread[x] = wide;
                }
            }
        });
    }

    fn background(&self, bx: usize, by: usize, side: usize) -> Option<([f32; 3], f32)> {
        let xs = bx.saturating_sub(1) * side..((bx + 2) * side).min(self.w);
        let ys = by.saturating_sub(1) * side..((by + 2) * side).min(self.h);
        let cells: Vec<usize> = ys
            .step_by(3)
            .flat_map(|y| xs.clone().step_by(3).map(move |x| y * self.w + x))
            .filter(|&k| self.plain[k])
            .collect();
        if cells.len() < 30 {
            return None;
        }
        let colour: [f32; 3] =
            std::array::from_fn(|i| median(&mut cells.iter().map(|&k| self.colour[k][i]).collect::<Vec<_>>()));
        let level = ((colour[0] + colour[1] + colour[2]) / 3.0).max(0.02);
        let spread = (0..3).map(|i| median_sigma(&mut cells.iter().map(|&k| self.colour[k][i]).collect::<Vec<_>>()).1);
        Some((colour, spread.fold(0.0, f32::max) / level))
    }
}

fn average(
    print: &Print,
    maps: &Maps,
    crop: Crop,
    level: &Level,
    x0: usize,
    y0: usize,
    cell: usize,
) -> ([f32; 3], bool) {
    let (mut sum, mut n) = ([0f32; 3], 0usize);
    for y in y0..y0 + cell {
        for x in x0..x0 + cell {
            if level.mask[y * crop.w + x] != 0 {
                let c = print.pixel((crop.y0 + y) * maps.width + crop.x0 + x);
                (0..3).for_each(|i| sum[i] += c[i]);
                n += 1;
            }
        }
    }
    (sum.map(|v| v / n.max(1) as f32), n * 2 > cell * cell)
}
