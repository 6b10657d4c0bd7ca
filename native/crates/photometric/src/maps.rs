//! All pixel-wise maps of a side in one pass over its normals and frames: what one map has read is still in the cache for
//! the next.

use crate::bands::{Band, blur, shape_of_plane};
use crate::gloss::prepare_for;
use crate::options::{Solution, SolveOptions};
use crate::pass::{Buffers, Fields, Pass, Shared};
use crate::pyramid::Plane;
use crate::scale_space::{Scales, ShapeOptions};
use imaging::{Cancel, FrameStack, Result, zeroed};
use rayon::prelude::*;

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
