//! Header and chunk structure of PNG files (W3C PNG Specification, third edition, 2025), read without allocation.

use super::info::{Format, ImageInfo};
use super::limits::{Header, damaged, unsupported};
use crate::Result;

pub(super) const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

struct Chunk<'a> {
    kind: [u8; 4],
    data: &'a [u8],
    /// Offset behind the checksum.
    end: usize,
}

/// The chunk at `at`, or nothing where the file ends inside it.
fn chunk(bytes: &[u8], at: usize) -> Option<Chunk<'_>> {
    let head = bytes.get(at..at.checked_add(8)?)?;
    let length = u32::from_be_bytes(head[..4].try_into().ok()?) as usize;
    let end = at.checked_add(12)?.checked_add(length)?;
    if end > bytes.len() {
        return None;
    }
    Some(Chunk {
        kind: head[4..8].try_into().ok()?,
        data: &bytes[at + 8..end - 4],
        end,
    })
}

fn be32(data: &[u8], at: usize) -> u32 {
    data.get(at..at + 4)
        .map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
}

/// Reads all chunks before the first image data.
pub(super) fn read(bytes: &[u8]) -> Result<Header> {
    let first = chunk(bytes, SIGNATURE.len()).ok_or_else(|| damaged("the PNG header is cut off"))?;
    if &first.kind != b"IHDR" || first.data.len() != 13 {
        return Err(damaged("the PNG file does not start with its header"));
    }
    let mut header = image_header(first.data)?;
    let (mut srgb, mut gamma, mut transfer) = (false, 0, None);
    let mut at = first.end;
    loop {
        let Some(chunk) = chunk(bytes, at) else {
            // Image data may go on behind the part of the file that was read; anything else must be whole.
            if bytes.get(at + 4..at + 8) == Some(b"IDAT") {
                break;
            }
            return Err(damaged("the PNG file ends before its image data"));
        };
        match &chunk.kind {
            b"IDAT" => break,
            b"IEND" => return Err(damaged("the PNG file holds no image data")),
            b"acTL" => return Err(unsupported("the PNG file is an animation")),
            b"pHYs" => header.info.density_px_per_mm = density(chunk.data),
            b"sRGB" => srgb = true,
            b"gAMA" => gamma = be32(chunk.data, 0),
            b"cICP" => transfer = chunk.data.get(1).copied(),
            _ => {}
        }
        at = chunk.end;
    }
    // Precedence by the specification, 4.3: cICP, then sRGB, then gAMA. Code point 8 of ITU-T H.273 is linear.
    header.info.linear_tagged = match transfer {
        Some(code) => code == 8,
        None => !srgb && gamma == 100_000,
    };
    Ok(header)
}

fn image_header(data: &[u8]) -> Result<Header> {
    let (width, height) = (be32(data, 0) as usize, be32(data, 4) as usize);
    let (depth, colour) = (data[8], data[9]);
    let channels = match (colour, depth) {
        (0, 1 | 2 | 4 | 8 | 16) | (4, 8 | 16) => 1,
        (2 | 6, 8 | 16) | (3, 1 | 2 | 4 | 8) => 3,
        _ => {
            return Err(damaged(format!(
                "the PNG header names colour type {colour} with {depth} bits"
            )));
        }
    };
    let info = ImageInfo {
        width,
        height,
        channels,
        bits: depth.max(8),
        format: Format::Png,
        density_px_per_mm: None,
        linear_tagged: false,
        orientation: 1,
    };
    // Interlaced images are put together in one extra buffer, at most with alpha; others need a few rows.
    let row = width.saturating_mul((channels + 1) * usize::from(info.bits / 8));
    let working_bytes = row.saturating_mul(if data[12] == 0 { 4 } else { height });
    Ok(Header { info, working_bytes })
}

/// Pixels per millimetre of a pHYs chunk whose unit is the metre and whose axes agree.
fn density(data: &[u8]) -> Option<f64> {
    let (x, y) = (be32(data, 0), be32(data, 4));
    (data.get(8) == Some(&1) && x == y && x > 0).then(|| f64::from(x) / 1000.0)
}

/// Checks that the chunks follow each other without a gap up to the end mark, and that nothing follows it.
pub(super) fn check_structure(bytes: &[u8]) -> Result<()> {
    let mut at = SIGNATURE.len();
    loop {
        let chunk = chunk(bytes, at).ok_or_else(|| damaged("the PNG file ends early"))?;
        at = chunk.end;
        if &chunk.kind == b"IEND" {
            break;
        }
    }
    match bytes.len() - at {
        0 => Ok(()),
        extra => Err(damaged(format!("{extra} bytes follow the end of the PNG image"))),
    }
}
