//! Who gets a vendor's webhooks, and what they carry.

use std::fmt;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

/// Targets of one stand-in.
pub(super) const TARGETS_MAX: usize = 100;

/// One subscription.
#[derive(Clone)]
pub(crate) struct Target {
    /// Given by the sender; a vendor's own API shows it.
    pub id: u64,
    pub url: String,
    /// The vendor's own secret if absent.
    pub secret: Option<String>,
    /// Every topic if empty.
    pub topics: Vec<String>,
    /// False once the vendor switched it off after too many failures.
    pub active: bool,
    /// Deliveries in a row that nobody took.
    pub failures: u32,
}

/// A target as `PUT /_sandbox/webhooks` posts it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Posted {
    url: String,
    secret: Option<String>,
    #[serde(default)]
    topics: Vec<String>,
}

impl Target {
    pub(crate) fn new(url: impl Into<String>) -> Self {
        Self { id: 0, url: url.into(), secret: None, topics: Vec::new(), active: true, failures: 0 }
    }

    pub(super) fn posted(posted: Posted) -> Self {
        Self { secret: posted.secret, topics: posted.topics, ..Self::new(posted.url) }
    }

    pub(crate) fn wants(&self, topic: &str) -> bool {
        self.active && (self.topics.is_empty() || self.topics.iter().any(|wanted| wanted == topic))
    }

    /// Stand-ins send to this machine, too, so plain HTTP is welcome.
    pub(crate) fn check(&self) -> Result<(), String> {
        let url = reqwest::Url::parse(&self.url).map_err(|error| format!("{}: {error}", self.url))?;
        match url.scheme() {
            "http" | "https" => Ok(()),
            _ => Err(format!("{} is neither http nor https", self.url)),
        }
    }

    pub(super) fn show(&self) -> Value {
        json!({
            "id": self.id, "url": self.url, "topics": self.topics, "active": self.active,
            "failures": self.failures,
        })
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("url", &self.url).field("topics", &self.topics).finish_non_exhaustive()
    }
}

/// What is sent, again and again the same until somebody takes it.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    /// The vendor's word for what happened: `order.created`, `3`, `ORDER.CANCELED`.
    pub topic: String,
    /// The order or whatever it is about, for the list of deliveries.
    pub reference: String,
    pub content_type: &'static str,
    /// Beside those of the signature.
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

impl Parcel {
    pub(crate) fn json(topic: impl Into<String>, reference: impl Into<String>, body: &Value) -> Self {
        Self {
            topic: topic.into(),
            reference: reference.into(),
            content_type: "application/json",
            headers: Vec::new(),
            body: body.to_string().into(),
        }
    }
}
