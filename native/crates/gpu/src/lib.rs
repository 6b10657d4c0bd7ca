//! Photometric stereo on a GPU, by compute shaders through wgpu (Vulkan, Metal or Direct3D 12).
//!
//! The shaders follow `photometric` step by step: dark and flat correction, near and far lights, least squares, varnish,
//! rejection by subsets, confidence. Noise, varnish and the report's figures come from `photometric` itself, and so do
//! the few pixels that need its longer search (shadows, saturation, no subset that agrees): the GPU marks them and the
//! processor solves them while the next tile computes.
//!
//! No `unsafe`: buffers are filled and read through wgpu's own checked views.

mod adapter;
mod device;
mod failure;
mod numbers;
mod plan;
mod shader;
mod slot;
mod solve;
mod trial;

pub use adapter::AdapterInfo;
pub use device::Gpu;
pub use failure::is_of_gpu;
pub use solve::{MAX_LIGHTS, MIN_PIXELS};
pub use trial::{Trial, trial, trial_of};
