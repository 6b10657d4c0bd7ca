//! Encoding rasters as PNG (lossless, 8 and 16 bit) and JPEG (8 bit, for people).

mod exr;
mod jpeg;
mod map;
mod png;

pub use self::jpeg::encode_jpeg;
pub use self::map::{MapFormat, write_map};
pub use self::png::{encode_png, write_png};
