//! Bounded decoding of PNG, TIFF and JPEG files, one or many.

mod exif;
mod info;
mod jpeg;
mod jpeg_header;
mod limits;
mod many;
mod png;
mod png_header;
mod tiff;
mod tiff_directory;

pub use info::{Format, ImageInfo, probe_bytes, probe_file};
pub use limits::DecodeLimits;
pub use many::decode_files;

use crate::file::{read_bounded, shown};
use crate::{Cancel, Raster, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Decodes an image in memory; `name` is used in messages only.
///
/// Palettes and 1, 2 and 4 bit greys are expanded to 8 bits. An alpha channel is dropped if every pixel is opaque; an
/// image with transparent pixels is refused, because their light is unknown. Orientation tags are applied.
///
/// # Errors
/// All name the file. `ImageTooLarge` before pixel memory is allocated; `ImageUnsupported` for other formats and
/// variants; `ImageDamaged` for truncated or contradictory files, and for PNG files with bytes behind their end;
/// `Cancelled`.
pub fn decode_bytes(bytes: &[u8], name: &str, limits: &DecodeLimits, cancel: &Cancel) -> Result<Raster> {
    guarded(|| {
        cancel.check()?;
        let header = info::header_of(bytes)?;
        header.check(limits)?;
        match header.info.format {
            Format::Png => png::decode(bytes, &header, limits, cancel),
            Format::Tiff => tiff::decode(bytes, &header, limits, cancel),
            Format::Jpeg => jpeg::decode(bytes, &header, limits, cancel),
        }
    })
    .map_err(|e| e.in_file(name))
}

/// Decodes an image file; see [`decode_bytes`].
///
/// # Errors
/// As [`decode_bytes`], and `FileMissing` or `FileUnreadable`.
pub fn decode_file(path: &Path, limits: &DecodeLimits, cancel: &Cancel) -> Result<Raster> {
    let bytes = read_bounded(path, limits.max_bytes)?;
    decode_bytes(&bytes, &shown(path), limits, cancel)
}

/// Runs a decoder; a panic inside a third-party library becomes an error instead of ending the process.
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(limits::damaged("the decoder stumbled over the file's content")))
}
