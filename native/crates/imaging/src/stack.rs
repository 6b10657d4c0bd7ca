//! The frames of one side under its lights, and their mean as a measurement image.

use crate::{Encoding, LinearSource, Raster, RasterSource};

/// One photograph under one light.
#[derive(Clone, Debug)]
pub struct Frame {
    /// File name, for messages.
    pub name: String,
    /// The pixels.
    pub raster: Raster,
    /// Radiant intensity of the light per channel; images are divided by it.
    pub intensity: [f32; 3],
    /// White target in the card plane under the same light, if one was taken.
    pub flat: Option<Raster>,
}

/// All frames of one side; all rasters (frames, flats, dark) have one size and one channel count.
#[derive(Clone, Debug)]
pub struct FrameStack {
    /// At least one frame.
    pub frames: Vec<Frame>,
    /// Frame with all lights off, if one was taken.
    pub dark: Option<Raster>,
    /// Transfer function of all samples.
    pub encoding: Encoding,
}

impl FrameStack {
    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.frames[0].raster.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.frames[0].raster.height
    }

    /// Channels of every frame.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.frames[0].raster.channels
    }

    /// Memory of the raw frames.
    #[must_use]
    pub fn raw_bytes(&self) -> usize {
        self.frames.iter().map(|f| f.raster.bytes()).sum()
    }
}

/// The mean of all frames, each divided by its light's intensity and flat field, read on demand.
///
/// Averaging K frames lowers noise by sqrt(K), and lights spread evenly around the card cancel each other's fall-off.
pub struct StackSource<'a> {
    frames: Vec<(RasterSource<'a>, Option<RasterSource<'a>>, f32)>,
    dark: Option<RasterSource<'a>>,
}

impl<'a> StackSource<'a> {
    /// Sees a stack as one image, scaled so that the mean intensity of its lights keeps full scale near 1.
    #[must_use]
    pub fn new(stack: &'a FrameStack) -> Self {
        let grey = |i: [f32; 3]| (i[0] + i[1] + i[2]) / 3.0;
        let mean = stack.frames.iter().map(|f| grey(f.intensity)).sum::<f32>() / stack.frames.len() as f32;
        let frames = stack
            .frames
            .iter()
            .map(|f| {
                let flat = f.flat.as_ref().map(|r| RasterSource::new(r, stack.encoding));
                (
                    RasterSource::new(&f.raster, stack.encoding),
                    flat,
                    mean / grey(f.intensity),
                )
            })
            .collect();
        Self {
            frames,
            dark: stack.dark.as_ref().map(|r| RasterSource::new(r, stack.encoding)),
        }
    }
}

impl LinearSource for StackSource<'_> {
    fn width(&self) -> usize {
        self.frames[0].0.width()
    }
    fn height(&self) -> usize {
        self.frames[0].0.height()
    }
    fn read_row(&self, y: usize, x0: usize, out: &mut [f32]) {
        let n = out.len();
        let (mut row, mut dark, mut white) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        if let Some(source) = &self.dark {
            source.read_row(y, x0, &mut dark);
        }
        out.fill(0.0);
        for (frame, flat, scale) in &self.frames {
            frame.read_row(y, x0, &mut row);
            match flat {
                // A dead flat pixel must not turn into infinity: 1e-4 is below one 12-bit step.
                Some(flat) => {
                    flat.read_row(y, x0, &mut white);
                    for i in 0..n {
                        out[i] += (row[i] - dark[i]) / (white[i] - dark[i]).max(1e-4);
                    }
                }
                None => {
                    for i in 0..n {
                        out[i] += (row[i] - dark[i]) * scale;
                    }
                }
            }
        }
        let norm = 1.0 / self.frames.len() as f32;
        for o in out.iter_mut() {
            *o *= norm;
        }
    }
    fn quantisation(&self) -> f32 {
        self.frames[0].0.quantisation() / (self.frames.len() as f32).sqrt()
    }
}
