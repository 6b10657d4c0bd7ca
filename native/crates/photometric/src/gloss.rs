//! Specular excess: light above what the diffuse fit explains.

use crate::options::{Solution, SolveOptions};
use crate::solve::prepare;
use crate::tile::{TILE, Tile};
use imaging::{Cancel, CoreError, ErrorCode, FrameStack, Result, zeroed};
use rayon::prelude::*;

/// Rows of a band.
const BAND: usize = 16;

/// `height * width` values: the largest `I_k - albedo * max(0, n.l_k)` over the lights, at least 0, in units of the light
/// returned by a white surface that faces a light (1 = as bright as white). Clipped samples count with their clipped
/// value, so a saturated highlight is a lower bound. 0 where the solution is unknown.
///
/// # Errors
/// Those of [`crate::solve`], and `ImageSizeMismatch` when the solution belongs to frames of another size.
pub fn gloss(stack: &FrameStack, o: &SolveOptions, s: &Solution, cancel: &Cancel) -> Result<Vec<f32>> {
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
    let mut out = zeroed::<f32>(s.width * s.height);
    out.par_chunks_mut(BAND * s.width).enumerate().try_for_each_init(
        || Tile::new(&setup),
        |tile, (band, rows)| {
            cancel.check()?;
            for (row, line) in rows.chunks_mut(s.width).enumerate() {
                for (part, piece) in line.chunks_mut(TILE).enumerate() {
                    let (x0, y) = (part * TILE, band * BAND + row);
                    tile.read(&setup, y, x0, piece.len());
                    let at = y * s.width + x0;
                    set_fit(s, at, tile);
                    for k in 0..setup.count() {
                        tile.raise_to_excess(&setup, k, piece);
                    }
                    for (v, known) in piece.iter_mut().zip(&s.known[at..]) {
                        *v *= f32::from(*known);
                    }
                }
            }
            Ok(())
        },
    )?;
    Ok(out)
}

/// Puts albedo times normal of the solution into the tile.
fn set_fit(s: &Solution, at: usize, tile: &mut Tile) {
    let c = s.channels;
    for i in 0..tile.n {
        let colours = &s.albedo[(at + i) * c..(at + i + 1) * c];
        let grey = colours.iter().sum::<f32>() / c as f32;
        for j in 0..3 {
            tile.g[j][i] = grey * s.normals[(at + i) * 3 + j];
        }
    }
}
