//! Statistics of one frame for quality gates: exposure, noise and sharpness in one parallel pass.

use crate::{Encoding, LinearSource, Raster, RasterSource, Samples, fastest};
use rayon::prelude::*;

/// Pixels below this light count as dark: under one step of an 8-bit linear camera.
pub const DARK_LIGHT: f32 = 1.0 / 256.0;
/// Rows one task reads.
const BAND: usize = 32;
/// Of frames with more rows than this every second, third … band is read for all figures but clipping: half a million
/// pixels tell noise and sharpness to two parts in a thousand.
const FEW_ROWS: usize = 256;
/// Spacing of the wide differences that sharpness compares with neighbouring pixels.
const WIDE: usize = 4;
/// Sums that are made side by side.
const LANES: usize = 16;
/// Bins of noise responses: the upper bits of a positive float, 64 to every doubling.
const BINS: usize = 1 << 14;
const BIN_SHIFT: u32 = 17;
/// Norm of Immerkaer's mask: standard deviation of its response to unit white noise.
const MASK_NORM: f64 = 6.0;
/// Median magnitude of a standard normal variable.
const NORMAL_MEDIAN: f64 = 0.674_489_75;

/// What is known of one frame before anything is measured on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameStats {
    /// Share of samples at the top of the range: 255 of 8 bits; the upper 32 codes of 16 bits, because 12-bit cameras
    /// end at 65,520.
    pub clipped_fraction: f32,
    /// Share of pixels below [`DARK_LIGHT`].
    pub dark_fraction: f32,
    /// Mean light, 0..1.
    pub mean: f32,
    /// Largest code value.
    pub max_code: u16,
    /// Standard deviation of the noise of one pixel's light (mean of its channels), 0..1. Immerkaer's mask (1996, "Fast
    /// noise variance estimation"), but with the median of its magnitude instead of the mean, so that print and edges
    /// on up to a third of the frame hardly matter. 0 where most pixels equal their neighbours.
    pub noise_sigma: f32,
    /// How narrow edges are: 4 x mean squared difference of neighbours over that of pixels four apart, noise taken off
    /// both. 1 for edges between two pixels, towards 0.25 for edges wider than four. 0 where there are no edges.
    /// Independent of exposure and contrast.
    pub sharpness: f32,
}

/// Sums over a part of the frame.
struct Sums {
    pixels: u64,
    light: f64,
    dark: u64,
    near: f64,
    wide: f64,
    pairs: u64,
    wide_pairs: u64,
    responses: Vec<u32>,
}

/// Measures a frame; a raster without pixels gives zeros.
#[must_use]
pub fn frame_stats(raster: &Raster, encoding: Encoding) -> FrameStats {
    let (clipped, max_code) = codes(raster);
    let sums = sums(raster, encoding);
    let pixels = (raster.width * raster.height).max(1) as f64;
    let read = (sums.pixels as f64).max(1.0);
    let sigma = sigma_of(&sums.responses);
    FrameStats {
        clipped_fraction: (clipped as f64 / (pixels * raster.channels.max(1) as f64)) as f32,
        dark_fraction: (sums.dark as f64 / read) as f32,
        mean: (sums.light / read) as f32,
        max_code,
        noise_sigma: sigma as f32,
        sharpness: sharpness(&sums, sigma) as f32,
    }
}

/// Number of clipped samples and the largest code.
fn codes(raster: &Raster) -> (usize, u16) {
    const PART: usize = 1 << 15;
    let join = |a: (usize, u16), b: (usize, u16)| (a.0 + b.0, a.1.max(b.1));
    match &raster.samples {
        Samples::U8(v) => {
            let top = |part: &[u8]| part_of(part, u8::MAX);
            let found = v.par_chunks(PART).map(top).map(|(n, most)| (n, u16::from(most)));
            found.reduce(|| (0, 0), join)
        }
        Samples::U16(v) => v
            .par_chunks(PART)
            .map(|part| {
                let mut found = (0, 0);
                part_of_words(part, u16::MAX - 31, &mut found);
                found
            })
            .reduce(|| (0, 0), join),
    }
}

/// How many samples reach a code, and the largest.
#[inline(always)]
fn part_of<T: Copy + Ord + Default>(part: &[T], clipped: T) -> (usize, T) {
    let (mut count, mut most) = (0, T::default());
    for block in part.chunks(256) {
        let mut here = 0u16;
        for &s in block {
            here += u16::from(s >= clipped);
            most = most.max(s);
        }
        count += usize::from(here);
    }
    (count, most)
}

fastest! {
    fn part_of_words(part: &[u16], clipped: u16, found: &mut (usize, u16)) = words
}

#[inline(always)]
fn words(part: &[u16], clipped: u16, found: &mut (usize, u16)) {
    *found = part_of(part, clipped);
}

fn sums(raster: &Raster, encoding: Encoding) -> Sums {
    let source = RasterSource::new(raster, encoding);
    let (width, height) = (raster.width, raster.height);
    let bands: Vec<usize> = (0..height.div_ceil(BAND)).step_by(height.div_ceil(FEW_ROWS)).collect();
    bands
        .into_par_iter()
        .fold(Sums::new, |mut sums, band| {
            let first = band * BAND;
            let rows = BAND.min(height - first);
            // Rows below the band that its last rows are compared with.
            let read = (rows + WIDE).min(height - first);
            let mut light = vec![0f32; read * width];
            for (i, row) in light.chunks_exact_mut(width.max(1)).enumerate() {
                source.read_row(first + i, 0, row);
            }
            for y in 0..rows {
                add_wide(&mut sums, &light[y * width..], width, read - y);
            }
            sums
        })
        .reduce(Sums::new, Sums::joined)
}

fastest! {
    fn add_wide(sums: &mut Sums, light: &[f32], width: usize, rows: usize) = Sums::add_row
}

impl Sums {
    fn new() -> Self {
        Self {
            pixels: 0,
            light: 0.0,
            dark: 0,
            near: 0.0,
            wide: 0.0,
            pairs: 0,
            wide_pairs: 0,
            responses: vec![0; BINS],
        }
    }

    /// Adds the first of `rows` rows that lie in `light`; the others are looked at only.
    #[inline(always)]
    fn add_row(&mut self, light: &[f32], width: usize, rows: usize) {
        let row = &light[..width];
        // Sums of a row fit into f32 lanes without loss that matters: a row has some thousand values of 0..1.
        self.pixels += width as u64;
        self.light += sum(row);
        self.dark += row.iter().filter(|&&l| l < DARK_LIGHT).count() as u64;
        self.add_differences(row, row, 1, WIDE);
        if rows > WIDE {
            let (near, wide) = (&light[width..2 * width], &light[WIDE * width..(WIDE + 1) * width]);
            self.near += squares(row, near);
            self.wide += squares(row, wide);
            self.pairs += width as u64;
            self.wide_pairs += width as u64;
        }
        if rows > 2 {
            self.add_responses(row, &light[width..2 * width], &light[2 * width..3 * width]);
        }
    }

    #[inline(always)]
    fn add_differences(&mut self, row: &[f32], other: &[f32], near: usize, wide: usize) {
        if row.len() > wide {
            let n = row.len() - wide;
            self.near += squares(&row[..n], &other[near..near + n]);
            self.wide += squares(&row[..n], &other[wide..]);
            self.pairs += n as u64;
            self.wide_pairs += n as u64;
        }
    }

    /// Immerkaer's mask 1 -2 1 / -2 4 -2 / 1 -2 1 over three rows.
    #[inline(always)]
    fn add_responses(&mut self, above: &[f32], row: &[f32], below: &[f32]) {
        let n = row.len().saturating_sub(2);
        let second = |v: &[f32], i: usize| v[i] - 2.0 * v[i + 1] + v[i + 2];
        let (above, row, below) = (&above[..row.len()], row, &below[..row.len()]);
        for from in (0..n).step_by(LANES) {
            // Bins of some places at once, then counted one by one.
            let mut bins = [0u32; LANES];
            let here = LANES.min(n - from);
            for i in 0..here {
                let at = from + i;
                let response = (second(above, at) + second(below, at) - 2.0 * second(row, at)).abs();
                bins[i] = response.to_bits() >> BIN_SHIFT;
            }
            for bin in &bins[..here] {
                self.responses[*bin as usize & (BINS - 1)] += 1;
            }
        }
    }

    fn joined(mut self, other: Self) -> Self {
        self.pixels += other.pixels;
        self.light += other.light;
        self.dark += other.dark;
        self.near += other.near;
        self.wide += other.wide;
        self.pairs += other.pairs;
        self.wide_pairs += other.wide_pairs;
        for (bin, more) in self.responses.iter_mut().zip(&other.responses) {
            *bin += more;
        }
        self
    }
}

/// Sum of squared differences in independent lanes, so that it vectorises.
#[inline(always)]
fn squares(a: &[f32], b: &[f32]) -> f64 {
    let mut sums = [0f32; LANES];
    let (a, rest) = a.as_chunks::<LANES>();
    let (b, others) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            sums[i] += (a[i] - b[i]) * (a[i] - b[i]);
        }
    }
    let tail: f32 = rest.iter().zip(others).map(|(x, y)| (x - y) * (x - y)).sum();
    f64::from(sums.iter().sum::<f32>() + tail)
}

/// Sum in independent lanes.
#[inline(always)]
fn sum(values: &[f32]) -> f64 {
    let mut sums = [0f32; LANES];
    let (whole, rest) = values.as_chunks::<LANES>();
    for values in whole {
        for i in 0..LANES {
            sums[i] += values[i];
        }
    }
    f64::from(sums.iter().sum::<f32>() + rest.iter().sum::<f32>())
}

/// Noise from the histogram of magnitudes, interpolated inside the median's bin.
fn sigma_of(responses: &[u32]) -> f64 {
    let total: u64 = responses.iter().map(|&n| u64::from(n)).sum();
    let mut below = 0u64;
    for (bin, &n) in responses.iter().enumerate() {
        let n = u64::from(n);
        if n > 0 && 2 * (below + n) >= total {
            let edge = |bin: usize| f64::from(f32::from_bits((bin as u32) << BIN_SHIFT));
            let share = (total as f64 / 2.0 - below as f64) / n as f64;
            // Bin 0 is exact zero and what cannot be told from it.
            let median = if bin == 0 {
                0.0
            } else {
                edge(bin) + share * (edge(bin + 1) - edge(bin))
            };
            return median / (NORMAL_MEDIAN * MASK_NORM);
        }
        below += n;
    }
    0.0
}

fn sharpness(sums: &Sums, sigma: f64) -> f64 {
    let noise = 2.0 * sigma * sigma;
    let near = sums.near / sums.pairs.max(1) as f64 - noise;
    let wide = sums.wide / sums.wide_pairs.max(1) as f64 - noise;
    // Less structure than a tenth of the noise's own differences is no edge.
    if wide <= 0.1 * noise || wide <= 0.0 {
        return 0.0;
    }
    (WIDE as f64 * near / wide).clamp(0.0, 1.0)
}
