//! Photographs of an imagined trading card under K lights, with analytic truth.
//!
//! The crate is the demo rig and the judge of the measuring code, so it shares no geometry or estimation code with it.
//!
//! Frames: *card* (mm, origin at the card's centre, x right, y down along its edges), *plane* (mm, origin where the
//! optical axis meets the card plane), *camera* (plane turned by its tilt, z towards the camera) and *pixels* (integer
//! coordinates are pixel centres).

mod art;
mod board;
mod camera;
mod defects;
mod height;
mod layout;
mod lights;
mod material;
mod outline;
mod profile;
mod render;
mod rng;
mod sensor;
mod shade;
mod spec;
mod truth;
mod validate;
mod write;

pub use board::{BoardPose, BoardScene, render_board};
pub use lights::Light;
pub use profile::edge_coverage;
pub use render::{Scene, render};
pub use spec::{
    ArtKind, BorderKind, Borders, DefectKind, DefectSpec, Defects, Gloss, Linen, MatKind, Side, SignalEncoding, Spec,
};
pub use truth::{DefectTruth, NoiseTruth, Point, StationTruth, Truth};
pub use write::write_capture;
