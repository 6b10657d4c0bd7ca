//! EXIF orientation: reading it from an APP1 segment and applying it to a raster (CIPA DC-008, tag 0x0112).

use super::limits::zeroed;
use crate::{Raster, Result, Samples};

const ORIENTATION: u16 = 0x0112;

/// Orientation 1..8 of a TIFF structure as embedded in JPEG files; 1 where it is absent or broken.
pub(super) fn orientation(tiff: &[u8]) -> u8 {
    find_orientation(tiff).filter(|o| (1..=8).contains(o)).unwrap_or(1)
}

fn find_orientation(tiff: &[u8]) -> Option<u8> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let u16_at = |at: usize| -> Option<u16> {
        let b: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little {
            u16::from_le_bytes(b)
        } else {
            u16::from_be_bytes(b)
        })
    };
    let offset: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let directory = if little {
        u32::from_le_bytes(offset)
    } else {
        u32::from_be_bytes(offset)
    } as usize;
    let entries = usize::from(u16_at(directory)?);
    (0..entries)
        .map(|i| directory + 2 + 12 * i)
        .find(|&at| u16_at(at) == Some(ORIENTATION))
        .and_then(|at| u16_at(at + 8))
        .and_then(|value| u8::try_from(value).ok())
}

/// Whether the orientation swaps width and height.
pub(super) fn swaps_sides(orientation: u8) -> bool {
    orientation >= 5
}

/// The raster as it is meant to be seen.
pub(super) fn apply(raster: Raster, orientation: u8) -> Result<Raster> {
    if orientation <= 1 {
        return Ok(raster);
    }
    let (w, h, channels) = (raster.width, raster.height, raster.channels);
    let samples = match &raster.samples {
        Samples::U8(v) => Samples::U8(turned(v, w, h, channels, orientation)?),
        Samples::U16(v) => Samples::U16(turned(v, w, h, channels, orientation)?),
    };
    let (width, height) = if swaps_sides(orientation) { (h, w) } else { (w, h) };
    Ok(Raster {
        width,
        height,
        channels,
        samples,
    })
}

fn turned<T: Copy + Default>(stored: &[T], w: usize, h: usize, channels: usize, orientation: u8) -> Result<Vec<T>> {
    let mut out = zeroed(stored.len())?;
    let width = if swaps_sides(orientation) { h } else { w };
    for (i, pixel) in out.chunks_exact_mut(channels).enumerate() {
        let (x, y) = (i % width, i / width);
        let (sx, sy) = match orientation {
            2 => (w - 1 - x, y),
            3 => (w - 1 - x, h - 1 - y),
            4 => (x, h - 1 - y),
            5 => (y, x),
            6 => (y, h - 1 - x),
            7 => (w - 1 - y, h - 1 - x),
            _ => (w - 1 - y, x),
        };
        let at = (sy * w + sx) * channels;
        pixel.copy_from_slice(&stored[at..at + channels]);
    }
    Ok(out)
}
