//! Plain print: the parts of the card where one colour runs on, on a grid of cells, with the local background.

use crate::components::only_large;
use crate::planes::{Crop, Level};
use crate::stats::{median_sigma, quantile};
use crate::types::Maps;
use imaging::{Half, fastest};
use rayon::prelude::*;

/// Side of a cell, mm: a print dot of 0.15 mm still fills one.
const CELL_MM: f64 = 0.08;
/// Smallest connected plain area, mm2; smaller ones are part of the design.
const MIN_AREA_MM2: f64 = 12.0;
/// Side of a background block, mm; the background is a median over 3 x 3 of them.
const BLOCK_MM: f64 = 2.4;
/// Every how many cells, either way, one is taken for the background: some hundred of them tell a median.
const THIN: usize = 5;

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
        let (mut colour, mut inside) = (vec![[0f32; 3]; w * h], vec![false; w * h]);
        let rows = colour.par_chunks_mut(w.max(1)).zip(inside.par_chunks_mut(w.max(1)));
        rows.enumerate().for_each_init(
            || vec![0u32; w],
            |judged, (y, (colour, inside))| {
                judged.fill(0);
                for y in y * cell..(y + 1) * cell {
                    let first = (crop.y0 + y) * maps.width + crop.x0;
                    let albedo = &maps.albedo[maps.channels * first..maps.channels * (first + w * cell)];
                    gather(albedo, &level.mask[y * crop.w..][..w * cell], cell, colour, judged);
                }
                for ((sum, inside), &n) in colour.iter_mut().zip(inside).zip(judged.iter()) {
                    *sum = sum.map(|v| v / n.max(1) as f32);
                    *inside = n as usize * 2 > cell * cell;
                }
            },
        );
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

    /// The cells as a level without slopes, for places only.
    pub fn grid(&self, crop: Crop) -> Level {
        Level::of_places(self.w, self.h, self.cell as f64, [crop.x0 as f64, crop.y0 as f64])
    }

    /// Low gradient, and enough of it connected.
    fn plain_cells(&self) -> Vec<bool> {
        let (w, h) = (self.w, self.h);
        let mut gradient = vec![f32::INFINITY; w * h];
        gradient.par_chunks_mut(w.max(1)).enumerate().for_each(|(y, out)| {
            if y > 0 && y + 1 < h {
                let at = |k: usize| (y + k - 1) * w..(y + k) * w;
                let (rows, inside) = (
                    [0, 1, 2].map(|k| &self.colour[at(k)]),
                    [0, 1, 2].map(|k| &self.inside[at(k)]),
                );
                gradients(&rows, &inside, out);
            }
        });
        let sample = gradient.iter().copied().filter(|g| g.is_finite()).step_by(7);
        // The quiet third of the card tells the noise; ink mottle may triple it and is still plain.
        let limit = (4.0 * quantile(sample, 0.33)).clamp(0.03, 0.10);
        let low: Vec<bool> = gradient.iter().map(|&g| g < limit).collect();
        let fewest = (MIN_AREA_MM2 / (self.cell_mm * self.cell_mm)) as usize;
        only_large(&low, self.w, fewest)
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
            let row = y * w..(y + 1) * w;
            let parts = deviation.chunks_mut(side).zip(spread.chunks_mut(side));
            let parts = parts
                .zip(colours[row.clone()].chunks(side))
                .zip(inside[row].chunks(side));
            for ((((deviation, spread), colours), inside), block) in parts.zip(&blocks[y / side * bw..]) {
                if let Some((colour, wide)) = block {
                    deviate(colour, colours, inside, deviation);
                    let cells = spread.iter_mut().zip(inside).filter(|(_, inside)| **inside);
                    cells.for_each(|(spread, _)| *spread = *wide);
                }
            }
        });
    }

    fn background(&self, bx: usize, by: usize, side: usize) -> Option<([f32; 3], f32)> {
        let xs = bx.saturating_sub(1) * side..((bx + 2) * side).min(self.w);
        let ys = by.saturating_sub(1) * side..((by + 2) * side).min(self.h);
        let cells: Vec<usize> = ys
            .step_by(THIN)
            .flat_map(|y| xs.clone().step_by(THIN).map(move |x| y * self.w + x))
            .filter(|&k| self.plain[k])
            .collect();
        if cells.len() < 12 {
            return None;
        }
        let by_channel = [0, 1, 2].map(|i| median_sigma(&cells.iter().map(|&k| self.colour[k][i]).collect::<Vec<_>>()));
        let colour = by_channel.map(|c| c.0);
        let level = ((colour[0] + colour[1] + colour[2]) / 3.0).max(0.02);
        Some((
            colour,
            by_channel.iter().fold(0.0, |most: f32, c| most.max(c.1)) / level,
        ))
    }
}

/// Deviation of the judged cells from a colour, relative to its brightness: the channel that is furthest off.
fn deviate(colour: &[f32; 3], cells: &[[f32; 3]], inside: &[bool], out: &mut [f32]) {
    let level = ((colour[0] + colour[1] + colour[2]) / 3.0).max(0.02);
    for ((out, cell), &inside) in out.iter_mut().zip(cells).zip(inside) {
        let by_channel = (0..3).map(|i| (cell[i] - colour[i]) / level);
        let furthest = by_channel.fold(0.0, |a: f32, v| if v.abs() > a.abs() { v } else { a });
        *out = if inside { furthest } else { 0.0 };
    }
}

fastest! {
    /// Adds the judged pixels of one row to the sums of their cells.
    fn gather(albedo: &[Half], mask: &[u8], cell: usize, sums: &mut [[f32; 3]], judged: &mut [u32]) = gather_body
}

#[inline(always)]
fn gather_body(albedo: &[Half], mask: &[u8], cell: usize, sums: &mut [[f32; 3]], judged: &mut [u32]) {
    let channels = albedo.len() / mask.len().max(1);
    let cells = albedo.chunks_exact(channels * cell).zip(mask.chunks_exact(cell));
    for ((sum, judged), (colours, mask)) in sums.iter_mut().zip(judged).zip(cells) {
        for (colour, &m) in colours.chunks_exact(channels).zip(mask) {
            let on = f32::from(m);
            let [a, b, c] = match *colour {
                [a, b, c] => [a, b, c],
                _ => [colour[0]; 3],
            };
            sum[0] += on * a.get();
            sum[1] += on * b.get();
            sum[2] += on * c.get();
            *judged += u32::from(m);
        }
    }
}

fastest! {
    /// Largest relative difference of a channel to the neighbours, for one row of cells from the rows above, here and
    /// below; infinite at the rim of what is judged.
    fn gradients(rows: &[&[[f32; 3]]; 3], inside: &[&[bool]; 3], out: &mut [f32]) = gradients_body
}

#[inline(always)]
fn gradients_body(rows: &[&[[f32; 3]]; 3], inside: &[&[bool]; 3], out: &mut [f32]) {
    let w = out.len();
    let [up, here, down] = rows.map(|r| &r[..w]);
    let [up_in, here_in, down_in] = inside.map(|r| &r[..w]);
    out.fill(f32::INFINITY);
    let step = |a: &[f32; 3], b: &[f32; 3]| {
        let larger = |a: f32, b: f32| if a > b { a } else { b };
        larger(larger((a[0] - b[0]).abs(), (a[1] - b[1]).abs()), (a[2] - b[2]).abs())
    };
    for x in 1..w.saturating_sub(1) {
        if here_in[x] & here_in[x - 1] & here_in[x + 1] & up_in[x] & down_in[x] {
            let c = &here[x];
            let level = ((c[0] + c[1] + c[2]) / 3.0).max(0.02);
            let (across, along) = (step(&here[x - 1], &here[x + 1]) / level, step(&up[x], &down[x]) / level);
            // Not `hypot`: its care for overflow costs more than the rest.
            out[x] = 0.5 * (across * across + along * along).sqrt();
        }
    }
}
