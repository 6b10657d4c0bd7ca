//! Pixels of PNG files.

use super::limits::{DecodeLimits, Header, damaged, drop_opaque_alpha, too_large, zeroed};
use super::png_header::check_structure;
use crate::{Cancel, Raster, Result, Samples};
use bytemuck::Pod;
use png::{BitDepth, ColorType, Decoder, DecodingError, Reader, Transformations};
use std::io::{Cursor, ErrorKind};

/// Rows between two looks at the cancellation flag.
const BAND: usize = 64;

type PngReader<'a> = Reader<Cursor<&'a [u8]>>;

/// A sample as PNG stores it, most significant byte first.
trait PngSample: Pod + Default + PartialEq {
    const OPAQUE: Self;
    fn fix_byte_order(row: &mut [Self]);
}

impl PngSample for u8 {
    const OPAQUE: Self = u8::MAX;
    fn fix_byte_order(_row: &mut [Self]) {}
}

impl PngSample for u16 {
    const OPAQUE: Self = u16::MAX;
    fn fix_byte_order(row: &mut [Self]) {
        for sample in row {
            *sample = Self::from_be(*sample);
        }
    }
}

/// Decodes a whole PNG file whose header passed the limits.
pub(super) fn decode(bytes: &[u8], header: &Header, limits: &DecodeLimits, cancel: &Cancel) -> Result<Raster> {
    check_structure(bytes)?;
    let mut decoder = Decoder::new_with_limits(
        Cursor::new(bytes),
        png::Limits {
            bytes: limits.max_bytes,
        },
    );
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    // A compressed profile can be a bomb of its own, and the samples are not converted by it.
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(failed)?;
    let (colour, depth) = reader.output_color_type();
    let (channels, alpha) = match colour {
        ColorType::Grayscale => (1, false),
        ColorType::GrayscaleAlpha => (1, true),
        ColorType::Rgb => (3, false),
        ColorType::Rgba => (3, true),
        ColorType::Indexed => return Err(damaged("the PNG palette is missing")),
    };
    let info = &header.info;
    let found = reader.info();
    if (found.width as usize, found.height as usize, channels) != (info.width, info.height, info.channels) {
        return Err(damaged("the PNG file contradicts its own header"));
    }
    let samples = match depth {
        BitDepth::Sixteen => Samples::U16(pixels(&mut reader, info.channels, alpha, cancel)?),
        _ => Samples::U8(pixels(&mut reader, info.channels, alpha, cancel)?),
    };
    reader.finish().map_err(failed)?;
    Ok(Raster {
        width: info.width,
        height: info.height,
        channels,
        samples,
    })
}

fn pixels<T: PngSample>(reader: &mut PngReader, channels: usize, alpha: bool, cancel: &Cancel) -> Result<Vec<T>> {
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    let stored_row = width * (channels + usize::from(alpha));
    let mut out = zeroed::<T>(width * height * channels)?;
    if reader.info().interlaced {
        let mut stored = zeroed::<T>(stored_row * height)?;
        reader
            .next_frame(bytemuck::cast_slice_mut(&mut stored))
            .map_err(failed)?;
        T::fix_byte_order(&mut stored);
        if !alpha {
            return Ok(stored);
        }
        drop_opaque_alpha(&stored, channels, T::OPAQUE, &mut out)?;
        return Ok(out);
    }
    let mut stored = zeroed::<T>(if alpha { stored_row } else { 0 })?;
    for (y, row) in out.chunks_exact_mut(width * channels).enumerate() {
        if y % BAND == 0 {
            cancel.check()?;
        }
        let target = if alpha { &mut stored[..] } else { &mut *row };
        let read = reader
            .read_row(bytemuck::cast_slice_mut(&mut *target))
            .map_err(failed)?;
        if read.is_none() {
            return Err(damaged("the PNG image has too few rows"));
        }
        T::fix_byte_order(target);
        if alpha {
            drop_opaque_alpha(&stored, channels, T::OPAQUE, row)?;
        }
    }
    Ok(out)
}

fn failed(error: DecodingError) -> crate::CoreError {
    match error {
        DecodingError::LimitsExceeded => too_large("the PNG file needs more memory than the limits allow"),
        DecodingError::IoError(e) if e.kind() == ErrorKind::UnexpectedEof => damaged("the PNG file ends early"),
        other => damaged(format!("the PNG file is damaged ({other})")),
    }
}
