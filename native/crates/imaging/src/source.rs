//! Linear light read on demand: a measurement touches thin bands of an image, so no full-size float copy is made.

use crate::{Encoding, Plane, Raster, Samples, fastest};
use std::sync::LazyLock;

/// Some pixels of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Row.
    pub y: usize,
    /// First pixel.
    pub x0: usize,
    /// Number of pixels.
    pub length: usize,
}

/// Anything that can give rows of linear light (0 = black, 1 = full scale).
pub trait LinearSource: Sync {
    /// Pixels in a row.
    fn width(&self) -> usize;
    /// Rows.
    fn height(&self) -> usize;
    /// Fills `out` with the pixels `x0 .. x0 + out.len()` of row `y`; the range lies inside the image.
    fn read_row(&self, y: usize, x0: usize, out: &mut [f32]);
    /// Fills `out` with the pixels of all spans, one after the other: one call for a small window instead of one a row.
    fn read_spans(&self, spans: &[Span], out: &mut [f32]) {
        let mut rest = out;
        for span in spans {
            let (here, next) = rest.split_at_mut(span.length);
            self.read_row(span.y, span.x0, here);
            rest = next;
        }
    }
    /// How many colours can be told apart: 3, or 1.
    fn colours(&self) -> usize {
        1
    }
    /// As [`LinearSource::read_row`] for one colour (red, green, blue) of a source that has them; its light otherwise.
    fn read_colour(&self, y: usize, x0: usize, colour: usize, out: &mut [f32]) {
        let _ = colour;
        self.read_row(y, x0, out);
    }
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
    light: Light,
    /// Largest step of light between neighbouring codes of the file.
    step: f32,
}

/// Light of a code value: a factor where samples are linear (which vectorises), a table where they are not.
enum Light {
    Factor(f32),
    Table(&'static [f32]),
}

impl<'a> RasterSource<'a> {
    /// Wraps a raster; the table of the sRGB transfer function is made once in the life of the program.
    #[must_use]
    pub fn new(raster: &'a Raster, encoding: Encoding) -> Self {
        let unit = 1.0 / f32::from(raster.max_code());
        let (light, step) = match encoding {
            Encoding::Linear => (Light::Factor(unit), unit),
            Encoding::Measured { step } => (Light::Factor(unit), f32::from(step) * unit),
            Encoding::Srgb => {
                let table = srgb_table(raster.max_code());
                (Light::Table(table), table[table.len() - 1] - table[table.len() - 2])
            }
        };
        Self { raster, light, step }
    }

    /// Asks the memory for the pixels `x0 .. x0 + n` of row `y`, which are read soon.
    pub(crate) fn prefetch(&self, y: usize, x0: usize, n: usize) {
        let channels = self.raster.channels;
        let start = (y * self.raster.width + x0) * channels;
        match &self.raster.samples {
            Samples::U8(v) => crate::prefetch(&v[start..start + n * channels]),
            Samples::U16(v) => crate::prefetch(&v[start..start + n * channels]),
        }
    }

    /// Adds `factor` times the light of the pixels `x0 .. x0 + out.len()` of row `y` to `out`.
    pub(crate) fn add_row(&self, y: usize, x0: usize, factor: f32, out: &mut [f32]) {
        add_wide(self, y, x0, factor, out);
    }

    #[inline(always)]
    fn add_body(&self, y: usize, x0: usize, factor: f32, out: &mut [f32]) {
        self.pass_row(y, x0, factor, out, |o, light| *o += light);
    }

    #[inline(always)]
    fn read_body(&self, y: usize, x0: usize, out: &mut [f32]) {
        self.pass_row(y, x0, 1.0, out, |o, light| *o = light);
    }

    /// Passes `factor` times the light of each pixel to `put`.
    #[inline(always)]
    fn pass_row(&self, y: usize, x0: usize, factor: f32, out: &mut [f32], put: impl Fn(&mut f32, f32)) {
        let channels = self.raster.channels;
        let start = (y * self.raster.width + x0) * channels;
        let range = start..start + out.len() * channels;
        let factor = factor / channels as f32;
        match (&self.raster.samples, &self.light) {
            (Samples::U8(v), Light::Factor(k)) => pass(&v[range], channels, out, |s| f32::from(s) * (k * factor), put),
            (Samples::U16(v), Light::Factor(k)) => pass(&v[range], channels, out, |s| f32::from(s) * (k * factor), put),
            (Samples::U8(v), Light::Table(t)) => pass(&v[range], channels, out, |s| t[usize::from(s)] * factor, put),
            (Samples::U16(v), Light::Table(t)) => pass(&v[range], channels, out, |s| t[usize::from(s)] * factor, put),
        }
    }
}

impl RasterSource<'_> {
    /// As [`Self::add_row`] for one channel of an RGB raster.
    pub(crate) fn add_colour(&self, y: usize, x0: usize, colour: usize, factor: f32, out: &mut [f32]) {
        let start = 3 * (y * self.raster.width + x0) + colour;
        match (&self.raster.samples, &self.light) {
            (Samples::U8(v), Light::Factor(k)) => add_third(&v[start..], out, |s| f32::from(s) * (k * factor)),
            (Samples::U16(v), Light::Factor(k)) => add_third(&v[start..], out, |s| f32::from(s) * (k * factor)),
            (Samples::U8(v), Light::Table(t)) => add_third(&v[start..], out, |s| t[usize::from(s)] * factor),
            (Samples::U16(v), Light::Table(t)) => add_third(&v[start..], out, |s| t[usize::from(s)] * factor),
        }
    }
}

fn add_third<T: Copy>(samples: &[T], out: &mut [f32], light: impl Fn(T) -> f32) {
    for (o, &s) in out.iter_mut().zip(samples.iter().step_by(3)) {
        *o += light(s);
    }
}

/// Light of every sRGB code value; a stack of frames shares one table, so that it stays in the cache.
fn srgb_table(max: u16) -> &'static [f32] {
    static BYTE: LazyLock<Vec<f32>> = LazyLock::new(|| Encoding::Srgb.table(255));
    static WORD: LazyLock<Vec<f32>> = LazyLock::new(|| Encoding::Srgb.table(u16::MAX));
    if max == 255 { &BYTE } else { &WORD }
}

impl LinearSource for RasterSource<'_> {
    fn width(&self) -> usize {
        self.raster.width
    }
    fn height(&self) -> usize {
        self.raster.height
    }
    fn read_row(&self, y: usize, x0: usize, out: &mut [f32]) {
        read_wide(self, y, x0, out);
    }
    fn colours(&self) -> usize {
        self.raster.channels
    }
    fn read_colour(&self, y: usize, x0: usize, colour: usize, out: &mut [f32]) {
        if self.raster.channels == 3 {
            out.fill(0.0);
            self.add_colour(y, x0, colour, 1.0, out);
        } else {
            self.read_row(y, x0, out);
        }
    }
    fn quantisation(&self) -> f32 {
        self.step / 12f32.sqrt()
    }
}

fastest! {
    fn add_wide(from: &RasterSource, y: usize, x0: usize, factor: f32, out: &mut [f32]) = RasterSource::add_body
}

fastest! {
    fn read_wide(from: &RasterSource, y: usize, x0: usize, out: &mut [f32]) = RasterSource::read_body
}

#[inline(always)]
fn pass<T: Copy>(
    samples: &[T],
    channels: usize,
    out: &mut [f32],
    light: impl Fn(T) -> f32,
    put: impl Fn(&mut f32, f32),
) {
    match channels {
        1 => {
            for (o, &s) in out.iter_mut().zip(samples) {
                put(o, light(s));
            }
        }
        3 => {
            for (o, p) in out.iter_mut().zip(samples.as_chunks::<3>().0) {
                put(o, light(p[0]) + light(p[1]) + light(p[2]));
            }
        }
        _ => {
            for (o, p) in out.iter_mut().zip(samples.chunks_exact(channels)) {
                put(o, p.iter().map(|&s| light(s)).sum::<f32>());
            }
        }
    }
}
