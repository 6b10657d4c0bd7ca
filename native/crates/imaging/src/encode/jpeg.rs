//! JPEG files from 8-bit rasters, for screens and reports; never for measurement.

use crate::{CoreError, ErrorCode, Raster, Result, Samples};
use jpeg_encoder::{ColorType, Encoder};

/// Encodes an 8-bit raster as a baseline JPEG file in memory, `quality` 1..=100 (chroma at full resolution from 90).
///
/// # Errors
/// [`ErrorCode::ValueInvalid`] for 16-bit rasters (make a view first), broken rasters and other qualities;
/// [`ErrorCode::ImageTooLarge`] for sides above 65,535 pixels.
pub fn encode_jpeg(raster: &Raster, quality: u8) -> Result<Vec<u8>> {
    raster.check()?;
    let invalid = |what: &str, field: &str| {
        CoreError::new(ErrorCode::ValueInvalid, what, "make an 8-bit view of it first").in_field(field)
    };
    let Samples::U8(samples) = &raster.samples else {
        return Err(invalid("a JPEG file holds 8 bits a sample", "samples"));
    };
    if !(1..=100).contains(&quality) {
        return Err(CoreError::new(
            ErrorCode::ValueInvalid,
            format!("{quality} is no JPEG quality"),
            "give a quality from 1 to 100",
        )
        .in_field("quality"));
    }
    let (Ok(width), Ok(height)) = (u16::try_from(raster.width), u16::try_from(raster.height)) else {
        return Err(CoreError::new(
            ErrorCode::ImageTooLarge,
            format!(
                "{} x {} pixels do not fit into a JPEG file",
                raster.width, raster.height
            ),
            "write it as PNG, or a smaller image",
        ));
    };
    let colour = if raster.channels == 1 {
        ColorType::Luma
    } else {
        ColorType::Rgb
    };
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, quality)
        .encode(samples, width, height, colour)
        .map_err(|e| {
            CoreError::new(
                ErrorCode::Internal,
                format!("the JPEG encoder refused the image ({e})"),
                "report this with the image",
            )
        })?;
    Ok(bytes)
}
