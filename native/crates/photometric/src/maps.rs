//! All pixel-wise maps of a side in one pass over its normals and frames: what one map has read is still in the cache for
//! the next.

use crate::bands::{Band, Rows, STRIP, blur, shape_of_plane};
use crate::cascade::Cascade;
use crate::derivatives::{Around, curvatures, divergence, slopes};
use crate::fir::Ring;
use crate::gloss::{gloss_row, prepare_for};
use crate::options::{Solution, SolveOptions};
use crate::pyramid::Plane;
use crate::scale_space::{Scales, ShapeOptions};
use crate::tile::{Setup, Tile};
use imaging::{Cancel, FrameStack, Result, zeroed};
use rayon::prelude::*;
use std::ops::Range;

/// Which maps to make beside the gloss, which is made where frames are given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Slopes along x and y.
    pub gradients: bool,
    /// Mean and Gaussian curvature.
    pub curvature: bool,
    /// Shape over scales.
    pub shape: Option<ShapeOptions>,
}

/// Maps of `height * width` values each; those not asked for are empty.
#[derive(Clone, Debug, Default)]
pub struct PixelMaps {
    /// See [`crate::gloss()`].
    pub gloss: Vec<f32>,
    /// See [`crate::Gradients`].
    pub p: Vec<f32>,
    /// See [`crate::Gradients`].
    pub q: Vec<f32>,
    /// See [`crate::Curvature`].
    pub mean: Vec<f32>,
    /// See [`crate::Curvature`].
    pub gaussian: Vec<f32>,
    /// See [`crate::shape_multiscale`].
    pub shape: Vec<f32>,
}

/// The maps asked for; gloss where `frames`, those that were solved, are given. Curvatures are in 1/mm and 1/mm^2 with a
/// pitch, else in 1/px and 1/px^2.
///
/// # Errors
/// Those of [`crate::gloss()`] and [`crate::shape_multiscale`]; `Cancelled`.
pub fn pixel_maps(
    s: &Solution,
    frames: Option<(&FrameStack, &SolveOptions)>,
    wanted: &Wanted,
    pitch_mm: Option<f64>,
    cancel: &Cancel,
) -> Result<PixelMaps> {
    pixel_maps_into(s, frames, wanted, pitch_mm, PixelMaps::default(), cancel)
}

/// [`pixel_maps`] into the maps of an earlier side that are not needed any more, which saves the system's page handling.
///
/// # Errors
/// Those of [`pixel_maps`].
pub fn pixel_maps_into(
    s: &Solution,
    frames: Option<(&FrameStack, &SolveOptions)>,
    wanted: &Wanted,
    pitch_mm: Option<f64>,
    used: PixelMaps,
    cancel: &Cancel,
) -> Result<PixelMaps> {
    let setup = frames.map(|(stack, o)| prepare_for(stack, o, s)).transpose()?;
    let scales = wanted.shape.map(Scales::new).transpose()?;
    cancel.check()?;
    let room = |plane: Vec<f32>, wanted: bool| match (wanted, plane.len() == s.known.len()) {
        (false, _) => Vec::new(),
        (true, true) => plane,
        (true, false) => zeroed::<f32>(s.known.len()),
    };
    let mut maps = PixelMaps {
        gloss: room(used.gloss, setup.is_some()),
        p: room(used.p, wanted.gradients),
        q: room(used.q, wanted.gradients),
        mean: room(used.mean, wanted.curvature),
        gaussian: room(used.gaussian, wanted.curvature),
        shape: room(used.shape, wanted.shape.is_some()),
    };
    if s.known.is_empty() {
        return Ok(maps);
    }
    let shared = Shared {
        s,
        setup: setup.as_ref(),
        scales: scales.as_ref(),
        per_pixel: pitch_mm.map_or(1.0, |mm| 1.0 / mm) as f32,
    };
    run(&shared, &mut maps, cancel)?;
    Ok(maps)
}

/// What all bands share.
struct Shared<'a> {
    s: &'a Solution,
    setup: Option<&'a Setup<'a>>,
    scales: Option<&'a Scales>,
    /// Pixels in a unit of length.
    per_pixel: f32,
}

impl Shared<'_> {
    /// The scales whose blurs are made on the divergence itself, not on a halved plane of it.
    fn direct(&self) -> Option<&Scales> {
        self.scales.filter(|scales| scales.halvings == 0)
    }
}

fn run(shared: &Shared, maps: &mut PixelMaps, cancel: &Cancel) -> Result<()> {
    let (width, height) = (shared.s.width, shared.s.height);
    let mut coarse = shared.direct().map(|scales| scales.coarse_plane(width, height));
    let coarse_width = coarse.as_ref().map_or(0, |plane| plane.width);
    let jobs = split(shared, maps, coarse.as_mut());
    jobs.into_par_iter().try_for_each_init(
        || Buffers::new(shared),
        |buffers, (band, part, coarse)| {
            cancel.check()?;
            let Part { fields, shape } = part;
            let mut pass = Pass::new(shared, band, &mut buffers.tile, &mut buffers.slopes, fields);
            match (shared.direct(), &mut buffers.cascade) {
                (Some(scales), Some(cascade)) => {
                    blur(scales, cascade, band, &mut pass, shape, (coarse, coarse_width));
                }
                _ => pass.whole(shape),
            }
            Ok(())
        },
    )?;
    let known = &shared.s.known;
    match (shared.scales, coarse) {
        (Some(scales), Some(coarse)) => scales.finish(&coarse, &mut maps.shape, known, width, cancel),
        (Some(scales), None) => {
            let data = std::mem::take(&mut maps.shape);
            let mut plane = Plane { data, width, height };
            let shape = shape_of_plane(scales, &scales.halved(&plane, cancel)?, cancel)?;
            plane.data.fill(0.0);
            maps.shape = plane.data;
            scales.restore(&shape, &mut maps.shape, known, width, cancel)
        }
        _ => Ok(()),
    }
}

/// Rows of a band in the maps that are read from one place: empty where not wanted.
struct Fields<'a> {
    gloss: &'a mut [f32],
    p: &'a mut [f32],
    q: &'a mut [f32],
    mean: &'a mut [f32],
    gaussian: &'a mut [f32],
}

struct Part<'a> {
    fields: Fields<'a>,
    shape: &'a mut [f32],
}

/// Cuts the maps and the coarse plane into bands.
fn split<'a>(
    shared: &Shared,
    maps: &'a mut PixelMaps,
    coarse: Option<&'a mut Plane>,
) -> Vec<(Band, Part<'a>, &'a mut [f32])> {
    let (width, height) = (shared.s.width, shared.s.height);
    let coarse_width = coarse.as_ref().map_or(0, |plane| plane.width);
    let mut coarse: &mut [f32] = coarse.map_or(&mut [], |plane| &mut plane.data);
    let [mut gloss, mut p, mut q, mut mean, mut gaussian, mut shape] = [
        &mut maps.gloss,
        &mut maps.p,
        &mut maps.q,
        &mut maps.mean,
        &mut maps.gaussian,
        &mut maps.shape,
    ]
    .map(Vec::as_mut_slice);
    let step = Band::rows_for(height);
    (0..height)
        .step_by(step)
        .map(|y0| {
            let rows = step.min(height - y0);
            let band = Band {
                width,
                height,
                y0,
                rows,
            };
            let n = rows * width;
            let fields = Fields {
                gloss: cut(&mut gloss, n),
                p: cut(&mut p, n),
                q: cut(&mut q, n),
                mean: cut(&mut mean, n),
                gaussian: cut(&mut gaussian, n),
            };
            let shape = cut(&mut shape, n);
            let mine = shared
                .direct()
                .map_or(0, |scales| band.coarse_rows(scales) * coarse_width);
            (band, Part { fields, shape }, cut(&mut coarse, mine))
        })
        .collect()
}

/// Takes the first `n` values off a plane; none of an empty one.
fn cut<'a>(plane: &mut &'a mut [f32], n: usize) -> &'a mut [f32] {
    let n = n.min(plane.len());
    let (first, rest) = std::mem::take(plane).split_at_mut(n);
    *plane = rest;
    first
}

/// Buffers of one worker.
struct Buffers {
    tile: Option<Tile>,
    slopes: [Ring; 2],
    cascade: Option<Cascade>,
}

impl Buffers {
    fn new(shared: &Shared) -> Self {
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
struct Pass<'a> {
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
    fn new(
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
    fn whole(&mut self, out: &mut [f32]) {
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
            let normals = &self.shared.s.normals[3 * (from + self.held.start)..3 * (from + self.held.end)];
            let [p, q] = &mut *self.slopes;
            slopes(normals, &mut p.next()[..n], &mut q.next()[..n]);
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
