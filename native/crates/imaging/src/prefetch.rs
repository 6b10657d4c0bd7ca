//! Samples brought into the cache before they are read.

/// Asks the memory for a slice that is read soon, so that it is in the first-level cache by then; where the processor has
/// no word for that, nothing.
pub fn prefetch<T>(slice: &[T]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        const LINE: usize = 64;
        let first = slice.as_ptr().cast::<i8>();
        for at in (0..size_of_val(slice)).step_by(LINE) {
            // SAFETY: the place lies inside the slice, and a prefetch reads nothing that a program can see.
            unsafe { _mm_prefetch(first.add(at), _MM_HINT_T0) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = slice;
}
