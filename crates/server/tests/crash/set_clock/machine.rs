//! A machine's clock that a test sets. Compiled by the test that needs it, and loaded into its child with LD_PRELOAD, so it
//! stands on nothing but the standard library.
//!
//! The time of day is moved by as many milliseconds as the file in `SET_CLOCK` says in its first eight bytes; the clock that
//! only measures how long something takes goes on as it is, as on a real machine.
//!
//! `unsafe` is what this is about: it stands in for functions of libc and calls the real ones. Each has the signature that
//! libc's manual gives, and touches nothing that it was not given.

use std::ffi::{c_char, c_int, c_void};
use std::fs::File;
use std::os::fd::AsRawFd;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn mmap(at: *mut c_void, length: usize, protection: c_int, flags: c_int, file: c_int, from: i64) -> *mut c_void;
}

const RTLD_NEXT: *mut c_void = -1isize as *mut c_void;
const PROT_READ: c_int = 1;
const MAP_SHARED: c_int = 1;
const MAP_FAILED: *mut c_void = -1isize as *mut c_void;
const CLOCK_REALTIME: c_int = 0;
const CLOCK_REALTIME_COARSE: c_int = 5;

#[repr(C)]
struct TimeSpec {
    s: i64,
    ns: i64,
}

#[repr(C)]
struct TimeVal {
    s: i64,
    us: i64,
}

static MOVED: LazyLock<Option<&'static AtomicI64>> = LazyLock::new(|| {
    let file = File::open(std::env::var_os("SET_CLOCK")?).ok()?;
    let at = unsafe { mmap(std::ptr::null_mut(), 8, PROT_READ, MAP_SHARED, file.as_raw_fd(), 0) };
    // Mapped for as long as the process lives.
    (at != MAP_FAILED).then(|| unsafe { &*at.cast::<AtomicI64>() })
});

fn moved_ms() -> i64 {
    MOVED.map_or(0, |moved| moved.load(Ordering::Relaxed))
}

/// The next function of this name, which is libc's own.
macro_rules! real {
    ($name:literal as $kind:ty) => {{
        static REAL: LazyLock<usize> =
            LazyLock::new(|| unsafe { dlsym(RTLD_NEXT, $name.as_ptr()) } as usize);
        unsafe { std::mem::transmute::<usize, $kind>(*REAL) }
    }};
}

#[unsafe(no_mangle)]
extern "C" fn clock_gettime(clock: c_int, time: *mut TimeSpec) -> c_int {
    let real = real!(c"clock_gettime" as extern "C" fn(c_int, *mut TimeSpec) -> c_int);
    let answer = real(clock, time);
    if answer == 0 && matches!(clock, CLOCK_REALTIME | CLOCK_REALTIME_COARSE) {
        let time = unsafe { &mut *time };
        let ns = time.ns + moved_ms() % 1_000 * 1_000_000;
        time.s += moved_ms() / 1_000 + ns.div_euclid(1_000_000_000);
        time.ns = ns.rem_euclid(1_000_000_000);
    }
    answer
}

#[unsafe(no_mangle)]
extern "C" fn gettimeofday(time: *mut TimeVal, zone: *mut c_void) -> c_int {
    let real = real!(c"gettimeofday" as extern "C" fn(*mut TimeVal, *mut c_void) -> c_int);
    let answer = real(time, zone);
    if answer == 0 && !time.is_null() {
        let time = unsafe { &mut *time };
        let us = time.us + moved_ms() % 1_000 * 1_000;
        time.s += moved_ms() / 1_000 + us.div_euclid(1_000_000);
        time.us = us.rem_euclid(1_000_000);
    }
    answer
}

#[unsafe(no_mangle)]
extern "C" fn time(at: *mut i64) -> i64 {
    let mut now = TimeSpec { s: 0, ns: 0 };
    clock_gettime(CLOCK_REALTIME, &mut now);
    if !at.is_null() {
        unsafe { *at = now.s };
    }
    now.s
}
