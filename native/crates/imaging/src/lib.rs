//! Rasters in native memory, linear light, decoding and encoding, cancellation and typed errors.
//!
//! Frame used everywhere: x right, y down, integer pixel coordinates are pixel **centres**.

mod aligned;
mod cancel;
mod decode;
mod encode;
mod encoding;
mod error;
mod exposure_times;
mod exposures;
mod file;
mod frame_stats;
mod map_tiles;
mod motion;
mod npy;
mod packed;
mod pages;
mod prefetch;
mod pyramid;
mod raster;
mod response;
mod shift;
mod simd;
mod source;
mod stack;
mod view;

pub use aligned::Aligned;
pub use cancel::Cancel;
pub use decode::{DecodeLimits, Format, ImageInfo, decode_bytes, decode_file, decode_files, probe_bytes, probe_file};
pub use encode::{MapFormat, encode_jpeg, encode_png, write_map, write_png};
pub use encoding::Encoding;
pub use error::{CoreError, ErrorCode, Result};
pub use exposures::{Exposure, merge_exposures, widened};
pub use frame_stats::{DARK_LIGHT, FrameStats, frame_stats};
pub use map_tiles::{MapPlane, MapTilesWriter};
pub use motion::{Motion, Movement, Registration, motions, register, resampled};
pub use npy::{read_npy_f32, write_npy_f32};
pub use packed::{Half, Unit, floats, pack_halves, pack_triples, pack_units, unpack_grey, unpack_halves};
pub use pages::{give_back, keep_memory, zeroed};
pub use prefetch::prefetch;
pub use pyramid::Pyramid;
pub use raster::{Plane, Raster, Samples};
pub use response::{ChannelResponse, ExposureCheck, ResponseCurve, ResponseFit, estimate_response, linearised};
pub use shift::shift_between;
pub use source::{LinearSource, PlaneSource, RasterSource, Span};
pub use stack::{Frame, FrameStack, StackSource};
pub use view::{Ramp, normals_to_view, plane_to_view, to_srgb8};
