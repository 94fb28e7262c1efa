//! What can be wrong.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Violation {
    /// Acknowledged, and no run of it has ended.
    Lost {
        delivery: String,
    },
    /// Two ends of which neither takes the other's place.
    EndedTwice {
        delivery: String,
        runs: Vec<String>,
    },
    /// Refused, and run all the same.
    RunThoughRefused {
        delivery: String,
        run: String,
    },
    DoneTwice {
        delivery: String,
        effect: String,
        times: usize,
    },
    /// Two different things under one idempotency key.
    KeyTwice {
        key: String,
    },
    /// Nobody sent what this was done for.
    DoneForNobody {
        delivery: String,
        effect: String,
    },
    /// The run went well, and this was not done.
    NotDone {
        delivery: String,
        effect: String,
    },
    /// Acknowledged before the other one was sent, and done after it.
    OutOfOrder {
        key: String,
        first: String,
        then: String,
    },
    TickMissing {
        schedule: String,
        time: String,
    },
    TickTwice {
        schedule: String,
        time: String,
        times: usize,
    },
    TickNotDue {
        schedule: String,
        time: String,
    },
    TooMany {
        target: String,
        calls: usize,
        from: i64,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost { delivery } => write!(f, "lost: {delivery} was acknowledged and has no end"),
            Self::EndedTwice { delivery, runs } => {
                write!(f, "ended twice: {delivery}, by the runs {}", runs.join(" and "))
            }
            Self::RunThoughRefused { delivery, run } => {
                write!(f, "run though refused: {delivery}, by the run {run}")
            }
            Self::DoneTwice { delivery, effect, times } => {
                write!(f, "done {times} times: {effect} of {delivery}")
            }
            Self::KeyTwice { key } => write!(f, "two things were done under the key {key}"),
            Self::DoneForNobody { delivery, effect } => {
                write!(f, "done for nobody: {effect} of {delivery}, which nobody sent")
            }
            Self::NotDone { delivery, effect } => {
                write!(f, "not done: {effect} of {delivery}, whose run went well")
            }
            Self::OutOfOrder { key, first, then } => {
                write!(
                    f,
                    "out of order in {key}: {first} was acknowledged before {then} was sent, and done after it"
                )
            }
            Self::TickMissing { schedule, time } => write!(f, "missing: {time} of the schedule {schedule}"),
            Self::TickTwice { schedule, time, times } => {
                write!(f, "came {times} times: {time} of the schedule {schedule}")
            }
            Self::TickNotDue { schedule, time } => write!(f, "not due: {time} of the schedule {schedule}"),
            Self::TooMany { target, calls, from } => {
                write!(f, "too many: {calls} calls of {target} in the window from {from}")
            }
        }
    }
}
