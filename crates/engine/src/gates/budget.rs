//! A connection's rate budget as this process has it.
//!
//! Alone on its store, a process keeps the budget in memory and writes down ahead of time until when it is spent: after a
//! crash, what is written is no less than what was called. Beside others it takes calls out of the store's in blocks.

use model::Span;
use model::rate::{Rate, Us};
use store::{Drawn, Ms};

/// How far ahead a process that is alone writes.
const AHEAD_US: Us = 2_000_000;
/// What is taken from the store at once: so much as fills in this time.
const BLOCK: Span = Span::from_ms(100);
/// Calls that were taken and not made for so long are given up.
const GOOD_MS: Ms = 1_000;

#[derive(Debug)]
pub struct Budget {
    rate: Rate,
    shared: bool,
    spent_until: Us,
    /// Until when the store has it spent.
    written_until: Us,
    /// Drawn from the store.
    calls: u32,
    good_until: Ms,
    /// The store has nothing before.
    next_at: Us,
}

/// What is to be asked of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    Through,
    /// Spent until then is to be written down first.
    Keep(Us),
    /// So many calls are to be taken.
    Take(Rate, u32),
    Later(Us),
}

impl Budget {
    /// `spent_until` is what the store has.
    pub fn new(rate: Rate, shared: bool, spent_until: Us) -> Self {
        let written_until = spent_until;
        Self { rate, shared, spent_until, written_until, calls: 0, good_until: 0, next_at: 0 }
    }

    pub fn rate(&self) -> Rate {
        self.rate
    }

    pub fn set_rate(&mut self, rate: Rate) {
        (self.rate, self.calls, self.next_at) = (rate, 0, 0);
    }

    /// Takes one call out, where so many want one.
    pub fn draw(&mut self, now: Ms, wanted: usize) -> Draw {
        let now_us = now.saturating_mul(1_000);
        if self.shared {
            return self.draw_shared(now, now_us, wanted);
        }
        match self.rate.take(self.spent_until, now_us, 1) {
            Ok(until) if until <= self.written_until => {
                self.spent_until = until;
                Draw::Through
            }
            Ok(until) => Draw::Keep(until.saturating_add(AHEAD_US)),
            Err(at) => Draw::Later(at),
        }
    }

    fn draw_shared(&mut self, now: Ms, now_us: Us, wanted: usize) -> Draw {
        if self.calls > 0 && now <= self.good_until {
            self.calls -= 1;
            return Draw::Through;
        }
        if now_us < self.next_at {
            return Draw::Later(self.next_at);
        }
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX).max(1);
        Draw::Take(self.rate, self.rate.calls_in(BLOCK).min(wanted))
    }

    pub fn written(&mut self, until: Us) {
        self.written_until = self.written_until.max(until);
    }

    pub fn taken(&mut self, calls: u32, taken: Drawn, now: Ms) {
        match taken {
            Drawn::Now => (self.calls, self.good_until) = (calls, now.saturating_add(GOOD_MS)),
            Drawn::Later(at) => self.next_at = at,
        }
    }

    /// A call that was let through was not made.
    pub fn give_back(&mut self, now: Ms) {
        if self.shared {
            let left = if now <= self.good_until { self.calls } else { 0 };
            (self.calls, self.good_until) = (left + 1, now.saturating_add(GOOD_MS));
        } else {
            self.spent_until -= self.rate.gap_us();
        }
    }

    /// When the last of so many that stand in line may call, as far as is known here.
    pub fn estimate(&self, now: Ms, before: usize) -> Ms {
        let known = if self.shared { self.next_at } else { self.spent_until - self.rate.reserve_us() };
        let calls = Us::try_from(before).unwrap_or(Us::MAX).saturating_add(1);
        let at =
            known.max(now.saturating_mul(1_000)).saturating_add(self.rate.gap_us().saturating_mul(calls));
        at / 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate::new(2, Span::from_secs(1), 3);

    /// Draws until nothing is left; answers what it asks, and counts the writes.
    fn calls_at(budget: &mut Budget, now: Ms) -> (usize, usize) {
        let (mut calls, mut writes) = (0, 0);
        loop {
            match budget.draw(now, 1) {
                Draw::Through => calls += 1,
                Draw::Keep(until) => {
                    writes += 1;
                    budget.written(until);
                }
                Draw::Take(..) => return (calls, writes),
                Draw::Later(_) => return (calls, writes),
            }
        }
    }

    #[test]
    fn alone_it_writes_every_two_seconds_and_a_crash_costs_no_more_than_that() {
        let mut budget = Budget::new(RATE, false, 0);
        let mut total = (0, 0);
        for half in 0..41 {
            let (calls, writes) = calls_at(&mut budget, 10_000_000 + half * 500);
            total = (total.0 + calls, total.1 + writes);
        }
        assert_eq!(total.0, 3 + 40, "a burst, and two a second for twenty seconds");
        assert!((8..=12).contains(&total.1), "{} writes in twenty seconds", total.1);
        let crashed_at = 10_000_000 + 40 * 500;
        let mut after = Budget::new(RATE, false, budget.written_until);
        assert_eq!(calls_at(&mut after, crashed_at).0, 0, "what was called before is not called again");
        let waited: usize = (1..=5).map(|half| calls_at(&mut after, crashed_at + half * 500).0).sum();
        assert!(waited >= 1, "and what was written ahead is over after two seconds");
    }

    #[test]
    fn beside_others_it_takes_blocks_and_lets_them_expire() {
        let fast = Rate::new(100, Span::from_secs(1), 50);
        let mut budget = Budget::new(fast, true, 0);
        assert_eq!(budget.draw(0, 1_000), Draw::Take(fast, 10));
        assert_eq!(budget.draw(0, 4), Draw::Take(fast, 4), "no more than are wanted");
        budget.taken(4, Drawn::Now, 0);
        assert_eq!((budget.draw(0, 4), budget.draw(10, 4)), (Draw::Through, Draw::Through));
        assert_eq!(budget.draw(5_000, 1), Draw::Take(fast, 1), "two have expired");
        budget.taken(1, Drawn::Later(6_000_000), 5_000);
        assert_eq!(budget.draw(5_999, 1), Draw::Later(6_000_000));
        assert_eq!(budget.draw(6_000, 1), Draw::Take(fast, 1));
    }

    #[test]
    fn a_call_that_was_not_made_is_there_for_the_next() {
        for shared in [false, true] {
            let mut budget = Budget::new(Rate::new(1, Span::from_secs(1), 1), shared, 0);
            budget.written(Us::MAX);
            budget.taken(1, Drawn::Now, 1_000);
            assert_eq!(budget.draw(1_000, 1), Draw::Through);
            assert_ne!(budget.draw(1_000, 1), Draw::Through);
            budget.give_back(1_000);
            assert_eq!(budget.draw(1_000, 1), Draw::Through);
        }
    }
}
