//! What is wrong, in numbers: words are made of it when somebody is told.

use api::AlertQueue;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Ms;

/// What is wrong at a time, by its subject: a flow, a connection, a queue.
pub type Seen = BTreeMap<String, Trouble>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Since when, as far as that is known.
    pub since: Ms,
    pub facts: Facts,
}

/// A flow as people know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facts {
    Failing {
        flow: Named,
        failed: u64,
        runs: u64,
        minutes: u32,
    },
    /// Nothing has come since then, or ever.
    Quiet {
        flow: Named,
        last: Option<Ms>,
    },
    /// The run that has waited longest, with its ordering key.
    Oldest {
        queue: AlertQueue,
        flow: Option<Named>,
        key: Option<String>,
        at: Ms,
    },
    Broken {
        connection: String,
        why: Why,
    },
    Ends {
        connection: String,
        sign_in: bool,
        at: Ms,
    },
    /// The first of them by their keys, and how many there are; at least so many where `more`.
    NotDone {
        flow: Named,
        first: Vec<String>,
        count: u64,
        more: bool,
        minutes: u32,
    },
}

/// Why a connection does not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Somebody has to sign in.
    SignedOut,
    /// Its system does not answer, and calls are held back.
    Breaker,
    /// Its last trial came to this code of an error.
    Trial(String),
}
