//! A walk over the rows of a band, strip by strip, that writes the maps read from one place and gives the divergence of
//! the slopes to those that need more.

use crate::bands::{Band, Rows, STRIP};
use crate::cascade::Cascade;
use crate::derivatives::{Around, curvatures, divergence, slopes};
use crate::fir::Ring;
use crate::gloss::gloss_row;
use crate::options::Solution;
use crate::scale_space::Scales;
use crate::tile::{Setup, Tile};
use std::ops::Range;

/// What all bands share.
pub struct Shared<'a> {
    /// Normals, albedo and what is known.
    pub s: &'a Solution,
    /// The frames, where gloss is wanted.
    pub setup: Option<&'a Setup<'a>>,
    /// The blurs, where shape is wanted.
    pub scales: Option<&'a Scales>,
    /// Pixels in a unit of length.
    pub per_pixel: f32,
}

impl Shared<'_> {
    /// The scales whose blurs are made on the divergence itself, not on a halved plane of it.
    pub fn direct(&self) -> Option<&Scales> {
        self.scales.filter(|scales| scales.halvings == 0)
    }
}

/// Rows of a band in the maps that are read from one place: empty where not wanted.
pub struct Fields<'a> {
    /// See [`crate::PixelMaps`].
    pub gloss: &'a mut [f32],
    /// See [`crate::PixelMaps`].
    pub p: &'a mut [f32],
    /// See [`crate::PixelMaps`].
    pub q: &'a mut [f32],
    /// See [`crate::PixelMaps`].
    pub mean: &'a mut [f32],
    /// See [`crate::PixelMaps`].
    pub gaussian: &'a mut [f32],
}

/// Buffers of one worker.
pub struct Buffers {
    /// For gloss.
    pub tile: Option<Tile>,
    /// Slopes of the rows around the one at work.
    pub slopes: [Ring; 2],
    /// For shape.
    pub cascade: Option<Cascade>,
}

impl Buffers {
    /// For maps of the shared size.
    pub fn new(shared: &Shared) -> Self {
        let scales = shared.direct();
        let beside = scales.map_or(0, |scales| scales.reach() + scales.expansion.margin);
        let n = shared.s.width.min(STRIP + 2 * (beside + 1));
        Self {
            tile: shared.setup.map(Tile::new),
            slopes: [Ring::new(3, n), Ring::new(3, n)],
            cascade: scales.map(|scales| scales.cascade(shared.s.width)),
        }
    }
}

/// A walk down a strip of a band.
pub struct Pass<'a> {
    shared: &'a Shared<'a>,
    band: Band,
    tile: &'a mut Option<Tile>,
    slopes: &'a mut [Ring; 2],
    fields: Fields<'a>,
    strip: Range<usize>,
    /// Divergence is asked for at these places, and slopes are held at these and their neighbours.
    places: Range<usize>,
    held: Range<usize>,
    /// The row after the newest whose slopes are held.
    next: usize,
}

impl Rows for Pass<'_> {
    fn begin(&mut self, strip: Range<usize>, rows: Range<usize>, places: Range<usize>) {
        self.held = places.start.saturating_sub(1)..(places.end + 1).min(self.band.width);
        (self.strip, self.places) = (strip, places);
        self.next = rows.start.saturating_sub(1);
        self.slopes.iter_mut().for_each(Ring::restart);
    }

    fn row(&mut self, y: usize, out: &mut [f32]) {
        self.hold(y);
        if (self.band.y0..self.band.y0 + self.band.rows).contains(&y) {
            self.write(y);
        }
        let inside = self.places.start.max(1)..self.places.end.min(self.band.width.saturating_sub(1));
        if y == 0 || y + 1 >= self.band.height || inside.is_empty() {
            out.fill(0.0);
            return;
        }
        let (from, to) = (inside.start - self.places.start, inside.end - self.places.start);
        out[..from].fill(0.0);
        divergence(&self.around(y, inside.start), &mut out[from..to]);
        out[to..].fill(0.0);
    }
}

impl<'a> Pass<'a> {
    /// Before the first strip.
    pub fn new(
        shared: &'a Shared<'a>,
        band: Band,
        tile: &'a mut Option<Tile>,
        slopes: &'a mut [Ring; 2],
        fields: Fields<'a>,
    ) -> Self {
        Self {
            shared,
            band,
            tile,
            slopes,
            fields,
            strip: 0..0,
            places: 0..0,
            held: 0..0,
            next: 0,
        }
    }

    /// All rows of the band without blurs: the divergence goes to `out`, where there is room for it.
    pub fn whole(&mut self, out: &mut [f32]) {
        let Band { width, y0, rows, .. } = self.band;
        for x0 in (0..width).step_by(STRIP) {
            let strip = x0..width.min(x0 + STRIP);
            self.begin(strip.clone(), y0..y0 + rows, strip.clone());
            for row in 0..rows {
                if out.is_empty() {
                    self.hold(y0 + row);
                    self.write(y0 + row);
                } else {
                    self.row(y0 + row, &mut out[row * width + strip.start..row * width + strip.end]);
                }
            }
        }
    }

    /// Makes sure that the slopes of the row and its neighbours are held.
    fn hold(&mut self, y: usize) {
        let below = (y + 1).min(self.band.height - 1);
        let n = self.held.len();
        while self.next <= below {
            let from = self.next * self.band.width;
            let held = from + self.held.start..from + self.held.end;
            let normals = self.shared.s.normals.planes().map(|plane| &plane[held.clone()]);
            let [p, q] = &mut *self.slopes;
            slopes(&normals, &mut p.next()[..n], &mut q.next()[..n]);
            self.next += 1;
        }
    }

    /// The rows around row `y`, held at the image's border, from the left neighbour of place `x` on.
    fn around(&self, y: usize, x: usize) -> Around<'_> {
        let (width, height) = (self.band.width, self.band.height);
        let rows = [y.saturating_sub(1), y, (y + 1).min(height - 1)];
        let (from, to) = (x - 1 - self.held.start, self.held.len());
        let [p, q] = self.slopes.each_ref();
        let known = &self.shared.s.known;
        Around {
            p: rows.map(|row| &p.back(self.next - 1 - row)[from..to]),
            q: rows.map(|row| &q.back(self.next - 1 - row)[from..to]),
            known: rows.map(|row| &known[row * width + x - 1..row * width + self.held.end]),
        }
    }

    /// Writes the strip of row `y` of every map but the shape.
    fn write(&mut self, y: usize) {
        let Range { start, end } = self.strip.clone();
        let at = (y - self.band.y0) * self.band.width;
        let here = at + start..at + end;
        if !self.fields.p.is_empty() {
            let held = start - self.held.start..end - self.held.start;
            let back = self.next - 1 - y;
            self.fields.p[here.clone()].copy_from_slice(&self.slopes[0].back(back)[held.clone()]);
            self.fields.q[here.clone()].copy_from_slice(&self.slopes[1].back(back)[held]);
        }
        if !self.fields.mean.is_empty() {
            self.curve(y, at);
        }
        if let (Some(setup), Some(tile)) = (self.shared.setup, self.tile.as_mut()) {
            gloss_row(setup, tile, self.shared.s, y, start, &mut self.fields.gloss[here]);
        }
    }

    /// Curvatures of the strip of row `y`; at the image's border the difference is one-sided over one pixel.
    fn curve(&mut self, y: usize, at: usize) {
        let (width, height) = (self.band.width, self.band.height);
        let per_pixel = self.shared.per_pixel;
        let by_y = per_pixel / if y == 0 || y + 1 == height { 1.0 } else { 2.0 };
        let (x0, x1) = (self.strip.start.max(1), self.strip.end.min(width - 1));
        let mean = std::mem::take(&mut self.fields.mean);
        let gaussian = std::mem::take(&mut self.fields.gaussian);
        if x0 < x1 {
            let here = at + x0..at + x1;
            let rows = self.around(y, x0);
            curvatures(
                &rows,
                per_pixel / 2.0,
                by_y,
                &mut mean[here.clone()],
                &mut gaussian[here],
            );
        }
        for x in [0, width - 1] {
            if self.strip.contains(&x) {
                let here = at + x..at + x + 1;
                self.curve_end(y, x, by_y, &mut mean[here.clone()], &mut gaussian[here]);
            }
        }
        (self.fields.mean, self.fields.gaussian) = (mean, gaussian);
    }

    fn curve_end(&self, y: usize, x: usize, by_y: f32, mean: &mut [f32], gaussian: &mut [f32]) {
        let (width, height) = (self.band.width, self.band.height);
        let places = [x.saturating_sub(1), x, (x + 1).min(width - 1)];
        let rows = [y.saturating_sub(1), y, (y + 1).min(height - 1)];
        let slope = |ring: &Ring| rows.map(|row| places.map(|x| ring.back(self.next - 1 - row)[x - self.held.start]));
        let (p, q) = (slope(&self.slopes[0]), slope(&self.slopes[1]));
        let known = rows.map(|row| places.map(|x| self.shared.s.known[row * width + x]));
        let around = Around {
            p: p.each_ref().map(|v| &v[..]),
            q: q.each_ref().map(|v| &v[..]),
            known: known.each_ref().map(|v| &v[..]),
        };
        curvatures(&around, self.shared.per_pixel, by_y, mean, gaussian);
    }
}
