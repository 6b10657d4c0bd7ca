//! Rasters in native memory, linear light, decoding and encoding, cancellation and typed errors.
//!
//! Frame used everywhere: x right, y down, integer pixel coordinates are pixel **centres**.

mod cancel;
mod encoding;
mod error;
mod raster;
mod source;
mod stack;

pub use cancel::Cancel;
pub use encoding::Encoding;
pub use error::{CoreError, ErrorCode, Result};
pub use raster::{Plane, Raster, Samples};
pub use source::{LinearSource, PlaneSource, RasterSource};
pub use stack::{Frame, FrameStack, StackSource};
