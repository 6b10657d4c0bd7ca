//! A band of rows through the blurs of the shape image, strip by strip so that all rows in use stay in the cache.

use crate::cascade::Cascade;
use crate::pyramid::Plane;
use crate::scale_space::Scales;
use imaging::{Cancel, Result};
use rayon::prelude::*;
use std::ops::Range;

/// Places of a strip: what is kept of some forty rows of it fits the second-level cache. A multiple of every step.
pub const STRIP: usize = 2048;
/// Rows of a band are a multiple of this, as they are of every step.
pub const BAND_UNIT: usize = 64;

/// Gives rows to be blurred.
pub trait Rows {
    /// A strip begins: its places, and the rows and places that will be asked for, one row after the other.
    fn begin(&mut self, strip: Range<usize>, rows: Range<usize>, places: Range<usize>);
    /// Row `y` at those places.
    fn row(&mut self, y: usize, out: &mut [f32]);
}

/// Which rows of an image.
#[derive(Clone, Copy)]
pub struct Band {
    /// Pixels in a row of the image.
    pub width: usize,
    /// Rows of the image.
    pub height: usize,
    /// First row.
    pub y0: usize,
    /// Number of rows.
    pub rows: usize,
}

impl Band {
    /// Rows of a band that keeps all threads busy and repeats little at its ends.
    pub fn rows_for(height: usize) -> usize {
        let fair = height.div_ceil(4 * rayon::current_num_threads());
        fair.next_multiple_of(BAND_UNIT).clamp(BAND_UNIT, 4 * BAND_UNIT)
    }

    /// Rows beyond the image at either end that belong to the band: those of the margin, at the first and the last band.
    fn beyond(&self, margin: usize) -> (usize, usize) {
        let last = self.y0 + self.rows == self.height;
        (if self.y0 == 0 { margin } else { 0 }, if last { margin } else { 0 })
    }

    /// Rows of the coarse plane that this band fills.
    pub fn coarse_rows(&self, scales: &Scales) -> usize {
        let (above, below) = self.beyond(scales.expansion.margin);
        (above + self.rows + below).div_ceil(scales.expansion.step)
    }
}

/// Writes the weighted sum of the first two blurs into `out`, and the second at every few places into `coarse`, whose rows
/// are `coarse_width` long.
pub fn blur(
    scales: &Scales,
    cascade: &mut Cascade,
    band: Band,
    source: &mut impl Rows,
    out: &mut [f32],
    (coarse, coarse_width): (&mut [f32], usize),
) {
    let (reach, margin, step) = (scales.reach(), scales.expansion.margin, scales.expansion.step);
    let (above, below) = band.beyond(margin);
    // Places and rows are counted from a reach and a margin before the image, so that none is negative.
    let origin = reach + margin;
    let inside = |from: usize, to: usize, n: usize| from.max(origin) - origin..to.min(origin + n) - origin;
    for x0 in (0..band.width).step_by(STRIP) {
        let x1 = band.width.min(x0 + STRIP);
        let left = if x0 == 0 { margin } else { 0 };
        let right = if x1 == band.width { margin } else { 0 };
        let first = origin + x0 - left - reach;
        let places = inside(first, origin + x1 + right + reach, band.width);
        let used = places.start + origin - first..places.end + origin - first;
        let rows = origin + band.y0 - above - reach..origin + band.y0 + band.rows + below + reach;
        cascade.begin(left + x1 - x0 + right);
        source.begin(x0..x1, inside(rows.start, rows.end, band.height), places);
        for row in rows.clone() {
            let line = cascade.row();
            if row < origin || row >= origin + band.height {
                line.fill(0.0);
            } else {
                line[..used.start].fill(0.0);
                source.row(row - origin, &mut line[used.clone()]);
                line[used.end..].fill(0.0);
            }
            let Some((once, twice)) = cascade.results() else {
                continue;
            };
            // Rows from the band's first on, those beyond the image included.
            let at = row - reach - (rows.start + reach);
            if at >= above && at < above + band.rows {
                let from = (at - above) * band.width;
                let out = &mut out[from + x0..from + x1];
                let [a, b] = scales.weights;
                for (o, (v, w)) in out.iter_mut().zip(once[left..].iter().zip(&twice[left..])) {
                    *o = a * v + b * w;
                }
            }
            if at.is_multiple_of(step) {
                let from = at / step * coarse_width + (x0 + margin - left) / step;
                for (c, v) in coarse[from..].iter_mut().zip(twice.iter().step_by(step)) {
                    *c = *v;
                }
            }
        }
    }
}

/// Rows of a plane.
struct FromPlane<'a> {
    plane: &'a Plane,
    places: Range<usize>,
}

impl Rows for FromPlane<'_> {
    fn begin(&mut self, _: Range<usize>, _: Range<usize>, places: Range<usize>) {
        self.places = places;
    }

    fn row(&mut self, y: usize, out: &mut [f32]) {
        let row = &self.plane.data[y * self.plane.width..][..self.plane.width];
        out.copy_from_slice(&row[self.places.clone()]);
    }
}

/// The shape image of a plane of divergences that was halved as often as the scales want, at the plane's size.
pub fn shape_of_plane(scales: &Scales, plane: &Plane, cancel: &Cancel) -> Result<Plane> {
    let (width, height) = (plane.width, plane.height);
    let mut out = Plane {
        data: vec![0.0; width * height],
        width,
        height,
    };
    let mut coarse = scales.coarse_plane(width, height);
    let coarse_width = coarse.width;
    let rows = Band::rows_for(height);
    let mut jobs = Vec::new();
    let mut left = coarse.data.as_mut_slice();
    for (i, part) in out.data.chunks_mut(rows * width).enumerate() {
        let band = Band {
            width,
            height,
            y0: i * rows,
            rows: part.len() / width,
        };
        let (mine, rest) = std::mem::take(&mut left).split_at_mut(band.coarse_rows(scales) * coarse_width);
        left = rest;
        jobs.push((band, part, mine));
    }
    jobs.into_par_iter().try_for_each_init(
        || scales.cascade(width),
        |cascade, (band, out, coarse)| {
            cancel.check()?;
            let mut source = FromPlane { plane, places: 0..0 };
            blur(scales, cascade, band, &mut source, out, (coarse, coarse_width));
            Ok(())
        },
    )?;
    let everywhere = vec![1u8; width * height];
    scales.finish(&coarse, &mut out.data, &everywhere, width, cancel)?;
    Ok(out)
}
