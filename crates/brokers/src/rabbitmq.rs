//! RabbitMQ: a quorum queue, publisher confirms, one active consumer.

use crate::address::{self, Address};
use crate::counts::Counts;
use crate::link::Link;
use async_trait::async_trait;
use buffer::{Buffer, Depth, Drawn, Draws, Error, Most, Parcel, Receipt};
use bytes::Bytes;
use futures::{FutureExt, StreamExt};
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicNackOptions, BasicPublishOptions, BasicQosOptions,
    ConfirmSelectOptions, QueueDeclareOptions,
};
use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};
use lapin::types::{AMQPValue, FieldTable};
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer, ErrorKind};
use links::amqp::{table, text, whole};
use std::collections::HashSet;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What is drawn ahead lies in memory, so parcels are kept smaller than the broker would take them.
const PARCEL_BYTES_MAX: usize = 1 << 20;
/// Parcels that lie here before somebody draws them.
const PREFETCH: u16 = 64;
/// What waits is bounded: beyond this the broker refuses, and so does the door.
const QUEUE_BYTES_MAX: i64 = 4 << 30;
const DEAD_BYTES_MAX: i64 = 256 << 20;
/// A parcel that was given out so often kills whoever takes it; the broker buries it itself. Far beyond what the engine
/// waits for, and set because newer brokers have a small limit of their own.
const DELIVERY_LIMIT: i64 = 256;
/// A broker that says nothing for two of these is gone.
const HEARTBEAT_S: u16 = 10;
const DURABLE: u8 = 2;

pub struct RabbitMq {
    uri: AMQPUri,
    queue: String,
    dead: String,
    place: String,
    puts: Link<Puts>,
    draws: Link<Taking>,
    epochs: AtomicU64,
}

struct Puts {
    connection: Connection,
    channel: Channel,
}

struct Taking {
    _connection: Connection,
    channel: Channel,
    coming: tokio::sync::Mutex<Coming>,
    /// Receipts of an earlier connection mean nothing to this one.
    epoch: u64,
    in_hands: Mutex<HashSet<u64>>,
}

struct Coming {
    consumer: Consumer,
    /// What came and was more than should be drawn.
    left: Option<Delivery>,
}

impl RabbitMq {
    pub fn at(address: &Address) -> Result<Self, address::Error> {
        address.knows(&["queue"])?;
        let queue =
            address.parameter("queue").map_or_else(|| format!("khlong-{}", address.name), str::to_owned);
        if queue.is_empty() || queue.len() > 200 || queue.starts_with("amq.") {
            return Err(
                address.wrong("a queue's name has 200 characters at most and does not begin with amq.")
            );
        }
        let mut plain = address.url.clone();
        plain.set_query(None);
        let uri = AMQPUri::from_str(plain.as_str());
        // The parser's own text repeats what it could not read.
        let mut uri = uri.map_err(|_| address.wrong("it is no AMQP address"))?;
        uri.query.heartbeat = Some(HEARTBEAT_S);
        let usual_port = if uri.scheme == AMQPScheme::AMQPS { 5671 } else { 5672 };
        Ok(Self {
            uri,
            dead: format!("{queue}-dead"),
            queue,
            place: address.place(usual_port),
            puts: Link::default(),
            draws: Link::default(),
            epochs: AtomicU64::new(0),
        })
    }

    async fn connect(&self) -> Result<Connection, Error> {
        let properties = ConnectionProperties::default().with_connection_name("khlong".into());
        Connection::connect_uri(self.uri.clone(), properties).await.map_err(|error| self.error(&error))
    }

    /// A channel of a connection on which the queues are known to be there.
    async fn channel(&self, connection: &Connection) -> lapin::Result<Channel> {
        let channel = connection.create_channel().await?;
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(self.dead.as_str().into(), durable, dead_arguments()).await?;
        channel.queue_declare(self.queue.as_str().into(), durable, arguments(&self.dead)).await?;
        Ok(channel)
    }

    async fn connect_to_put(&self) -> Result<Puts, Error> {
        let connection = self.connect().await?;
        let channel = async {
            let channel = self.channel(&connection).await?;
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
            Ok(channel)
        };
        let channel = channel.await.map_err(|error| self.error(&error))?;
        Ok(Puts { connection, channel })
    }

    async fn connect_to_draw(&self) -> Result<Taking, Error> {
        let connection = self.connect().await?;
        let consuming = async {
            let channel = self.channel(&connection).await?;
            channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
            let queue = self.queue.as_str().into();
            let consumer = channel.basic_consume(
                queue,
                "".into(),
                BasicConsumeOptions::default(),
                FieldTable::default(),
            );
            Ok((consumer.await?, channel))
        };
        let (consumer, channel) = consuming.await.map_err(|error| self.error(&error))?;
        Ok(Taking {
            _connection: connection,
            channel,
            coming: tokio::sync::Mutex::new(Coming { consumer, left: None }),
            epoch: self.epochs.fetch_add(1, Ordering::Relaxed),
            in_hands: Mutex::default(),
        })
    }

    async fn publish(&self, queue: &str, text: &[u8], properties: BasicProperties) -> Result<(), Error> {
        let link = self.puts.get(self.connect_to_put()).await?;
        // Without a queue of this name the broker would confirm, and keep nothing.
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let properties = properties.with_delivery_mode(DURABLE).with_content_type("application/json".into());
        let published = async {
            link.channel.basic_publish("".into(), queue.into(), options, text, properties).await?.await
        };
        let kept = match published.await {
            Ok(Confirmation::Ack(None)) => return Ok(()),
            Ok(Confirmation::Nack(_)) => {
                return Err(Error::Full(format!("the queue {queue} takes no more (E0428 says what to do)")));
            }
            Ok(Confirmation::Ack(Some(_))) => {
                Error::Away(format!("the queue {queue} is gone; it is made anew"))
            }
            Ok(Confirmation::NotRequested) => Error::Misfit("the broker confirms nothing".into()),
            Err(error) => self.error(&error),
        };
        self.puts.broke(&link).await;
        Err(kept)
    }

    /// Answers for drawn parcels. What is not in our hands any more comes again anyway.
    async fn answer(&self, receipts: &[Receipt], how: Answer) -> Result<(), Error> {
        let Some(link) = self.draws.now().await else { return Ok(()) };
        for tag in receipts.iter().filter_map(|receipt| link.take_from_hands(receipt)) {
            let answered = match how {
                Answer::Done => link.channel.basic_ack(tag, BasicAckOptions::default()).await,
                Answer::Again => {
                    let options = BasicNackOptions { requeue: true, ..BasicNackOptions::default() };
                    link.channel.basic_nack(tag, options).await
                }
            };
            if let Err(error) = answered {
                self.draws.broke(&link).await;
                return Err(self.error(&error));
            }
        }
        Ok(())
    }

    fn error(&self, error: &lapin::Error) -> Error {
        let told = |text: &str| format!("RabbitMQ at {}: {text}", self.place);
        let ErrorKind::ProtocolError(refusal) = error.kind() else {
            return Error::Away(told(&error.to_string()));
        };
        let text = told(refusal.get_message().as_str());
        match refusal.kind() {
            AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED | AMQPSoftError::ACCESSREFUSED)
            | AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) => Error::Misfit(text),
            _ => Error::Away(text),
        }
    }

    async fn counted(&self) -> Result<Counts, Error> {
        let link = self.puts.get(self.connect_to_put()).await?;
        let count = async {
            // A channel of its own: a queue that is gone closes it.
            let channel = link.connection.create_channel().await?;
            let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
            let waiting =
                channel.queue_declare(self.queue.as_str().into(), passive, FieldTable::default()).await?;
            let dead =
                channel.queue_declare(self.dead.as_str().into(), passive, FieldTable::default()).await?;
            channel.close(200, "".into()).await?;
            Ok(Counts { waiting: waiting.message_count().into(), dead: dead.message_count().into() })
        };
        let counted: lapin::Result<_> = count.await;
        match counted {
            Ok(counts) => Ok(counts),
            Err(error) => {
                self.puts.broke(&link).await;
                Err(self.error(&error))
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Answer {
    Done,
    Again,
}

impl Taking {
    fn in_hands(&self) -> std::sync::MutexGuard<'_, HashSet<u64>> {
        self.in_hands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tag of a parcel that is in our hands, which then it is no more.
    fn take_from_hands(&self, receipt: &Receipt) -> Option<u64> {
        let (epoch, tag) = receipt.0.split_once('.')?;
        let tag = tag.parse().ok()?;
        (epoch.parse() == Ok(self.epoch) && self.in_hands().remove(&tag)).then_some(tag)
    }

    fn drawn(&self, delivery: Delivery) -> Drawn {
        self.in_hands().insert(delivery.delivery_tag);
        let before = delivery
            .properties
            .headers()
            .as_ref()
            .and_then(|headers| headers.inner().get("x-delivery-count").and_then(whole));
        Drawn {
            text: Bytes::from(delivery.data),
            times: u32::try_from(before.unwrap_or(0) + 1).unwrap_or(u32::MAX),
            receipt: Receipt(format!("{}.{}", self.epoch, delivery.delivery_tag)),
        }
    }
}

/// On the disks of most nodes before it is confirmed; refused where there is no room; drawn by one at a time.
fn arguments(dead: &str) -> FieldTable {
    table([
        ("x-queue-type", text("quorum")),
        ("x-single-active-consumer", AMQPValue::Boolean(true)),
        ("x-overflow", text("reject-publish")),
        ("x-max-length-bytes", AMQPValue::LongLongInt(QUEUE_BYTES_MAX)),
        ("x-delivery-limit", AMQPValue::LongLongInt(DELIVERY_LIMIT)),
        ("x-dead-letter-exchange", text("")),
        ("x-dead-letter-routing-key", text(dead)),
        ("x-dead-letter-strategy", text("at-least-once")),
    ])
}

fn dead_arguments() -> FieldTable {
    table([
        ("x-queue-type", text("quorum")),
        ("x-overflow", text("reject-publish")),
        ("x-max-length-bytes", AMQPValue::LongLongInt(DEAD_BYTES_MAX)),
    ])
}

#[async_trait]
impl Buffer for RabbitMq {
    async fn put(&self, parcel: &Parcel) -> Result<(), Error> {
        if parcel.text.len() > PARCEL_BYTES_MAX {
            return Err(Error::TooLarge { limit: PARCEL_BYTES_MAX });
        }
        let properties = BasicProperties::default().with_message_id(parcel.key.as_str().into());
        self.publish(&self.queue, &parcel.text, properties).await
    }

    async fn draw(&self, most: Most, wait: Duration) -> Result<Vec<Drawn>, Error> {
        let link = self.draws.get(self.connect_to_draw()).await?;
        let mut coming = link.coming.lock().await;
        let first = match coming.left.take() {
            Some(left) => Some(Ok(left)),
            None => match tokio::time::timeout(wait, coming.consumer.next()).await {
                Err(_) => return Ok(Vec::new()),
                Ok(first) => first,
            },
        };
        let (mut drawn, mut bytes) = (Vec::new(), 0);
        let mut next = Some(first);
        while let Some(came) = next.take() {
            let delivery = match came {
                Some(Ok(delivery)) => delivery,
                // What is drawn already is answered for on a connection that is gone: it comes again.
                ended => {
                    drop(coming);
                    self.draws.broke(&link).await;
                    let gone = || Error::Away(format!("RabbitMQ at {} ended the consumer", self.place));
                    return Err(ended.and_then(Result::err).map_or_else(gone, |error| self.error(&error)));
                }
            };
            bytes += delivery.data.len();
            if bytes > most.bytes && !drawn.is_empty() {
                coming.left = Some(delivery);
                break;
            }
            drawn.push(link.drawn(delivery));
            if drawn.len() < most.parcels {
                next = coming.consumer.next().now_or_never();
            }
        }
        Ok(drawn)
    }

    async fn done(&self, receipts: &[Receipt]) -> Result<(), Error> {
        self.answer(receipts, Answer::Done).await
    }

    async fn give_back(&self, receipts: &[Receipt]) -> Result<(), Error> {
        self.answer(receipts, Answer::Again).await
    }

    async fn bury(&self, drawn: &Drawn, why: &str) -> Result<(), Error> {
        let properties = BasicProperties::default().with_headers(table([("khlong-why", text(why))]));
        self.publish(&self.dead, &drawn.text, properties).await?;
        self.done(std::slice::from_ref(&drawn.receipt)).await
    }

    /// Without what lies ready in the hands of whoever draws, `PREFETCH` at most: the broker does not tell.
    async fn depth(&self) -> Result<Depth, Error> {
        Ok(self.counted().await?.depth())
    }

    async fn check(&self) -> Result<String, Error> {
        Ok(format!("RabbitMQ at {}, queue {}: {}", self.place, self.queue, self.counted().await?))
    }

    fn parcel_bytes_max(&self) -> usize {
        PARCEL_BYTES_MAX
    }

    /// The queue gives to one consumer at a time, whoever else waits.
    fn draws(&self) -> Draws {
        Draws::Everywhere
    }
}
