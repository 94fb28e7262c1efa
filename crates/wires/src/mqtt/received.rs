//! `mqtt/received`: messages of a topic.

use super::client;
use crate::held::Held;
use crate::place::Place;
use crate::{failure, payload, words};
use async_trait::async_trait;
use connector::{Connection, Delivery, Drawing, Error, Fate, Message, Queue, Receipt};
use model::{Field, FieldKind, Need, OperationSpec, Span};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Packet, Publish, SubscribeReasonCode};
use rumqttc::v5::{AsyncClient, Event, EventLoop};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Given out and not answered for: beyond this the broker gives out no more.
const IN_HANDS_MAX: u16 = 64;
const KEPT_USUAL: Span = Span::from_secs(7 * 86_400);
const OPEN_MAX: Duration = Duration::from_secs(10);
const PROPERTIES_MAX: usize = 50;

pub struct Received;

pub fn spec() -> OperationSpec {
    OperationSpec::trigger("mqtt/received", "Message received", "ได้รับข้อความ")
        .about(
            "Takes the messages of a topic, each at least once (QoS 1). Each is acknowledged when its event is on disk.",
            "รับข้อความของหัวข้ออย่างน้อยหนึ่งครั้ง (QoS 1) และตอบรับเมื่อบันทึกเหตุการณ์ลงดิสก์แล้ว",
        )
        .connection(Need::Required)
        .field(
            Field::new("topic", FieldKind::Text, "Topic", "หัวข้อ")
                .about(
                    "With + for one level and # for all below. $share/<group>/ before it deals the messages out among several.",
                    "ใช้ + แทนหนึ่งระดับ และ # แทนทุกระดับถัดไป หากนำหน้าด้วย $share/<กลุ่ม>/ ข้อความจะถูกแบ่งกันรับ",
                )
                .required()
                .at_most(1_000)
                .example("scales/+/weight"),
        )
        .field(
            Field::new("client_id", FieldKind::Text, "Client id", "รหัสไคลเอนต์")
                .about(
                    "By this id the broker keeps messages while Khlong is away. It belongs to this trigger alone: two with one id throw each other out.",
                    "รหัสที่โบรกเกอร์ใช้เก็บข้อความไว้ขณะ Khlong ไม่ได้เชื่อมต่อ ต้องไม่ซ้ำกับตัวเริ่มอื่น มิฉะนั้นจะตัดการเชื่อมต่อกันเอง",
                )
                .required()
                .at_most(200)
                .example("khlong-scales"),
        )
        .field(
            Field::new("kept_for", FieldKind::Span, "Kept for", "เก็บไว้นาน")
                .about(
                    "How long the broker is asked to keep messages while Khlong is away.",
                    "ระยะเวลาที่ขอให้โบรกเกอร์เก็บข้อความไว้ขณะ Khlong ไม่ได้เชื่อมต่อ",
                )
                .default(KEPT_USUAL.to_string())
                .example(KEPT_USUAL.to_string())
                .advanced(),
        )
        .field(words::back_after())
        .example(
            json!({"topic": "scales/+/weight", "client_id": "khlong-scales"}),
            json!({"event_id": "01JD8Q", "grams": 1042}),
        )
}

#[async_trait]
impl Queue for Received {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    async fn open(
        &self,
        connection: &Connection,
        with: &Map<String, Value>,
    ) -> Result<Box<dyn Drawing>, Error> {
        let place = client::place(connection)?;
        let topic = words::need(with, "topic")?;
        let given = with.get("kept_for").and_then(Value::as_str).and_then(|text| text.parse::<Span>().ok());
        let kept_s = u32::try_from(given.unwrap_or(KEPT_USUAL).as_ms() / 1_000).unwrap_or(u32::MAX);
        let mut options = client::options(connection, words::need(with, "client_id")?).await?;
        options
            .set_clean_start(false)
            .set_session_expiry_interval(Some(kept_s))
            .set_receive_maximum(Some(IN_HANDS_MAX))
            .set_manual_acks(true);
        let (client, mut events) = client::connect(&place, options).await?;
        client
            .subscribe(topic, QoS::AtLeastOnce)
            .await
            .map_err(|error| failure::unreachable(&place, &error))?;
        let subscribed = tokio::time::timeout(OPEN_MAX, subscribed(&place, topic, &mut events)).await;
        let early = subscribed.map_err(|_| failure::unreachable(&place, &"it did not answer in time"))??;
        // What the broker gives out before it is answered has room, so that pings are never held up.
        let (sender, coming) = mpsc::channel(usize::from(IN_HANDS_MAX) * 2);
        for publish in early {
            sender.try_send(Ok(publish)).ok();
        }
        let task = tokio::spawn(listen(place.clone(), events, sender));
        let held = Held::new(words::back_after_of(with));
        Ok(Box::new(Session { place, client, coming, task, held, in_hands: HashMap::new(), numbered: 0 }))
    }
}

/// Waits for the broker's word on a subscription. What it sends of an older session may come before.
async fn subscribed(place: &Place, topic: &str, events: &mut EventLoop) -> Result<Vec<Publish>, Error> {
    let mut early = Vec::new();
    loop {
        match events.poll().await.map_err(|error| failure::unreachable(place, &error))? {
            Event::Incoming(Packet::SubAck(answer)) => {
                let fine = |code: &SubscribeReasonCode| matches!(code, SubscribeReasonCode::Success(_));
                return match answer.return_codes.iter().find(|code| !fine(code)) {
                    None => Ok(early),
                    Some(code) => Err(failure::refused(
                        format!("the broker refuses the topic \"{topic}\": {code:?}"),
                        "Check the topic, and the user's right to hear it.",
                    )),
                };
            }
            Event::Incoming(Packet::Publish(publish)) if early.len() < usize::from(IN_HANDS_MAX) => {
                early.push(publish);
            }
            _ => {}
        }
    }
}

type Came = Result<Publish, Error>;

/// Keeps the connection alive and passes on what comes, until it breaks or nobody wants it.
async fn listen(place: Place, mut events: EventLoop, coming: Sender<Came>) {
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::Publish(publish))) => {
                if coming.send(Ok(publish)).await.is_err() {
                    return;
                }
            }
            Ok(_) => {}
            Err(error) => {
                coming.send(Err(failure::unanswered(&place, &failure::chain(&error)))).await.ok();
                return;
            }
        }
    }
}

struct Session {
    place: Place,
    client: AsyncClient,
    coming: Receiver<Came>,
    task: JoinHandle<()>,
    held: Held,
    in_hands: HashMap<Receipt, Publish>,
    numbered: u64,
}

impl Drop for Session {
    /// The broker keeps what was not acknowledged, and sends it to the next session.
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Session {
    fn take(&mut self, came: Option<Came>) -> Result<Option<Message>, Error> {
        let publish =
            came.unwrap_or_else(|| Err(failure::unanswered(&self.place, &"the session is over")))?;
        if publish.retain {
            // The last value is old news; it is acknowledged, so that it takes no room.
            self.client.try_ack(&publish).map_err(|error| failure::unanswered(&self.place, &error))?;
            return Ok(None);
        }
        self.numbered += 1;
        let receipt = Receipt(self.numbered.to_string());
        let message = Message { receipt: receipt.clone(), delivery: read(&publish) };
        self.in_hands.insert(receipt, publish);
        Ok(Some(self.held.out(message)))
    }
}

#[async_trait]
impl Drawing for Session {
    async fn draw(&mut self, most: usize, wait: Span) -> Result<Vec<Message>, Error> {
        let mut messages = self.held.due(most, Instant::now());
        if messages.is_empty() {
            let end = Instant::now() + words::std_span(wait);
            let end = self.held.next().map_or(end, |due| due.min(end));
            match tokio::time::timeout_at(end, self.coming.recv()).await {
                Ok(came) => messages.extend(self.take(came)?),
                Err(_) => return Ok(self.held.due(most, Instant::now())),
            }
        }
        // No waiting from here on: what is taken is given.
        while messages.len() < most
            && let Ok(came) = self.coming.try_recv()
        {
            messages.extend(self.take(Some(came))?);
        }
        Ok(messages)
    }

    async fn settle(&mut self, fates: Vec<(Receipt, Fate)>) -> Result<(), Error> {
        for (receipt, fate) in fates {
            if fate == Fate::Back {
                self.held.back(&receipt, Instant::now());
                continue;
            }
            self.held.settled(&receipt);
            let Some(publish) = self.in_hands.remove(&receipt) else { continue };
            self.client.ack(&publish).await.map_err(|error| failure::unanswered(&self.place, &error))?;
        }
        Ok(())
    }
}

fn read(publish: &Publish) -> Result<Delivery, String> {
    let properties = publish.properties.clone().unwrap_or_default();
    let own: Map<String, Value> = properties
        .user_properties
        .into_iter()
        .take(PROPERTIES_MAX)
        .map(|(name, value)| (name, value.into()))
        .collect();
    let id = own.get("event_id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
    let head = json!({
        "topic": String::from_utf8_lossy(&publish.topic),
        "redelivered": publish.dup,
        "content_type": properties.content_type,
        "properties": own,
    });
    let body = payload::opened(&publish.payload, properties.content_type.as_deref())?;
    Ok(Delivery { id, body, head: head.as_object().cloned().unwrap_or_default() })
}
