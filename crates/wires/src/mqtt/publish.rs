//! `mqtt/publish`: a message that the broker has acknowledged (QoS 1).

use super::client;
use crate::place::Place;
use crate::pool::Pool;
use crate::{failure, payload, words};
use async_trait::async_trait;
use connector::{Action, ActionCx, Connection, Error, decode};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use rumqttc::Outgoing;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Packet, PubAck, PubAckReason, PublishProperties};
use rumqttc::v5::{AsyncClient, Event, EventLoop};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const ANSWER_MAX: Duration = Duration::from_secs(10);
const PROPERTY_BYTES_MAX: usize = 64 << 10;

pub struct Publish(pub Pool<Link>);

/// A session that publishes, and who waits for which acknowledgement.
pub struct Link {
    client: AsyncClient,
    /// Those whose message has no number yet, in the order in which they were handed over; nothing when the session is over.
    handed_over: Arc<Mutex<Option<VecDeque<Waiting>>>>,
    /// So that messages and those who wait are handed over in the same order.
    turn: tokio::sync::Mutex<()>,
    task: JoinHandle<()>,
}

type Waiting = oneshot::Sender<PubAckReason>;

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Deserialize)]
pub struct Input {
    topic: String,
    body: Value,
    #[serde(default = "payload::json_type")]
    content_type: String,
    #[serde(default)]
    properties: BTreeMap<String, String>,
    #[serde(default)]
    retain: bool,
}

fn spec() -> OperationSpec {
    OperationSpec::action("mqtt/publish", "Publish a message", "ส่งข้อความ")
        .about(
            "Sends a message to a topic and waits until the broker has acknowledged it (QoS 1). The step's key travels as the user property event_id.",
            "ส่งข้อความไปยังหัวข้อ และรอจนโบรกเกอร์ตอบรับ (QoS 1) คีย์ของขั้นตอนจะส่งเป็น user property ชื่อ event_id",
        )
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(
            Field::new("topic", FieldKind::Text, "Topic", "หัวข้อ")
                .about("Without + and #.", "ไม่ใช้ + และ #")
                .required()
                .at_most(1_000)
                .example("displays/counter-1/message"),
        )
        .field(words::body())
        .field(words::content_type())
        .field(
            Field::new("properties", FieldKind::Map, "User properties", "User property")
                .about("Names and texts that travel beside the body.", "ชื่อและข้อความที่ส่งไปพร้อมกับเนื้อหา")
                .at_most(20)
                .default(json!({}))
                .example(json!({"shop": "chiang-mai"}))
                .advanced(),
        )
        .field(
            Field::new("retain", FieldKind::Bool, "Keep as the last value", "เก็บเป็นค่าล่าสุด")
                .about(
                    "The broker gives it to everybody who subscribes later.",
                    "โบรกเกอร์จะส่งค่านี้ให้ทุกคนที่เริ่มรับภายหลัง",
                )
                .default(false)
                .example(false)
                .advanced(),
        )
        .field(words::repeats())
        .example(
            json!({"topic": "displays/counter-1/message", "body": "ขอบคุณ", "content_type": "text/plain"}),
            json!({"event_id": "run-7/publish", "subscribers": true}),
        )
}

#[async_trait]
impl Action for Publish {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    fn effect(&self, input: &Value) -> EffectRule {
        words::repeats_of(input)
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        decode::<Input>(input).map(drop)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let input: Input = decode(input)?;
        let connection = cx.connection()?;
        let place = client::place(connection)?;
        let body = payload::written(&input.body, &input.content_type)?;
        let properties = properties(&input, cx.step_key)?;
        let shared = self.0.of(connection);
        let late = || failure::unreachable(&place, &"connecting takes too long");
        let link = shared.get(connect(&place, connection), late).await?;
        let sent = link.send(&place, &input, body, properties).await;
        // What was answered leaves the session as it is.
        let answered = |error: &Error| {
            matches!(error, Error::Refused { .. } | Error::Input { .. } | Error::Status { .. })
        };
        if sent.as_ref().is_err_and(|error| !answered(error)) {
            shared.broke(&link).await;
        }
        let event_id = input.properties.get("event_id").map_or(cx.step_key, String::as_str);
        Ok(json!({"event_id": event_id, "subscribers": sent? == PubAckReason::Success}))
    }
}

fn properties(input: &Input, key: &str) -> Result<PublishProperties, Error> {
    words::bounded(&input.properties, "user properties", PROPERTY_BYTES_MAX)?;
    if input.topic.is_empty() || input.topic.contains(['+', '#', '\0']) {
        return Err(failure::input("a message is sent to one topic", "Name the topic without + and #."));
    }
    let texts = input.properties.iter().flat_map(|(name, value)| [name, value]);
    if texts.chain([&input.topic, &input.content_type]).any(|text| text.len() > usize::from(u16::MAX)) {
        return Err(failure::input("a text of the message is too long for MQTT", "Put it into the body."));
    }
    let mut own: Vec<_> = input.properties.clone().into_iter().collect();
    if !input.properties.contains_key("event_id") {
        own.push(("event_id".into(), key.into()));
    }
    let content_type = Some(input.content_type.clone());
    Ok(PublishProperties { user_properties: own, content_type, ..PublishProperties::default() })
}

async fn connect(place: &Place, connection: &Connection) -> Result<Link, Error> {
    let (client, events) = client::connect(place, client::options(connection, "").await?).await?;
    let handed_over = Arc::new(Mutex::new(Some(VecDeque::new())));
    let task = tokio::spawn(confirm(events, handed_over.clone()));
    Ok(Link { client, handed_over, turn: tokio::sync::Mutex::default(), task })
}

/// Keeps the connection alive and tells whoever waits. When it ends, all who wait hear nothing, which is what is known.
async fn confirm(mut events: EventLoop, handed_over: Arc<Mutex<Option<VecDeque<Waiting>>>>) {
    let mut numbered: HashMap<u16, Waiting> = HashMap::new();
    while let Ok(event) = events.poll().await {
        match event {
            Event::Outgoing(Outgoing::Publish(number)) => {
                let next = lock(&handed_over).as_mut().and_then(VecDeque::pop_front);
                numbered.extend(next.map(|next| (number, next)));
            }
            Event::Incoming(Packet::PubAck(PubAck { pkid, reason, .. })) => {
                if let Some(waiting) = numbered.remove(&pkid) {
                    waiting.send(reason).ok();
                }
            }
            _ => {}
        }
    }
    lock(&handed_over).take();
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Link {
    async fn send(
        &self,
        place: &Place,
        input: &Input,
        body: Vec<u8>,
        properties: PublishProperties,
    ) -> Result<PubAckReason, Error> {
        let (waiting, told) = oneshot::channel();
        {
            let _turn = self.turn.lock().await;
            match lock(&self.handed_over).as_mut() {
                Some(queue) => queue.push_back(waiting),
                None => return Err(failure::unreachable(place, &"the session is over")),
            }
            // It has room or the session is over; waiting here could hand over one of the two.
            let handed = self.client.try_publish_with_properties(
                input.topic.as_str(),
                QoS::AtLeastOnce,
                input.retain,
                body,
                properties,
            );
            if let Err(error) = handed {
                if let Some(queue) = lock(&self.handed_over).as_mut() {
                    queue.pop_back();
                }
                return Err(failure::unreachable(place, &error_kind(&error)));
            }
        }
        match tokio::time::timeout(ANSWER_MAX, told).await {
            Ok(Ok(reason)) => by_reason(place, &input.topic, reason),
            Ok(Err(_)) => Err(failure::unanswered(place, &"the connection broke")),
            Err(_) => Err(failure::unanswered(place, &"no acknowledgement came in time")),
        }
    }
}

/// The library's own text repeats the whole message.
fn error_kind(error: &rumqttc::v5::ClientError) -> &'static str {
    match error {
        rumqttc::v5::ClientError::TryRequest(_) => "too many messages wait, or the session is over",
        rumqttc::v5::ClientError::Request(_) => "the session is over",
    }
}

fn by_reason(place: &Place, topic: &str, reason: PubAckReason) -> Result<PubAckReason, Error> {
    match reason {
        PubAckReason::Success | PubAckReason::NoMatchingSubscribers => Ok(reason),
        PubAckReason::QuotaExceeded => {
            Err(failure::no_room(place, &format!("it takes no more messages to \"{topic}\" now")))
        }
        reason => Err(failure::refused(
            format!("the broker refuses a message to \"{topic}\": {reason:?}"),
            "Check the topic, and the user's right to send to it.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::Retry;

    #[test]
    fn a_broker_without_room_is_asked_again_and_one_that_refuses_is_not() {
        let place = Place { host: "mqtt.example.com".into(), port: 1883 };
        let told = |reason| {
            let error = by_reason(&place, "a", reason).expect_err("not taken");
            (error.retry(), error.may_have_happened())
        };
        assert_eq!(told(PubAckReason::QuotaExceeded), (Retry::Backoff, false));
        assert_eq!(told(PubAckReason::NotAuthorized), (Retry::Never, false));
    }
}
