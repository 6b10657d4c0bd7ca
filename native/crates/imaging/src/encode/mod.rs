//! Encoding rasters as PNG (lossless, 8 and 16 bit) and JPEG (8 bit, for people).

mod png;

pub use self::png::{encode_png, write_png};
