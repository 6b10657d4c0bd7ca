//! What can go wrong with a GPU, as errors that say what happened and what to do.

use imaging::{CoreError, ErrorCode};

/// No GPU that can compute.
pub fn missing(why: impl Into<String>) -> CoreError {
    CoreError::new(
        ErrorCode::GpuMissing,
        why,
        "install the driver of the graphics card, or let the processor compute",
    )
}

/// Work that the GPU cannot do.
pub fn unsupported(why: impl Into<String>) -> CoreError {
    CoreError::new(ErrorCode::GpuUnsupported, why, "let the processor compute this side")
}

/// Not enough memory on the GPU.
pub fn out_of_memory(name: &str) -> CoreError {
    CoreError::new(
        ErrorCode::GpuOutOfMemory,
        format!("{name} has not enough memory left"),
        "close other programs that use the graphics card, or let the processor compute",
    )
}

/// The device, its driver or the connection to it failed.
pub fn failed(name: &str, why: impl std::fmt::Display) -> CoreError {
    CoreError::new(
        ErrorCode::GpuFailed,
        format!("{name} failed: {why}"),
        "update the driver of the graphics card, or let the processor compute",
    )
}

/// Whether the side can still be solved by the processor: every failure of the GPU, but not a bad input or a cancel.
pub fn is_of_gpu(error: &CoreError) -> bool {
    matches!(
        error.code,
        ErrorCode::GpuMissing | ErrorCode::GpuUnsupported | ErrorCode::GpuOutOfMemory | ErrorCode::GpuFailed
    )
}
