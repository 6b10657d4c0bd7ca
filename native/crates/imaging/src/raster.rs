//! Decoded images as they came from the file, and single-channel float planes.

use crate::{CoreError, ErrorCode, Result};

/// Sample storage, interleaved, row-major.
#[derive(Clone, Debug)]
pub enum Samples {
    /// 8 bits a sample.
    U8(Vec<u8>),
    /// 16 bits a sample.
    U16(Vec<u16>),
}

/// A decoded image: `height` rows of `width` pixels of `channels` interleaved samples (1 grey, 3 RGB).
#[derive(Clone, Debug)]
pub struct Raster {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// 1 or 3.
    pub channels: usize,
    /// The samples.
    pub samples: Samples,
}

impl Raster {
    /// Largest code value of the sample type.
    #[must_use]
    pub fn max_code(&self) -> u16 {
        match self.samples {
            Samples::U8(_) => 255,
            Samples::U16(_) => u16::MAX,
        }
    }

    /// Memory the samples take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match &self.samples {
            Samples::U8(v) => v.len(),
            Samples::U16(v) => v.len() * 2,
        }
    }

    /// Checks that the parts of a hand-built raster agree, so that encoders and views can index freely.
    ///
    /// # Errors
    /// [`ErrorCode::ValueInvalid`] for zero sizes, a channel count other than 1 or 3, or a wrong sample count.
    pub fn check(&self) -> Result<()> {
        let expected = self
            .width
            .checked_mul(self.height)
            .and_then(|n| n.checked_mul(self.channels));
        let found = match &self.samples {
            Samples::U8(v) => v.len(),
            Samples::U16(v) => v.len(),
        };
        if !matches!(self.channels, 1 | 3) || found == 0 || expected != Some(found) {
            return Err(CoreError::new(
                ErrorCode::ValueInvalid,
                format!(
                    "an image of {} x {} pixels with {} channels cannot hold {found} samples",
                    self.width, self.height, self.channels
                ),
                "give width x height x channels samples with 1 or 3 channels",
            )
            .in_field("samples"));
        }
        Ok(())
    }

    /// A copy of the pixels from `(x, y)` on, `width` x `height` of them.
    ///
    /// # Errors
    /// [`ErrorCode::ValueInvalid`] for a part that is empty or leaves the image.
    pub fn cropped(&self, x: usize, y: usize, width: usize, height: usize) -> Result<Self> {
        let fits =
            |start: usize, size: usize, all: usize| size > 0 && start.checked_add(size).is_some_and(|end| end <= all);
        if !fits(x, width, self.width) || !fits(y, height, self.height) {
            return Err(CoreError::new(
                ErrorCode::ValueInvalid,
                format!(
                    "a part of {width} x {height} pixels at ({x}, {y}) does not lie in an image of {} x {}",
                    self.width, self.height
                ),
                "choose a part inside the image",
            )
            .in_field("region"));
        }
        let row = |y: usize| (y * self.width + x) * self.channels..(y * self.width + x + width) * self.channels;
        fn rows<T: Copy>(samples: &[T], ranges: impl Iterator<Item = std::ops::Range<usize>>) -> Vec<T> {
            ranges.flat_map(|r| samples[r].iter().copied()).collect()
        }
        let samples = match &self.samples {
            Samples::U8(v) => Samples::U8(rows(v, (y..y + height).map(row))),
            Samples::U16(v) => Samples::U16(rows(v, (y..y + height).map(row))),
        };
        Ok(Self {
            width,
            height,
            channels: self.channels,
            samples,
        })
    }

    /// One stored code value.
    #[must_use]
    pub fn code(&self, x: usize, y: usize, channel: usize) -> u16 {
        let at = (y * self.width + x) * self.channels + channel;
        match &self.samples {
            Samples::U8(v) => u16::from(v[at]),
            Samples::U16(v) => v[at],
        }
    }
}

/// A single-channel float image, row-major.
#[derive(Clone, Debug)]
pub struct Plane {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` values.
    pub data: Vec<f32>,
}

impl Plane {
    /// A plane filled with one value.
    #[must_use]
    pub fn filled(width: usize, height: usize, value: f32) -> Self {
        Self {
            width,
            height,
            data: vec![value; width * height],
        }
    }

    /// Value at a pixel.
    #[must_use]
    pub fn at(&self, x: usize, y: usize) -> f32 {
        self.data[y * self.width + x]
    }
}
