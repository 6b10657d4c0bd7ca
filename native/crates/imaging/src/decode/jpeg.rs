//! Pixels of JPEG files.

use super::exif;
use super::jpeg_header::check_structure;
use super::limits::{DecodeLimits, Header, damaged, unsupported, zeroed};
use crate::{Cancel, Raster, Result, Samples};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

/// Real progressive files have about ten scans; every scan walks the whole image, so thousands would be an attack.
const MAX_SCANS: usize = 64;

/// Decodes a whole JPEG file whose header passed the limits.
pub(super) fn decode(bytes: &[u8], header: &Header, limits: &DecodeLimits, cancel: &Cancel) -> Result<Raster> {
    check_structure(bytes)?;
    cancel.check()?;
    let info = &header.info;
    let colours = if info.channels == 1 {
        ColorSpace::Luma
    } else {
        ColorSpace::RGB
    };
    // Strict: the lenient mode fills what is missing with grey and says nothing.
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(limits.max_side_px)
        .set_max_height(limits.max_side_px)
        .jpeg_set_max_scans(MAX_SCANS)
        .jpeg_set_out_colorspace(colours);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(failed)?;
    let (width, height) = if exif::swaps_sides(info.orientation) {
        (info.height, info.width)
    } else {
        (info.width, info.height)
    };
    let stored = decoder.info().map(|i| (usize::from(i.width), usize::from(i.height)));
    if stored != Some((width, height)) || decoder.output_buffer_size() != Some(info.decoded_bytes()) {
        return Err(damaged("the JPEG file contradicts its own header"));
    }
    let mut pixels = zeroed::<u8>(info.decoded_bytes())?;
    decoder.decode_into(&mut pixels).map_err(failed)?;
    cancel.check()?;
    let raster = Raster {
        width,
        height,
        channels: info.channels,
        samples: Samples::U8(pixels),
    };
    exif::apply(raster, info.orientation)
}

fn failed(error: DecodeErrors) -> crate::CoreError {
    match error {
        DecodeErrors::Unsupported(scheme) => unsupported(format!("this variant of JPEG is not supported ({scheme:?})")),
        DecodeErrors::ExhaustedData => damaged("the JPEG file ends early"),
        other => damaged(format!("the JPEG file is damaged ({other:?})")),
    }
}
