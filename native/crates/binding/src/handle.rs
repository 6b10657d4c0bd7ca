//! Native memory that JavaScript holds by a handle and gives back by `free`, as its collector cannot see the size.

use imaging::{CoreError, ErrorCode, Result};
use std::sync::{Arc, Mutex};

/// A shared value behind a handle; work in flight keeps its own share after `free`.
pub struct Handle<T>(Mutex<Option<Arc<T>>>);

impl<T> Handle<T> {
    /// Takes the value over.
    pub fn new(value: T) -> Self {
        Self(Mutex::new(Some(Arc::new(value))))
    }

    /// A share of the value.
    ///
    /// # Errors
    /// `internal` after `free`.
    pub fn get(&self) -> Result<Arc<T>> {
        let held = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        held.clone().ok_or_else(|| {
            CoreError::new(
                ErrorCode::Internal,
                "native memory was used after it was freed",
                "please report this with the log",
            )
        })
    }

    /// Lets the value go as soon as no work uses it.
    pub fn free(&self) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    }
}
