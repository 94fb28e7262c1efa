//! `nats/received`: messages of a stream, by a durable consumer.

use super::client;
use crate::place::Place;
use crate::{failure, payload, words};
use async_nats::{Client, HeaderMap, Message as Came, StatusCode, Subscriber};
use async_trait::async_trait;
use bytes::Bytes;
use connector::{Connection, Delivery, Drawing, Error, Fate, Message, Queue, Receipt};
use futures::StreamExt;
use links::jetstream::{self, CONSUMER_NOT_FOUND, ConsumerConfig, ConsumerInfo, CreateConsumer, Pull};
use model::{Field, FieldKind, Need, OperationSpec, Span};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::time::Duration;

/// Given out and not answered for: beyond this the server gives out no more.
const IN_HANDS_MAX: usize = 128;
const ACK_WAIT: Duration = Duration::from_secs(60);
/// The server ends what it gives with a word; a pause this long does, too.
const PAUSE_MAX: Duration = Duration::from_secs(1);
const HEADERS_MAX: usize = 50;
const NAME_BYTES_MAX: usize = 100;

pub struct Received;

pub fn spec() -> OperationSpec {
    OperationSpec::trigger("nats/received", "Message received", "ได้รับข้อความ")
        .about(
            "Takes the messages of a stream, by a durable consumer that is made where there is none. Each is acknowledged when its event is on disk.",
            "รับข้อความจากสตรีมผ่าน durable consumer ซึ่งจะสร้างให้หากยังไม่มี และตอบรับเมื่อบันทึกเหตุการณ์ลงดิสก์แล้ว",
        )
        .connection(Need::Required)
        .field(
            Field::new("stream", FieldKind::Text, "Stream", "สตรีม")
                .about("The stream's name.", "ชื่อสตรีม")
                .required()
                .at_most(100)
                .example("orders"),
        )
        .field(
            Field::new("consumer", FieldKind::Text, "Consumer", "Consumer")
                .about(
                    "By this name the stream knows how far the flow has come. Flows that are each to see every message have one each.",
                    "ชื่อที่สตรีมใช้จำว่าโฟลว์อ่านถึงไหน หากหลายโฟลว์ต้องเห็นทุกข้อความ ให้ใช้ชื่อต่างกัน",
                )
                .required()
                .at_most(100)
                .example("khlong-orders"),
        )
        .field(
            Field::new("subject", FieldKind::Text, "Only the subject", "เฉพาะ subject")
                .about(
                    "Counts when the consumer is made. Empty: all of the stream's.",
                    "มีผลเมื่อสร้าง consumer หากเว้นว่างจะรับทุก subject ของสตรีม",
                )
                .at_most(255)
                .example("orders.created")
                .advanced(),
        )
        .field(
            Field::choice(
                "from",
                &[("new", "What comes from now on", "ข้อความใหม่เท่านั้น"), ("all", "All that is there", "ทั้งหมดที่มีอยู่")],
                "Begins with",
                "เริ่มจาก",
            )
            .about("Counts when the consumer is made.", "มีผลเมื่อสร้าง consumer")
            .default("new")
            .example("all"),
        )
        .field(
            Field::new("dead_subject", FieldKind::Text, "Subject of the dead", "Subject ของข้อความเสีย")
                .about(
                    "What can never be an event is published here before it is given up; a stream must keep the subject. Empty: it stays in its own stream, unread.",
                    "ข้อความที่เป็นเหตุการณ์ไม่ได้จะถูกส่งมาที่นี่ โดยต้องมีสตรีมเก็บ subject นี้ หากเว้นว่างจะคงอยู่ในสตรีมเดิมโดยไม่ถูกอ่าน",
                )
                .at_most(255)
                .example("dead.orders")
                .advanced(),
        )
        .field(words::back_after())
        .example(
            json!({"stream": "orders", "consumer": "khlong-orders", "from": "all"}),
            json!({"event_id": "01JD8Q", "type": "order.created", "order_no": "SHOPIFY-1001"}),
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
        let (stream, consumer) = (name(with, "stream")?, name(with, "consumer")?);
        let session = Session {
            client: client::connect(connection).await?,
            place,
            stream,
            consumer,
            dead_subject: words::text(with, "dead_subject").map(str::to_owned),
            back_after: words::back_after_of(with),
            in_hands: HashMap::new(),
        };
        session.consumer_is_there(with).await?;
        Ok(Box::new(session))
    }
}

/// Names are parts of subjects, so they have no dots, stars or spaces.
fn name(with: &Map<String, Value>, field: &str) -> Result<String, Error> {
    let name = words::need(with, field)?;
    let fine = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    match name.len() <= NAME_BYTES_MAX && name.chars().all(fine) {
        true => Ok(name.to_owned()),
        false => Err(failure::input(
            format!("\"{name}\" cannot be the name of a {field}"),
            "Use letters, digits, - and _, 100 at most.",
        )),
    }
}

struct Session {
    client: Client,
    place: Place,
    stream: String,
    consumer: String,
    dead_subject: Option<String>,
    back_after: Duration,
    in_hands: HashMap<Receipt, Came>,
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

impl Session {
    async fn consumer_is_there(&self, with: &Map<String, Value>) -> Result<(), Error> {
        let (stream, consumer) = (&self.stream, &self.consumer);
        let subject = format!("$JS.API.CONSUMER.INFO.{stream}.{consumer}");
        let refusal = match self.ask::<ConsumerInfo>(subject, &json!({})).await? {
            Ok(_) => return Ok(()),
            Err(refusal) => refusal,
        };
        if refusal.err_code != CONSUMER_NOT_FOUND {
            return Err(client::refused(&self.place, &refusal));
        }
        let from_all = with.get("from").and_then(Value::as_str) == Some("all");
        let config = ConsumerConfig {
            durable_name: consumer,
            deliver_policy: if from_all { "all" } else { "new" },
            ack_policy: "explicit",
            replay_policy: "instant",
            ack_wait: nanos(ACK_WAIT),
            max_ack_pending: i64::try_from(IN_HANDS_MAX).unwrap_or(i64::MAX),
            filter_subject: words::text(with, "subject"),
        };
        let subject = format!("$JS.API.CONSUMER.DURABLE.CREATE.{stream}.{consumer}");
        let made = self.ask::<ConsumerInfo>(subject, &CreateConsumer { stream_name: stream, config }).await?;
        made.map(drop).map_err(|refusal| client::refused(&self.place, &refusal))
    }

    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        subject: String,
        question: &impl serde::Serialize,
    ) -> Result<Result<T, jetstream::Refusal>, Error> {
        client::ask(&self.client, &self.place, subject, question).await
    }

    fn broken(&self, error: &dyn std::fmt::Display) -> Error {
        failure::unanswered(&self.place, error)
    }

    /// Messages until there are enough, or the server has no more.
    async fn gather(
        &mut self,
        coming: &mut Subscriber,
        most: usize,
        wait: Duration,
    ) -> Result<Vec<Message>, Error> {
        let (mut messages, mut wait) = (Vec::new(), wait);
        while messages.len() < most {
            let Ok(Some(came)) = tokio::time::timeout(wait, coming.next()).await else { break };
            match (came.status, &came.reply) {
                (Some(status), _) if is_gone(status, &came) => {
                    return Err(self.broken(&format!("the consumer {} is gone", self.consumer)));
                }
                (None, Some(reply)) => {
                    let receipt = Receipt(reply.to_string());
                    messages.push(Message { receipt: receipt.clone(), delivery: read(&self.stream, &came) });
                    self.in_hands.insert(receipt, came);
                }
                _ => break,
            }
            wait = PAUSE_MAX;
        }
        Ok(messages)
    }

    async fn bury(&self, came: &Came) -> Result<(), Error> {
        let Some(subject) = &self.dead_subject else { return Ok(()) };
        let mut headers = HeaderMap::new();
        headers.insert("Khlong-Subject", came.subject.as_str());
        if let Some(sequence) = came.reply.as_ref().and_then(|reply| jetstream::sequence(reply)) {
            headers.insert("Nats-Msg-Id", format!("{}-{sequence}-dead", self.stream).as_str());
        }
        client::publish(&self.client, &self.place, subject, headers, came.payload.clone()).await.map(drop)
    }
}

fn is_gone(status: StatusCode, came: &Came) -> bool {
    let said = came.description.as_deref().unwrap_or_default();
    status == StatusCode::NO_RESPONDERS || said.contains("Deleted")
}

#[async_trait]
impl Drawing for Session {
    async fn draw(&mut self, most: usize, wait: Span) -> Result<Vec<Message>, Error> {
        if !client::is_up(&self.client) {
            return Err(self.broken(&"the connection is broken"));
        }
        let wait = words::std_span(wait);
        let batch = most.min(IN_HANDS_MAX.saturating_sub(self.in_hands.len()));
        if batch == 0 {
            tokio::time::sleep(wait).await;
            return Ok(Vec::new());
        }
        // A pull that is dropped half-way loses nothing: what it was given comes again when nobody acknowledges it.
        let inbox = self.client.new_inbox();
        let coming = self.client.subscribe(inbox.clone()).await;
        let mut coming = coming.map_err(|error| self.broken(&error))?;
        let pull = Pull { batch, max_bytes: None, no_wait: true, expires: Some(nanos(wait)) };
        let question = serde_json::to_vec(&pull).map_err(|error| self.broken(&error))?;
        let subject = format!("$JS.API.CONSUMER.MSG.NEXT.{}.{}", self.stream, self.consumer);
        let asked = self.client.publish_with_reply(subject, inbox, question.into()).await;
        asked.map_err(|error| self.broken(&error))?;
        self.gather(&mut coming, batch, wait + PAUSE_MAX).await
    }

    async fn settle(&mut self, fates: Vec<(Receipt, Fate)>) -> Result<(), Error> {
        for (receipt, fate) in fates {
            let Some(came) = self.in_hands.remove(&receipt) else { continue };
            let word = match fate {
                Fate::Taken => "+ACK".into(),
                Fate::Back => format!("-NAK {}", json!({"delay": nanos(self.back_after)})),
                Fate::Buried => {
                    self.bury(&came).await?;
                    "+TERM".into()
                }
            };
            let said = self.client.publish(receipt.0, Bytes::from(word)).await;
            said.map_err(|error| self.broken(&error))?;
        }
        self.client.flush().await.map_err(|error| self.broken(&error))
    }
}

fn read(stream: &str, came: &Came) -> Result<Delivery, String> {
    let reply = came.reply.as_deref().unwrap_or_default();
    let sequence = jetstream::sequence(reply);
    let headers: Map<String, Value> = came
        .headers
        .iter()
        .flat_map(|headers| headers.iter())
        .filter_map(|(name, values)| Some((name.to_string(), values.first()?.as_str().into())))
        .take(HEADERS_MAX)
        .collect();
    let content_type = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let content_type = content_type.and_then(|(_, kind)| kind.as_str()).map(str::to_owned);
    let head = json!({
        "stream": stream,
        "sequence": sequence,
        "subject": came.subject.as_str(),
        "times": jetstream::times(reply),
        "headers": headers,
    });
    let id = sequence.map(|sequence| format!("{stream}-{sequence}"));
    let body = payload::opened(&came.payload, content_type.as_deref())?;
    Ok(Delivery { id, body, head: head.as_object().cloned().unwrap_or_default() })
}
