//! An event that waits in a buffer: all that the door knows of it, as JSON, so that whoever looks into the broker can read it.

use bytes::Bytes;
use connector::Body;
use model::{FlowId, NodeId, Value};
use serde::{Deserialize, Serialize};
use serde_json::Map;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use store::Ms;

/// The form that this release writes, and the only one it reads.
const FORM: u32 = 1;

#[derive(Clone, Debug, PartialEq)]
pub struct BufferedEvent {
    pub flow: FlowId,
    pub trigger: NodeId,
    /// The sender's own, or one that the door made: what is drawn twice is one event.
    pub delivery: String,
    /// Events of one lane keep their order.
    pub lane: Option<String>,
    pub received_at: Ms,
    pub head: Map<String, Value>,
    pub body: Body,
}

#[derive(Serialize, Deserialize)]
struct Written {
    khlong: u32,
    flow: FlowId,
    trigger: NodeId,
    delivery: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lane: Option<String>,
    received_at: Ms,
    head: Map<String, Value>,
    /// As it came, to the last digit.
    body: Box<RawValue>,
}

impl BufferedEvent {
    pub fn write(&self) -> Result<Bytes, serde_json::Error> {
        let body = match &self.body {
            Body::Json(text) => serde_json::from_slice(text)?,
            Body::Value(value) => serde_json::value::to_raw_value(value)?,
        };
        let written = Written {
            khlong: FORM,
            flow: self.flow.clone(),
            trigger: self.trigger.clone(),
            delivery: self.delivery.clone(),
            lane: self.lane.clone(),
            received_at: self.received_at,
            head: self.head.clone(),
            body,
        };
        serde_json::to_vec(&written).map(Bytes::from)
    }

    /// The other way round, or why not.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let unreadable = |error: serde_json::Error| format!("it cannot be read: {error}");
        let Written { khlong, flow, trigger, delivery, lane, received_at, head, body } =
            serde_json::from_slice(text).map_err(unreadable)?;
        if khlong != FORM {
            return Err(format!("it has form {khlong}, and this release reads form {FORM}"));
        }
        let body = Body::json(&Bytes::from(String::from(Box::<str>::from(body)))).map_err(unreadable)?;
        Ok(Self { flow, trigger, delivery, lane, received_at, head, body })
    }

    /// The same for the same delivery to the same trigger.
    pub fn key(&self) -> String {
        name([self.flow.as_str(), self.trigger.as_str(), &self.delivery])
    }
}

/// A lane as a broker may see it: it tells nothing of the ordering key.
pub fn lane(flow: &FlowId, key: &str) -> String {
    name([flow.as_str(), key])
}

fn name<const N: usize>(parts: [&str; N]) -> String {
    let hash = parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part).chain_update([0]));
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(body: Body) -> BufferedEvent {
        BufferedEvent {
            flow: "orders".into(),
            trigger: "in".into(),
            delivery: "d-1".into(),
            lane: Some("lane".into()),
            received_at: 1_700_000_000_000,
            head: Map::from_iter([("method".into(), "POST".into()), ("n".into(), json!(1))]),
            body,
        }
    }

    #[test]
    fn an_event_comes_back_as_it_was_to_the_last_digit() {
        let text =
            Bytes::from_static(br#"{"total": 10.50, "big": 12345678901234567890123456789, "z": 1, "a": 2}"#);
        for body in [Body::Json(text.clone()), Body::Value(Value::Null), Body::Value(json!("\u{0}ชา"))] {
            let event = event(body);
            let back = BufferedEvent::read(&event.write().expect("it is written")).expect("it is read");
            assert_eq!(back, event);
        }
        let written = event(Body::Json(text.clone())).write().expect("it is written");
        assert!(String::from_utf8_lossy(&written).contains(&*String::from_utf8_lossy(&text)));
    }

    #[test]
    fn what_is_no_event_says_why() {
        assert!(BufferedEvent::read(b"order 7").expect_err("no JSON").starts_with("it cannot be read"));
        let newer = event(Body::Value(Value::Null)).write().expect("it is written");
        let newer = String::from_utf8_lossy(&newer).replace("\"khlong\":1", "\"khlong\":2");
        assert!(BufferedEvent::read(newer.as_bytes()).expect_err("newer").contains("form 2"));
    }

    #[test]
    fn a_key_is_of_one_delivery_to_one_trigger() {
        let (one, mut other) = (event(Body::Value(Value::Null)), event(Body::Value(json!(1))));
        assert_eq!(one.key(), other.key());
        other.trigger = "in2".into();
        assert_ne!(one.key(), other.key());
        assert_eq!(one.key().len(), 32);
    }
}
