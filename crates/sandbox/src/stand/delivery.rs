//! What became of one delivery.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::target::Parcel;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Waiting,
    Delivered,
    GivenUp,
}

impl Fate {
    pub(super) fn name(self) -> &'static str {
        match self {
            Fate::Waiting => "waiting",
            Fate::Delivered => "delivered",
            Fate::GivenUp => "given_up",
        }
    }
}

pub(super) struct Delivery {
    number: u64,
    topic: String,
    reference: String,
    pub fate: Fate,
    pub attempts: Vec<(DateTime<Utc>, Result<u16, &'static str>)>,
}

impl Delivery {
    pub(super) fn new(number: u64, parcel: &Parcel) -> Self {
        let (topic, reference) = (parcel.topic.clone(), parcel.reference.clone());
        Self { number, topic, reference, fate: Fate::Waiting, attempts: Vec::new() }
    }

    pub(super) fn show(&self) -> Value {
        let attempts = self.attempts.iter().map(|(at, result)| {
            let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
            match result {
                Ok(status) => json!({ "time": at, "status": status }),
                Err(error) => json!({ "time": at, "error": error }),
            }
        });
        json!({
            "number": self.number,
            "topic": self.topic,
            "reference": self.reference,
            "state": self.fate.name(),
            "attempts": attempts.collect::<Vec<_>>(),
        })
    }
}
