//! The script language in the browser: the server's own compiler with the same limits.

use leptos::prelude::*;
use model::{FlowDocument, Problem, Specs, Surroundings};
use script::{Clock, Engine, Limits};
use std::sync::Arc;

pub fn engine() -> Engine {
    Engine::new(Limits::default(), Arc::new(PageClock))
}

/// What a text holds as a flow file, and what is wrong with it: in a piece of the program that is fetched when one comes,
/// because it has the whole script language in it.
#[lazy]
pub fn check_flow(
    text: String,
    specs: Arc<Specs>,
    around: Surroundings,
) -> (Option<FlowDocument>, Vec<Problem>) {
    model::check(text.as_bytes(), &specs, |_| around, &engine())
}

/// The browser's time of day; a script runs far too shortly to notice when somebody sets it.
struct PageClock;

impl Clock for PageClock {
    fn now_ms(&self) -> u64 {
        crate::time::now_ms().unsigned_abs()
    }
}
