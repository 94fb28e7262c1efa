//! What a gate costs a step: `cargo run --release -p engine --example gates`.
//!
//! Each line is one kind of gate: how long one step takes to ask it and to say how its call came out.

use engine::measure::Passing;
use model::{Rate, Span};
use std::hint::black_box;
use std::time::Instant;

const STEPS: u32 = 2_000_000;
const TIMES: usize = 5;

fn main() {
    let wide = Rate::new(Rate::CALLS_MAX, Span::from_ms(1), Rate::CALLS_MAX);
    println!("{:<28} {:>12}", "connection", "ns per step");
    println!("{:<28} {:>12.1}", "none", median(|| Passing::new(None, false)));
    println!("{:<28} {:>12.1}", "nothing to hold it back", median(|| Passing::new(None, true)));
    println!("{:<28} {:>12.1}", "a budget with room in it", median(|| Passing::new(Some(wide), true)));
}

fn median(make: impl Fn() -> Passing) -> f64 {
    let mut rounds: Vec<f64> = (0..TIMES).map(|_| round(&make())).collect();
    rounds.sort_by(f64::total_cmp);
    rounds[TIMES / 2]
}

fn round(passing: &Passing) -> f64 {
    let start = Instant::now();
    for step in 0..STEPS {
        assert!(black_box(passing.pass(step.into())));
    }
    start.elapsed().as_nanos() as f64 / f64::from(STEPS)
}
