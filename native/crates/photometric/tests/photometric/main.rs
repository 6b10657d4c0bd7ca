//! One test program: analytic scenes, real captures, refusals.

mod cards;
mod dataset;
mod maps;
mod normals;
mod pixel_maps;
mod real_captures;
mod refusals;
mod render;
mod steps;
