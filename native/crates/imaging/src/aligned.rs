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

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).expect("a layout")
    }

    /// Every byte of a buffer, by its place.
    fn pattern(i: usize) -> u8 {
        (i * 31 % 251) as u8
    }

    #[test]
    fn large_buffers_begin_at_a_line_and_zeroed_ones_are_zero() {
        for size in [FROM - 1, FROM, FROM + 1, 5000, 1 << 20, 40 << 20] {
            for align in [1, 4, 16, 4096] {
                let of = layout(size, align);
                // SAFETY: the layout is not empty, and the memory goes back with it.
                unsafe {
                    let [plain, zeroed] = [Aligned.alloc(of), Aligned.alloc_zeroed(of)];
                    let line = if size >= FROM { LINE.max(align) } else { align };
                    assert!(
                        plain.addr() % line == 0 && zeroed.addr() % line == 0,
                        "{size} by {align}"
                    );
                    plain.write_bytes(7, size);
                    assert!(std::slice::from_raw_parts(zeroed, size).iter().all(|b| *b == 0));
                    Aligned.dealloc(plain, of);
                    Aligned.dealloc(zeroed, of);
                }
            }
        }
    }

    #[test]
    fn what_is_in_a_buffer_survives_every_change_of_its_size() {
        // Up and down, across the smallest aligned size and across the size from which the system maps pages.
        let sizes = [8, 900, 1024, 1500, 700, 64_000, 3_000, 48 << 20, 2 << 20, 60 << 20, 100];
        for align in [1, 8, 64] {
            let mut size = sizes[0];
            // SAFETY: every layout is that of the buffer as it stands, and only what is inside it is touched.
            unsafe {
                let mut start = Aligned.alloc(layout(size, align));
                (0..size).for_each(|i| start.add(i).write(pattern(i)));
                for &next in &sizes[1..] {
                    start = Aligned.realloc(start, layout(size, align), next);
                    let kept = std::slice::from_raw_parts(start, size.min(next));
                    assert!(
                        kept.iter().enumerate().all(|(i, b)| *b == pattern(i)),
                        "{size} to {next}"
                    );
                    (size.min(next)..next).for_each(|i| start.add(i).write(pattern(i)));
                    size = next;
                }
                Aligned.dealloc(start, layout(size, align));
            }
        }
    }

    #[test]
    fn what_is_too_large_for_any_address_is_refused() {
        // SAFETY: nothing is allocated.
        unsafe { assert!(Aligned.alloc(layout(isize::MAX as usize - 15, 1)).is_null()) };
    }
}
