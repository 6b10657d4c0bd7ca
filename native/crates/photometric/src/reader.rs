//! Rows of a raster as linear light, and the frames of a stack as normalised samples.

use imaging::fastest;
use imaging::{Encoding, FrameStack, Raster, Samples};

/// Denominators of a flat field below this give no sample: under one 12-bit step.
pub const MIN_FLAT: f32 = 1e-4;

/// See [`Reader::prefetch_next`].
pub const PARTS: usize = 4;

/// One raster with the transfer function of its samples.
struct Source<'a> {
    raster: &'a Raster,
    /// Light per code value; `None` for linear 16-bit samples, where one product is faster than a table.
    table: Option<Vec<f32>>,
}

impl<'a> Source<'a> {
    fn new(raster: &'a Raster, encoding: Encoding) -> Self {
        let plain = encoding.is_linear();
        Self {
            raster,
            table: (!plain).then(|| encoding.table(raster.max_code())),
        }
    }

    /// `out[i] = scale * light` for pixels `x0 ..` of row `y`, one channel.
    fn read(&self, y: usize, x0: usize, channel: usize, scale: f32, out: &mut [f32]) {
        read_wide(self, y, x0, channel, scale, out);
    }

    #[inline(always)]
    fn read_body(&self, y: usize, x0: usize, channel: usize, scale: f32, out: &mut [f32]) {
        let channels = self.raster.channels;
        let start = (y * self.raster.width + x0) * channels;
        let end = start + out.len() * channels;
        match (&self.raster.samples, &self.table) {
            (Samples::U16(v), None) => convert(&v[start..end], channels, channel, out, {
                let s = scale / 65535.0;
                move |c| f32::from(c) * s
            }),
            (Samples::U8(v), None) => convert(&v[start..end], channels, channel, out, {
                let s = scale / 255.0;
                move |c| f32::from(c) * s
            }),
            (Samples::U16(v), Some(t)) => {
                convert(&v[start..end], channels, channel, out, |c| t[usize::from(c)] * scale);
            }
            (Samples::U8(v), Some(t)) => {
                convert(&v[start..end], channels, channel, out, |c| t[usize::from(c)] * scale);
            }
        }
    }

    /// Raises `out[i]` to code `i` from pixel `x0` on, channels one after the other, on the 16-bit range.
    fn raise_to_codes(&self, y: usize, x0: usize, out: &mut [u16]) {
        raise_wide(self, y, x0, out);
    }

    #[inline(always)]
    fn raise_body(&self, y: usize, x0: usize, out: &mut [u16]) {
        let start = (y * self.raster.width + x0) * self.raster.channels;
        let end = start + out.len();
        match &self.raster.samples {
            Samples::U16(v) => raise(&v[start..end], out, |c| c),
            Samples::U8(v) => raise(&v[start..end], out, |c| u16::from(c) * 257),
        }
    }

    /// Brings the codes of pixels `x0 .. x0 + n` of row `y`, as far as there are any, into the cache.
    fn prefetch(&self, y: usize, x0: usize, n: usize) {
        let start = (y * self.raster.width + x0) * self.raster.channels;
        let end = start + n * self.raster.channels;
        match &self.raster.samples {
            Samples::U16(v) => imaging::prefetch(v.get(start..end).unwrap_or_default()),
            Samples::U8(v) => imaging::prefetch(v.get(start..end).unwrap_or_default()),
        }
    }

    /// Three channels of linear light at once; false where the raster holds something else.
    fn read_colours(&self, y: usize, x0: usize, scales: [f32; 3], out: &mut [&mut [f32]; 3]) -> bool {
        let start = (y * self.raster.width + x0) * 3;
        let end = start + out[0].len() * 3;
        match (&self.raster.samples, &self.table) {
            (Samples::U16(v), None) if self.raster.channels == 3 => {
                apart_wide(&v[start..end], scales.map(|s| s / 65535.0), out);
                true
            }
            _ => false,
        }
    }
}

fastest! {
    fn read_wide(from: &Source, y: usize, x0: usize, channel: usize, scale: f32, out: &mut [f32]) = Source::read_body
}

fastest! {
    fn apart_wide(samples: &[u16], scales: [f32; 3], out: &mut [&mut [f32]; 3]) = apart
}

fastest! {
    fn raise_wide(from: &Source, y: usize, x0: usize, out: &mut [u16]) = Source::raise_body
}

#[inline(always)]
fn convert<T: Copy>(samples: &[T], channels: usize, channel: usize, out: &mut [f32], light: impl Fn(T) -> f32) {
    if channels == 1 {
        for (o, &s) in out.iter_mut().zip(samples) {
            *o = light(s);
        }
    } else {
        for (o, p) in out.iter_mut().zip(samples.chunks_exact(channels)) {
            *o = light(p[channel]);
        }
    }
}

/// Triples of codes to planes, all three in one loop: the compiler then shuffles whole registers.
#[inline(always)]
fn apart(samples: &[u16], [by_red, by_green, by_blue]: [f32; 3], out: &mut [&mut [f32]; 3]) {
    let [red, green, blue] = out;
    let planes = red.iter_mut().zip(green.iter_mut()).zip(blue.iter_mut());
    for (((red, green), blue), [r, g, b]) in planes.zip(samples.as_chunks::<3>().0) {
        *red = f32::from(*r) * by_red;
        *green = f32::from(*g) * by_green;
        *blue = f32::from(*b) * by_blue;
    }
}

#[inline(always)]
fn raise<T: Copy>(samples: &[T], out: &mut [u16], code: impl Fn(T) -> u16) {
    for (o, &s) in out.iter_mut().zip(samples) {
        *o = (*o).max(code(s));
    }
}

struct Lit<'a> {
    frame: Source<'a>,
    flat: Option<Source<'a>>,
    inverse_intensity: [f32; 3],
    intensity_of_grey: f32,
}

/// The frames of a stack as samples divided by intensity, or by the flat field where there is one.
pub struct Reader<'a> {
    lit: Vec<Lit<'a>>,
    dark: Option<Source<'a>>,
    saturation_code: u16,
    /// Channels of every frame.
    pub channels: usize,
}

impl<'a> Reader<'a> {
    /// `saturation` is a fraction of the code range.
    pub fn new(stack: &'a FrameStack, saturation: f32) -> Self {
        let channels = stack.channels();
        let lit = stack
            .frames
            .iter()
            .map(|f| {
                // A grey camera sees the mean of a coloured intensity.
                let mean = f.intensity.iter().sum::<f32>() / 3.0;
                let e = if channels == 1 { [mean; 3] } else { f.intensity };
                Lit {
                    frame: Source::new(&f.raster, stack.encoding),
                    flat: f.flat.as_ref().map(|r| Source::new(r, stack.encoding)),
                    inverse_intensity: e.map(|v| 1.0 / v),
                    intensity_of_grey: mean,
                }
            })
            .collect();
        Self {
            lit,
            dark: stack.dark.as_ref().map(|r| Source::new(r, stack.encoding)),
            saturation_code: (saturation * 65535.0).ceil() as u16,
            channels,
        }
    }

    /// Normalised samples of light `k`, one channel, pixels `x0 .. x0 + out.len()` of row `y`.
    /// `scratch` has the same length. A flat field without light gives 0.
    pub fn read(&self, k: usize, channel: usize, y: usize, x0: usize, out: &mut [f32], scratch: &mut [f32]) {
        let lit = &self.lit[k];
        if let Some(flat) = &lit.flat {
            lit.frame.read(y, x0, channel, 1.0, out);
            if let Some(dark) = &self.dark {
                dark.read(y, x0, channel, 1.0, scratch);
                subtract(out, scratch);
            }
            let mut white = vec![0.0f32; out.len()];
            flat.read(y, x0, channel, 1.0, &mut white);
            if self.dark.is_some() {
                subtract(&mut white, scratch);
            }
            for (o, w) in out.iter_mut().zip(&white) {
                *o = if *w > MIN_FLAT { *o / *w } else { 0.0 };
            }
            return;
        }
        let scale = lit.inverse_intensity[channel];
        lit.frame.read(y, x0, channel, scale, out);
        if let Some(dark) = &self.dark {
            dark.read(y, x0, channel, scale, scratch);
            subtract(out, scratch);
        }
    }

    /// [`Reader::read`] of all three channels at once, where neither flat field nor dark frame is in the way; false where
    /// it has to be done one by one.
    pub fn read_colours(&self, k: usize, y: usize, x0: usize, out: &mut [&mut [f32]; 3]) -> bool {
        let lit = &self.lit[k];
        let plain = lit.flat.is_none() && self.dark.is_none();
        plain && lit.frame.read_colours(y, x0, lit.inverse_intensity, out)
    }

    /// Largest code of each pixel over all lights and channels, on the 16-bit range, where one of them is saturated; else
    /// zeros. `codes` has room for all channels.
    pub fn read_peaks(&self, y: usize, x0: usize, codes: &mut [u16], out: &mut [u16]) {
        codes.fill(0);
        for lit in &self.lit {
            lit.frame.raise_to_codes(y, x0, codes);
        }
        out.fill(0);
        if self.saturated(largest(codes)) {
            for (o, codes) in out.iter_mut().zip(codes.chunks_exact(self.channels)) {
                *o = largest(codes);
            }
        }
    }

    /// Asks the memory for a part of the samples of the next `n` pixels after `x0 + n` of row `y`: a tile takes a little of
    /// every frame, too little for the processor to see what comes next. In [`PARTS`], so that the memory answers one while
    /// the tile at hand is computed, and never has more to do at once than it holds.
    pub fn prefetch_next(&self, y: usize, x0: usize, n: usize, part: usize) {
        for lit in self.lit.iter().skip(part).step_by(PARTS) {
            lit.frame.prefetch(y, x0 + n, n);
        }
    }

    /// One over the intensity of light `k` in each channel.
    pub fn inverse_intensity(&self, k: usize) -> [f32; 3] {
        self.lit[k].inverse_intensity
    }

    /// First code that counts as saturated, on the 16-bit range.
    pub fn saturation_code(&self) -> u16 {
        self.saturation_code
    }

    /// Whether a code from [`Reader::read_peaks`] is saturated.
    pub fn saturated(&self, code: u16) -> bool {
        code >= self.saturation_code
    }

    /// Whether light `k` saturates pixel (x, y) in any channel.
    pub fn saturated_at(&self, k: usize, x: usize, y: usize) -> bool {
        let mut codes = [0u16; 3];
        let codes = &mut codes[..self.channels];
        self.lit[k].frame.raise_to_codes(y, x, codes);
        self.saturated(largest(codes))
    }

    /// A standard deviation of raw linear light as one of normalised samples of light `k` whose flat is near 1.
    pub fn normalised_noise(&self, k: usize, sigma: f32) -> f32 {
        let lit = &self.lit[k];
        if lit.flat.is_some() {
            sigma
        } else {
            sigma / lit.intensity_of_grey
        }
    }
}

fn largest(codes: &[u16]) -> u16 {
    codes.iter().copied().fold(0, u16::max)
}

fn subtract(a: &mut [f32], b: &[f32]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a -= b;
    }
}
