//! A frame as it would look had the card not moved.

use super::rigid::Motion;
use crate::{Cancel, Encoding, Raster, Result, Samples};
use rayon::prelude::*;

/// Samples on either side that take part.
const LOBES: isize = 3;
const TAPS: usize = 2 * LOBES as usize;
/// Phases between two pixels for which weights are kept; the place within a phase errs by 0.001 px at most.
const PHASES: usize = 512;
/// Share of the range from which on a sample may be clipped.
const CLIPPED: f32 = 0.98;

/// The raster in the place of the reference: pixel `p` shows what lies at `p + motion(p)`, by Lanczos' windowed sinc with
/// three lobes in linear light (Lanczos 1964 after Duchon 1979), weights scaled to sum 1. What a clipped sample would
/// enter with one of the four nearest pixels a direction stays clipped. Beyond the border the border is repeated.
///
/// # Errors
/// `Cancelled`.
pub fn resampled(raster: &Raster, encoding: Encoding, motion: &Motion, cancel: &Cancel) -> Result<Raster> {
    let table = encoding.table(raster.max_code());
    let weights = weights();
    let samples = match &raster.samples {
        Samples::U8(v) => Samples::U8(moved(v, raster, &table, motion, &weights, cancel)?),
        Samples::U16(v) => Samples::U16(moved(v, raster, &table, motion, &weights, cancel)?),
    };
    Ok(Raster { samples, ..*raster })
}

fn weights() -> Vec<[f32; TAPS]> {
    let sinc = |x: f64| {
        let a = std::f64::consts::PI * x;
        if a.abs() < 1e-9 { 1.0 } else { a.sin() / a }
    };
    (0..PHASES)
        .map(|phase| {
            let t = (phase as f64 + 0.5) / PHASES as f64;
            let raw: [f64; TAPS] = std::array::from_fn(|k| {
                let x = k as f64 - (LOBES - 1) as f64 - t;
                sinc(x) * sinc(x / LOBES as f64)
            });
            let sum: f64 = raw.iter().sum();
            raw.map(|w| (w / sum) as f32)
        })
        .collect()
}

trait Code: Copy + Send + Sync + Into<u16> + TryFrom<u16> {}
impl Code for u8 {}
impl Code for u16 {}

fn moved<T: Code>(
    samples: &[T],
    raster: &Raster,
    table: &[f32],
    motion: &Motion,
    weights: &[[f32; TAPS]],
    cancel: &Cancel,
) -> Result<Vec<T>> {
    let (width, height, channels) = (raster.width, raster.height, raster.channels);
    let middle = [(width as f64 - 1.0) / 2.0, (height as f64 - 1.0) / 2.0];
    let limit = (CLIPPED * f32::from(raster.max_code())) as u16;
    let mut out = samples.to_vec();
    out.par_chunks_mut(width * channels)
        .enumerate()
        .try_for_each(|(y, row)| {
            cancel.check()?;
            for x in 0..width {
                let by = motion.at([x as f64 - middle[0], y as f64 - middle[1]]);
                let (column, wx) = taps(x as f64 + by[0], width, weights);
                let (line, wy) = taps(y as f64 + by[1], height, weights);
                for (c, code) in row[x * channels..(x + 1) * channels].iter_mut().enumerate() {
                    let (mut sum, mut clipped) = (0.0, false);
                    for (j, (&sy, wy)) in line.iter().zip(wy).enumerate() {
                        let mut across = 0.0;
                        for (i, (&sx, wx)) in column.iter().zip(wx).enumerate() {
                            let sample: u16 = samples[(sy * width + sx) * channels + c].into();
                            across += wx * table[usize::from(sample)];
                            let near = (1..TAPS - 1).contains(&i) && (1..TAPS - 1).contains(&j);
                            clipped |= near && sample >= limit;
                        }
                        sum += wy * across;
                    }
                    let light = if clipped {
                        raster.max_code()
                    } else {
                        code_of(sum, table).min(limit)
                    };
                    // The light of a table of T's codes is one of T's codes.
                    *code = T::try_from(light).unwrap_or(*code);
                }
            }
            Ok(())
        })?;
    Ok(out)
}

/// The pixels around a place, the border repeated, and their weights.
fn taps(at: f64, size: usize, weights: &[[f32; TAPS]]) -> ([usize; TAPS], &[f32; TAPS]) {
    let whole = at.floor();
    let phase = (((at - whole) * PHASES as f64) as usize).min(PHASES - 1);
    let first = whole as isize - (LOBES - 1);
    let last = size as isize - 1;
    (
        std::array::from_fn(|k| (first + k as isize).clamp(0, last) as usize),
        &weights[phase],
    )
}

/// The code whose light is nearest.
fn code_of(light: f32, table: &[f32]) -> u16 {
    let last = table.len() - 1;
    let above = table.partition_point(|v| *v < light).min(last);
    let below = above.saturating_sub(1);
    (if light - table[below] < table[above] - light {
        below
    } else {
        above
    }) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A soft picture whose value between pixels is known.
    fn light(x: f64, y: f64) -> f64 {
        0.4 + 0.2 * (x / 3.1).sin() * (y / 2.7).cos() + 0.1 * ((x + y) / 5.0).sin()
    }

    fn drawn(width: usize, height: usize, at: impl Fn(f64, f64) -> [f64; 2]) -> Raster {
        let code = |i: usize| {
            let [x, y] = at((i % width) as f64, (i / width) as f64);
            (light(x, y) * 65_535.0).round() as u16
        };
        Raster {
            width,
            height,
            channels: 1,
            samples: Samples::U16((0..width * height).map(code).collect()),
        }
    }

    #[test]
    fn a_moved_and_turned_picture_comes_back() {
        let motion = Motion {
            shift: [1.37, -2.61],
            turn: 0.004,
            ..Motion::default()
        };
        let (width, height) = (160, 120);
        let still = drawn(width, height, |x, y| [x, y]);
        // The moved frame shows at `p + motion(p)` what lies at `p`: invert the rigid motion.
        let middle = [(width as f64 - 1.0) / 2.0, (height as f64 - 1.0) / 2.0];
        let frame = drawn(width, height, |x, y| {
            let (s, c) = (-motion.turn).sin_cos();
            let (dx, dy) = (x - middle[0] - motion.shift[0], y - middle[1] - motion.shift[1]);
            [middle[0] + c * dx - s * dy, middle[1] + s * dx + c * dy]
        });
        let back = resampled(&frame, Encoding::Linear, &motion, &Cancel::new()).expect("resampled");
        let mut worst = 0.0f64;
        for y in 8..height - 8 {
            for x in 8..width - 8 {
                let error = f64::from(back.code(x, y, 0)) - f64::from(still.code(x, y, 0));
                worst = worst.max(error.abs() / 65_535.0);
            }
        }
        assert!(worst < 0.002, "{worst}");
    }

    #[test]
    fn clipped_places_stay_clipped_and_nothing_else_becomes_so() {
        let mut still = drawn(40, 40, |x, y| [x, y]);
        if let Samples::U16(v) = &mut still.samples {
            v[20 * 40 + 20] = u16::MAX;
        }
        let motion = Motion {
            shift: [0.5, 0.0],
            ..Motion::default()
        };
        let moved = resampled(&still, Encoding::Linear, &motion, &Cancel::new()).expect("resampled");
        assert_eq!(moved.code(20, 20, 0), u16::MAX);
        assert_eq!(moved.code(19, 20, 0), u16::MAX);
        let clipped = (0..1600).filter(|i| moved.code(i % 40, i / 40, 0) == u16::MAX).count();
        assert!(clipped <= 16, "{clipped}");
    }
}
