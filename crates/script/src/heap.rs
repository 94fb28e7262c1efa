//! An allocator that counts, so that a script's memory is bounded by what it took, not by what we guess.
//!
//! A server installs it once:
//! ```ignore
//! #[global_allocator]
//! static HEAP: script::heap::Counting = script::heap::Counting(std::alloc::System);
//! ```
//! Without it every size limit still holds for each single value; with it their sum is bounded too.
#![allow(unsafe_code)] // An allocator cannot be written otherwise; it only adds up sizes and hands on to another.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

thread_local! {
    // Const and without a destructor: reading it inside the allocator allocates nothing and is fine while a thread ends.
    static LIVE_BYTES: Cell<isize> = const { Cell::new(0) };
}

/// An allocator, the system's if not said otherwise, counting for each thread what it took and gave back.
pub struct Counting<A = System>(pub A);

/// What this thread took and did not give back. Memory freed by another thread makes it drift, so only differences
/// within one piece of work on one thread mean something.
pub fn live_bytes() -> isize {
    LIVE_BYTES.try_with(Cell::get).unwrap_or(0)
}

fn add(bytes: isize) {
    let _ = LIVE_BYTES.try_with(|live| live.set(live.get().wrapping_add(bytes)));
}

// SAFETY: every call is handed on unchanged to the allocator inside; the counting neither allocates nor unwinds.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Counting<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        unsafe { self.0.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        add(-(layout.size() as isize));
        unsafe { self.0.dealloc(at, layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        unsafe { self.0.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add(size as isize - layout.size() as isize);
        unsafe { self.0.realloc(at, layout, size) }
    }
}
