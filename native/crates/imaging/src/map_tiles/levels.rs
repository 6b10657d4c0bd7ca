//! The zoom levels of a map: sizes as in the picture pyramid, values as means of the known pixels.

use crate::{Cancel, Result};
use rayon::prelude::*;

/// Width and height of a level: each halves the one above it, rounding up; `above` counts from full size.
pub fn size_at(width: usize, height: usize, above: usize) -> (usize, usize) {
    let half = |n: usize| n.div_ceil(1 << above).max(1);
    (half(width), half(height))
}

/// Number of levels down to a single pixel, as Deep Zoom counts them.
pub fn levels_of(width: usize, height: usize) -> usize {
    let longest = width.max(height).max(1);
    (usize::BITS - (longest - 1).leading_zeros()) as usize + 1
}

/// Half the size: the mean of the finite values among 2 x 2, not a number where there are none.
pub fn halved(data: &[f32], width: usize, height: usize, cancel: &Cancel) -> Result<Vec<f32>> {
    let (half_width, half_height) = size_at(width, height, 1);
    let mut out = vec![0.0f32; half_width * half_height];
    out.par_chunks_mut(half_width).enumerate().try_for_each(|(y, row)| {
        if y % 64 == 0 {
            cancel.check()?;
        }
        let rows = 2 * y..(2 * y + 2).min(height);
        for (x, value) in row.iter_mut().enumerate() {
            let columns = 2 * x..(2 * x + 2).min(width);
            let (mut sum, mut count) = (0.0f32, 0.0f32);
            for at in rows.clone() {
                for &v in &data[at * width + columns.start..at * width + columns.end] {
                    if v.is_finite() {
                        sum += v;
                        count += 1.0;
                    }
                }
            }
            *value = if count > 0.0 { sum / count } else { f32::NAN };
        }
        Ok(())
    })?;
    Ok(out)
}
