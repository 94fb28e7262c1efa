//! NATS JetStream: a stream on disk, acknowledged publishing, a durable pull consumer.

use crate::address::{self, Address};
use crate::counts::Counts;
use crate::link::Link;
use async_nats::connection::State;
use async_nats::{Client, ConnectOptions, HeaderMap, Message, RequestErrorKind, StatusCode, Subscriber};
use async_trait::async_trait;
use buffer::{Buffer, Depth, Drawn, Draws, Error, Most, Parcel, Receipt};
use bytes::Bytes;
use futures::StreamExt;
use links::jetstream::{
    self as nats_api, ConsumerConfig, ConsumerInfo, CreateConsumer, Kept, NO_ROOM, Pull, Refusal,
    STREAM_NOT_FOUND, StreamConfig, StreamInfo,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const PORT: u16 = 4222;
/// The consumer that all processes share.
const CONSUMER: &str = "khlong";
const STREAM_BYTES_MAX: i64 = 1 << 30;
const DEAD_BYTES_MAX: i64 = 256 << 20;
const REPLICAS_MAX: u64 = 5;
/// Given out and not answered for: beyond this the server gives out no more.
const IN_HANDS_MAX: i64 = 512;
/// A second message of one key within this is dropped by the server.
const REPEATS_WITHIN: Duration = Duration::from_secs(120);
/// A server's usual limit of a message, until it has told its own.
const MESSAGE_BYTES_MAX: usize = 1 << 20;
/// Of a message's bytes, those that its headers may take.
const HEADER_BYTES: usize = 1 << 10;
const CONNECT_MAX: Duration = Duration::from_secs(3);
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// The server ends what it gives with a word; a pause this long does, too.
const PAUSE_MAX: Duration = Duration::from_secs(1);

pub struct JetStream {
    url: String,
    options: Options,
    stream: String,
    dead: String,
    place: String,
    again_after: Duration,
    replicas: u64,
    link: Link<Client>,
    parcel_bytes_max: AtomicUsize,
}

struct Options {
    credentials: Option<(String, String)>,
    file: Option<PathBuf>,
    tls: bool,
}

impl JetStream {
    pub fn at(address: &Address) -> Result<Self, address::Error> {
        address.knows(&["stream", "credentials", "replicas", "again_after_s"])?;
        let stream =
            address.parameter("stream").map_or_else(|| format!("khlong-{}", address.name), str::to_owned);
        let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if stream.is_empty() || stream.len() > 100 || !stream.chars().all(fine) {
            return Err(address.wrong("a stream's name has letters, digits, - and _, 100 at most"));
        }
        let place = address.place(PORT);
        Ok(Self {
            url: format!("nats://{place}"),
            options: Options {
                credentials: address.credentials(),
                file: address.parameter("credentials").map(PathBuf::from),
                tls: address.url.scheme() == "tls",
            },
            dead: format!("{stream}-dead"),
            stream,
            place,
            again_after: address.again_after()?,
            replicas: address.number("replicas", 1, REPLICAS_MAX)?,
            link: Link::default(),
            parcel_bytes_max: AtomicUsize::new(MESSAGE_BYTES_MAX - HEADER_BYTES),
        })
    }

    async fn client(&self) -> Result<std::sync::Arc<Client>, Error> {
        let client = self.link.get(self.connect()).await?;
        if client.connection_state() != State::Connected {
            // It connects again by itself; what is said meanwhile would wait for that.
            return Err(Error::Away(format!("the connection to NATS at {} is broken", self.place)));
        }
        Ok(client)
    }

    async fn connect(&self) -> Result<Client, Error> {
        let mut options = ConnectOptions::new().name("khlong").connection_timeout(CONNECT_MAX);
        options = options.request_timeout(Some(ANSWER_MAX)).require_tls(self.options.tls);
        options = match &self.options.credentials {
            Some((token, none)) if none.is_empty() => options.token(token.clone()),
            Some((user, password)) => options.user_and_password(user.clone(), password.clone()),
            None => options,
        };
        if let Some(file) = &self.options.file {
            let read = options.credentials_file(file).await;
            options = read.map_err(|error| Error::Misfit(format!("{}: {error}", file.display())))?;
        }
        let client = options.connect(&self.url).await.map_err(|error| self.away(&error))?;
        let limit = client.server_info().max_payload.saturating_sub(HEADER_BYTES);
        self.parcel_bytes_max.store(limit, Ordering::Relaxed);
        self.make_streams(&client).await?;
        Ok(client)
    }

    async fn make_streams(&self, client: &Client) -> Result<(), Error> {
        self.make_stream(client, &self.dead, "limits", DEAD_BYTES_MAX).await?;
        self.make_stream(client, &self.stream, "workqueue", STREAM_BYTES_MAX).await?;
        let nanos = |span: Duration| u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        let consumer = CreateConsumer {
            stream_name: &self.stream,
            config: ConsumerConfig {
                durable_name: CONSUMER,
                deliver_policy: "all",
                ack_policy: "explicit",
                replay_policy: "instant",
                ack_wait: nanos(self.again_after),
                max_ack_pending: IN_HANDS_MAX,
                filter_subject: None,
            },
        };
        let subject = format!("$JS.API.CONSUMER.DURABLE.CREATE.{}.{CONSUMER}", self.stream);
        let made = self.ask::<ConsumerInfo>(client, subject, &consumer).await?;
        made.map(drop).map_err(|refusal| self.refused(&refusal))
    }

    /// Makes a stream, or finds it as it must be.
    async fn make_stream(
        &self,
        client: &Client,
        name: &str,
        retention: &'static str,
        max_bytes: i64,
    ) -> Result<(), Error> {
        let info = match self.info(client, name).await? {
            Ok(info) => info,
            Err(refusal) if refusal.err_code == STREAM_NOT_FOUND => {
                let config = StreamConfig {
                    name: name.to_owned(),
                    subjects: vec![name.to_owned()],
                    retention,
                    storage: "file",
                    discard: "new",
                    max_bytes,
                    num_replicas: self.replicas,
                    duplicate_window: u64::try_from(REPEATS_WITHIN.as_nanos()).unwrap_or(u64::MAX),
                };
                let subject = format!("$JS.API.STREAM.CREATE.{name}");
                self.ask(client, subject, &config).await?.map_err(|refusal| self.refused(&refusal))?
            }
            Err(refusal) => return Err(self.refused(&refusal)),
        };
        let kind = &info.config;
        if kind.storage == "file" && kind.retention == retention && kind.discard == "new" {
            return Ok(());
        }
        Err(Error::Misfit(format!(
            "NATS at {}: the stream {name} is there and is not on disk, or throws away what is old: storage {}, \
             retention {}, discard {}; wanted are file, {retention}, new",
            self.place, kind.storage, kind.retention, kind.discard
        )))
    }

    async fn info(&self, client: &Client, stream: &str) -> Result<Result<StreamInfo, Refusal>, Error> {
        self.ask(client, format!("$JS.API.STREAM.INFO.{stream}"), &()).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        client: &Client,
        subject: String,
        question: &impl Serialize,
    ) -> Result<Result<T, Refusal>, Error> {
        let question = serde_json::to_vec(question).map_err(|error| self.away(&error))?;
        let answer = client.request(subject, question.into()).await.map_err(|error| match error.kind() {
            RequestErrorKind::NoResponders => {
                Error::Misfit(format!("NATS at {} runs without JetStream, or forbids it", self.place))
            }
            _ => self.away(&error),
        })?;
        nats_api::read(&answer.payload).map_err(|error| self.away(&error))
    }

    /// Returns when the stream has the message on its disk.
    async fn publish(&self, stream: &str, headers: HeaderMap, text: &Bytes) -> Result<(), Error> {
        let client = self.client().await?;
        let mut headers = headers;
        headers.insert("Nats-Expected-Stream", stream);
        let kept = match client.request_with_headers(stream.to_owned(), headers, text.clone()).await {
            Ok(answer) => nats_api::read::<Kept>(&answer.payload).map_err(|error| self.away(&error))?,
            Err(error) if error.kind() == RequestErrorKind::NoResponders => {
                // Made anew with the next connection.
                self.link.broke(&client).await;
                return Err(Error::Away(format!("NATS at {}: the stream {stream} is gone", self.place)));
            }
            Err(error) => return Err(self.away(&error)),
        };
        match kept {
            Ok(kept) if kept.stream == stream => Ok(()),
            Ok(kept) => Err(Error::Misfit(format!("another stream, {}, took the message", kept.stream))),
            Err(refusal) => Err(self.refused(&refusal)),
        }
    }

    async fn pull(&self, client: &Client, pull: &Pull) -> Result<Pulling, Error> {
        let inbox = client.new_inbox();
        let coming = client.subscribe(inbox.clone()).await.map_err(|error| self.away(&error))?;
        let subject = format!("$JS.API.CONSUMER.MSG.NEXT.{}.{CONSUMER}", self.stream);
        let question = serde_json::to_vec(pull).map_err(|error| self.away(&error))?;
        let asked = client.publish_with_reply(subject, inbox, question.into()).await;
        asked.map_err(|error| self.away(&error))?;
        let wait = Duration::from_nanos(pull.expires.unwrap_or(0)) + PAUSE_MAX;
        let mut pulled = Pulling { coming, drawn: Vec::new(), end: End::Nothing };
        pulled.gather(pull.batch, wait).await;
        Ok(pulled)
    }

    async fn answer(&self, receipts: &[Receipt], word: &'static str) -> Result<(), Error> {
        if receipts.is_empty() {
            return Ok(());
        }
        let client = self.client().await?;
        for receipt in receipts {
            let said = client.publish(receipt.0.clone(), Bytes::from_static(word.as_bytes())).await;
            said.map_err(|error| self.away(&error))?;
        }
        client.flush().await.map_err(|error| self.away(&error))
    }

    async fn counted(&self) -> Result<Counts, Error> {
        let client = self.client().await?;
        let mut counts = [0; 2];
        for (stream, count) in [&self.stream, &self.dead].into_iter().zip(&mut counts) {
            let info = self.info(&client, stream).await?;
            *count = info.map_err(|refusal| self.refused(&refusal))?.state.messages;
        }
        Ok(Counts { waiting: counts[0], dead: counts[1] })
    }

    fn away(&self, error: &dyn std::fmt::Display) -> Error {
        Error::Away(format!("NATS at {}: {error}", self.place))
    }

    fn refused(&self, refusal: &Refusal) -> Error {
        let text = format!("NATS at {}: {}", self.place, refusal.description);
        match NO_ROOM.contains(&refusal.err_code) {
            true => Error::Full(text),
            false => Error::Misfit(text),
        }
    }
}

/// What a pull brings.
struct Pulling {
    coming: Subscriber,
    drawn: Vec<Drawn>,
    end: End,
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Nothing,
    /// The next message is larger than what may be drawn.
    Larger,
    /// The consumer, or its stream, is not there.
    Gone,
}

impl Pulling {
    async fn gather(&mut self, most: usize, wait: Duration) {
        let mut wait = wait;
        while self.drawn.len() < most {
            let Ok(Some(message)) = tokio::time::timeout(wait, self.coming.next()).await else { return };
            if let Some(end) = end_of(&message) {
                self.end = end;
                return;
            }
            self.drawn.extend(drawn(message));
            wait = PAUSE_MAX;
        }
    }
}

/// What a message without a body says: that there is no more.
fn end_of(message: &Message) -> Option<End> {
    let status = message.status?;
    let said = message.description.as_deref().unwrap_or_default();
    Some(match status {
        StatusCode::NO_RESPONDERS => End::Gone,
        _ if said.contains("MaxBytes") => End::Larger,
        _ if said.contains("Deleted") => End::Gone,
        _ => End::Nothing,
    })
}

fn drawn(message: Message) -> Option<Drawn> {
    let reply = message.reply?;
    let times = nats_api::times(&reply);
    Some(Drawn { text: message.payload, times, receipt: Receipt(reply.to_string()) })
}

#[async_trait]
impl Buffer for JetStream {
    async fn put(&self, parcel: &Parcel) -> Result<(), Error> {
        self.client().await?;
        let limit = self.parcel_bytes_max();
        if parcel.text.len() > limit {
            return Err(Error::TooLarge { limit });
        }
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", parcel.key.as_str());
        self.publish(&self.stream, headers, &parcel.text).await
    }

    async fn draw(&self, most: Most, wait: Duration) -> Result<Vec<Drawn>, Error> {
        let client = self.client().await?;
        let expires = u64::try_from(wait.as_nanos()).ok();
        let pull = Pull { batch: most.parcels, max_bytes: Some(most.bytes), no_wait: true, expires };
        let mut pulled = self.pull(&client, &pull).await?;
        if pulled.end == End::Larger && pulled.drawn.is_empty() {
            let alone = Pull { batch: 1, max_bytes: None, no_wait: true, expires: None };
            pulled = self.pull(&client, &alone).await?;
        }
        if pulled.end == End::Gone {
            self.link.broke(&client).await;
            return Err(Error::Away(format!("NATS at {}: the stream {} is gone", self.place, self.stream)));
        }
        Ok(pulled.drawn)
    }

    async fn done(&self, receipts: &[Receipt]) -> Result<(), Error> {
        self.answer(receipts, "+ACK").await
    }

    async fn give_back(&self, receipts: &[Receipt]) -> Result<(), Error> {
        self.answer(receipts, "-NAK").await
    }

    async fn bury(&self, drawn: &Drawn, why: &str) -> Result<(), Error> {
        let mut headers = HeaderMap::new();
        headers.insert("Khlong-Why", one_line(why).as_str());
        self.publish(&self.dead, headers, &drawn.text).await?;
        self.done(std::slice::from_ref(&drawn.receipt)).await
    }

    async fn depth(&self) -> Result<Depth, Error> {
        Ok(self.counted().await?.depth())
    }

    async fn check(&self) -> Result<String, Error> {
        Ok(format!("NATS at {}, stream {}: {}", self.place, self.stream, self.counted().await?))
    }

    fn parcel_bytes_max(&self) -> usize {
        self.parcel_bytes_max.load(Ordering::Relaxed)
    }

    /// A lane's messages would be dealt out to all who pull.
    fn draws(&self) -> Draws {
        Draws::InOnePlace
    }
}

/// A header's value has no line breaks, and a bounded length.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}
