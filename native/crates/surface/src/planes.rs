//! Slopes, their noise and the mask of judged pixels, cropped to the card, as level 0 of a pyramid.

use crate::emboss;
use crate::foil::Foil;
use crate::frame::Frame;
use crate::mirrors::Mirrors;
use crate::noise::NoiseModel;
use crate::options::Options;
use crate::trend::Trend;
use crate::types::{Maps, Rig};
use imaging::{Cancel, CoreError, ErrorCode, Result};
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
            p: vec![0.0; w * h],
            q: vec![0.0; w * h],
            var: vec![0.0; w * h],
            mask: vec![0; w * h],
            step: self.step * 2.0,
            origin: self.origin,
        };
        let rows = next.p.par_chunks_mut(w).zip(next.q.par_chunks_mut(w));
        let rows = rows.zip(next.var.par_chunks_mut(w)).zip(next.mask.par_chunks_mut(w));
        rows.enumerate().try_for_each(|(y, (((p, q), var), mask))| {
            cancel.check()?;
            let top = 2 * y * self.w;
            for x in 0..w {
                let i = top + 2 * x;
                let idx = [i, i + 1, i + self.w, i + self.w + 1];
                let n = idx.iter().map(|&k| self.mask[k]).sum::<u8>();
                if n < 3 {
                    continue;
                }
                // Unknown pixels hold zeros, so the sums need no test per pixel.
                let inv = 1.0 / f32::from(n);
                p[x] = idx.iter().map(|&k| self.p[k]).sum::<f32>() * inv;
                q[x] = idx.iter().map(|&k| self.q[k]).sum::<f32>() * inv;
                var[x] = idx.iter().map(|&k| self.var[k]).sum::<f32>() * inv * inv;
                mask[x] = 1;
            }
            Ok(())
        })?;
        Ok(next)
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
/// `value.invalid` where a known pixel is not a finite number, or when cancelled.
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
        p: vec![0.0; n],
        q: vec![0.0; n],
        var: vec![0.0; n],
        mask: vec![0; n],
        step: 1.0,
        origin: [crop.x0 as f64, crop.y0 as f64],
    };
    let mut luma = vec![0f32; n];
    let rows = base.p.par_chunks_mut(crop.w).zip(base.q.par_chunks_mut(crop.w));
    let rows = rows
        .zip(base.mask.par_chunks_mut(crop.w))
        .zip(luma.par_chunks_mut(crop.w));
    let counts = rows
        .enumerate()
        .map(|(y, (((p, q), mask), luma))| {
            cancel.check()?;
            let inside = inside_row(frame, radius, crop, y, o.edge_margin_mm);
            read_row(maps, crop, y, p, q, mask, luma)?;
            for x in 0..crop.w {
                if inside[x] == 0 || foil.at(x, y) {
                    (mask[x], p[x], q[x]) = (0, 0.0, 0.0);
                }
            }
            let judged = mask.iter().map(|&m| u64::from(m)).sum::<u64>();
            Ok((inside.iter().map(|&m| u64::from(m)).sum::<u64>(), judged))
        })
        .try_reduce(|| (0, 0), |a, b| Ok((a.0 + b.0, a.1 + b.1)))?;
    let mut mirrors = 0;
    if let Some(trend) = Trend::fit(&base, &luma, rig, frame.pitch) {
        let rows = base.p.par_chunks_mut(crop.w).zip(base.q.par_chunks_mut(crop.w));
        let rows = rows.zip(base.mask.par_chunks_mut(crop.w)).enumerate();
        mirrors = rows
            .map(|(y, ((p, q), mask))| {
                let lost = trend.mirrors.as_ref().map_or(0, |m| block(m, y, mask));
                trend.remove(y, p, q, mask, &luma[y * crop.w..(y + 1) * crop.w]);
                lost
            })
            .sum();
    }
    let embossed = emboss::remove(&mut base, frame.pitch, cancel)? > 0;
    let model = NoiseModel::learn(maps, crop, &base, &luma);
    model.fill(maps, crop, &luma, o.registration_px, &mut base, cancel)?;
    let inside = counts.0.max(1) as f64;
    Ok(Planes {
        base,
        judged: (counts.1 - mirrors) as f64 / inside,
        mirrors: mirrors as f64 / inside,
        embossed,
    })
}

/// Leaves out what mirrors; pixels lost.
fn block(mirrors: &Mirrors, y: usize, mask: &mut [u8]) -> u64 {
    let mut lost = 0;
    for (x, m) in mask.iter_mut().enumerate() {
        if *m != 0 && mirrors.at(x, y) {
            *m = 0;
            lost += 1;
        }
    }
    lost
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

fn read_row(
    maps: &Maps,
    crop: Crop,
    y: usize,
    p: &mut [f32],
    q: &mut [f32],
    mask: &mut [u8],
    luma: &mut [f32],
) -> Result<()> {
    /// Steeper than this the linear relief model no longer holds.
    const MIN_NZ: f32 = 0.5;
    let first = (crop.y0 + y) * maps.width + crop.x0;
    let inv = 1.0 / maps.channels as f32;
    for x in 0..crop.w {
        let i = first + x;
        let a: f32 = maps.albedo[i * maps.channels..(i + 1) * maps.channels]
            .iter()
            .sum::<f32>()
            * inv;
        luma[x] = if a.is_finite() { a.max(0.0) } else { 0.0 };
        if maps.known[i] == 0 {
            continue;
        }
        let nrm = &maps.normals[3 * i..3 * i + 3];
        if !(a.is_finite() && nrm.iter().all(|v| v.is_finite())) {
            let text = format!(
                "pixel ({}, {}) is marked known and is not a finite number",
                crop.x0 + x,
                crop.y0 + y
            );
            let field = if a.is_finite() { "maps.normals" } else { "maps.albedo" };
            return Err(CoreError::new(ErrorCode::ValueInvalid, text, "solve the maps again").in_field(field));
        }
        if nrm[2] > MIN_NZ {
            p[x] = -nrm[0] / nrm[2];
            q[x] = -nrm[1] / nrm[2];
            mask[x] = 1;
        }
    }
    Ok(())
}
