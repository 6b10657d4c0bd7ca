//! Large zeroed planes in memory pages of 2 MiB, where the system offers them on request.

use rayon::prelude::*;
use std::mem::MaybeUninit;

/// Below this the ordinary allocator is as good.
const LARGE_BYTES: usize = 4 << 20;
/// From here on allocators take fresh pages from the system, which are zero; below they keep and clear used ones.
const FRESH_BYTES: usize = 32 << 20;
/// What a task clears.
const PART_BYTES: usize = 1 << 20;

/// Lets the C library keep freed memory for the next side instead of handing it back to the system, in no more heaps than
/// there are cores, and take buffers from 32 MiB on from the system. To be called once, when a program starts.
///
/// Sides come one after the other and need the same buffers; a page that is handed back costs a fault, and a message to
/// every core, when the next side wants it again: a tenth of the 24-point measurement's time. Work moves between threads,
/// and a heap for each of them would hold the same buffers again.
pub fn keep_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // SAFETY: sets numbers of the allocator, which looks at them at its next call.
        unsafe {
            libc::mallopt(libc::M_ARENA_MAX, cores as libc::c_int);
            libc::mallopt(libc::M_MMAP_THRESHOLD, FRESH_BYTES as libc::c_int);
            libc::mallopt(libc::M_TRIM_THRESHOLD, libc::c_int::MAX);
            // A heap goes back to the system whole when the one before has this much room.
            libc::mallopt(libc::M_TOP_PAD, 2 * FRESH_BYTES as libc::c_int);
        }
    }
}

/// Frees by `free`, and hands that memory and all other that [`keep_memory`] kept back to the system. For what leaves holes
/// that are too small for what is made next.
pub fn give_back(free: impl FnOnce()) {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // What lies at the end of a heap goes back when it is freed, and not later.
        // SAFETY: sets numbers of the allocator, which looks at them at its next call.
        unsafe {
            libc::mallopt(libc::M_TRIM_THRESHOLD, LARGE_BYTES as libc::c_int);
            libc::mallopt(libc::M_TOP_PAD, 0);
        }
        free();
        // SAFETY: changes nothing but which free pages are held.
        unsafe { libc::malloc_trim(0) };
        keep_memory();
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    free();
}

/// Numbers whose zero is all bits 0.
pub trait Number: Copy + Default + Send + Sync {}
impl Number for f32 {}
impl Number for u8 {}
impl Number for u16 {}

/// `n` zeros.
///
/// A fresh map of 12 megapixels costs more time in page faults (one each 4 KiB) than its pixels cost to compute; on
/// Linux with transparent huge pages set to `madvise` this asks for large ones, elsewhere it is a plain allocation.
#[must_use]
pub fn zeroed<T: Number>(n: usize) -> Vec<T> {
    let bytes = n * std::mem::size_of::<T>();
    if !(LARGE_BYTES..FRESH_BYTES).contains(&bytes) {
        // `vec!` of zeros takes untouched pages from the system, so nothing is faulted in before the advice.
        let plane = vec![T::default(); n];
        advise(&plane);
        return plane;
    }
    let mut plane = Vec::with_capacity(n);
    advise(&plane);
    let part = PART_BYTES / std::mem::size_of::<T>();
    // `vec!` would clear it on one core.
    plane.spare_capacity_mut()[..n].par_chunks_mut(part).for_each(|part| {
        part.fill(MaybeUninit::new(T::default()));
    });
    // SAFETY: the first `n` numbers have just been written.
    unsafe { plane.set_len(n) };
    plane
}

/// Asks for large pages under a buffer's whole capacity, if it is large; to be called before its first use.
#[cfg(target_os = "linux")]
pub(crate) fn advise<T>(buffer: &Vec<T>) {
    const PAGE: usize = 4096;
    let bytes = buffer.capacity() * std::mem::size_of::<T>();
    let base = buffer.as_ptr().addr();
    let (start, end) = (base.next_multiple_of(PAGE), (base + bytes) / PAGE * PAGE);
    if bytes >= LARGE_BYTES && end > start {
        let from = buffer.as_ptr().cast::<u8>().wrapping_add(start - base);
        // SAFETY: the range lies inside the allocation, and the advice changes neither contents nor access rights. Its
        // failure (an old kernel) leaves small pages, which are as correct.
        unsafe { libc::madvise(from.cast_mut().cast(), end - start, libc::MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn advise<T>(_buffer: &Vec<T>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_of_any_size_are_zero_and_writable() {
        for n in [0, 1, 1000, (LARGE_BYTES / 4) + 1, 5_000_011] {
            let mut plane = zeroed::<f32>(n);
            assert_eq!(plane.len(), n);
            assert!(plane.iter().all(|v| *v == 0.0));
            plane.iter_mut().for_each(|v| *v = 1.0);
        }
    }
}
