//! Calibration of the lights: where each one stands and how bright it is, from a mirror ball, from a matte ball, and
//! from white flat fields at two heights; each with residuals, and how far the methods disagree.
//!
//! Frame used everywhere: x right, y down, z towards the camera, origin where the image centre meets the card plane;
//! integer pixel coordinates are pixel centres; lengths in mm.

mod ball;
mod chrome;
mod circle;
mod dense;
mod flats;
mod matte;
mod methods;
mod rays;
mod vector;
mod view;

pub use ball::{Ball, find_ball};
pub use chrome::{ChromeLight, chrome_lights};
pub use circle::Circle;
pub use flats::{FlatLight, FlatPlane, FlatsFit, flat_lights};
pub use matte::{MatteLight, matte_lights};
pub use methods::{BallOptions, MethodLight, MethodResult, by_flat_fields, by_matte_balls, by_mirror_balls};
pub use rays::{Meeting, Ray, meeting_point};
pub use view::View;
