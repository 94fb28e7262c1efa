//! The work that everybody does, and what it comes to.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::process::tree;
use crate::flows;
use crate::http1;
use crate::load;
use crate::memory;
use crate::sink::Seen;

/// Who has just started is not idle yet.
const SETTLE: Duration = Duration::from_secs(5);
/// Before a load counts: connections and caches are then as they stay, and hot code is compiled.
const WARM_UP: Duration = Duration::from_secs(3);
/// When nothing has come to the sink for so long, nothing more will.
const QUIET: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(2);
const ITEMS: u32 = 10_000;
/// A loop is measured again until it has been so often, or for so long.
const LOOPS: usize = 5;
const LOOPS_MAX: Duration = Duration::from_secs(30);
/// A loop that is not done after as many times the length of a load is not waited for.
const LOOP_LENGTHS_MAX: u32 = 30;

/// One that does the work.
pub struct Peer {
    pub pid: u32,
    pub address: SocketAddr,
    /// What stands before a webhook's path.
    pub hooks: &'static str,
    pub paths: &'static [&'static str],
}

impl Peer {
    pub fn path(&self, webhook: &str) -> String {
        format!("{}{webhook}", self.hooks)
    }
}

/// Names are those of the JSON object.
#[derive(Default)]
pub struct Figures {
    pub w1_accepted: u64,
    pub w1_accepted_per_s: f64,
    pub w1_finished: u64,
    pub w1_finished_per_s: f64,
    pub w1_lost: u64,
    pub w1_doubled: u64,
    pub w2_answered_per_s: f64,
    pub w3: Took,
    /// Of who has a second way, with a node of its own for it.
    pub w3_loop: Option<Took>,
    pub idle_mb: f64,
    pub load_mb: f64,
}

#[derive(Clone, Copy, Default)]
pub struct Took {
    pub seconds: f64,
    /// Else it was only waited for so long.
    pub ended: bool,
}

pub async fn measure(peer: &Peer, seen: &Seen, length: Duration) -> Result<Figures> {
    tokio::time::sleep(SETTLE).await;
    let mut figures = Figures { idle_mb: of_tree(peer, memory::now_mb), ..Figures::default() };
    eprintln!("    w1: webhook, script, HTTP call ({} s and the rest)", length.as_secs());
    orders_to_a_call(peer, seen, length, &mut figures).await?;
    eprintln!("    w2: webhook, script, answer ({} s)", length.as_secs());
    load::post_orders(peer.address, &peer.path("bench-w2"), WARM_UP).await?;
    let answers = load::post_orders(peer.address, &peer.path("bench-w2"), length).await?;
    figures.w2_answered_per_s = answers.per_second();
    eprintln!("    w3: {ITEMS} items, a script for each");
    let patience = length * LOOP_LENGTHS_MAX;
    figures.w3 = loops(peer, "bench-w3", patience).await?;
    if peer.paths.contains(&"bench-w3-loop") {
        eprintln!("    w3 once more, with the node for loops ({} s at most)", patience.as_secs());
        figures.w3_loop = Some(one_loop(peer, "bench-w3-loop", patience).await?);
    }
    Ok(figures)
}

/// An order is finished when it is in the sink: that is the same for everybody.
async fn orders_to_a_call(peer: &Peer, seen: &Seen, length: Duration, figures: &mut Figures) -> Result<()> {
    let path = peer.path("bench-w1");
    seen.clear();
    let warm = load::post_orders(peer.address, &path, WARM_UP).await?;
    until_all_came(&warm.answered, seen).await;
    ensure!(missing(&warm.answered, seen) < warm.answered.len(), "no order has come to the sink");
    seen.clear();
    of_tree(peer, |pid| memory::forget_peak(pid).map(|()| 0.0));
    let start = Instant::now();
    let outcome = load::post_orders(peer.address, &path, length).await?;
    let last = until_all_came(&outcome.answered, seen).await;
    let lost = missing(&outcome.answered, seen);
    figures.load_mb = of_tree(peer, memory::peak_mb);
    figures.w1_accepted = outcome.answered.len() as u64;
    figures.w1_accepted_per_s = outcome.per_second();
    figures.w1_finished = (outcome.answered.len() - lost) as u64;
    figures.w1_finished_per_s = figures.w1_finished as f64 / (last - start).as_secs_f64();
    figures.w1_lost = lost as u64;
    figures.w1_doubled = seen.doubled();
    Ok(())
}

/// When the last of these orders came.
async fn until_all_came(orders: &[u32], seen: &Seen) -> Instant {
    let mut awaited = orders.iter().peekable();
    let (mut count, mut last) = (seen.count(), Instant::now());
    loop {
        if seen.count() > count {
            (count, last) = (seen.count(), Instant::now());
        }
        while awaited.next_if(|order| seen.times(**order as usize) > 0).is_some() {}
        if awaited.peek().is_none() || last.elapsed() > QUIET {
            return last;
        }
        tokio::time::sleep(POLL).await;
    }
}

fn missing(orders: &[u32], seen: &Seen) -> usize {
    orders.iter().filter(|order| seen.times(**order as usize) == 0).count()
}

/// The median of some.
async fn loops(peer: &Peer, webhook: &str, patience: Duration) -> Result<Took> {
    let start = Instant::now();
    let mut all = Vec::new();
    while all.len() < LOOPS && (all.is_empty() || start.elapsed() < LOOPS_MAX) {
        all.push(one_loop(peer, webhook, patience).await?);
    }
    all.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    Ok(all[all.len() / 2])
}

/// Seconds from a request with all items to its answer.
async fn one_loop(peer: &Peer, webhook: &str, patience: Duration) -> Result<Took> {
    let body = serde_json::to_vec(&flows::elements(ITEMS))?;
    let request = http1::request("POST", &peer.path(webhook), &[], &body);
    let start = Instant::now();
    let answer = tokio::time::timeout(patience, http1::call(peer.address, &request)).await;
    let seconds = start.elapsed().as_secs_f64();
    let Ok(answer) = answer else { return Ok(Took { seconds, ended: false }) };
    let (status, answer) = answer?;
    ensure!(answer["count"] == ITEMS, "{ITEMS} items went into {webhook}: {status} {answer}");
    Ok(Took { seconds, ended: true })
}

/// A sum over a process and what it has started. One that ends meanwhile counts nothing.
fn of_tree(peer: &Peer, figure: impl Fn(u32) -> Result<f64>) -> f64 {
    tree(peer.pid).into_iter().filter_map(|pid| figure(pid).ok()).sum()
}
