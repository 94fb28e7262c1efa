//! `rabbitmq/received`: messages of a queue.

use super::client;
use crate::held::Held;
use crate::place::Place;
use crate::{failure, payload, words};
use async_trait::async_trait;
use bytes::Bytes;
use connector::{Connection, Delivery, Drawing, Error, Fate, Message, Queue, Receipt};
use futures::{FutureExt, StreamExt};
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Consumer};
use links::amqp::{table, text, whole};
use model::{Field, FieldKind, Need, OperationSpec, Span};
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::time::Instant;

const HEADERS_MAX: usize = 50;
const OPEN_MAX: Duration = Duration::from_secs(10);

pub struct Received;

pub fn spec() -> OperationSpec {
    OperationSpec::trigger("rabbitmq/received", "Message received", "ได้รับข้อความ")
        .about(
            "Takes the messages of a queue. Each is acknowledged when its event is on disk; what can never be an event is rejected to the queue's dead-letter exchange.",
            "รับข้อความจากคิว และตอบรับเมื่อบันทึกเหตุการณ์ลงดิสก์แล้ว ข้อความที่เป็นเหตุการณ์ไม่ได้จะถูกส่งไปยัง dead-letter exchange ของคิว",
        )
        .connection(Need::Required)
        .field(
            Field::new("queue", FieldKind::Text, "Queue", "คิว")
                .about("The queue's name.", "ชื่อคิว")
                .required()
                .at_most(200)
                .example("orders"),
        )
        .field(
            Field::new("make_queue", FieldKind::Bool, "Make the queue", "สร้างคิว")
                .about(
                    "Makes a durable quorum queue where there is none, and one for its dead, named with -dead at the end.",
                    "สร้างคิวแบบ quorum ที่เก็บถาวรหากยังไม่มี พร้อมคิวสำหรับข้อความเสียที่ชื่อลงท้ายด้วย -dead",
                )
                .default(false)
                .example(false)
                .advanced(),
        )
        .field(words::prefetch())
        .field(words::back_after())
        .example(
            json!({"queue": "orders"}),
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
        let queue = words::need(with, "queue")?;
        // Its dead have a name that is longer.
        let name = client::short(queue, "queue's name")?;
        client::short(&dead_of(queue), "queue's name")?;
        let connected = client::connect(connection).await?;
        let consuming = async {
            let channel = connected.create_channel().await?;
            if words::is_on(with, "make_queue") {
                make(&channel, queue).await?;
            }
            channel.basic_qos(words::prefetch_of(with), BasicQosOptions::default()).await?;
            let (options, arguments) = (BasicConsumeOptions::default(), FieldTable::default());
            let consumer = channel.basic_consume(name, "".into(), options, arguments).await?;
            Ok((channel, consumer))
        };
        let opened = tokio::time::timeout(OPEN_MAX, consuming).await;
        let opened = opened.map_err(|_| failure::unanswered(&place, &"it did not answer in time"))?;
        let (channel, consumer) = opened.map_err(|error| client::failed(&place, &error))?;
        let held = Held::new(words::back_after_of(with));
        Ok(Box::new(Session {
            place,
            queue: queue.to_owned(),
            _connection: connected,
            channel,
            consumer,
            held,
        }))
    }
}

fn dead_of(queue: &str) -> String {
    format!("{queue}-dead")
}

/// The dead of a queue lie in one of their own, which keeps them.
async fn make(channel: &Channel, queue: &str) -> lapin::Result<()> {
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let dead = dead_of(queue);
    let quorum = ("x-queue-type", text("quorum"));
    channel.queue_declare(dead.as_str().into(), durable, table([quorum.clone()])).await?;
    let arguments =
        table([quorum, ("x-dead-letter-exchange", text("")), ("x-dead-letter-routing-key", text(&dead))]);
    channel.queue_declare(queue.into(), durable, arguments).await.map(drop)
}

struct Session {
    place: Place,
    queue: String,
    _connection: lapin::Connection,
    channel: Channel,
    consumer: Consumer,
    held: Held,
}

type Came = Option<lapin::Result<lapin::message::Delivery>>;

impl Session {
    fn message(&mut self, came: Came) -> Result<Message, Error> {
        let gone =
            || failure::unanswered(&self.place, &format!("the queue {} hands out no more", self.queue));
        let delivery = came.ok_or_else(gone)?.map_err(|error| client::failed(&self.place, &error))?;
        let receipt = Receipt(delivery.delivery_tag.to_string());
        let delivery = read(&self.queue, delivery);
        Ok(self.held.out(Message { receipt, delivery }))
    }
}

#[async_trait]
impl Drawing for Session {
    async fn draw(&mut self, most: usize, wait: Span) -> Result<Vec<Message>, Error> {
        let mut messages = self.held.due(most, Instant::now());
        if messages.is_empty() {
            let end = Instant::now() + words::std_span(wait);
            let end = self.held.next().map_or(end, |due| due.min(end));
            match tokio::time::timeout_at(end, self.consumer.next()).await {
                Ok(came) => messages.push(self.message(came)?),
                Err(_) => return Ok(self.held.due(most, Instant::now())),
            }
        }
        // No waiting from here on: what is taken is given.
        while messages.len() < most
            && let Some(came) = self.consumer.next().now_or_never()
        {
            messages.push(self.message(came)?);
        }
        Ok(messages)
    }

    async fn settle(&mut self, fates: Vec<(Receipt, Fate)>) -> Result<(), Error> {
        for (receipt, fate) in fates {
            let Ok(tag) = receipt.0.parse() else { continue };
            if fate == Fate::Back {
                self.held.back(&receipt, Instant::now());
                continue;
            }
            // A tag that is not ours any more would close the channel.
            if !self.held.settled(&receipt) {
                continue;
            }
            let answered = match fate {
                Fate::Buried => self.channel.basic_reject(tag, BasicRejectOptions { requeue: false }).await,
                _ => self.channel.basic_ack(tag, BasicAckOptions::default()).await,
            };
            answered.map_err(|error| client::failed(&self.place, &error))?;
        }
        Ok(())
    }
}

fn read(queue: &str, came: lapin::message::Delivery) -> Result<Delivery, String> {
    let properties = &came.properties;
    let content_type = properties.content_type().as_ref().map(|kind| kind.as_str().to_owned());
    let headers: Map<String, Value> = properties
        .headers()
        .iter()
        .flat_map(|headers| headers.inner())
        .filter_map(|(name, value)| Some((name.to_string(), plain(value)?)))
        .take(HEADERS_MAX)
        .collect();
    let id = properties.message_id().as_ref().map(|id| id.as_str().to_owned());
    let id = id.or_else(|| headers.get("event_id")?.as_str().map(str::to_owned)).filter(|id| !id.is_empty());
    let head = json!({
        "queue": queue,
        "exchange": came.exchange.as_str(),
        "routing_key": came.routing_key.as_str(),
        "redelivered": came.redelivered,
        "message_id": id,
        "content_type": content_type,
        "headers": headers,
    });
    let body = payload::opened(&Bytes::from(came.data), content_type.as_deref())?;
    Ok(Delivery { id, body, head: head.as_object().cloned().unwrap_or_default() })
}

/// Texts, numbers and switches; what is more than that is the broker's own business.
fn plain(value: &AMQPValue) -> Option<Value> {
    match value {
        AMQPValue::LongString(text) => Some(String::from_utf8_lossy(text.as_bytes()).into()),
        AMQPValue::ShortString(text) => Some(text.as_str().into()),
        AMQPValue::Boolean(on) => Some((*on).into()),
        number => whole(number).map(Value::from),
    }
}
