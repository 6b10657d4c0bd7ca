//! What a file says about its image, read without decoding pixels.

use super::limits::{DecodeLimits, Header, damaged, unsupported};
use super::{jpeg_header, png_header, tiff};
use crate::file::{read_bounded, read_error, shown};
use crate::{CoreError, Result};
use serde::Serialize;
use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;

/// Headers of real PNG and JPEG files, colour profile and preview included, end well before this many bytes.
const PREFIX_BYTES: u64 = 1 << 18;

/// File format, told by the first bytes and never by the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Portable Network Graphics (ISO/IEC 15948).
    Png,
    /// Tag Image File Format 6.0 and BigTIFF.
    Tiff,
    /// JPEG (ITU-T T.81), baseline, extended and progressive.
    Jpeg,
}

impl Format {
    /// The format whose signature `bytes` start with.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(png_header::SIGNATURE) {
            Some(Self::Png)
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]
            .iter()
            .any(|m| bytes.starts_with(*m))
        {
            Some(Self::Tiff)
        } else {
            None
        }
    }
}

/// What the header promises of the decoded [`crate::Raster`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageInfo {
    /// Pixels in a row, after the orientation is applied.
    pub width: usize,
    /// Rows, after the orientation is applied.
    pub height: usize,
    /// 1 (grey) or 3 (RGB), after palettes are expanded and alpha is dropped.
    pub channels: usize,
    /// 8 or 16 bits a decoded sample.
    pub bits: u8,
    /// File format.
    pub format: Format,
    /// Pixels in a millimetre as the file claims, where both axes agree; many programs write a meaningless 72 dpi.
    pub density_px_per_mm: Option<f64>,
    /// The file itself says that its samples are proportional to light: PNG with gamma 1 or cICP transfer 8. TIFF and
    /// JPEG have no such tag, so it is false for them.
    pub linear_tagged: bool,
    /// EXIF orientation 1..8 (JPEG and TIFF) that decoding applies; 1 where there is none.
    pub orientation: u8,
}

impl ImageInfo {
    /// Memory of the decoded samples.
    #[must_use]
    pub fn decoded_bytes(&self) -> usize {
        self.width
            .saturating_mul(self.height)
            .saturating_mul(self.channels * usize::from(self.bits / 8))
    }
}

/// Reads the header of an image in memory; `name` is used in messages only. No limits apply: nothing is allocated.
///
/// # Errors
/// `ImageUnsupported` for another format or variant, `ImageDamaged` for a broken header; both name the file.
pub fn probe_bytes(bytes: &[u8], name: &str) -> Result<ImageInfo> {
    let header = super::guarded(|| header_of(bytes)).map_err(|e| e.in_file(name))?;
    Ok(header.info)
}

/// Reads the header of an image file, for PNG and JPEG from its first 256 KiB where that is enough.
///
/// # Errors
/// As [`probe_bytes`], and `FileMissing` or `FileUnreadable`.
pub fn probe_file(path: &Path) -> Result<ImageInfo> {
    let header = super::guarded(|| header_of_file(path)).map_err(|e| e.in_file(shown(path)))?;
    Ok(header.info)
}

pub(super) fn header_of(bytes: &[u8]) -> Result<Header> {
    match Format::of(bytes) {
        Some(Format::Png) => png_header::read(bytes),
        Some(Format::Jpeg) => jpeg_header::read(bytes),
        Some(Format::Tiff) => tiff::header(Cursor::new(bytes)),
        None if bytes.is_empty() => Err(damaged("the file is empty")),
        None => Err(unsupported("the file is not PNG, TIFF or JPEG")),
    }
}

pub(super) fn header_of_file(path: &Path) -> Result<Header> {
    let failed = |e: std::io::Error| read_error(path, &e);
    let size = std::fs::metadata(path).map_err(failed)?;
    if !size.is_file() {
        return Err(not_a_file(path));
    }
    let mut prefix = Vec::new();
    let mut file = File::open(path).map_err(failed)?;
    file.by_ref()
        .take(PREFIX_BYTES)
        .read_to_end(&mut prefix)
        .map_err(failed)?;
    if Format::of(&prefix) == Some(Format::Tiff) {
        use std::io::Seek;
        file.rewind().map_err(failed)?;
        return tiff::header(BufReader::new(file));
    }
    match header_of(&prefix) {
        // The header may simply be longer than the prefix.
        Err(_) if size.len() > PREFIX_BYTES => header_of(&read_bounded(path, DecodeLimits::default().max_bytes)?),
        result => result,
    }
}

fn not_a_file(path: &Path) -> CoreError {
    read_error(path, &std::io::Error::other("it is not a regular file"))
}
