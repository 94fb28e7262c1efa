//! How fast the queue is by itself: `cargo run --release -p engine --example lanes`.
//!
//! Each line is one depth of the queue on so many keys: runs lined up, started and ended one after the other, and
//! cancelled out of the middle, per second.

use engine::measure::Lanes;
use std::hint::black_box;
use std::time::Instant;
use store::RunId;

const TIMES: usize = 5;

fn main() {
    println!(
        "{:>9} {:>9} {:>7} {:>12} {:>12} {:>12}",
        "queued", "keys", "flows", "pushes/s", "passes/s", "cancels/s"
    );
    for (runs, keys, flows) in [
        (100_000, 10, 1),
        (100_000, 1_000, 1),
        (100_000, 100_000, 1),
        (100_000, 100_000, 1_000),
        (1_000_000, 10, 1),
        (1_000_000, 1_000, 1),
        (1_000_000, 1_000_000, 100_000),
    ] {
        let [pushes, passes, cancels] = scene(runs, keys, flows);
        println!("{runs:>9} {keys:>9} {flows:>7} {pushes:>12.0} {passes:>12.0} {cancels:>12.0}");
    }
}

/// The medians of some rounds.
fn scene(runs: RunId, keys: i64, flows: i64) -> [f64; 3] {
    let rounds: Vec<[f64; 3]> = (0..TIMES).map(|_| round(runs, keys, flows)).collect();
    [0, 1, 2].map(|figure| {
        let mut all: Vec<f64> = rounds.iter().map(|round| round[figure]).collect();
        all.sort_by(f64::total_cmp);
        all[TIMES / 2]
    })
}

fn round(runs: RunId, keys: i64, flows: i64) -> [f64; 3] {
    let mut lanes = Lanes::new(flows);
    let pushes = rate(runs, || fill(&mut lanes, runs, keys, flows));
    let passes = rate(runs, || (0..runs).for_each(|_| assert!(black_box(lanes.pass()).is_some())));
    fill(&mut lanes, runs, keys, flows);
    // A step without a common divisor: every run once, and never the next in line.
    let cancels = rate(runs, || {
        (0..runs).for_each(|n| assert!(lanes.call_out((n * 7_919) % runs)));
    });
    [pushes, passes, cancels]
}

fn fill(lanes: &mut Lanes, runs: RunId, keys: i64, flows: i64) {
    for run in 0..runs {
        // A lane's number is a hash in the engine; this spreads as well.
        let key = run % keys;
        lanes.push(run, key % flows, Some(key.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64)));
    }
}

fn rate(runs: RunId, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    runs as f64 / start.elapsed().as_secs_f64()
}
