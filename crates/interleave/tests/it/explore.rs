//! Plays a test in many orders of its steps.

use interleave::inside::set_haste;
use shuttle::future::yield_now;
use shuttle::rand::{Rng, thread_rng};
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, Runner};
use std::sync::Arc;
use tokio::runtime::Builder;

const SEED: u64 = 1;
/// Orders in which all but so many steps follow from who is more urgent: most mistakes need no more.
const PCT_DEPTH: usize = 3;
/// A run of the engine stands on one of these.
const STACK_BYTES: usize = 2 << 20;
/// In one order. Whoever waits in vain for something turns round until here.
const STEPS_MAX: usize = 400_000;

/// Plays a test in so many orders, or in as many as `KHLONG_ORDERS` says: half of them by chance alone, half with few
/// changes of who goes on. Time stands still.
pub fn explore(orders: usize, test: impl Fn() + Send + Sync + 'static) {
    let asked = std::env::var("KHLONG_ORDERS").ok().and_then(|text| text.parse().ok());
    let half = asked.unwrap_or(orders).div_ceil(2);
    let still = Builder::new_current_thread().enable_time().start_paused(true).build();
    let still = still.expect("a runtime of which only the clock is used");
    let _inside = still.enter();
    let test = Arc::new(test);
    let again = test.clone();
    Runner::new(RandomScheduler::new_from_seed(SEED, half), config()).run(move || test());
    Runner::new(PctScheduler::new_from_seed(SEED, PCT_DEPTH, half), config()).run(move || again());
}

/// The same for a test that waits.
pub fn explore_async(orders: usize, test: impl AsyncFn() + Send + Sync + 'static) {
    explore(orders, move || {
        set_haste(false);
        shuttle::future::block_on(test());
    });
}

fn config() -> Config {
    let mut config = Config::new();
    config.stack_size = STACK_BYTES;
    config.max_steps = shuttle::MaxSteps::FailAfter(STEPS_MAX);
    config.silence_warnings = true;
    config
}

/// Lets others go on for some steps.
pub async fn a_while() {
    for _ in 0..below(6) {
        yield_now().await;
    }
}

pub fn below(end: u64) -> u64 {
    thread_rng().gen_range(0..end)
}
