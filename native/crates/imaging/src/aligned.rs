//! Buffers that begin at a line of the processor's cache.

use std::alloc::{GlobalAlloc, Layout, System};

/// A line of the cache, and the widest vector that is read at once, bytes.
const LINE: usize = 64;
/// Smaller ones are left to the system as they are.
const FROM: usize = 1024;
/// What the system aligns to without being asked.
const USUAL: usize = 16;

/// The system's allocator, with everything from 1 KiB on aligned to 64 bytes.
///
/// The C library's buffers begin 16 bytes past a page, so that every vector of 64 bytes read from them lies in two lines
/// of the cache and costs two reads. Its own aligned allocation can neither clear pages for nothing nor grow a buffer in
/// place, so the buffer is shifted here and the shift kept in front of it.
pub struct Aligned;

/// What is asked of the system for a buffer of `size` bytes.
fn whole(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_add(LINE)?, USUAL).ok()
}

fn shifted(layout: Layout) -> bool {
    layout.size() >= FROM && layout.align() <= USUAL
}

/// Bytes from a buffer's start to the line that it shall begin at: 16 to 64.
fn shift_of(raw: *mut u8) -> usize {
    LINE - raw.addr() % LINE
}

/// Notes the shift in front of the shifted buffer.
///
/// # Safety
/// `raw` points to at least [`LINE`] writable bytes at a multiple of [`USUAL`], or is null.
unsafe fn shift(raw: *mut u8) -> *mut u8 {
    if raw.is_null() {
        return raw;
    }
    let by = shift_of(raw);
    // SAFETY: `by` is 16 to 64, so the note lies between `raw` and the new start; both are multiples of 16.
    unsafe {
        let start = raw.add(by);
        start.cast::<usize>().sub(1).write(by);
        start
    }
}

/// The note of [`shift`].
///
/// # Safety
/// `start` was made by it.
unsafe fn noted(start: *mut u8) -> usize {
    // SAFETY: the note stands in front of it.
    unsafe { start.cast::<usize>().sub(1).read() }
}

// SAFETY: memory is the system's; a shifted buffer has a line more than was asked for, of which at most that line lies in
// front, and goes back by the address and size that the system knows. Which buffers are shifted depends on their layout
// alone.
unsafe impl GlobalAlloc for Aligned {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !shifted(layout) {
            return unsafe { System.alloc(layout) };
        }
        whole(layout.size()).map_or(std::ptr::null_mut(), |whole| unsafe { shift(System.alloc(whole)) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !shifted(layout) {
            return unsafe { System.alloc_zeroed(layout) };
        }
        whole(layout.size()).map_or(std::ptr::null_mut(), |whole| unsafe {
            shift(System.alloc_zeroed(whole))
        })
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        match whole(layout.size()) {
            Some(whole) if shifted(layout) => unsafe { System.dealloc(start.sub(noted(start)), whole) },
            _ => unsafe { System.dealloc(start, layout) },
        }
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        if !shifted(layout) && !shifted(wanted) {
            return unsafe { System.realloc(start, layout, size) };
        }
        let kept = layout.size().min(size);
        let (Some(old), Some(new)) = (whole(layout.size()), whole(size)) else {
            return std::ptr::null_mut();
        };
        if shifted(layout) && shifted(wanted) {
            unsafe {
                let by = noted(start);
                let raw = System.realloc(start.sub(by), old, new.size());
                if raw.is_null() {
                    return raw;
                }
                std::ptr::copy(raw.add(by), raw.add(shift_of(raw)), kept);
                return shift(raw);
            }
        }
        unsafe {
            let moved = self.alloc(wanted);
            if !moved.is_null() {
                std::ptr::copy_nonoverlapping(start, moved, kept);
                self.dealloc(start, layout);
            }
            moved
        }
    }
}
