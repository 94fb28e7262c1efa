//! What stands beside a template's flow: what it does in business words, and what it asks.

use model::{Value, Words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub title: Words,
    /// What it does, for whoever decides whether this is what they need.
    pub about: Words,
    /// What it carries: templates are looked through by it.
    #[serde(default)]
    pub carries: Carries,
    /// The connections that it needs, in the order in which things flow.
    #[serde(default)]
    pub connections: Vec<Slot>,
    #[serde(default)]
    pub settings: Vec<Setting>,
    /// What is left to be done by hand once it is live.
    #[serde(default)]
    pub after: Vec<Words>,
}

/// In the order in which they are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carries {
    Orders,
    Stock,
    Products,
    Statuses,
    Tracking,
    Customers,
    Invoices,
    #[default]
    Anything,
}

impl Carries {
    pub const ALL: [Self; 8] = [
        Self::Orders,
        Self::Stock,
        Self::Products,
        Self::Statuses,
        Self::Tracking,
        Self::Customers,
        Self::Invoices,
        Self::Anything,
    ];
}

/// A connection that is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// The name that the template's nodes have in the place of a connection.
    pub name: String,
    /// The kind of system.
    pub connector: String,
    pub title: Words,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    pub id: String,
    pub title: Words,
    #[serde(default)]
    pub about: Words,
    pub kind: Kind,
    /// Without one it has to be answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// What an answer looks like, where there is no default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
    pub sets: Vec<Set>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Choice(Vec<Choice>),
    YesNo,
    Text,
    /// Where a webhook listens, below `/hooks/`.
    Path,
    /// A whole address.
    Address,
    /// What goes on from a connection's address, such as `/orders`.
    Below,
    Number {
        least: i64,
        most: i64,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub value: String,
    pub title: Words,
}

/// Where an answer goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// A place in the document, with the id of a node in the place of its number: `/nodes/erp/with/confirm`.
    pub at: String,
    /// What is written there for which answer; without it the answer itself is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub to: BTreeMap<String, Value>,
    /// There is a script, and the answer is the value of this constant of its: a line `let name = …;`.
    #[serde(default, rename = "let", skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
}
