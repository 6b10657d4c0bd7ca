//! Calibrated photometric stereo: frames under known lights to normals, albedo, confidence and the maps read from them.
//!
//! Frame used everywhere: x right, y down, z towards the camera; integer pixel coordinates are pixel centres.
//! The model is `I_k = E_k * albedo * max(0, n.l_k)` plus what does not fit it: shadows, highlights, gloss.

mod bands;
mod batch;
mod cascade;
mod check;
mod cholesky;
mod curvature;
mod derivatives;
mod drift;
mod elimination;
mod finish;
mod fir;
mod glint;
mod gloss;
mod gradient;
mod height;
mod kernel;
mod lanes;
mod lights;
mod linear;
mod lobe_curve;
mod lobe_model;
mod maps;
mod near;
mod noise;
mod offload;
mod options;
mod pass;
mod pixel;
mod pixels;
mod poisson;
mod pyramid;
mod quadratic;
mod reader;
mod reflectance;
mod removals;
mod scale_space;
mod shading;
mod shining;
mod solve;
mod steps;
mod tile;
mod transpose;
mod unvarnish;
mod varnish;
mod weighted;

pub use curvature::{Curvature, curvature};
pub use gloss::gloss;
pub use gradient::{Gradients, gradients};
pub use height::{HeightOptions, height_mm};
pub use maps::{PixelMaps, Wanted, pixel_maps, pixel_maps_into};
pub use offload::{Bench, FitLimits, LightNumbers, LobeNumbers, Numbers, PixelSolver, Side};
pub use options::{Light, Method, Normals, Solution, SolveOptions, SolveSummary};
pub use pixels::Pixels;
pub use scale_space::{ShapeOptions, shape_multiscale};
pub use solve::{Counts, solve, solve_by, solve_into};
pub use steps::{StepOptions, height_with_steps_mm};
