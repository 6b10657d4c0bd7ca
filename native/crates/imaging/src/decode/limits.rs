//! Bounds that hold before anything is allocated, and the errors every decoder shares.

use super::info::ImageInfo;
use crate::{CoreError, ErrorCode, Result};

/// Largest image that is decoded; checked against the header before any pixel memory is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Largest width and height in pixels.
    pub max_side_px: usize,
    /// Largest width x height.
    pub max_pixels: usize,
    /// Largest memory of decoded samples plus the decoder's own buffers; for several files, of all together.
    pub max_bytes: usize,
}

impl Default for DecodeLimits {
    /// 32,768 pixels a side, 256 megapixels, 2 GiB: ten times the largest camera the rig takes.
    fn default() -> Self {
        Self {
            max_side_px: 32_768,
            max_pixels: 256_000_000,
            max_bytes: 2 << 30,
        }
    }
}

/// What a header promises: the image, and the memory a decoder needs beside the decoded samples.
pub(super) struct Header {
    pub info: ImageInfo,
    pub working_bytes: usize,
}

impl Header {
    /// Refuses images above the limits, without a file name.
    pub fn check(&self, limits: &DecodeLimits) -> Result<()> {
        let ImageInfo { width, height, .. } = self.info;
        if width == 0 || height == 0 {
            return Err(damaged(format!("the header says {width} x {height} pixels")));
        }
        let refused = |bound: String| {
            Err(too_large(format!(
                "the header says {width} x {height} pixels and at most {bound} are accepted"
            )))
        };
        if width > limits.max_side_px || height > limits.max_side_px {
            return refused(format!("{} pixels a side", limits.max_side_px));
        }
        if width * height > limits.max_pixels {
            return refused(format!("{} pixels", limits.max_pixels));
        }
        let needed = self.info.decoded_bytes().saturating_add(self.working_bytes);
        if needed > limits.max_bytes {
            return refused(format!("{} bytes of memory", limits.max_bytes));
        }
        Ok(())
    }
}

pub(super) fn damaged(what: impl Into<String>) -> CoreError {
    CoreError::new(
        ErrorCode::ImageDamaged,
        what,
        "take or export the image again; this file cannot be trusted",
    )
}

pub(super) fn unsupported(what: impl Into<String>) -> CoreError {
    CoreError::new(
        ErrorCode::ImageUnsupported,
        what,
        "save it as PNG or TIFF with 8 or 16 bits, grey or RGB",
    )
}

pub(super) fn too_large(what: impl Into<String>) -> CoreError {
    CoreError::new(
        ErrorCode::ImageTooLarge,
        what,
        "use a smaller image or fewer images at a time",
    )
}

/// A zeroed buffer, or a typed error where the machine has no memory left for it.
pub(super) fn zeroed<T: Copy + Default>(count: usize) -> Result<Vec<T>> {
    let mut buffer = Vec::new();
    buffer
        .try_reserve_exact(count)
        .map_err(|_| too_large(format!("the machine has no memory left for {count} samples")))?;
    crate::pages::advise(&buffer);
    buffer.resize(count, T::default());
    Ok(buffer)
}

/// Drops the last sample of every pixel after checking that it says "opaque".
///
/// A pixel that is partly transparent has no measurable light of its own: its colour is undefined or mixed with a
/// background nobody recorded. Such an image is therefore refused instead of being flattened on a guess.
pub(super) fn drop_opaque_alpha<T: Copy + PartialEq>(
    with_alpha: &[T],
    channels: usize,
    opaque: T,
    out: &mut [T],
) -> Result<()> {
    for (pixel, kept) in with_alpha
        .chunks_exact(channels + 1)
        .zip(out.chunks_exact_mut(channels))
    {
        if pixel[channels] != opaque {
            return Err(CoreError::new(
                ErrorCode::ImageUnsupported,
                "the image has transparent pixels, whose light is unknown",
                "save it without transparency",
            ));
        }
        kept.copy_from_slice(&pixel[..channels]);
    }
    Ok(())
}
