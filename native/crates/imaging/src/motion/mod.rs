//! Motion of a card between the frames of one side: found although the light differs, and undone by resampling.

mod linear;
mod patches;
mod place_fit;
mod resample;
mod rigid;
mod undo;
mod window;

pub use resample::resampled;
pub use rigid::{Motion, motions};
pub use undo::{Movement, Registration, register};
