//! Linear light read on demand: a measurement touches thin bands of an image, so no full-size float copy is made.

use crate::{Encoding, Plane, Raster, Samples};

/// Anything that can give rows of linear light (0 = black, 1 = full scale).
pub trait LinearSource: Sync {
    /// Pixels in a row.
    fn width(&self) -> usize;
    /// Rows.
    fn height(&self) -> usize;
    /// Fills `out` with the pixels `x0 .. x0 + out.len()` of row `y`; the range lies inside the image.
    fn read_row(&self, y: usize, x0: usize, out: &mut [f32]);
    /// Standard deviation of one quantisation step in linear light near full scale; 0 where it does not apply.
    fn quantisation(&self) -> f32 {
        0.0
    }
}

/// A float plane that already holds linear light.
pub struct PlaneSource<'a>(pub &'a Plane);

impl LinearSource for PlaneSource<'_> {
    fn width(&self) -> usize {
        self.0.width
    }
    fn height(&self) -> usize {
        self.0.height
    }
    fn read_row(&self, y: usize, x0: usize, out: &mut [f32]) {
        let start = y * self.0.width + x0;
        out.copy_from_slice(&self.0.data[start..start + out.len()]);
    }
}

/// One raster seen as linear luminance, the mean of its channels after linearisation.
pub struct RasterSource<'a> {
    raster: &'a Raster,
    table: Vec<f32>,
}

impl<'a> RasterSource<'a> {
    /// Wraps a raster; the table of its transfer function is made once.
    #[must_use]
    pub fn new(raster: &'a Raster, encoding: Encoding) -> Self {
        Self {
            raster,
            table: encoding.table(raster.max_code()),
        }
    }
}

impl LinearSource for RasterSource<'_> {
    fn width(&self) -> usize {
        self.raster.width
    }
    fn height(&self) -> usize {
        self.raster.height
    }
    fn read_row(&self, y: usize, x0: usize, out: &mut [f32]) {
        let channels = self.raster.channels;
        let start = (y * self.raster.width + x0) * channels;
        let end = start + out.len() * channels;
        match &self.raster.samples {
            Samples::U8(v) => mean_row(&v[start..end], channels, out, |s| self.table[usize::from(s)]),
            Samples::U16(v) => mean_row(&v[start..end], channels, out, |s| self.table[usize::from(s)]),
        }
    }
    fn quantisation(&self) -> f32 {
        let top = self.table.len() - 1;
        (self.table[top] - self.table[top - 1]) / 12f32.sqrt()
    }
}

fn mean_row<T: Copy>(samples: &[T], channels: usize, out: &mut [f32], light: impl Fn(T) -> f32) {
    if channels == 1 {
        for (o, &s) in out.iter_mut().zip(samples) {
            *o = light(s);
        }
    } else {
        for (o, p) in out.iter_mut().zip(samples.chunks_exact(channels)) {
            *o = p.iter().map(|&s| light(s)).sum::<f32>() / channels as f32;
        }
    }
}
