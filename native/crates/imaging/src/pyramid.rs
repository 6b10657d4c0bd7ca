//! Deep-zoom tiles of a picture (Microsoft Deep Zoom Image, 2008): level 0 is one pixel, the last level full size.

use crate::view::srgb_byte;
use crate::{CoreError, Encoding, ErrorCode, Raster, Result, Samples, encode_jpeg};
use rayon::prelude::*;

/// Quality of tiles: no visible loss at 1:1, and chroma at full resolution.
const QUALITY: u8 = 90;

/// All levels of a picture in memory, a third more than the picture itself.
pub struct Pyramid {
    /// Smallest first.
    levels: Vec<Raster>,
    tile_px: usize,
}

impl Pyramid {
    /// Makes all levels of an 8-bit sRGB raster; of a 16-bit raster its upper bytes are taken.
    ///
    /// Each level halves the one above it, rounding sizes up, by the mean of 2 x 2 pixels **in linear light**, so that
    /// fine patterns keep their brightness; at odd edges the mean of the pixels that exist. `tile_px` is the side of a
    /// tile, at least 1. A raster whose parts disagree has no levels.
    #[must_use]
    pub fn new(raster: Raster, tile_px: usize) -> Self {
        let mut levels = Vec::new();
        if raster.check().is_ok() {
            let tables = Tables::new();
            let mut next = as_bytes(raster);
            while next.width > 1 || next.height > 1 {
                let half = tables.halved(&next);
                levels.push(std::mem::replace(&mut next, half));
            }
            levels.push(next);
            levels.reverse();
        }
        Self {
            levels,
            tile_px: tile_px.max(1),
        }
    }

    /// Number of levels.
    #[must_use]
    pub fn levels(&self) -> usize {
        self.levels.len()
    }

    /// Width and height of a level in pixels.
    ///
    /// # Errors
    /// `ValueInvalid` for a level that does not exist.
    pub fn size(&self, level: usize) -> Result<(usize, usize)> {
        self.level(level).map(|r| (r.width, r.height))
    }

    /// One tile as JPEG, without overlap; tiles at the right and lower edge are smaller.
    ///
    /// # Errors
    /// `ValueInvalid` for a level, column or row that does not exist.
    pub fn tile(&self, level: usize, col: usize, row: usize) -> Result<Vec<u8>> {
        let picture = self.level(level)?;
        let side = self.tile_px;
        let begin = |index: usize, count: usize, field: &str| match index.checked_mul(side) {
            Some(at) if at < count => Ok((at, side.min(count - at))),
            _ => Err(missing(format!("level {level} has no {field} {index}"), field)),
        };
        let (x0, width) = begin(col, picture.width, "column")?;
        let (y0, height) = begin(row, picture.height, "row")?;
        let channels = picture.channels;
        let mut samples = Vec::with_capacity(width * height * channels);
        for y in y0..y0 + height {
            let start = (y * picture.width + x0) * channels;
            samples.extend_from_slice(&bytes_of(picture)[start..start + width * channels]);
        }
        let tile = Raster {
            width,
            height,
            channels,
            samples: Samples::U8(samples),
        };
        encode_jpeg(&tile, QUALITY)
    }

    fn level(&self, level: usize) -> Result<&Raster> {
        self.levels
            .get(level)
            .ok_or_else(|| missing(format!("the picture has no level {level}"), "level"))
    }
}

fn missing(what: String, field: &str) -> CoreError {
    CoreError::new(ErrorCode::ValueInvalid, what, "ask for a tile inside the picture").in_field(field)
}

fn as_bytes(raster: Raster) -> Raster {
    let samples = match raster.samples {
        Samples::U8(v) => v,
        Samples::U16(v) => v.into_iter().map(|s| (s >> 8) as u8).collect(),
    };
    Raster {
        samples: Samples::U8(samples),
        ..raster
    }
}

fn bytes_of(raster: &Raster) -> &[u8] {
    match &raster.samples {
        Samples::U8(v) => v,
        Samples::U16(_) => &[],
    }
}

/// sRGB to 16-bit light and back; at 16 bits every one of the 256 codes comes back as itself.
struct Tables {
    light: Vec<u32>,
    code: Vec<u8>,
}

impl Tables {
    fn new() -> Self {
        let light = Encoding::Srgb.table(255);
        Self {
            light: light.iter().map(|&l| (l * 65_535.0).round() as u32).collect(),
            code: (0..=65_535).map(|l| srgb_byte(l as f32 / 65_535.0)).collect(),
        }
    }

    fn halved(&self, full: &Raster) -> Raster {
        let (width, height) = (full.width.div_ceil(2), full.height.div_ceil(2));
        let channels = full.channels;
        let source = bytes_of(full);
        let stride = full.width * channels;
        let mut samples = vec![0u8; width * height * channels];
        samples
            .par_chunks_mut(width * channels)
            .enumerate()
            .for_each(|(y, out)| {
                let upper = &source[2 * y * stride..][..stride];
                // Doubling the last row or column is the mean of the pixels that exist.
                let lower = if 2 * y + 1 < full.height {
                    &source[(2 * y + 1) * stride..][..stride]
                } else {
                    upper
                };
                for x in 0..width {
                    let left = 2 * x * channels;
                    let right = if 2 * x + 1 < full.width { left + channels } else { left };
                    for c in 0..channels {
                        let light = |row: &[u8], at: usize| self.light[usize::from(row[at + c])];
                        let sum = light(upper, left) + light(upper, right) + light(lower, left) + light(lower, right);
                        out[x * channels + c] = self.code[(sum as usize + 2) / 4];
                    }
                }
            });
        Raster {
            width,
            height,
            channels,
            samples: Samples::U8(samples),
        }
    }
}
