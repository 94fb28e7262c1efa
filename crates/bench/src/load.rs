//! The load: many connections, each with one request under way, for a time or a count.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::task::JoinSet;

use crate::flows;
use crate::http1::{Connection, request, status};

/// As the targets have it.
pub const CONNECTIONS: usize = 64;
/// Ends a load whatever its length: latencies and numbers are kept in memory.
pub const REQUESTS_MAX: usize = 2_000_000;
/// After «too busy», as a polite sender does.
const PAUSE: Duration = Duration::from_millis(5);

/// What one load did.
#[derive(Default)]
pub struct Outcome {
    /// Numbers of the orders that were answered with 2xx.
    pub answered: Vec<u32>,
    /// Answered with 429 or 503.
    pub busy: u64,
    /// When each of them was sent, since the load began.
    sent_us: Vec<u32>,
    latencies_us: Vec<u32>,
    began: Option<Instant>,
    last_answer: Option<Instant>,
    longest_pause: Duration,
    pub seconds: f64,
}

impl Outcome {
    pub fn per_second(&self) -> f64 {
        self.answered.len() as f64 / self.seconds
    }

    /// The longest time in which nobody got an answer.
    pub fn longest_pause_ms(&self) -> f64 {
        self.longest_pause.as_secs_f64() * 1_000.0
    }

    /// `share` of the answers came within this many milliseconds.
    pub fn within_ms(&self, share: f64) -> f64 {
        within_ms(&self.latencies_us, share)
    }

    /// The orders that were taken and when each was sent.
    pub fn sent(&self) -> impl Iterator<Item = (u32, Instant)> {
        let at = |us: &u32| self.began.map(|began| began + Duration::from_micros(u64::from(*us)));
        self.answered.iter().zip(&self.sent_us).filter_map(move |(number, us)| Some((*number, at(us)?)))
    }
}

/// `share` of the times are within this many milliseconds.
pub fn within_ms(times_us: &[u32], share: f64) -> f64 {
    let mut sorted = times_us.to_vec();
    sorted.sort_unstable();
    let at = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |us| f64::from(*us) / 1_000.0)
}

struct Shared {
    next: usize,
    outcome: Outcome,
}

/// When a load ends, by whichever comes first, and how fast it is at most.
#[derive(Clone, Copy)]
pub struct Limit {
    length: Duration,
    /// Orders that are accepted.
    count: usize,
    /// Time between two orders; without it, each connection sends as soon as it has its answer.
    every: Option<Duration>,
}

impl Limit {
    pub fn of(length: Duration) -> Self {
        Self { length, count: REQUESTS_MAX, every: None }
    }

    pub fn to(self, count: usize) -> Self {
        Self { count, ..self }
    }

    pub fn at(self, per_second: u32) -> Self {
        Self { every: Some(Duration::from_secs(1) / per_second), ..self }
    }
}

/// Posts orders to `path` until the time is over and the last answer is there.
pub async fn post_orders(address: SocketAddr, path: &str, length: Duration) -> Result<Outcome> {
    post(address, Limit::of(length), CONNECTIONS, || Order::new(path)).await
}

/// Posts orders, each of so many connections its own, until the limit is reached and the last answer is there.
pub async fn post(
    address: SocketAddr,
    limit: Limit,
    connections: usize,
    order: impl Fn() -> Order,
) -> Result<Outcome> {
    let shared = Rc::new(RefCell::new(Shared { next: 0, outcome: Outcome::default() }));
    let start = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        senders.spawn_local(send_orders(address, order(), (start, limit), shared.clone()));
    }
    while let Some(sender) = senders.join_next().await {
        sender??;
    }
    let mut outcome = std::mem::take(&mut shared.borrow_mut().outcome);
    outcome.began = Some(start);
    outcome.seconds = start.elapsed().as_secs_f64();
    Ok(outcome)
}

async fn send_orders(
    address: SocketAddr,
    mut order: Order,
    (start, limit): (Instant, Limit),
    shared: Rc<RefCell<Shared>>,
) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    let end = start + limit.length;
    while Instant::now() < end && shared.borrow().outcome.answered.len() < limit.count {
        let Some(number) = take_number(&shared) else { break };
        let sent = match limit.every {
            Some(every) => wait_until(start + every * number as u32).await,
            None => Instant::now(),
        };
        if sent >= end {
            break;
        }
        connection.send(order.numbered(number)).await?;
        let message = connection.receive().await?.context("the server closed a connection under load")?;
        let status = status(connection.head(message));
        connection.forget(message);
        if matches!(status, 429 | 503) {
            shared.borrow_mut().outcome.busy += 1;
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        ensure!((200..300).contains(&status), "an order was answered with {status}");
        let outcome = &mut shared.borrow_mut().outcome;
        let now = Instant::now();
        if let Some(before) = outcome.last_answer.replace(now) {
            outcome.longest_pause = outcome.longest_pause.max(now - before);
        }
        outcome.answered.push(number as u32);
        outcome.sent_us.push((sent - start).as_micros() as u32);
        outcome.latencies_us.push((now - sent).as_micros() as u32);
    }
    Ok(())
}

/// When an order counts as sent: now, but no later than it should have been when nobody was free to send it. Else a server
/// that stands still would be spared the orders that would have come.
async fn wait_until(planned: Instant) -> Instant {
    if Instant::now() >= planned {
        return planned;
    }
    tokio::time::sleep_until(planned.into()).await;
    Instant::now()
}

fn take_number(shared: &RefCell<Shared>) -> Option<usize> {
    let mut shared = shared.borrow_mut();
    shared.next += 1;
    (shared.next <= REQUESTS_MAX).then_some(shared.next)
}

/// A request built once; only the order's number changes in it.
pub struct Order {
    request: Vec<u8>,
    number_at: usize,
}

impl Order {
    pub fn new(path: &str) -> Self {
        Self::with(path, &flows::order())
    }

    /// As little as an order can be, for queues of a million.
    pub fn small(path: &str) -> Self {
        Self::with(path, &flows::small_order())
    }

    pub fn of_bytes(path: &str, bytes: usize) -> Self {
        Self::with(path, &flows::order_of(bytes))
    }

    fn with(path: &str, body: &str) -> Self {
        let request = request("POST", path, &[], body.as_bytes());
        let number_at = crate::http1::find(&request, flows::NUMBER.as_bytes()).unwrap_or_default();
        Self { request, number_at }
    }

    pub fn numbered(&mut self, number: usize) -> &[u8] {
        let digits = format!("{:0width$}", FIRST_NUMBER + number, width = flows::NUMBER.len());
        self.request[self.number_at..self.number_at + digits.len()].copy_from_slice(digits.as_bytes());
        &self.request
    }
}

/// Numbers start here, so that all have the same digits and none begins with a zero, which JSON forbids.
pub const FIRST_NUMBER: usize = 10_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_order_has_its_number_and_the_right_size() {
        let mut order = Order::new("/hooks/x");
        let text = String::from_utf8(order.numbered(42).to_vec()).unwrap();
        assert!(text.contains("\"id\":10000042"), "{text}");
        let body = text.split_once("\r\n\r\n").unwrap().1;
        assert!((1_900..2_200).contains(&body.len()), "{} bytes", body.len());
        assert!(serde_json::from_str::<serde_json::Value>(body).is_ok());
    }
}
