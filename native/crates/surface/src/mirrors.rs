//! Areas of a side that mirror: foil answers to the lights' directions as a tilted surface would.

use crate::components::components;
use crate::terms::Row;
use crate::trend_fit::Samples;
use rayon::prelude::*;

/// Cells of `side` pixels that mirror.
pub struct Mirrors {
    side: usize,
    columns: usize,
    /// Which of them do.
    pub cells: Vec<bool>,
}

impl Mirrors {
    /// Sets the pixels of a row of the level to 0 where they mirror; how many were judged before.
    pub fn clear(&self, y: usize, mask: &mut [u8]) -> u64 {
        let Some(cells) = self.cells.chunks(self.columns).nth(y / self.side) else {
            return 0;
        };
        let parts = mask.chunks_mut(self.side).zip(cells).filter(|(_, mirrors)| **mirrors);
        let lost = parts.map(|(part, _)| {
            let lost = part.iter().map(|&m| u64::from(m)).sum::<u64>();
            part.fill(0);
            lost
        });
        lost.sum()
    }
}

/// Slope that the fit leaves over an area that mirrors; the card itself is flatter than that.
const MIRROR_SLOPE: f64 = 0.03;
/// The same in units of albedo times slope, for dark print.
const MIRROR_LIGHT: f64 = 0.01;
/// Smallest area that mirrors, mm2; dents and bent corners are smaller.
const MIRROR_AREA_MM2: f64 = 40.0;

/// Large areas whose mean slope over 3 x 3 samples stays far off the fit: foil answers to the lights' directions as a
/// tilted surface would.
pub fn mirrors(s: &Samples, [fp, fq]: &[Row; 2], luma: &[f32], pitch_mm: f64) -> Option<Mirrors> {
    let rows = s.at.last()?.1 / s.columns + 1;
    let mut left = vec![[0.0; 3]; s.columns * rows];
    for (k, &(i, cell)) in s.at.iter().enumerate() {
        // The slope on bright print, what the light does on dark print: there noise alone makes slopes.
        let a = f64::from(luma[i]).max(MIRROR_LIGHT / MIRROR_SLOPE);
        left[cell] = [s.all[k].left(0, fp) / a, s.all[k].left(1, fq) / a, 1.0];
    }
    let around = |cell: usize| {
        let (x, y) = (cell % s.columns, cell / s.columns);
        let xs = x.saturating_sub(1)..=(x + 1).min(s.columns - 1);
        (y.saturating_sub(1)..=(y + 1).min(rows - 1)).flat_map(move |v| xs.clone().map(move |u| v * s.columns + u))
    };
    let steep: Vec<bool> = (0..left.len())
        .into_par_iter()
        .map(|cell| {
            let mut all: Vec<[f64; 3]> = around(cell).map(|j| left[j]).filter(|v| v[2] > 0.0).collect();
            let middle = |axis: usize, all: &mut Vec<[f64; 3]>| {
                all.sort_by(|a, b| a[axis].total_cmp(&b[axis]));
                all.get(all.len() / 2).map_or(0.0, |v| v[axis])
            };
            left[cell][2] > 0.0 && all.len() > 2 && middle(0, &mut all).hypot(middle(1, &mut all)) > MIRROR_SLOPE
        })
        .collect();
    let fewest = (MIRROR_AREA_MM2 / (s.stride as f64 * pitch_mm).powi(2)).ceil() as usize;
    let mut cells = vec![false; steep.len()];
    for part in components(&steep, s.columns, true, usize::MAX)
        .iter()
        .filter(|p| p.len() >= fewest)
    {
        part.iter().flat_map(|&cell| around(cell)).for_each(|j| cells[j] = true);
    }
    cells.contains(&true).then_some(Mirrors {
        side: s.stride,
        columns: s.columns,
        cells,
    })
}
