//! Slopes, their noise and the mask of judged pixels, cropped to the card, as level 0 of a pyramid.

use crate::emboss;
use crate::foil::Foil;
use crate::frame::Frame;
use crate::noise::NoiseModel;
use crate::options::Options;
use crate::trend::Trend;
use crate::trend_fit::samples_apart;
use crate::types::{Maps, Rig};
use imaging::{Cancel, Result, Unit, fastest, unpack_grey, zeroed};
use rayon::prelude::*;

/// Rectangle of the maps that holds the card.
#[derive(Clone, Copy, Debug)]
pub struct Crop {
    /// First column and row.
    pub x0: usize,
    /// First row.
    pub y0: usize,
    /// Columns.
    pub w: usize,
    /// Rows.
    pub h: usize,
}

impl Crop {
    /// Bounding box of the card's corners, one pixel wider, inside the maps.
    pub fn around(maps: &Maps, corners: &[[f64; 2]; 4]) -> Self {
        let span = |axis: usize, n: usize| {
            let lo = corners.iter().map(|c| c[axis]).fold(f64::INFINITY, f64::min);
            let hi = corners.iter().map(|c| c[axis]).fold(f64::NEG_INFINITY, f64::max);
            let a = (lo.floor() - 1.0).max(0.0) as usize;
            let b = ((hi.ceil() + 2.0).max(0.0) as usize).min(n);
            (a, b.saturating_sub(a))
        };
        let ((x0, w), (y0, h)) = (span(0, maps.width), span(1, maps.height));
        Self { x0, y0, w, h }
    }
}

/// One level of the pyramid: slopes dz/dx and dz/dy, their variance, and where they count.
#[derive(Clone, Debug)]
pub struct Level {
    /// Columns.
    pub w: usize,
    /// Rows.
    pub h: usize,
    /// Slope along x.
    pub p: Vec<f32>,
    /// Slope along y.
    pub q: Vec<f32>,
    /// Predicted variance of either slope.
    pub var: Vec<f32>,
    /// 1 where the surface is judged.
    pub mask: Vec<u8>,
    /// Pixels of the maps per pixel of this level.
    pub step: f64,
    /// Maps coordinate of the crop's first pixel.
    pub origin: [f64; 2],
}

impl Level {
    /// Places only: a level without slopes.
    pub fn of_places(w: usize, h: usize, step: f64, origin: [f64; 2]) -> Self {
        Self {
            w,
            h,
            p: Vec::new(),
            q: Vec::new(),
            var: Vec::new(),
            mask: Vec::new(),
            step,
            origin,
        }
    }

    /// Level coordinates to pixels of the maps.
    pub fn full(&self, x: f64, y: f64) -> [f64; 2] {
        let to = |v: f64, o: f64| o + (v + 0.5) * self.step - 0.5;
        [to(x, self.origin[0]), to(y, self.origin[1])]
    }

    /// Pixels of the maps to level coordinates.
    pub fn local(&self, px: [f64; 2]) -> [f64; 2] {
        let to = |v: f64, o: f64| (v - o + 0.5) / self.step - 0.5;
        [to(px[0], self.origin[0]), to(px[1], self.origin[1])]
    }

    /// Bilinear slopes at level coordinates; `None` where any of the four pixels is not judged.
    pub fn slope_at(&self, x: f64, y: f64) -> Option<[f64; 2]> {
        let (fx, fy) = (x.floor(), y.floor());
        if !(fx >= 0.0 && fy >= 0.0 && fx + 1.0 < self.w as f64 && fy + 1.0 < self.h as f64) {
            return None;
        }
        let i = fy as usize * self.w + fx as usize;
        let idx = [i, i + 1, i + self.w, i + self.w + 1];
        if idx.iter().any(|&k| self.mask[k] == 0) {
            return None;
        }
        let (u, v) = (x - fx, y - fy);
        let wt = [(1.0 - u) * (1.0 - v), u * (1.0 - v), (1.0 - u) * v, u * v];
        let sum = |plane: &[f32]| (0..4).map(|k| wt[k] * f64::from(plane[idx[k]])).sum();
        Some([sum(&self.p), sum(&self.q)])
    }

    /// The next coarser level: means over 2 x 2 pixels, at least three of them judged.
    pub fn halved(&self, cancel: &Cancel) -> Result<Self> {
        let (w, h) = (self.w / 2, self.h / 2);
        let mut next = Self {
            w,
            h,
            p: zeroed(w * h),
            q: zeroed(w * h),
            var: zeroed(w * h),
            mask: zeroed(w * h),
            step: self.step * 2.0,
            origin: self.origin,
        };
        let rows = next.p.par_chunks_mut(w).zip(next.q.par_chunks_mut(w));
        let rows = rows.zip(next.var.par_chunks_mut(w)).zip(next.mask.par_chunks_mut(w));
        rows.enumerate().try_for_each(|(y, (((p, q), var), mask))| {
            cancel.check()?;
            let at = |k: usize| (2 * y + k) * self.w..(2 * y + k) * self.w + 2 * w;
            let judged = [&self.mask[at(0)], &self.mask[at(1)]];
            let [sp, sq, sv] = [&self.p, &self.q, &self.var].map(|s| [&s[at(0)], &s[at(1)]]);
            halve(&judged, &sp, &sq, &sv, p, q, var, mask);
            Ok(())
        })?;
        Ok(next)
    }
}

fastest! {
    /// One row of the next coarser level from two of this one; what is not judged holds zeros.
    fn halve(judged: &[&[u8]; 2], rp: &[&[f32]; 2], rq: &[&[f32]; 2], rv: &[&[f32]; 2], p: &mut [f32], q: &mut [f32], var: &mut [f32], mask: &mut [u8])
        = halve_body
}

#[inline(always)]
fn halve_body(
    judged: &[&[u8]; 2],
    rp: &[&[f32]; 2],
    rq: &[&[f32]; 2],
    rv: &[&[f32]; 2],
    p: &mut [f32],
    q: &mut [f32],
    var: &mut [f32],
    mask: &mut [u8],
) {
    let w = p.len();
    let (q, var, mask) = (&mut q[..w], &mut var[..w], &mut mask[..w]);
    let [j0, j1] = judged.map(|r| &r[..2 * w]);
    for x in 0..w {
        let n = j0[2 * x] + j0[2 * x + 1] + j1[2 * x] + j1[2 * x + 1];
        mask[x] = u8::from(n >= 3);
    }
    let sum = |r: &[&[f32]; 2], x: usize| r[0][2 * x] + r[0][2 * x + 1] + r[1][2 * x] + r[1][2 * x + 1];
    for x in 0..w {
        let n = j0[2 * x] + j0[2 * x + 1] + j1[2 * x] + j1[2 * x + 1];
        let inv = f32::from(mask[x]) / f32::from(n.max(1));
        p[x] = sum(rp, x) * inv;
        q[x] = sum(rq, x) * inv;
        var[x] = sum(rv, x) * inv * inv;
    }
}

/// Level 0 and how much of the card it covers.
pub struct Planes {
    /// Slopes with bow removed, noise and mask.
    pub base: Level,
    /// Judged share of the pixels inside the ideal outline.
    pub judged: f64,
    /// Share of them left out because they mirror.
    pub mirrors: f64,
    /// Whether a factory emboss was taken out.
    pub embossed: bool,
}

/// Cuts the card out of the maps, turns normals into slopes, removes the bow and predicts the noise.
///
/// # Errors
/// When cancelled.
pub fn prepare(
    maps: &Maps,
    frame: &Frame,
    radius: f64,
    crop: Crop,
    foil: &Foil,
    rig: &Rig,
    o: &Options,
    cancel: &Cancel,
) -> Result<Planes> {
    let n = crop.w * crop.h;
    let mut base = Level {
        w: crop.w,
        h: crop.h,
        p: zeroed(n),
        q: zeroed(n),
        var: zeroed(n),
        mask: zeroed(n),
        step: 1.0,
        origin: [crop.x0 as f64, crop.y0 as f64],
    };
    let mut luma = zeroed::<f32>(n);
    let reading = Reading {
        maps,
        frame,
        radius,
        crop,
        foil,
        margin_mm: o.edge_margin_mm,
    };
    // The trend is fitted to a few rows, and then taken out of every row as it is read.
    reading.read(&mut base, &mut luma, samples_apart(crop.w, crop.h), None, cancel)?;
    let trend = Trend::fit(&base, &luma, rig, frame.pitch);
    let counts = reading.read(&mut base, &mut luma, 1, trend.as_ref(), cancel)?;
    let mut mirrors = counts.mirroring;
    let embossed = emboss::remove(&mut base, frame.pitch, cancel)? > 0;
    if let Some(first) = trend.filter(|_| embossed) {
        // To the first fit the emboss was noise, several times the frames' own.
        first.put_back(&mut base, &luma);
        let again = Trend::fit(&base, &luma, rig, frame.pitch).unwrap_or(first);
        mirrors += again.take_out(&mut base, &luma);
    }
    let model = NoiseModel::learn(maps, crop, &base, &luma);
    model.fill(maps, crop, &luma, o.registration_px, &mut base, cancel)?;
    let inside = counts.inside.max(1) as f64;
    Ok(Planes {
        base,
        judged: (counts.judged - mirrors) as f64 / inside,
        mirrors: mirrors as f64 / inside,
        embossed,
    })
}

/// Where rows of the maps are read from, and which of their pixels are judged.
struct Reading<'a> {
    maps: &'a Maps<'a>,
    frame: &'a Frame,
    radius: f64,
    crop: Crop,
    foil: &'a Foil,
    margin_mm: f64,
}

/// Numbers of pixels.
#[derive(Default)]
struct Counts {
    /// Inside the outline.
    inside: u64,
    /// Of them, judged before what mirrors is left out.
    judged: u64,
    /// Of them, left out because they mirror.
    mirroring: u64,
}

impl Counts {
    fn plus(self, other: Self) -> Self {
        Self {
            inside: self.inside + other.inside,
            judged: self.judged + other.judged,
            mirroring: self.mirroring + other.mirroring,
        }
    }
}

impl Reading<'_> {
    /// Slopes, mask and luma of every `apart`-th row, without a trend where one is given.
    fn read(
        &self,
        base: &mut Level,
        luma: &mut [f32],
        apart: usize,
        trend: Option<&Trend>,
        cancel: &Cancel,
    ) -> Result<Counts> {
        let w = self.crop.w;
        let rows = base.p.par_chunks_mut(w).zip(base.q.par_chunks_mut(w));
        let rows = rows.zip(base.mask.par_chunks_mut(w)).zip(luma.par_chunks_mut(w));
        let wanted_rows = rows.enumerate().filter(|(y, _)| y % apart == 0);
        wanted_rows
            .map(|(y, (((p, q), mask), luma))| {
                cancel.check()?;
                let mut wanted = inside_row(self.frame, self.radius, self.crop, y, self.margin_mm);
                let inside = ones(&wanted);
                self.foil.clear(y, &mut wanted);
                read_row(self.maps, self.crop, y, &wanted, p, q, mask, luma);
                let judged = ones(mask);
                let mirroring = trend.map_or(0, |t| t.take_out_of_row(y, p, q, mask, luma));
                Ok(Counts {
                    inside,
                    judged,
                    mirroring,
                })
            })
            .try_reduce(Counts::default, |a, b| Ok(a.plus(b)))
    }
}

/// How many are 1 of zeros and ones; runs are summed in bytes, many at once.
fn ones(row: &[u8]) -> u64 {
    row.chunks(128).map(|run| u64::from(run.iter().sum::<u8>())).sum()
}

/// 1 where the pixel lies inside the rounded outline by more than `margin` mm.
fn inside_row(frame: &Frame, radius: f64, crop: Crop, y: usize, margin: f64) -> Vec<u8> {
    const RUN: usize = 16;
    let mut out = vec![0u8; crop.w];
    let at = |x: usize| frame.inside_mm(frame.mm([(crop.x0 + x) as f64, (crop.y0 + y) as f64]), radius) - margin;
    let run_mm = RUN as f64 * frame.pitch * 1.5;
    for x0 in (0..crop.w).step_by(RUN) {
        let x1 = (x0 + RUN).min(crop.w);
        let d = at(x0);
        // The distance changes by at most the path's length, so a run far from the outline needs one look.
        if d > run_mm {
            out[x0..x1].fill(1);
        } else if d > -run_mm {
            for x in x0..x1 {
                out[x] = u8::from(at(x) > 0.0);
            }
        }
    }
    out
}

/// Slopes, mask and luma of one row of the crop; only `wanted` pixels are judged.
fn read_row(
    maps: &Maps,
    crop: Crop,
    y: usize,
    wanted: &[u8],
    p: &mut [f32],
    q: &mut [f32],
    mask: &mut [u8],
    luma: &mut [f32],
) {
    let first = (crop.y0 + y) * maps.width + crop.x0;
    let row = first..first + crop.w;
    unpack_grey(&maps.albedo[maps.channels * row.start..maps.channels * row.end], luma);
    let normals = maps.normals.map(|axis| &axis[row.clone()]);
    slopes(&normals, &maps.known[row], wanted, p, q, mask);
}

fastest! {
    /// Slopes of the known and wanted pixels that are not too steep, and their mask; 0 elsewhere.
    fn slopes(normals: &[&[Unit]; 3], known: &[u8], wanted: &[u8], p: &mut [f32], q: &mut [f32], mask: &mut [u8])
        = slopes_body
}

#[inline(always)]
fn slopes_body(normals: &[&[Unit]; 3], known: &[u8], wanted: &[u8], p: &mut [f32], q: &mut [f32], mask: &mut [u8]) {
    /// Steeper than this the linear relief model no longer holds.
    const MIN_NZ: f32 = 0.5;
    let n = p.len();
    let [a, b, c] = normals.map(|axis| &axis[..n]);
    let (known, wanted) = (&known[..n], &wanted[..n]);
    let (q, mask) = (&mut q[..n], &mut mask[..n]);
    for x in 0..n {
        let c = c[x].get();
        let judged = (known[x] != 0) & (wanted[x] != 0) & (c > MIN_NZ);
        p[x] = if judged { -a[x].get() / c } else { 0.0 };
        q[x] = if judged { -b[x].get() / c } else { 0.0 };
        mask[x] = u8::from(judged);
    }
}
