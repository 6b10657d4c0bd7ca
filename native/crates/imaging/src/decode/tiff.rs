//! Header and pixels of TIFF files: the first image, 8 or 16 bit, grey or RGB, strips or tiles, chunky or planar.

use super::info::{Format, ImageInfo};
use super::limits::{DecodeLimits, Header, damaged, drop_opaque_alpha, too_large, unsupported, zeroed};
use super::{exif, tiff_directory};
use crate::{Cancel, CoreError, Raster, Result, Samples};
use bytemuck::Pod;
use std::io::{Cursor, ErrorKind, Read, Seek};
use tiff::decoder::ifd::Value;
use tiff::decoder::{ChunkType, Decoder, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

/// How the samples of the first image lie in the file.
struct Layout {
    channels: usize,
    alpha: bool,
    bits: u8,
    planar: bool,
}

/// Reads the first directory.
pub(super) fn header(mut source: impl Read + Seek) -> Result<Header> {
    tiff_directory::check(&mut source)?;
    let mut decoder = Decoder::new(source).map_err(failed)?;
    let layout = layout(&mut decoder)?;
    let (width, height) = decoder.dimensions().map_err(failed)?;
    let orientation = decoder
        .find_tag_unsigned::<u8>(Tag::Orientation)
        .ok()
        .flatten()
        .filter(|o| (1..=8).contains(o))
        .unwrap_or(1);
    let (mut width, mut height) = (width as usize, height as usize);
    if exif::swaps_sides(orientation) {
        (width, height) = (height, width);
    }
    let info = ImageInfo {
        width,
        height,
        channels: layout.channels,
        bits: layout.bits,
        format: Format::Tiff,
        density_px_per_mm: density(&mut decoder),
        linear_tagged: false,
        orientation,
    };
    let chunk = decoder.chunk_dimensions();
    let chunk_pixels = (chunk.0 as usize)
        .min(width.max(height))
        .saturating_mul((chunk.1 as usize).min(width.max(height)));
    let chunk_bytes = chunk_pixels.saturating_mul((layout.channels + 1) * usize::from(layout.bits / 8));
    let turned = if orientation == 1 { 0 } else { info.decoded_bytes() };
    Ok(Header {
        info,
        working_bytes: chunk_bytes.max(turned),
    })
}

fn layout<R: Read + Seek>(decoder: &mut Decoder<R>) -> Result<Layout> {
    let (channels, alpha, bits) = match decoder.colortype().map_err(failed)? {
        ColorType::Gray(bits) => (1, false, bits),
        ColorType::GrayA(bits) => (1, true, bits),
        ColorType::RGB(bits) => (3, false, bits),
        ColorType::RGBA(bits) => (3, true, bits),
        other => return Err(unsupported(format!("the TIFF file stores {other:?}"))),
    };
    if !matches!(bits, 8 | 16) {
        return Err(unsupported(format!("the TIFF file has {bits} bits a sample")));
    }
    let formats = decoder
        .find_tag_unsigned_vec::<u16>(Tag::SampleFormat)
        .map_err(failed)?;
    if formats.is_some_and(|f| f.iter().any(|&f| f != 1)) {
        return Err(unsupported("the TIFF file does not store unsigned integers"));
    }
    let planar = decoder
        .find_tag_unsigned::<u16>(Tag::PlanarConfiguration)
        .map_err(failed)?;
    Ok(Layout {
        channels,
        alpha,
        bits,
        planar: planar == Some(2) && channels + usize::from(alpha) > 1,
    })
}

/// Pixels per millimetre from the resolution tags (TIFF 6.0, section 8), where both axes agree.
fn density<R: Read + Seek>(decoder: &mut Decoder<R>) -> Option<f64> {
    let mut ratio = |tag| match decoder.find_tag(tag).ok().flatten()? {
        Value::Rational(n, d) if n > 0 && d > 0 => Some(f64::from(n) / f64::from(d)),
        _ => None,
    };
    let (x, y) = (ratio(Tag::XResolution)?, ratio(Tag::YResolution)?);
    let unit = decoder.find_tag_unsigned::<u16>(Tag::ResolutionUnit).ok().flatten();
    match unit.unwrap_or(2) {
        2 if x == y => Some(x / 25.4),
        3 if x == y => Some(x / 10.0),
        _ => None,
    }
}

/// Decodes the first image of a TIFF file whose header passed the limits.
pub(super) fn decode(bytes: &[u8], header: &Header, limits: &DecodeLimits, cancel: &Cancel) -> Result<Raster> {
    let mut bounds = Limits::default();
    bounds.decoding_buffer_size = limits.max_bytes;
    bounds.intermediate_buffer_size = limits.max_bytes;
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(failed)?.with_limits(bounds);
    let layout = layout(&mut decoder)?;
    let (width, height) = decoder.dimensions().map_err(failed)?;
    let (width, height) = (width as usize, height as usize);
    let samples = match layout.bits {
        8 => Samples::U8(pixels(&mut decoder, &layout, width, height, u8::MAX, cancel)?),
        _ => Samples::U16(pixels(&mut decoder, &layout, width, height, u16::MAX, cancel)?),
    };
    let raster = Raster {
        width,
        height,
        channels: layout.channels,
        samples,
    };
    exif::apply(raster, header.info.orientation)
}

fn pixels<T: Pod + Default + PartialEq>(
    decoder: &mut Decoder<Cursor<&[u8]>>,
    layout: &Layout,
    width: usize,
    height: usize,
    opaque: T,
    cancel: &Cancel,
) -> Result<Vec<T>> {
    let (chunk_w, chunk_h) = decoder.chunk_dimensions();
    let (chunk_w, chunk_h) = (chunk_w as usize, (chunk_h as usize).min(height));
    let chunks = match decoder.get_chunk_type() {
        ChunkType::Strip => decoder.strip_count(),
        ChunkType::Tile => decoder.tile_count(),
    }
    .map_err(failed)? as usize;
    let across = width.div_ceil(chunk_w);
    let per_plane = across * height.div_ceil(chunk_h);
    let stored_channels = layout.channels + usize::from(layout.alpha);
    let planes = if layout.planar { stored_channels } else { 1 };
    // The crate counts the chunks of one plane for tiles and of all planes for strips.
    if chunks != per_plane && chunks != per_plane * planes {
        return Err(damaged("the TIFF file has a wrong number of strips or tiles"));
    }
    let mut out = zeroed::<T>(width * height * layout.channels)?;
    let mut chunk = Vec::<T>::new();
    for index in 0..per_plane * planes {
        cancel.check()?;
        let (plane, place) = (index / per_plane, index % per_plane);
        let (x0, y0) = (place % across * chunk_w, place / across * chunk_h);
        let (w, h) = (chunk_w.min(width - x0), chunk_h.min(height - y0));
        let interleaved = if layout.planar { 1 } else { stored_channels };
        let length = w * h * interleaved;
        if w == width && !layout.planar && !layout.alpha {
            let target = &mut out[y0 * width * interleaved..][..length];
            read_chunk(decoder, index, target)?;
            continue;
        }
        if chunk.len() < length {
            chunk = zeroed(length)?;
        }
        read_chunk(decoder, index, &mut chunk[..length])?;
        for (dy, row) in chunk[..length].chunks_exact(w * interleaved).enumerate() {
            let start = ((y0 + dy) * width + x0) * layout.channels;
            let target = &mut out[start..start + w * layout.channels];
            place_row(row, plane, layout, opaque, target)?;
        }
    }
    Ok(out)
}

/// Copies one row of a chunk to its place: whole pixels, pixels less alpha, or one plane of every pixel.
fn place_row<T: Copy + PartialEq>(row: &[T], plane: usize, layout: &Layout, opaque: T, target: &mut [T]) -> Result<()> {
    if !layout.planar {
        if layout.alpha {
            return drop_opaque_alpha(row, layout.channels, opaque, target);
        }
        target.copy_from_slice(row);
    } else if plane < layout.channels {
        for (pixel, &sample) in target.chunks_exact_mut(layout.channels).zip(row) {
            pixel[plane] = sample;
        }
    } else if row.iter().any(|&a| a != opaque) {
        return Err(unsupported("the image has transparent pixels, whose light is unknown"));
    }
    Ok(())
}

fn read_chunk<T: Pod>(decoder: &mut Decoder<Cursor<&[u8]>>, index: usize, target: &mut [T]) -> Result<()> {
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(target);
    let needed = decoder.image_chunk_buffer_layout(index as u32).map_err(failed)?.len;
    if needed != bytes.len() {
        return Err(damaged("a strip or tile of the TIFF file has a wrong size"));
    }
    decoder.read_chunk_bytes(index as u32, bytes).map_err(failed)
}

fn failed(error: TiffError) -> CoreError {
    match error {
        TiffError::LimitsExceeded | TiffError::IntSizeError => {
            too_large("the TIFF file needs more memory than the limits allow")
        }
        TiffError::UnsupportedError(e) => unsupported(format!("this variant of TIFF is not supported ({e})")),
        TiffError::IoError(e) if e.kind() == ErrorKind::UnexpectedEof => damaged("the TIFF file ends early"),
        other => damaged(format!("the TIFF file is damaged ({other})")),
    }
}
