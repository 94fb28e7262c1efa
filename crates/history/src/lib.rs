#![doc = include_str!("../README.md")]

mod check;
mod violation;

use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};

pub use violation::Violation;

/// Milliseconds on the one clock of the log.
pub type At = i64;

/// One thing that somebody saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub at: At,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A sender begins to send; what it sends again is the same delivery. `effects` are those that a run of it has when
    /// it goes well.
    Sent {
        delivery: String,
        key: Option<String>,
        effects: Vec<String>,
    },
    Acknowledged {
        delivery: String,
    },
    /// Surely not taken. What comes after another `Sent` counts anew.
    Refused {
        delivery: String,
    },
    /// Nobody knows: the line was cut, or nobody waited for the answer.
    Unclear {
        delivery: String,
    },
    /// Somebody outside intervened: cancelled it, or had it tried again later.
    Disturbed {
        delivery: String,
    },
    /// A run of a delivery has ended. `replaces` is the run whose place it takes.
    Ended {
        delivery: String,
        run: String,
        outcome: Outcome,
        replaces: Option<String>,
    },
    /// Something was really done at the target, under an idempotency key where there is one.
    Done {
        delivery: String,
        effect: String,
        key: Option<String>,
    },
    /// The target was called, whatever came of it; for limits.
    Called {
        target: String,
    },
    /// A time of a schedule that has to come.
    Due {
        schedule: String,
        time: String,
    },
    /// A run was started for a time of a schedule.
    Ticked {
        schedule: String,
        time: String,
    },
    /// No more than so many calls of a target in any window of so many milliseconds.
    Limit {
        target: String,
        most: usize,
        window: At,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Done,
    Failed,
    Cancelled,
}

/// What was seen, in the order in which it was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History(pub Vec<Entry>);

impl History {
    pub fn push(&mut self, at: At, what: What) {
        self.0.push(Entry { at, what });
    }

    /// Everything that is wrong, in words.
    pub fn check(&self) -> Vec<Violation> {
        check::check(self)
    }

    pub fn write(&self, mut to: impl Write) -> std::io::Result<()> {
        for entry in &self.0 {
            serde_json::to_writer(&mut to, entry)?;
            to.write_all(b"\n")?;
        }
        Ok(())
    }

    pub fn read(from: impl BufRead) -> std::io::Result<Self> {
        let entry = |line: std::io::Result<String>| Ok(serde_json::from_str(&line?)?);
        Ok(Self(from.lines().map(entry).collect::<std::io::Result<_>>()?))
    }
}
