//! Specular excess: light above what the diffuse fit explains.

use crate::maps::{Wanted, pixel_maps};
use crate::options::{Solution, SolveOptions};
use crate::solve::prepare;
use crate::tile::{Setup, TILE, Tile};
use imaging::{Cancel, CoreError, ErrorCode, FrameStack, Result, Unit, fastest, unpack_grey};

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
        tile.prefetch(setup, 1);
        set_fit(s, at, tile);
        tile.prefetch(setup, 2);
        tile.excess(setup, piece);
        tile.prefetch(setup, 3);
        for (v, known) in piece.iter_mut().zip(&s.known[at..]) {
            *v = if *known != 0 { *v } else { 0.0 };
        }
    }
}

/// Puts albedo times normal of the solution into the tile.
fn set_fit(s: &Solution, at: usize, tile: &mut Tile) {
    let (n, c) = (tile.n, s.channels);
    let mut grey = [0.0f32; TILE];
    unpack_grey(&s.albedo[c * at..c * (at + n)], &mut grey[..n]);
    for (plane, out) in s.normals.planes().into_iter().zip(&mut tile.g) {
        scaled(&plane[at..at + n], &grey[..n], &mut out[..n]);
    }
}

fastest! {
    /// Components of normals times a number each.
    fn scaled(component: &[Unit], by: &[f32], out: &mut [f32]) = scaled_body
}

#[inline(always)]
fn scaled_body(component: &[Unit], by: &[f32], out: &mut [f32]) {
    let n = out.len();
    let (component, by) = (&component[..n], &by[..n]);
    for i in 0..n {
        out[i] = component[i].get() * by[i];
    }
}
