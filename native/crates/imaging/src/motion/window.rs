//! Small windows of log light: what a smoothly changing light leaves as it is.

use crate::{Encoding, Raster, Samples, fastest};

/// Cells along a side of a window; a cell is the mean of `step x step` pixels.
pub(super) const CELLS: usize = 32;
/// Cells around a window: two for smoothing, one for gradients and three for moves that interpolation must reach.
pub(super) const MARGIN: usize = 5;
/// Cells along a side with its margin.
pub(super) const FULL: usize = CELLS + 2 * MARGIN;
/// Light added before the logarithm, as a share of the window's mean: noise in shadows is no structure.
const FLOOR: f32 = 0.1;
/// Share of the range from which on a sample may be clipped.
const CLIPPED: f32 = 0.98;

/// Smoothed log light around a place, against that of the window's mean light, and where it is not to be trusted.
pub(super) struct Window {
    /// `FULL x FULL` values.
    pub light: Vec<f32>,
    /// 1 where all pixels of a cell are below clipping, else 0.
    pub sound: Vec<f32>,
}

/// Pixels that a window with its margin covers along a side.
pub(super) fn reach(step: usize) -> usize {
    FULL * step
}

/// First pixel of the window whose middle is at `middle`; `None` where it leaves `0 .. size`.
fn start(middle: isize, step: usize, size: usize) -> Option<usize> {
    let first = middle - (reach(step) / 2) as isize;
    (first >= 0 && first as usize + reach(step) <= size).then_some(first as usize)
}

/// Light of a code: by a factor where codes are linear, which spares looking it up.
pub(super) enum Light {
    Factor(f32),
    Table(Vec<f32>),
}

impl Light {
    /// For the codes of a raster.
    pub(super) fn new(raster: &Raster, encoding: Encoding) -> Self {
        if encoding.is_linear() {
            Self::Factor(1.0 / f32::from(raster.max_code()))
        } else {
            Self::Table(encoding.table(raster.max_code()))
        }
    }

    /// Light of one code.
    pub(super) fn of(&self, code: u16) -> f32 {
        match self {
            Self::Factor(unit) => f32::from(code) * unit,
            Self::Table(table) => table[usize::from(code)],
        }
    }
}

impl Window {
    /// The window around a pixel; `None` where it leaves the image.
    pub(super) fn read(raster: &Raster, light: &Light, middle: [isize; 2], step: usize) -> Option<Self> {
        let x0 = start(middle[0], step, raster.width)?;
        let y0 = start(middle[1], step, raster.height)?;
        let limit = (CLIPPED * f32::from(raster.max_code())) as u16;
        let place = [x0, y0];
        let (mut light, sound) = match (&raster.samples, light) {
            (Samples::U8(v), Light::Factor(f)) => cells(v, raster, place, step, |c| f32::from(c) * f, limit),
            (Samples::U16(v), Light::Factor(f)) => cells(v, raster, place, step, |c| f32::from(c) * f, limit),
            (Samples::U8(v), Light::Table(t)) => cells(v, raster, place, step, |c| t[usize::from(c)], limit),
            (Samples::U16(v), Light::Table(t)) => cells(v, raster, place, step, |c| t[usize::from(c)], limit),
        };
        let mean = light.iter().sum::<f32>() / light.len() as f32;
        let floor = FLOOR * mean + 1e-7;
        logarithms(&mut light, floor, 1.0 / (mean + floor));
        Some(Self {
            light: smoothed(&light),
            sound,
        })
    }
}

/// Means of cells; of coarse cells every second or fourth pixel a direction is read, as they only find the way.
fn cells<T: Copy + Into<u16>>(
    samples: &[T],
    raster: &Raster,
    place: [usize; 2],
    step: usize,
    light_of: impl Fn(u16) -> f32,
    limit: u16,
) -> (Vec<f32>, Vec<f32>) {
    let stride = (step / 2).max(1);
    let found = match (step / stride, raster.channels) {
        (1, 1) => sums::<T, 1, 1>(samples, raster.width, place, stride, light_of, limit),
        (1, _) => sums::<T, 1, 3>(samples, raster.width, place, stride, light_of, limit),
        (_, 1) => sums::<T, 2, 1>(samples, raster.width, place, stride, light_of, limit),
        _ => sums::<T, 2, 3>(samples, raster.width, place, stride, light_of, limit),
    };
    let (mut light, sound) = found;
    let read = step / stride;
    let scale = 1.0 / (read * read * raster.channels) as f32;
    light.iter_mut().for_each(|v| *v *= scale);
    (light, sound)
}

/// Sums of `READ x READ` pixels, `stride` apart, for every cell; those numbers are known when this is compiled, which makes
/// it twice as fast.
fn sums<T: Copy + Into<u16>, const READ: usize, const CHANNELS: usize>(
    samples: &[T],
    width: usize,
    [x0, y0]: [usize; 2],
    stride: usize,
    light_of: impl Fn(u16) -> f32,
    limit: u16,
) -> (Vec<f32>, Vec<f32>) {
    let (mut light, mut sound) = (vec![0.0f32; FULL * FULL], vec![1.0f32; FULL * FULL]);
    /// Rows that are asked for before they are read: each lies in a page of its own, where nothing else announces it.
    const AHEAD: usize = 8;
    let cell = READ * stride * CHANNELS;
    let row_at = |row: usize| {
        let from = ((y0 + row * stride) * width + x0) * CHANNELS;
        &samples[from..from + FULL * cell]
    };
    (0..AHEAD).for_each(|row| crate::prefetch(row_at(row)));
    let rows = light.chunks_exact_mut(FULL).zip(sound.chunks_exact_mut(FULL));
    for (y, (light, sound)) in rows.enumerate() {
        for k in 0..READ {
            let row = y * READ + k;
            if row + AHEAD < FULL * READ {
                crate::prefetch(row_at(row + AHEAD));
            }
            let row = row_at(row).chunks_exact(cell);
            for ((light, sound), cell) in light.iter_mut().zip(sound.iter_mut()).zip(row) {
                let (mut sum, mut top) = (0.0, 0);
                for i in 0..READ {
                    for &s in &cell[i * stride * CHANNELS..][..CHANNELS] {
                        let code: u16 = s.into();
                        sum += light_of(code);
                        top = top.max(code);
                    }
                }
                *light += sum;
                *sound = if top >= limit { 0.0 } else { *sound };
            }
        }
    }
    (light, sound)
}

fastest! {
    /// Natural logarithms of `(value + floor) * scale`, which are normal numbers above 0.
    fn logarithms(values: &mut [f32], floor: f32, scale: f32) = logarithms_body
}

/// The binary exponent, and the series of the area hyperbolic tangent on half an octave either way: to 1e-6.
#[inline(always)]
fn logarithms_body(values: &mut [f32], floor: f32, scale: f32) {
    const ROOT_HALF: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();
    for v in values {
        let bits = ((*v + floor) * scale).to_bits();
        let above = bits.wrapping_sub(ROOT_HALF);
        let octaves = (above as i32 >> 23) as f32;
        let mantissa = f32::from_bits((above & 0x007f_ffff) + ROOT_HALF);
        let t = (mantissa - 1.0) / (mantissa + 1.0);
        let square = t * t;
        let series = 2.0 + square * (2.0 / 3.0 + square * (2.0 / 5.0 + square * (2.0 / 7.0 + square * (2.0 / 9.0))));
        *v = octaves * std::f32::consts::LN_2 + t * series;
    }
}

/// Binomial smoothing, standard deviation one cell; the outermost two cells are left as they are.
fn smoothed(values: &[f32]) -> Vec<f32> {
    let (mut across, mut out) = (values.to_vec(), values.to_vec());
    binomial(values, 1, &mut across);
    out.copy_from_slice(&across);
    binomial(&across, FULL, &mut out);
    out
}

fastest! {
    /// One pass of the smoothing along neighbours `stride` apart.
    fn binomial(from: &[f32], stride: usize, to: &mut [f32]) = binomial_body
}

#[inline(always)]
fn binomial_body(from: &[f32], stride: usize, to: &mut [f32]) {
    const INNER: usize = FULL - 4;
    for y in 2..FULL - 2 {
        let at = y * FULL + 2;
        let [a, b, c, d, e] =
            [at - 2 * stride, at - stride, at, at + stride, at + 2 * stride].map(|first| &from[first..first + INNER]);
        for (i, to) in to[at..at + INNER].iter_mut().enumerate() {
            *to = (a[i] + e[i] + 4.0 * (b[i] + d[i]) + 6.0 * c[i]) / 16.0;
        }
    }
}

/// `CELLS x CELLS` values of a window moved by `(dx, dy)` cells, each below `MARGIN - 3`, by cubic convolution with four
/// neighbours a direction (Keys 1981).
pub(super) fn moved(values: &[f32], [dx, dy]: [f64; 2]) -> Vec<f32> {
    let (fx, fy) = (dx.floor(), dy.floor());
    let (wx, wy) = (keys((dx - fx) as f32), keys((dy - fy) as f32));
    let first = |whole: f64| (MARGIN as isize + whole as isize - 1).clamp(0, (FULL - CELLS - 3) as isize) as usize;
    let (sx, sy) = (first(fx), first(fy));
    let mut across = vec![0.0f32; CELLS * (CELLS + 3)];
    for (y, out) in across.chunks_exact_mut(CELLS).enumerate() {
        let row = &values[(sy + y) * FULL + sx..][..CELLS + 3];
        for (x, o) in out.iter_mut().enumerate() {
            *o = wx[0] * row[x] + wx[1] * row[x + 1] + wx[2] * row[x + 2] + wx[3] * row[x + 3];
        }
    }
    let mut out = vec![0.0f32; CELLS * CELLS];
    for (y, line) in out.chunks_exact_mut(CELLS).enumerate() {
        for (x, o) in line.iter_mut().enumerate() {
            let at = |k: usize| across[(y + k) * CELLS + x];
            *o = wy[0] * at(0) + wy[1] * at(1) + wy[2] * at(2) + wy[3] * at(3);
        }
    }
    out
}

fn keys(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        -0.5 * t + t2 - 0.5 * t3,
        1.0 - 2.5 * t2 + 1.5 * t3,
        0.5 * t + 2.0 * t2 - 1.5 * t3,
        -0.5 * t2 + 0.5 * t3,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithms_are_those_of_the_standard_library() {
        let (floor, scale) = (0.003, 7.0);
        let values: Vec<f32> = (0..5000).map(|i| 1e-5 * 1.003f32.powi(i)).collect();
        let mut found = values.clone();
        logarithms(&mut found, floor, scale);
        for (v, f) in values.iter().zip(found) {
            let want = (f64::from(*v + floor) * f64::from(scale)).ln();
            assert!(
                (f64::from(f) - want).abs() < 1e-6 * want.abs().max(1.0),
                "{v}: {f}, not {want}"
            );
        }
    }
}
