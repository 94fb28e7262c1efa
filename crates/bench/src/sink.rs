//! The other system: takes every order, and remembers how often it saw each.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::http1::{Connection, find};
use crate::load::{FIRST_NUMBER, Outcome, REQUESTS_MAX};

const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{\"ok\":true}";
/// What stands before an order's number in the body that the flow sends.
const MARK: &[u8] = b"\"ref\":";

/// How often each order of a load came, by its place in the load.
#[derive(Clone, Default)]
pub struct Seen(Rc<RefCell<Arrivals>>, Rc<Gate>);

struct Arrivals {
    since: Instant,
    orders: Vec<Arrival>,
}

#[derive(Clone, Copy, Default)]
struct Arrival {
    times: u8,
    first_us: u32,
}

impl Default for Arrivals {
    fn default() -> Self {
        Self { since: Instant::now(), orders: Vec::new() }
    }
}

/// Whether the sink answers, and how much it has answered.
#[derive(Default)]
struct Gate {
    held: Cell<bool>,
    released: Notify,
    answered: Cell<u64>,
}

impl Seen {
    fn note(&self, number: usize) {
        let Some(number) = number.checked_sub(FIRST_NUMBER).filter(|number| *number <= REQUESTS_MAX) else {
            return;
        };
        let mut seen = self.0.borrow_mut();
        if seen.orders.len() <= number {
            seen.orders.resize(number + 1, Arrival::default());
        }
        let us = seen.since.elapsed().as_micros() as u32;
        let order = &mut seen.orders[number];
        if order.times == 0 {
            order.first_us = us;
        }
        order.times = order.times.saturating_add(1);
    }

    pub fn times(&self, number: usize) -> u8 {
        self.0.borrow().orders.get(number).map_or(0, |order| order.times)
    }

    /// How long after it was sent each order that came was here, in microseconds.
    pub fn after_us(&self, load: &Outcome) -> Vec<u32> {
        let seen = self.0.borrow();
        let after = |(number, sent): (u32, Instant)| {
            let order = seen.orders.get(number as usize).filter(|order| order.times > 0)?;
            let came = seen.since + Duration::from_micros(u64::from(order.first_us));
            Some((came - sent).as_micros() as u32)
        };
        load.sent().filter_map(after).collect()
    }

    /// How many of these orders never came.
    pub fn missing(&self, numbers: &[u32]) -> u64 {
        numbers.iter().filter(|number| self.times(**number as usize) == 0).count() as u64
    }

    /// Orders that came more than once.
    pub fn doubled(&self) -> u64 {
        self.0.borrow().orders.iter().filter(|order| order.times > 1).count() as u64
    }

    /// From now on nothing is answered.
    pub fn hold(&self) {
        self.1.held.set(true);
    }

    pub fn release(&self) {
        self.1.held.set(false);
        self.1.released.notify_waiters();
    }

    /// Answers so far.
    pub fn count(&self) -> u64 {
        self.1.answered.get()
    }

    async fn pass(&self) {
        while self.1.held.get() {
            self.1.released.notified().await;
        }
        self.1.answered.set(self.1.answered.get() + 1);
    }

    pub fn clear(&self) {
        *self.0.borrow_mut() = Arrivals::default();
    }
}

/// Starts a sink on a free port.
pub async fn start() -> Result<(SocketAddr, Seen)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let seen = Seen::default();
    let noted = seen.clone();
    tokio::task::spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            tokio::task::spawn_local(serve(Connection::new(stream), noted.clone()));
        }
    });
    Ok((address, seen))
}

/// Ends with its connection; a broken one is the sender's to report.
async fn serve(mut connection: Connection, seen: Seen) {
    while let Ok(Some(message)) = connection.receive().await {
        if let Some(number) = order_number(connection.body(message)) {
            seen.note(number);
        }
        connection.forget(message);
        seen.pass().await;
        if connection.send(ANSWER).await.is_err() {
            return;
        }
    }
}

fn order_number(body: &[u8]) -> Option<usize> {
    let after = &body[find(body, MARK)? + MARK.len()..];
    let digits = after.iter().skip_while(|byte| **byte == b' ').take_while(|byte| byte.is_ascii_digit());
    digits.fold(None, |number, digit| Some(number.unwrap_or(0) * 10 + usize::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_known_by_its_number() {
        assert_eq!(order_number(br#"{"total":"9.90","ref": 1042,"n":3}"#), Some(1042));
        assert_eq!(order_number(br#"{"total":"9.90"}"#), None);
    }

    #[test]
    fn an_order_that_comes_twice_is_doubled() {
        let seen = Seen::default();
        [7, 8, 7].into_iter().for_each(|number| seen.note(FIRST_NUMBER + number));
        assert_eq!((seen.doubled(), seen.times(8), seen.missing(&[7, 8, 9])), (1, 1, 1));
    }
}
