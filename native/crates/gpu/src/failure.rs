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

/// What the driver told outside of any call.
pub fn told(name: &str, error: &wgpu::Error) -> CoreError {
    match error {
        wgpu::Error::OutOfMemory { .. } => out_of_memory(name),
        other => failed(name, other),
    }
}

/// Whether the side can still be solved by the processor: every failure of the GPU, but not a bad input or a cancel.
pub fn is_of_gpu(error: &CoreError) -> bool {
    matches!(
        error.code,
        ErrorCode::GpuMissing | ErrorCode::GpuUnsupported | ErrorCode::GpuOutOfMemory | ErrorCode::GpuFailed
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exhausted_memory_and_other_faults_are_told_apart_and_both_leave_the_side_to_the_processor() {
        let memory = told(
            "Card",
            &wgpu::Error::OutOfMemory {
                source: "none left".into(),
            },
        );
        let other = told(
            "Card",
            &wgpu::Error::Internal {
                source: "lost".into(),
                description: "a register was lost".into(),
            },
        );
        assert_eq!(memory.code, ErrorCode::GpuOutOfMemory);
        assert_eq!(other.code, ErrorCode::GpuFailed);
        assert!(
            other.message.contains("Card failed: ") && other.message.contains("a register was lost"),
            "{other}"
        );
        assert!(is_of_gpu(&memory) && is_of_gpu(&other));
    }

    #[test]
    fn a_bad_input_is_no_failure_of_the_gpu() {
        assert!(!is_of_gpu(&CoreError::new(
            ErrorCode::LightsTooFew,
            "two",
            "take three"
        )));
    }
}
