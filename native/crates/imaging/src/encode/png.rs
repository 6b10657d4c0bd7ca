//! PNG files from rasters: lossless, 8 and 16 bit, grey and RGB, tuned for speed.

use crate::file::{write_atomically, write_error};
use crate::{CoreError, ErrorCode, Raster, Result, Samples};
use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

/// Encodes a raster as a PNG file in memory.
///
/// Lossless; fast rather than small, because a simulated or captured stack holds eight frames of 12 megapixels.
///
/// # Errors
/// [`ErrorCode::ValueInvalid`] for a raster whose parts disagree; [`ErrorCode::ImageTooLarge`] for sides above 2^31 - 1.
pub fn encode_png(raster: &Raster) -> Result<Vec<u8>> {
    raster.check()?;
    let mut bytes = Vec::new();
    encode_into(raster, &mut bytes)?;
    Ok(bytes)
}

/// Writes a raster as a PNG file: temporary file beside it, fsync, rename.
///
/// # Errors
/// As [`encode_png`], and [`ErrorCode::DiskFull`] or [`ErrorCode::FileUnwritable`]; nothing is left half-written.
pub fn write_png(path: &Path, raster: &Raster) -> Result<()> {
    raster.check().map_err(|e| e.in_file(crate::file::shown(path)))?;
    write_atomically(path, |out| encode_into(raster, out))
}

fn encode_into(raster: &Raster, out: &mut (impl Write + ?Sized)) -> Result<()> {
    let mut encoder = png::Encoder::new(out, side(raster.width)?, side(raster.height)?);
    encoder.set_color(colour(raster.channels));
    encoder.set_compression(png::Compression::Fast);
    let bytes: Cow<[u8]> = match &raster.samples {
        Samples::U8(v) => Cow::Borrowed(v),
        Samples::U16(v) => {
            encoder.set_depth(png::BitDepth::Sixteen);
            Cow::Owned(v.iter().flat_map(|s| s.to_be_bytes()).collect())
        }
    };
    let mut writer = encoder.write_header().map_err(encoding_error)?;
    writer.write_image_data(&bytes).map_err(encoding_error)?;
    writer.finish().map_err(encoding_error)
}

/// Writes 16-bit codes as a PNG file whose text chunk `Range` tells the values of codes 0 and 65535.
pub(super) fn range_png(
    out: &mut dyn Write,
    width: usize,
    height: usize,
    channels: usize,
    codes: &[u16],
    (lo, hi): (f32, f32),
) -> Result<()> {
    let mut encoder = png::Encoder::new(out, side(width)?, side(height)?);
    encoder.set_color(colour(channels));
    encoder.set_depth(png::BitDepth::Sixteen);
    encoder.set_compression(png::Compression::Fast);
    encoder
        .add_text_chunk("Range".to_owned(), format!("{lo} {hi}"))
        .map_err(encoding_error)?;
    let bytes: Vec<u8> = codes.iter().flat_map(|s| s.to_be_bytes()).collect();
    let mut writer = encoder.write_header().map_err(encoding_error)?;
    writer.write_image_data(&bytes).map_err(encoding_error)?;
    writer.finish().map_err(encoding_error)
}

fn colour(channels: usize) -> png::ColorType {
    if channels == 1 {
        png::ColorType::Grayscale
    } else {
        png::ColorType::Rgb
    }
}

fn side(n: usize) -> Result<u32> {
    u32::try_from(n).ok().filter(|&n| n <= i32::MAX as u32).ok_or_else(|| {
        CoreError::new(
            ErrorCode::ImageTooLarge,
            format!("a side of {n} pixels does not fit into a PNG file"),
            "write a smaller image",
        )
    })
}

fn encoding_error(error: png::EncodingError) -> CoreError {
    match error {
        png::EncodingError::IoError(e) => write_error(&e),
        other => CoreError::new(
            ErrorCode::Internal,
            format!("the PNG encoder refused the image ({other})"),
            "report this with the image",
        ),
    }
}
