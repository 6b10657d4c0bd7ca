//! Marker structure of JPEG files (ITU-T T.81, Annex B; JFIF 1.02), read without allocation.

use super::exif;
use super::info::{Format, ImageInfo};
use super::limits::{Header, damaged, unsupported};
use crate::Result;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;

/// One marker segment; `data` is empty for markers without a length.
struct Segment<'a> {
    marker: u8,
    data: &'a [u8],
    end: usize,
}

/// The segment at `at`; nothing where the bytes end or are no marker.
fn segment(bytes: &[u8], at: usize) -> Option<Segment<'_>> {
    let mut at = at;
    if *bytes.get(at)? != 0xFF {
        return None;
    }
    // Any number of 0xFF may stand before a marker (B.1.1.2).
    while *bytes.get(at)? == 0xFF {
        at += 1;
    }
    let marker = bytes[at];
    at += 1;
    if matches!(marker, 0x01 | 0xD0..=0xD9) {
        let data = &[];
        return Some(Segment { marker, data, end: at });
    }
    let length = usize::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    let data = bytes.get(at + 2..at.checked_add(length)?)?;
    let end = at + length;
    Some(Segment { marker, data, end })
}

/// Reads all segments up to the first scan.
pub(super) fn read(bytes: &[u8]) -> Result<Header> {
    let (mut density, mut orientation) = (None, 1);
    let mut frame = None;
    let mut at = 2;
    loop {
        let segment = segment(bytes, at).ok_or_else(|| damaged("the JPEG file is damaged before its image data"))?;
        match segment.marker {
            SOS => break,
            EOI | SOI => return Err(damaged("the JPEG file holds no image data")),
            0xE0 if segment.data.starts_with(b"JFIF\0") => density = jfif_density(segment.data),
            0xE1 => {
                if let Some(tiff) = segment.data.strip_prefix(b"Exif\0\0") {
                    orientation = exif::orientation(tiff);
                }
            }
            marker if is_frame(marker) && frame.is_some() => {
                return Err(unsupported("the JPEG file holds several frames"));
            }
            marker if is_frame(marker) => frame = Some((marker, segment.data)),
            _ => {}
        }
        at = segment.end;
    }
    let (marker, data) = frame.ok_or_else(|| damaged("the JPEG file has no frame header"))?;
    let mut header = frame_header(marker, data)?;
    header.info.density_px_per_mm = density;
    header.info.orientation = orientation;
    if exif::swaps_sides(orientation) {
        (header.info.width, header.info.height) = (header.info.height, header.info.width);
    }
    if orientation != 1 {
        header.working_bytes = header.working_bytes.max(header.info.decoded_bytes());
    }
    Ok(header)
}

/// Start of frame; C4, C8 and CC are Huffman tables, an extension and arithmetic conditioning.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

fn frame_header(marker: u8, data: &[u8]) -> Result<Header> {
    let &[precision, h1, h0, w1, w0, components, ..] = data else {
        return Err(damaged("the JPEG frame header is cut off"));
    };
    if !matches!(marker, 0xC0..=0xC2) {
        return Err(unsupported(
            "the JPEG file is lossless, hierarchical or arithmetic-coded",
        ));
    }
    if precision != 8 {
        return Err(unsupported(format!("the JPEG file has {precision} bits a sample")));
    }
    let channels = match components {
        1 => 1,
        3 => 3,
        4 => return Err(unsupported("the JPEG file is CMYK, meant for printing")),
        n => return Err(unsupported(format!("the JPEG file has {n} components"))),
    };
    let height = usize::from(u16::from_be_bytes([h1, h0]));
    if height == 0 {
        return Err(unsupported(
            "the JPEG file says its height only at its end, or has none",
        ));
    }
    let info = ImageInfo {
        width: usize::from(u16::from_be_bytes([w1, w0])),
        height,
        channels,
        bits: 8,
        format: Format::Jpeg,
        density_px_per_mm: None,
        linear_tagged: false,
        orientation: 1,
    };
    // A progressive image keeps 16-bit coefficients of every component until its last scan.
    let coefficients = info.decoded_bytes() * 2;
    let working_bytes = if marker == 0xC2 {
        coefficients
    } else {
        info.width * channels * 64
    };
    Ok(Header { info, working_bytes })
}

fn jfif_density(data: &[u8]) -> Option<f64> {
    let &[_, _, _, _, _, _, _, unit, x1, x0, y1, y0, ..] = data else {
        return None;
    };
    let (x, y) = (u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0]));
    let per_unit = f64::from(x);
    match unit {
        _ if x != y || x == 0 => None,
        1 => Some(per_unit / 25.4),
        2 => Some(per_unit / 10.0),
        _ => None,
    }
}

/// Checks that scans and segments follow each other up to the end mark, so that a truncated file is never padded with
/// invented pixels. A file cut in its middle whose end mark is still there cannot be told from a good one.
///
/// Bytes behind the end mark are accepted: phones and cameras append previews and gain maps there.
pub(super) fn check_structure(bytes: &[u8]) -> Result<()> {
    let mut at = 2;
    loop {
        let found = segment(bytes, at).ok_or_else(|| damaged("the JPEG file ends early or is damaged"))?;
        at = match found.marker {
            EOI => return Ok(()),
            SOI => return Err(damaged("the JPEG file holds a second image inside the first")),
            SOS => end_of_scan(bytes, found.end).ok_or_else(|| damaged("the JPEG file ends inside its image data"))?,
            _ => found.end,
        };
    }
}

/// Offset of the first marker behind entropy-coded data that is neither stuffing nor a restart mark.
fn end_of_scan(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|&b| b == 0xFF)?;
        match bytes.get(at + 1)? {
            0x00 | 0xD0..=0xD7 => at += 2,
            0xFF => at += 1,
            _ => return Some(at),
        }
    }
}
