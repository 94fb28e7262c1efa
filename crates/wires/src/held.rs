//! Messages that are in our hands, and those among them that wait here to be handed out again.

use connector::{Message, Receipt};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

/// Bounded by the broker, which hands out no more than so many that nobody has answered for.
pub struct Held {
    after: Duration,
    out: HashMap<Receipt, Message>,
    back: VecDeque<(Instant, Message)>,
}

impl Held {
    /// What comes back waits so long.
    pub fn new(after: Duration) -> Self {
        Self { after, out: HashMap::new(), back: VecDeque::new() }
    }

    /// Remembers a message that is handed out.
    pub fn out(&mut self, message: Message) -> Message {
        self.out.insert(message.receipt.clone(), message.clone());
        message
    }

    /// It was answered for.
    pub fn settled(&mut self, receipt: &Receipt) -> bool {
        self.out.remove(receipt).is_some()
    }

    /// It is to be handed out again, later.
    pub fn back(&mut self, receipt: &Receipt, now: Instant) {
        if let Some(message) = self.out.remove(receipt) {
            self.back.push_back((now + self.after, message));
        }
    }

    /// When the next one is due.
    pub fn next(&self) -> Option<Instant> {
        self.back.front().map(|(due, _)| *due)
    }

    /// Those that have waited, handed out again.
    pub fn due(&mut self, most: usize, now: Instant) -> Vec<Message> {
        let ready = self.back.iter().take(most).take_while(|(due, _)| *due <= now).count();
        let ready: Vec<_> = self.back.drain(..ready).map(|(_, message)| message).collect();
        ready.into_iter().map(|message| self.out(message)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(tag: &str) -> Message {
        Message { receipt: Receipt(tag.into()), delivery: Err("none".into()) }
    }

    #[test]
    fn what_comes_back_is_handed_out_again_when_it_has_waited() {
        let start = Instant::now();
        let mut held = Held::new(Duration::from_secs(10));
        let (one, two) = (held.out(message("1")), held.out(message("2")));
        held.back(&one.receipt, start);
        assert!(held.settled(&two.receipt));
        assert_eq!(held.due(64, start + Duration::from_secs(9)), []);
        assert_eq!(held.next(), Some(start + Duration::from_secs(10)));
        assert_eq!(held.due(64, start + Duration::from_secs(10)), std::slice::from_ref(&one));
        assert_eq!(held.next(), None);
        assert!(held.settled(&one.receipt));
        assert!(!held.settled(&one.receipt), "it is answered for once");
    }
}
