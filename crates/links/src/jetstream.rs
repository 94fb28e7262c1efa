//! The part of JetStream's JSON API that is spoken here.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Codes of errors, as the server numbers them.
pub const STREAM_NOT_FOUND: u64 = 10059;
pub const CONSUMER_NOT_FOUND: u64 = 10014;
/// Limits that leave no room: of the stream, of the account, of the machine.
pub const NO_ROOM: [u64; 5] = [10002, 10023, 10028, 10047, 10077];

#[derive(Debug, Serialize)]
pub struct StreamConfig {
    pub name: String,
    pub subjects: Vec<String>,
    pub retention: &'static str,
    pub storage: &'static str,
    pub discard: &'static str,
    pub max_bytes: i64,
    pub num_replicas: u64,
    /// Nanoseconds.
    pub duplicate_window: u64,
}

/// What a stream must be like to keep what was confirmed.
#[derive(Debug, Deserialize)]
pub struct StreamKind {
    pub retention: String,
    pub storage: String,
    pub discard: String,
}

#[derive(Debug, Deserialize)]
pub struct StreamInfo {
    pub config: StreamKind,
    pub state: StreamState,
}

#[derive(Debug, Deserialize)]
pub struct StreamState {
    pub messages: u64,
}

#[derive(Debug, Serialize)]
pub struct CreateConsumer<'a> {
    pub stream_name: &'a str,
    pub config: ConsumerConfig<'a>,
}

#[derive(Debug, Serialize)]
pub struct ConsumerConfig<'a> {
    pub durable_name: &'a str,
    pub deliver_policy: &'static str,
    pub ack_policy: &'static str,
    pub replay_policy: &'static str,
    /// Nanoseconds.
    pub ack_wait: u64,
    pub max_ack_pending: i64,
    /// Only messages of these subjects; all of the stream's without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_subject: Option<&'a str>,
}

#[derive(Debug, Deserialize)]
pub struct ConsumerInfo {
    #[serde(rename = "name")]
    _name: String,
}

#[derive(Debug, Serialize)]
pub struct Pull {
    pub batch: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<usize>,
    /// Give what there is, and do not wait until the batch is full.
    pub no_wait: bool,
    /// Nanoseconds until which the first is waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<u64>,
}

/// The server's word that a message is kept.
#[derive(Debug, Deserialize)]
pub struct Kept {
    pub stream: String,
    #[serde(default)]
    pub seq: u64,
    /// The stream had it already.
    #[serde(default)]
    pub duplicate: bool,
}

#[derive(Debug, Deserialize)]
pub struct Refusal {
    #[serde(default)]
    pub err_code: u64,
    #[serde(default)]
    pub description: String,
}

#[derive(Deserialize)]
struct Refused {
    error: Refusal,
}

/// Reads an answer: what was asked for, or why not.
pub fn read<T: DeserializeOwned>(answer: &[u8]) -> Result<Result<T, Refusal>, serde_json::Error> {
    // One after the other: an untagged enum would read numbers through a buffer.
    match serde_json::from_slice::<Refused>(answer) {
        Ok(refused) => Ok(Err(refused.error)),
        Err(_) => serde_json::from_slice(answer).map(Ok),
    }
}

/// How often a message was given out, by the subject that its answer goes to:
/// `$JS.ACK.<stream>.<consumer>.<times>.<sequence>.…`, or with domain and account before the stream.
pub fn times(reply: &str) -> u32 {
    part(reply, 2).and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// The message's number in its stream, by the same subject.
pub fn sequence(reply: &str) -> Option<u64> {
    part(reply, 3)?.parse().ok()
}

/// Counted from the stream's name.
fn part(reply: &str, at: usize) -> Option<&str> {
    let parts: Vec<&str> = reply.split('.').collect();
    let stream = if parts.len() >= 11 { 4 } else { 2 };
    parts.get(stream + at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_what_was_asked_for_or_why_not() {
        let kept = read::<Kept>(br#"{"stream":"orders","seq":12}"#).expect("an answer");
        assert_eq!(kept.expect("kept").stream, "orders");
        let full = br#"{"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"},"stream":"orders","seq":0}"#;
        assert_eq!(read::<Kept>(full).expect("an answer").expect_err("refused").err_code, 10077);
    }

    #[test]
    fn a_message_tells_how_often_it_came() {
        assert_eq!(times("$JS.ACK.orders.khlong.3.12.40.1700000000000000000.0"), 3);
        assert_eq!(times("$JS.ACK.hub.accthash.orders.khlong.7.12.40.1700000000000000000.0.token"), 7);
        assert_eq!(times("elsewhere"), 1);
    }

    #[test]
    fn a_message_tells_its_number() {
        assert_eq!(sequence("$JS.ACK.orders.khlong.3.12.40.1700000000000000000.0"), Some(12));
        assert_eq!(
            sequence("$JS.ACK.hub.accthash.orders.khlong.7.13.40.1700000000000000000.0.token"),
            Some(13)
        );
        assert_eq!(sequence("elsewhere"), None);
    }
}
