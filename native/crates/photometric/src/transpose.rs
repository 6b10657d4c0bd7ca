//! Transposition of a plane, block by block and on all cores.

use rayon::prelude::*;

/// Side of a block; two of them fit the first-level cache.
const BLOCK: usize = 32;

/// The plane of `width * height` values with rows and columns exchanged.
pub fn transpose(plane: &[f32], width: usize, height: usize, out: &mut [f32]) {
    out.par_chunks_mut(BLOCK * height)
        .enumerate()
        .for_each(|(block, rows)| {
            let x0 = block * BLOCK;
            for y0 in (0..height).step_by(BLOCK) {
                for (dx, row) in rows.chunks_mut(height).enumerate() {
                    for y in y0..(y0 + BLOCK).min(height) {
                        row[y] = plane[y * width + x0 + dx];
                    }
                }
            }
        });
}
