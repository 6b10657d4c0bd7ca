//! Calibration of a camera over a measuring plane: boards and their corners, lens model, plane and scale, verification.
//!
//! Frames: *image* (px, integer coordinates are pixel centres, x right, y down), *board* (mm, origin at the pattern's
//! upper left corner, x right, y down), *camera* (mm, z away from the camera along the optical axis).

mod acceptance;
mod blobs;
mod board;
mod bundle;
mod camera;
mod coverage;
mod detect;
mod dictionary;
mod dictionary_bits;
mod homography;
mod light;
mod linear;
mod markers;
mod plane;
mod pose;
mod probe;
mod saddle;
mod solve;
mod zhang;

pub use acceptance::{CheckedLength, Comparison, Probing, compare_lengths, fit_circle, lengths_of};
pub use board::{Board, BoardSpec};
pub use coverage::{Coverage, coverage};
pub use detect::{Corner, Detection, detect_board};
pub use dictionary::Dictionary;
pub use measure::Camera;
pub use plane::{PlaneFit, PlaneOptions, fit_plane};
pub use pose::Pose;
pub use probe::probe_disc;
pub use solve::{CameraFit, SolveOptions, ViewFit, solve_camera};
