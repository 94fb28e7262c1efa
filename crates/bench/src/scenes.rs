//! The usual loads: w1, w2 and w3, memory and the start.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::flows;
use crate::khlong::{Installed, Server};
use crate::load;
use crate::memory;
use crate::sink::{self, Seen};

const STARTS: usize = 5;
const LOOPS_10K: usize = 5;
const LOOPS_100K: usize = 3;
/// Before a load counts: connections, caches and the allocator are then as they stay.
const WARM_UP: Duration = Duration::from_secs(1);
/// A server that has just started is not idle yet.
const SETTLE: Duration = Duration::from_secs(2);

/// Names are those of the JSON object.
#[derive(Default)]
pub struct Figures {
    pub w1_accepted_per_s: f64,
    pub w1_finished_per_s: f64,
    pub w1_lost: u64,
    pub w1_doubled: u64,
    pub w1_accept_p50_ms: f64,
    pub w1_accept_p99_ms: f64,
    pub w2_answered_per_s: f64,
    pub w2_with_action_per_s: f64,
    pub w3_10k_s: f64,
    pub w3_100k_s: f64,
    pub w3_100k_peak_mb: f64,
    pub idle_mb: f64,
    pub load_mb: f64,
    pub start_s: f64,
}

pub async fn measure(installed: &Installed, length: Duration) -> Result<Figures> {
    let mut figures = Figures::default();
    let (sink, seen) = sink::start().await?;
    let server = installed.start().await?;
    for flow in [
        flows::to_an_action(sink),
        flows::to_an_answer(),
        flows::to_an_answer_after_an_action(sink),
        flows::over_each_element(),
    ] {
        server.import(&flow).await?;
    }
    tokio::time::sleep(SETTLE).await;
    figures.idle_mb = memory::now_mb(server.pid())?;
    eprintln!("==> w1: webhook, script, HTTP action ({} s and the rest)", length.as_secs());
    orders_to_an_action(&server, &seen, length, &mut figures).await?;
    eprintln!("==> w2: webhook, script, answer (twice {} s)", length.as_secs());
    figures.w2_answered_per_s = answers(&server, "bench-w2", length).await?;
    figures.w2_with_action_per_s = answers(&server, "bench-w2-action", length).await?;
    eprintln!("==> w3: 10,000 and 100,000 elements");
    each_element(&server, &mut figures).await?;
    server.stop()?;
    eprintln!("==> start to first accepted event");
    figures.start_s = starts(installed).await?;
    Ok(figures)
}

async fn orders_to_an_action(
    server: &Server,
    seen: &Seen,
    length: Duration,
    figures: &mut Figures,
) -> Result<()> {
    let before = warm_up(server, "bench-w1").await?;
    seen.clear();
    memory::forget_peak(server.pid())?;
    let start = Instant::now();
    let outcome = load::post_orders(server.address, "/hooks/bench-w1", length).await?;
    let done = server.finish("bench-w1").await? - before;
    let seconds = start.elapsed().as_secs_f64();
    figures.load_mb = memory::peak_mb(server.pid())?;
    figures.w1_accepted_per_s = outcome.per_second();
    figures.w1_finished_per_s = done as f64 / seconds;
    figures.w1_accept_p50_ms = outcome.within_ms(0.5);
    figures.w1_accept_p99_ms = outcome.within_ms(0.99);
    figures.w1_lost = seen.missing(&outcome.answered);
    figures.w1_doubled = seen.doubled();
    if outcome.busy > 0 {
        eprintln!("    {} orders were answered with «too busy»", outcome.busy);
    }
    Ok(())
}

async fn answers(server: &Server, flow: &str, length: Duration) -> Result<f64> {
    warm_up(server, flow).await?;
    let outcome = load::post_orders(server.address, &format!("/hooks/{flow}"), length).await?;
    server.finish(flow).await?;
    Ok(outcome.per_second())
}

/// A short load whose figures are thrown away; says how many runs it left as done.
async fn warm_up(server: &Server, flow: &str) -> Result<u64> {
    load::post_orders(server.address, &format!("/hooks/{flow}"), WARM_UP).await?;
    server.finish(flow).await
}

async fn each_element(server: &Server, figures: &mut Figures) -> Result<()> {
    figures.w3_10k_s = loops(server, 10_000, LOOPS_10K).await?;
    memory::forget_peak(server.pid())?;
    figures.w3_100k_s = loops(server, 100_000, LOOPS_100K).await?;
    figures.w3_100k_peak_mb = memory::peak_mb(server.pid())?;
    Ok(())
}

async fn loops(server: &Server, count: u32, times: usize) -> Result<f64> {
    let elements = flows::elements(count);
    let mut seconds = Vec::new();
    for _ in 0..times {
        let (took, run) = server.run_to_the_end("bench-w3", &elements).await?;
        let collected = server.output(&run, "count").await?;
        ensure!(collected == count, "{count} elements went in, {collected} results came out");
        seconds.push(took);
    }
    Ok(median(seconds))
}

async fn starts(installed: &Installed) -> Result<f64> {
    let mut seconds = Vec::new();
    for _ in 0..STARTS {
        seconds.push(installed.start_until_accepted("/hooks/bench-w1").await?);
    }
    Ok(median(seconds))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
