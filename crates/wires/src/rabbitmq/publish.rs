//! `rabbitmq/publish`: a message to an exchange, which is done when the broker has it in a queue.

use super::client;
use crate::place::Place;
use crate::pool::Pool;
use crate::{failure, payload, words};
use async_trait::async_trait;
use connector::{Action, ActionCx, Connection, Error, decode};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation};
use links::amqp::{table, text};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const DURABLE: u8 = 2;
/// They go into one frame, of 128 KB unless a broker is set up for less.
const HEADER_BYTES_MAX: usize = 64 << 10;
const OPEN_MAX: Duration = Duration::from_secs(5);
/// Confirms of a busy cluster take some hundred milliseconds.
const CONFIRM_MAX: Duration = Duration::from_secs(20);
/// Channels that are kept for the next message.
const IDLE_MAX: usize = 8;

pub struct Publish(pub Pool<Link>);

/// A connection, and channels of it on which the broker confirms and nobody waits for an answer.
///
/// What a broker refuses closes the channel, and with it every answer that is still to come there: so a message has a
/// channel to itself while it is on its way.
pub struct Link {
    connection: lapin::Connection,
    idle: Mutex<Vec<Channel>>,
}

#[derive(Deserialize)]
pub struct Input {
    #[serde(default)]
    exchange: String,
    routing_key: String,
    body: Value,
    #[serde(default = "payload::json_type")]
    content_type: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    message_id: Option<String>,
}

fn spec() -> OperationSpec {
    OperationSpec::action("rabbitmq/publish", "Publish a message", "ส่งข้อความ")
        .about(
            "Sends a message to an exchange and waits until the broker has it in a queue. One that no queue is bound for is refused.",
            "ส่งข้อความไปยัง exchange และรอจนโบรกเกอร์เก็บลงคิวแล้ว หากไม่มีคิวใดรับข้อความนี้จะถือว่าถูกปฏิเสธ",
        )
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(
            Field::new("exchange", FieldKind::Text, "Exchange", "Exchange")
                .about(
                    "Empty: the usual exchange, which takes the routing key for a queue's name.",
                    "หากเว้นว่างจะใช้ exchange ปกติ ซึ่งถือว่า routing key คือชื่อคิว",
                )
                .at_most(200)
                .default("")
                .example(""),
        )
        .field(
            Field::new("routing_key", FieldKind::Text, "Routing key", "Routing key")
                .about("By what the exchange finds the queues.", "สิ่งที่ exchange ใช้เลือกคิว")
                .required()
                .at_most(200)
                .example("orders"),
        )
        .field(words::body())
        .field(words::content_type())
        .field(words::headers())
        .field(
            Field::new("message_id", FieldKind::Text, "Message's id", "รหัสข้อความ")
                .about(
                    "By what a receiver knows a repeat. Empty: the step's key, which is the same for every attempt.",
                    "รหัสที่ผู้รับใช้รู้ว่าเป็นข้อความซ้ำ หากเว้นว่างจะใช้คีย์ของขั้นตอน ซึ่งเหมือนเดิมทุกครั้งที่ลอง",
                )
                .at_most(200)
                .example("01JD8Q")
                .advanced(),
        )
        .field(words::repeats())
        .example(
            json!({"routing_key": "orders", "body": {"order_no": "SHOPIFY-1001"}}),
            json!({"message_id": "run-7/publish"}),
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
        let id = input.message_id.clone().filter(|id| !id.is_empty());
        let id = id.unwrap_or_else(|| words::short_key(cx.step_key));
        let properties = properties(&input, &id)?;
        let shared = self.0.of(connection);
        let late = || failure::unreachable(&place, &"connecting takes too long");
        let link = shared.get(connect(connection), late).await?;
        let sent = link.send(&place, &input, &body, properties).await;
        // What was answered leaves the connection as it is.
        let answered =
            matches!(sent, Ok(()) | Err(Error::Refused { .. } | Error::Input { .. } | Error::Status { .. }));
        if !answered {
            shared.broke(&link).await;
        }
        sent.map(|()| json!({"message_id": id}))
    }
}

async fn connect(connection: &Connection) -> Result<Link, Error> {
    Ok(Link { connection: client::connect(connection).await?, idle: Mutex::default() })
}

impl Link {
    fn idle(&self) -> MutexGuard<'_, Vec<Channel>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing was published on it yet, or all of it was answered for.
    async fn channel(&self, place: &Place) -> Result<Channel, Error> {
        if let Some(channel) = self.idle().pop().filter(|channel| channel.status().connected()) {
            return Ok(channel);
        }
        let confirming = async {
            let channel = self.connection.create_channel().await?;
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
            Ok(channel)
        };
        // A connection whose other end is gone may never answer.
        let channel: Result<lapin::Result<Channel>, _> = tokio::time::timeout(OPEN_MAX, confirming).await;
        let channel = channel.map_err(|_| failure::unreachable(place, &"it did not answer in time"))?;
        channel.map_err(|error| failure::unreachable(place, &failure::chain(&error)))
    }

    async fn send(
        &self,
        place: &Place,
        input: &Input,
        body: &[u8],
        properties: BasicProperties,
    ) -> Result<(), Error> {
        let channel = self.channel(place).await?;
        send(&channel, place, input, body, properties).await?;
        let mut idle = self.idle();
        if idle.len() < IDLE_MAX {
            idle.push(channel);
        }
        Ok(())
    }
}

fn properties(input: &Input, id: &str) -> Result<BasicProperties, Error> {
    words::bounded(&input.headers, "headers", HEADER_BYTES_MAX)?;
    for name in input.headers.keys() {
        client::short(name, "name of a header")?;
    }
    let headers = table(input.headers.iter().map(|(name, value)| (name.as_str(), text(value))));
    Ok(BasicProperties::default()
        .with_delivery_mode(DURABLE)
        .with_message_id(client::short(id, "message's id")?)
        .with_content_type(client::short(&input.content_type, "type of the content")?)
        .with_headers(headers))
}

/// The broker acknowledges what no queue is bound for, too, but returns it first.
async fn send(
    channel: &Channel,
    place: &Place,
    input: &Input,
    body: &[u8],
    properties: BasicProperties,
) -> Result<(), Error> {
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let exchange = client::short(&input.exchange, "exchange's name")?;
    let key = client::short(&input.routing_key, "routing key")?;
    let confirmed = async {
        channel.basic_publish(exchange.clone(), key.clone(), options, body, properties).await?.await
    };
    let confirmed = tokio::time::timeout(CONFIRM_MAX, confirmed).await;
    let confirmed = confirmed.map_err(|_| failure::unanswered(place, &"it did not confirm in time"))?;
    match confirmed.map_err(|error| client::failed(place, &error))? {
        Confirmation::Ack(None) => Ok(()),
        Confirmation::Ack(Some(_)) => Err(failure::refused(
            format!(
                "no queue of RabbitMQ takes messages of the exchange \"{exchange}\" and the routing key \"{key}\""
            ),
            "Check both names, or have a queue bound for them.",
        )),
        Confirmation::Nack(_) => Err(failure::no_room(place, &"a queue takes no more messages now")),
        Confirmation::NotRequested => Err(failure::unanswered(place, &"the broker confirms nothing")),
    }
}
