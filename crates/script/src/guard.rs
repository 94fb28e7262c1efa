//! Watches a run from inside: time, memory, and how deeply values are nested.
//!
//! Rhai bounds steps, calls, and the size of each value. It does not bound nesting, and a list nested a hundred thousand
//! deep overflows the stack when it is dropped, which nothing can catch. So whenever a script touches a variable, and
//! enough steps went by for something to have become too deep, the variables in reach are looked through.

use crate::{Clock, Limits, RunInfo, Scope, Until, convert, error::Error, library};
use rhai::{Dynamic, EvalAltResult, EvalContext, FnPtr, Position};
use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

pub(crate) const STOP_WALL: i64 = 1;
pub(crate) const STOP_MEMORY: i64 = 2;
pub(crate) const STOP_NESTING: i64 = 3;
pub(crate) const STOP_OPERATIONS: i64 = 4;

/// The clock is asked once in so many steps: a step takes some ten nanoseconds, a clock as long.
const CLOCK_STEPS: u64 = 128;
/// Nesting that one step can add at the most: an index chain sets a value this much deeper per step it costs.
const NESTING_PER_STEP: usize = 2;
/// Between two looks nesting may grow by this much over what goes out at last. A thread's stack of 2 MB bears ten times that.
const NESTING_SLACK: usize = 512;

struct Watch {
    /// Counted here: Rhai forgets the steps of a function that one of its methods called.
    steps: u64,
    steps_max: u64,
    deadline_ms: u64,
    stopped: Option<Arc<AtomicBool>>,
    heap_bytes_max: isize,
    nesting_max: usize,
    next_look: u64,
    run: RunInfo,
    ids: u64,
    text_bytes_max: usize,
    items_max: usize,
    clock: Arc<dyn Clock>,
}

thread_local! {
    // One script runs on a thread at a time, and it runs to its end: Rhai does not wait for anything.
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

/// Ends the watch when it is dropped.
pub(crate) struct Watching;

impl Watching {
    pub(crate) fn start(limits: &Limits, clock: &Arc<dyn Clock>, deadline_ms: u64, scope: &Scope) -> Self {
        let watch = Watch {
            steps: 0,
            steps_max: limits.operations,
            deadline_ms,
            stopped: scope.until.map(|until| until.stopped.clone()),
            heap_bytes_max: heap_bytes().saturating_add_unsigned(limits.total_bytes),
            nesting_max: limits.nesting,
            next_look: 0,
            run: scope.run.clone(),
            ids: 0,
            text_bytes_max: limits.string_bytes,
            items_max: limits.list_items,
            clock: clock.clone(),
        };
        WATCH.set(Some(watch));
        Self
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        WATCH.set(None);
    }
}

impl Watch {
    fn is_late(&self) -> bool {
        let stopped = self.stopped.as_ref().is_some_and(|stopped| stopped.load(Ordering::Relaxed));
        stopped || self.clock.now_ms() >= self.deadline_ms
    }
}

/// When a run that starts now has to be over.
pub(crate) fn deadline_ms(limits: &Limits, clock: &dyn Clock, until: Option<&Until>) -> u64 {
    let wall = until.map_or(limits.wall, |until| until.within.min(limits.wall));
    let wall = u64::try_from(wall.as_millis()).unwrap_or(u64::MAX);
    clock.now_ms().saturating_add(wall)
}

/// Called by Rhai before each step; a value returned here ends the run.
pub(crate) fn on_step(_: u64) -> Option<Dynamic> {
    WATCH.with_borrow_mut(|watch| {
        let watch = watch.as_mut()?;
        watch.steps += 1;
        if watch.steps > watch.steps_max {
            return Some(STOP_OPERATIONS.into());
        }
        if heap_bytes() > watch.heap_bytes_max {
            return Some(STOP_MEMORY.into());
        }
        let late = watch.steps.is_multiple_of(CLOCK_STEPS) && watch.is_late();
        late.then(|| STOP_WALL.into())
    })
}

/// For functions that work long between two of the script's steps.
pub(crate) fn check_time() -> Result<(), Box<EvalAltResult>> {
    let late = WATCH.with_borrow(|watch| watch.as_ref().is_some_and(Watch::is_late));
    if late { Err(EvalAltResult::ErrorTerminated(STOP_WALL.into(), Position::NONE).into()) } else { Ok(()) }
}

/// Called by Rhai whenever a variable is touched.
pub(crate) fn on_variable(context: &EvalContext) -> Result<(), Box<EvalAltResult>> {
    WATCH.with_borrow_mut(|watch| {
        let Some(watch) = watch.as_mut().filter(|watch| watch.steps >= watch.next_look) else {
            return Ok(());
        };
        let deepest_allowed = watch.nesting_max + NESTING_SLACK;
        let mut deepest = 0;
        for (_, constant, value) in context.scope().iter_raw() {
            if !constant {
                deepest = deepest.max(nesting(value, 0, deepest_allowed));
            }
        }
        if deepest >= deepest_allowed {
            return Err(too_deep());
        }
        watch.next_look = watch.steps + ((deepest_allowed - deepest) / NESTING_PER_STEP).max(1) as u64;
        Ok(())
    })
}

/// How deep a value is nested; stops counting at `max`, so that looking is safe too.
fn nesting(value: &Dynamic, depth: usize, max: usize) -> usize {
    if depth >= max {
        return depth;
    }
    if value.is_shared() {
        // Somebody works on it just now, so nobody can nest it deeper through this name.
        return value.read_lock::<Dynamic>().map_or(depth, |inner| nesting(&inner, depth, max));
    }
    if let Ok(items) = value.as_array_ref() {
        return items.iter().map(|item| nesting(item, depth + 1, max)).max().unwrap_or(depth + 1);
    }
    if let Ok(members) = value.as_map_ref() {
        return members.values().map(|member| nesting(member, depth + 1, max)).max().unwrap_or(depth + 1);
    }
    // A function carries the values that were curried into it.
    if let Some(function) = value.read_lock::<FnPtr>() {
        return function.curry().iter().map(|value| nesting(value, depth + 1, max)).max().unwrap_or(depth);
    }
    depth
}

#[cfg(not(target_arch = "wasm32"))]
fn heap_bytes() -> isize {
    crate::heap::live_bytes()
}
#[cfg(target_arch = "wasm32")]
fn heap_bytes() -> isize {
    0 // A browser bounds the page itself.
}

/// The run's own time, for `now()`. Outside a run it is 1970: functions must not ask the real clock.
pub(crate) fn run_now_ms() -> i64 {
    WATCH.with_borrow(|watch| watch.as_ref().map_or(0, |watch| watch.run.now_ms))
}

/// A number that is new for each call and the same in a replay of the run.
pub(crate) fn next_id_seed() -> (u64, i64, u64) {
    WATCH.with_borrow_mut(|watch| {
        let Some(watch) = watch.as_mut() else {
            return (0, 0, 0);
        };
        watch.ids += 1;
        (watch.run.seed, watch.run.id, watch.ids)
    })
}

/// Refuses a text before it is made, where a function makes much out of little.
pub(crate) fn check_text(bytes: Option<usize>) -> Result<(), Box<EvalAltResult>> {
    let bytes_max =
        WATCH.with_borrow(|watch| watch.as_ref().map_or(usize::MAX, |watch| watch.text_bytes_max));
    if bytes.is_some_and(|bytes| bytes <= bytes_max) { Ok(()) } else { Err(too_large("string")) }
}

/// Refuses a list before it is made.
pub(crate) fn check_items(items: Option<usize>) -> Result<(), Box<EvalAltResult>> {
    let items_max = WATCH.with_borrow(|watch| watch.as_ref().map_or(usize::MAX, |watch| watch.items_max));
    if items.is_some_and(|items| items <= items_max) { Ok(()) } else { Err(too_large("array")) }
}

/// As Rhai says it, so that both are one error.
fn too_large(what: &str) -> Box<EvalAltResult> {
    EvalAltResult::ErrorDataTooLarge(what.to_owned(), Position::NONE).into()
}

/// A value of a script as JSON, and JSON as a value, for functions that go through it.
pub(crate) fn into_json(value: Dynamic) -> Result<serde_json::Value, Box<EvalAltResult>> {
    convert::into_json(value, nesting_max()).map_err(|error| match error {
        Error::NotData { .. } => {
            library::wrong("Only data will do here: texts, numbers, yes/no, lists, maps or nothing.")
        }
        _ => too_deep(),
    })
}

pub(crate) fn into_script(value: &serde_json::Value) -> Result<Dynamic, Box<EvalAltResult>> {
    convert::whole_into_script(value, nesting_max()).map_err(|_| too_deep())
}

fn too_deep() -> Box<EvalAltResult> {
    EvalAltResult::ErrorTerminated(STOP_NESTING.into(), Position::NONE).into()
}

fn nesting_max() -> usize {
    WATCH.with_borrow(|watch| watch.as_ref().map_or(NESTING_SLACK, |watch| watch.nesting_max))
}
