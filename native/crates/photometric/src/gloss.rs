//! Specular excess: light above what the diffuse fit explains.

use crate::maps::{Wanted, pixel_maps};
use crate::options::{Solution, SolveOptions};
use crate::solve::prepare;
use crate::tile::{Setup, TILE, Tile};
use imaging::fastest;
use imaging::{Cancel, CoreError, ErrorCode, FrameStack, Result};

/// `height * width` values: the largest `I_k - albedo * max(0, n.l_k)` over the lights, at least 0, in units of the light
/// returned by a white surface that faces a light (1 = as bright as white). Clipped samples count with their clipped
/// value, so a saturated highlight is a lower bound. 0 where the solution is unknown.
///
/// # Errors
/// Those of [`crate::solve`], and `ImageSizeMismatch` when the solution belongs to frames of another size.
pub fn gloss(stack: &FrameStack, o: &SolveOptions, s: &Solution, cancel: &Cancel) -> Result<Vec<f32>> {
    Ok(pixel_maps(s, Some((stack, o)), &Wanted::default(), None, cancel)?.gloss)
}

/// The frames of a solution, ready to be read.
///
/// # Errors
/// Those of [`gloss`].
pub fn prepare_for<'a>(stack: &'a FrameStack, o: &SolveOptions, s: &Solution) -> Result<Setup<'a>> {
    let setup = prepare(stack, o)?;
    if (s.width, s.height, s.channels) != (stack.width(), stack.height(), stack.channels()) {
        return Err(CoreError::new(
            ErrorCode::ImageSizeMismatch,
            format!(
                "the solution is {} x {} and the frames are {} x {}",
                s.width,
                s.height,
                stack.width(),
                stack.height()
            ),
            "solve these frames first",
        )
        .in_field("solution"));
    }
    Ok(setup)
}

/// The gloss of the pixels of row `y` from `x0` on.
pub fn gloss_row(setup: &Setup, tile: &mut Tile, s: &Solution, y: usize, x0: usize, out: &mut [f32]) {
    for (part, piece) in out.chunks_mut(TILE).enumerate() {
        let x = x0 + part * TILE;
        tile.read_samples(setup, y, x, piece.len());
        let at = y * s.width + x;
        set_fit(s, at, tile);
        tile.excess(setup, piece);
        for (v, known) in piece.iter_mut().zip(&s.known[at..]) {
            *v = if *known != 0 { *v } else { 0.0 };
        }
    }
}

/// Puts albedo times normal of the solution into the tile.
fn set_fit(s: &Solution, at: usize, tile: &mut Tile) {
    let (n, c) = (tile.n, s.channels);
    let normals = &s.normals[3 * at..3 * (at + n)];
    let albedo = &s.albedo[c * at..c * (at + n)];
    let [x, y, z] = &mut tile.g;
    let g = [&mut x[..n], &mut y[..n], &mut z[..n]];
    if c == 1 {
        scaled(normals, albedo, g);
    } else {
        let mut grey = [0.0f32; TILE];
        for (grey, colours) in grey.iter_mut().zip(albedo.chunks_exact(c)) {
            *grey = colours.iter().sum::<f32>() / c as f32;
        }
        scaled(normals, &grey[..n], g);
    }
}

fastest! {
    /// Triples times a number each, axis by axis.
    fn scaled(normals: &[f32], by: &[f32], out: [&mut [f32]; 3]) = scaled_body
}

#[inline(always)]
fn scaled_body(normals: &[f32], by: &[f32], out: [&mut [f32]; 3]) {
    let n = by.len();
    let [x, y, z] = out.map(|v| &mut v[..n]);
    for (i, normal) in normals[..3 * n].chunks_exact(3).enumerate() {
        x[i] = by[i] * normal[0];
        y[i] = by[i] * normal[1];
        z[i] = by[i] * normal[2];
    }
}
