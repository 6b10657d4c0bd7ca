//! Foil and holo areas by the energy the reflectance model leaves unexplained.

use crate::frame::Frame;
use crate::options::Options;
use crate::planes::Crop;
use crate::stats::quantile;
use crate::types::Maps;
use rayon::prelude::*;

/// Cells of the card that are foil, on a grid of `cell` pixels over the crop.
pub struct Foil {
    cell: usize,
    columns: usize,
    is_foil: Vec<bool>,
    /// Share of the card's cells that are foil.
    pub fraction: f64,
}

/// Cell size, mm; a scratch is narrower, a foil patch wider.
const CELL_MM: f64 = 0.4;
/// Smallest connected foil area, mm2; a scratch's glint stays below.
const MIN_AREA_MM2: f64 = 6.0;

impl Foil {
    /// Sets the pixels of a row of the crop to 0 where they lie in a foil cell.
    pub fn clear(&self, y: usize, row: &mut [u8]) {
        let cells = &self.is_foil[y / self.cell * self.columns..][..self.columns];
        for (part, _) in row.chunks_mut(self.cell).zip(cells).filter(|(_, foil)| **foil) {
            part.fill(0);
        }
    }

    /// A cell is foil when its mean relative residual is above the option's, its absolute residual is four times
    /// that of the card's quiet fifth (dark print has a large relative residual from noise alone), and enough
    /// neighbours are. One ring of cells is added, since the optics smear the foil's rim.
    pub fn find(maps: &Maps, frame: &Frame, radius: f64, crop: Crop, o: &Options) -> Self {
        let cell = ((CELL_MM / frame.pitch).round() as usize).max(2);
        let (columns, rows) = (crop.w.div_ceil(cell), crop.h.div_ceil(cell));
        let cells: Vec<Option<[f32; 2]>> = (0..columns * rows)
            .into_par_iter()
            .map(|k| {
                let (cx, cy) = (k % columns * cell, k / columns * cell);
                let centre = [(crop.x0 + cx + cell / 2) as f64, (crop.y0 + cy + cell / 2) as f64];
                (frame.inside_mm(frame.mm(centre), radius) > 0.3)
                    .then(|| cell_residual(maps, crop, cx, cy, cell))
                    .flatten()
            })
            .collect();
        let absolute: Vec<f32> = cells.iter().flatten().map(|c| c[1]).collect();
        let relative: Vec<f32> = cells.iter().flatten().map(|c| c[0]).collect();
        let inside = absolute.len().max(1);
        let quiet = 4.0 * quantile(&absolute, 0.2);
        let limit = o.foil_residual.max(5.0 * quantile(&relative, 0.2));
        let raw: Vec<bool> = cells
            .iter()
            .map(|c| c.is_some_and(|c| c[0] > limit && c[1] > quiet))
            .collect();
        let min_cells = (MIN_AREA_MM2 / (cell as f64 * frame.pitch).powi(2)).ceil() as usize;
        let kept = large_areas(&raw, columns, min_cells);
        let fraction = kept.iter().filter(|&&k| k).count() as f64 / inside as f64;
        let is_foil = (0..raw.len())
            .map(|k| neighbours(k, columns, raw.len()).any(|j| kept[j]) || kept[k])
            .collect();
        Self {
            cell,
            columns,
            is_foil,
            fraction,
        }
    }
}

/// Mean relative and absolute residual of the known pixels, every second one a row and column.
fn cell_residual(maps: &Maps, crop: Crop, cx: usize, cy: usize, cell: usize) -> Option<[f32; 2]> {
    let (mut n, mut relative, mut absolute) = (0u32, 0f32, 0f32);
    for y in (cy..(cy + cell).min(crop.h)).step_by(2) {
        for x in (cx..(cx + cell).min(crop.w)).step_by(2) {
            let i = (crop.y0 + y) * maps.width + crop.x0 + x;
            if maps.known[i] == 0 {
                continue;
            }
            n += 1;
            let residual = maps.residual[i].get();
            relative += residual;
            absolute += residual * maps.albedo[i * maps.channels].get();
        }
    }
    (n > 0).then(|| [relative / n as f32, absolute / n as f32])
}

fn neighbours(k: usize, columns: usize, len: usize) -> impl Iterator<Item = usize> {
    let (x, y, rows) = (k % columns, k / columns, len / columns);
    let xs = x.saturating_sub(1)..=(x + 1).min(columns - 1);
    (y.saturating_sub(1)..=(y + 1).min(rows - 1)).flat_map(move |v| xs.clone().map(move |u| v * columns + u))
}

fn large_areas(raw: &[bool], columns: usize, min_cells: usize) -> Vec<bool> {
    let mut kept = vec![false; raw.len()];
    let mut seen = vec![false; raw.len()];
    for start in 0..raw.len() {
        if !raw[start] || seen[start] {
            continue;
        }
        seen[start] = true;
        let mut area = vec![start];
        let mut next = 0;
        while next < area.len() {
            for j in neighbours(area[next], columns, raw.len()) {
                if raw[j] && !seen[j] {
                    seen[j] = true;
                    area.push(j);
                }
            }
            next += 1;
        }
        if area.len() >= min_cells {
            area.into_iter().for_each(|k| kept[k] = true);
        }
    }
    kept
}
