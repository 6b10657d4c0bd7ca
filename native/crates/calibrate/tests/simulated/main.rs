//! Calibration against photographs of boards by the simulator, whose optics share no code with this crate.

mod boards;
mod refusals;
mod rig;
mod solving;
