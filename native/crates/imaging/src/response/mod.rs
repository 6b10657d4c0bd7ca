//! The camera's response: how codes relate to light where they follow neither light itself nor sRGB.

mod curve;
mod estimate;
mod fit;
mod spline;

pub use curve::{ResponseCurve, linearised};
pub use estimate::{ChannelResponse, ExposureCheck, ResponseFit, estimate_response};
