//! The frames of one side under its lights, and their mean as a measurement image.

use crate::{CoreError, Encoding, ErrorCode, LinearSource, Raster, RasterSource, Result};

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
    /// Checks what every user of a stack relies on.
    ///
    /// # Errors
    /// `LightsTooFew` without frames; `ImageSizeMismatch` naming the file, what was expected and what was found where a
    /// frame, a flat field or the dark frame differs from the first frame in size, channels or sample type;
    /// `ValueInvalid` for an intensity that is not finite and positive, or a raster whose parts disagree.
    pub fn validate(&self) -> Result<()> {
        let first = self.frames.first().ok_or_else(|| {
            CoreError::new(
                ErrorCode::LightsTooFew,
                "the capture has no frame",
                "take at least one photograph",
            )
            .in_field("lights")
        })?;
        for frame in &self.frames {
            let positive = |i: &f32| i.is_finite() && *i > 0.0;
            if !frame.intensity.iter().all(positive) {
                return Err(CoreError::new(
                    ErrorCode::ValueInvalid,
                    format!("{:?} is no light intensity", frame.intensity),
                    "give a number above 0, or three",
                )
                .in_file(&frame.name)
                .in_field("intensity"));
            }
            like(&first.raster, &frame.raster, &frame.name, "raster")?;
            if let Some(flat) = &frame.flat {
                like(&first.raster, flat, &frame.name, "flat")?;
            }
        }
        match &self.dark {
            Some(dark) => like(&first.raster, dark, "dark frame", "dark"),
            None => Ok(()),
        }
    }

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

fn like(first: &Raster, other: &Raster, name: &str, field: &str) -> Result<()> {
    other.check().map_err(|e| e.in_file(name))?;
    let shape = |r: &Raster| (r.width, r.height, r.channels, r.max_code());
    if shape(first) == shape(other) {
        return Ok(());
    }
    let words = |r: &Raster| {
        let bits = if r.max_code() == 255 { 8 } else { 16 };
        let colour = if r.channels == 1 { "grey" } else { "RGB" };
        format!("{} x {} pixels, {colour}, {bits} bit", r.width, r.height)
    };
    Err(CoreError::new(
        ErrorCode::ImageSizeMismatch,
        format!("expected {} like the first frame, found {}", words(first), words(other)),
        "take all frames of a side with the same camera settings",
    )
    .in_file(name)
    .in_field(field))
}

/// Pixels read at a time: three buffers of floats stay in the first-level cache and on the stack.
const CHUNK: usize = 1024;

/// The mean of all frames, each divided by its light's intensity and flat field, read on demand.
///
/// Averaging K frames lowers noise by sqrt(K), and lights spread evenly around the card cancel each other's fall-off.
pub struct StackSource<'a> {
    /// Frames without a flat field and the factor of each.
    plain: Vec<(RasterSource<'a>, f32)>,
    /// Frames with their flat fields.
    flattened: Vec<(RasterSource<'a>, RasterSource<'a>)>,
    dark: Option<RasterSource<'a>>,
    /// How often the dark frame goes off the plain frames' sum.
    dark_factor: f32,
    /// One over the number of frames.
    norm: f32,
}

impl<'a> StackSource<'a> {
    /// Sees a stack as one image, scaled so that the mean intensity of its lights keeps full scale near 1.
    #[must_use]
    pub fn new(stack: &'a FrameStack) -> Self {
        let grey = |i: [f32; 3]| (i[0] + i[1] + i[2]) / 3.0;
        let norm = 1.0 / stack.frames.len() as f32;
        let mean = stack.frames.iter().map(|f| grey(f.intensity)).sum::<f32>() * norm;
        let source = |raster: &'a Raster| RasterSource::new(raster, stack.encoding);
        let (mut plain, mut flattened) = (Vec::new(), Vec::new());
        for frame in &stack.frames {
            match &frame.flat {
                Some(flat) => flattened.push((source(&frame.raster), source(flat))),
                None => plain.push((source(&frame.raster), norm * mean / grey(frame.intensity))),
            }
        }
        Self {
            dark_factor: plain.iter().map(|p| p.1).sum(),
            plain,
            flattened,
            dark: stack.dark.as_ref().map(source),
            norm,
        }
    }

    fn any(&self) -> &RasterSource<'a> {
        match self.plain.first() {
            Some((frame, _)) => frame,
            None => &self.flattened[0].0,
        }
    }

    fn read_chunk(&self, y: usize, x0: usize, out: &mut [f32]) {
        out.fill(0.0);
        for (k, (frame, factor)) in self.plain.iter().enumerate() {
            // Every frame lies somewhere else in memory, where nothing else announces it.
            if let Some((next, _)) = self.plain.get(k + 1) {
                next.prefetch(y, x0, out.len());
            }
            frame.add_row(y, x0, *factor, out);
        }
        if self.flattened.is_empty() {
            if let Some(dark) = &self.dark {
                dark.add_row(y, x0, -self.dark_factor, out);
            }
            return;
        }
        let n = out.len();
        let (mut dark, mut row, mut white) = ([0.0; CHUNK], [0.0; CHUNK], [0.0; CHUNK]);
        if let Some(source) = &self.dark {
            source.read_row(y, x0, &mut dark[..n]);
            for (o, d) in out.iter_mut().zip(&dark) {
                *o -= d * self.dark_factor;
            }
        }
        for (frame, flat) in &self.flattened {
            frame.read_row(y, x0, &mut row[..n]);
            flat.read_row(y, x0, &mut white[..n]);
            for (((o, r), w), d) in out.iter_mut().zip(&row).zip(&white).zip(&dark) {
                // A dead flat pixel must not turn into infinity: 1e-4 is below one 12-bit step.
                *o += (r - d) / (w - d).max(1e-4) * self.norm;
            }
        }
    }
}

impl LinearSource for StackSource<'_> {
    fn width(&self) -> usize {
        self.any().width()
    }
    fn height(&self) -> usize {
        self.any().height()
    }
    fn read_row(&self, y: usize, x0: usize, out: &mut [f32]) {
        for (i, chunk) in out.chunks_mut(CHUNK).enumerate() {
            self.read_chunk(y, x0 + i * CHUNK, chunk);
        }
    }
    fn colours(&self) -> usize {
        self.any().colours()
    }
    fn read_colour(&self, y: usize, x0: usize, colour: usize, out: &mut [f32]) {
        if self.colours() < 3 {
            return self.read_row(y, x0, out);
        }
        out.fill(0.0);
        for (frame, factor) in &self.plain {
            frame.add_colour(y, x0, colour, *factor, out);
        }
        let mut dark = vec![0.0; out.len()];
        if let Some(source) = &self.dark {
            source.read_colour(y, x0, colour, &mut dark);
            for (o, d) in out.iter_mut().zip(&dark) {
                *o -= d * self.dark_factor;
            }
        }
        let (mut row, mut white) = (vec![0.0; out.len()], vec![0.0; out.len()]);
        for (frame, flat) in &self.flattened {
            frame.read_colour(y, x0, colour, &mut row);
            flat.read_colour(y, x0, colour, &mut white);
            for (((o, r), w), d) in out.iter_mut().zip(&row).zip(&white).zip(&dark) {
                // As in `read_chunk`.
                *o += (r - d) / (w - d).max(1e-4) * self.norm;
            }
        }
    }
    fn quantisation(&self) -> f32 {
        self.any().quantisation() * self.norm.sqrt()
    }
}
