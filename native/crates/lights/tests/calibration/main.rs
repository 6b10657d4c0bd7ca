//! The calibration of lights against a ray caster with known lights.

mod balls;
mod flats;
mod render;
