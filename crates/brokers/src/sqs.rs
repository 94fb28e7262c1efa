//! Amazon SQS: standard queues, and FIFO queues with groups and deduplication ids.

use crate::address::{self, Address};
use crate::counts::Counts;
use crate::link::Link;
use async_trait::async_trait;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Credentials;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message, MessageAttributeValue,
    MessageSystemAttributeName, QueueAttributeName,
};
use buffer::{Buffer, Depth, Drawn, Draws, Error, Most, Parcel, Receipt};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What SQS gives, takes or forgets in one call.
const BATCH_MAX: usize = 10;
/// The longest that SQS waits for a message.
const WAIT_MAX: Duration = Duration::from_secs(20);
/// The usual limit of a message, until the queue has told its own.
const MESSAGE_BYTES_MAX: usize = 256 << 10;
const ATTEMPT_MAX: Duration = Duration::from_secs(5);
const CONNECT_MAX: Duration = Duration::from_secs(3);
const WHY_CHARS_MAX: usize = 200;
const FIFO: &str = ".fifo";

pub struct Sqs {
    endpoint: String,
    region: String,
    credentials: Option<(String, String)>,
    queue: String,
    dead: String,
    fifo: bool,
    place: String,
    again_after: Duration,
    link: Link<Client>,
    parcel_bytes_max: AtomicUsize,
    /// What SQS gave in one go and was more than should be drawn; fewer than `BATCH_MAX`.
    left: Mutex<Vec<Drawn>>,
}

impl Sqs {
    pub fn at(address: &Address) -> Result<Self, address::Error> {
        address.knows(&["region", "dead", "again_after_s"])?;
        let path = address.url.path().trim_matches('/');
        let (account, name) = path.rsplit_once('/').unwrap_or_default();
        if account.is_empty() || name.is_empty() {
            return Err(address.wrong("it ends with the account's number and the queue's name"));
        }
        let (scheme, usual_port) = if address.url.scheme() == "sqs" { ("https", 443) } else { ("http", 80) };
        let host = address.url.host_str().unwrap_or_default();
        let region = address.parameter("region").or_else(|| host.strip_prefix("sqs.")?.split('.').next());
        let region = region.ok_or_else(|| address.wrong("it names no region; add ?region=…"))?.to_owned();
        let port = address.url.port().map_or_else(String::new, |port| format!(":{port}"));
        let endpoint = format!("{scheme}://{host}{port}");
        let queue = format!("{endpoint}/{account}/{name}");
        let dead = address.parameter("dead").map_or_else(|| dead_name(name), str::to_owned);
        Ok(Self {
            region,
            credentials: address.credentials(),
            dead: format!("{endpoint}/{account}/{dead}"),
            fifo: name.ends_with(FIFO),
            place: format!("SQS, queue {name} at {}", address.place(usual_port)),
            again_after: address.again_after()?,
            link: Link::default(),
            parcel_bytes_max: AtomicUsize::new(MESSAGE_BYTES_MAX),
            left: Mutex::default(),
            endpoint,
            queue,
        })
    }

    async fn client(&self) -> Result<Arc<Client>, Error> {
        self.link.get(self.connect()).await
    }

    async fn connect(&self) -> Result<Client, Error> {
        let http = links::sqs::http_client(None).map_err(Error::Misfit)?;
        let times =
            TimeoutConfig::builder().connect_timeout(CONNECT_MAX).operation_attempt_timeout(ATTEMPT_MAX);
        let mut config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .region(Region::new(self.region.clone()))
            .timeout_config(times.build())
            .endpoint_url(&self.endpoint);
        if let Some((id, secret)) = &self.credentials {
            config = config.credentials_provider(Credentials::new(id, secret, None, None, "address"));
        }
        let client = Client::new(&config.load().await);
        // Both queues are there, and how much a message may have.
        self.attributes(&client, &self.dead).await?;
        let attributes = self.attributes(&client, &self.queue).await?;
        if let Some(limit) = number(&attributes, &QueueAttributeName::MaximumMessageSize) {
            self.parcel_bytes_max.store(usize::try_from(limit).unwrap_or(usize::MAX), Ordering::Relaxed);
        }
        Ok(client)
    }

    async fn attributes(&self, client: &Client, queue: &str) -> Result<Attributes, Error> {
        let asked = client.get_queue_attributes().queue_url(queue).attribute_names(QueueAttributeName::All);
        let answer = asked.send().await.map_err(|error| self.error(&error))?;
        Ok(answer.attributes.unwrap_or_default())
    }

    async fn receive(&self, client: &Client, count: usize, wait: Duration) -> Result<Vec<Drawn>, Error> {
        let seconds = |span: Duration| i32::try_from(span.as_secs()).unwrap_or(i32::MAX);
        // SQS counts in seconds; a shorter wait is a second, so that nobody asks over and over.
        let wait = if wait.is_zero() { 0 } else { seconds(wait.min(WAIT_MAX)).max(1) };
        let asked = client
            .receive_message()
            .queue_url(&self.queue)
            .max_number_of_messages(i32::try_from(count.min(BATCH_MAX)).unwrap_or(1))
            .wait_time_seconds(wait)
            .visibility_timeout(seconds(self.again_after))
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .customize()
            .config_override(aws_sdk_sqs::config::Builder::new().timeout_config(
                TimeoutConfig::builder().operation_attempt_timeout(WAIT_MAX + ATTEMPT_MAX).build(),
            ));
        let answer = asked.send().await.map_err(|error| self.error(&error))?;
        Ok(answer.messages.unwrap_or_default().into_iter().filter_map(drawn).collect())
    }

    /// Up to so many and so many bytes of what is at hand; what is over stays at hand.
    fn bounded(&self, mut at_hand: Vec<Drawn>, most: Most) -> Vec<Drawn> {
        let mut bytes = 0;
        let over = |(at, drawn): (usize, &Drawn)| {
            bytes += drawn.text.len();
            (at == most.parcels || (bytes > most.bytes && at > 0)).then_some(at)
        };
        let end = at_hand.iter().enumerate().find_map(over).unwrap_or(at_hand.len());
        let left = at_hand.split_off(end);
        self.left.lock().unwrap_or_else(PoisonError::into_inner).extend(left);
        at_hand
    }

    async fn put_back(&self, client: &Client, receipts: &[Receipt]) -> Result<(), Error> {
        for some in receipts.chunks(BATCH_MAX) {
            let entries = some.iter().enumerate().filter_map(|(at, receipt)| {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(at.to_string());
                entry.receipt_handle(handle(receipt)).visibility_timeout(0).build().ok()
            });
            let asked = client.change_message_visibility_batch().queue_url(&self.queue);
            let asked = asked.set_entries(Some(entries.collect()));
            asked.send().await.map_err(|error| self.error(&error))?;
        }
        Ok(())
    }

    async fn counted(&self) -> Result<Counts, Error> {
        let client = self.client().await?;
        let count = |attributes: &Attributes| {
            let parts = [
                QueueAttributeName::ApproximateNumberOfMessages,
                QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
                QueueAttributeName::ApproximateNumberOfMessagesDelayed,
            ];
            parts.iter().filter_map(|part| number(attributes, part)).sum()
        };
        let waiting = count(&self.attributes(&client, &self.queue).await?);
        let dead = count(&self.attributes(&client, &self.dead).await?);
        Ok(Counts { waiting, dead })
    }

    /// What the service says, without the request, which may hold credentials.
    fn error<E: ProvideErrorMetadata, R>(&self, error: &SdkError<E, R>) -> Error {
        let told = |text: &str| format!("{}: {text}", self.place);
        let Some(refusal) = error.as_service_error() else {
            return Error::Away(told(match error {
                SdkError::ConstructionFailure(_) => "the request could not be made; are there credentials?",
                SdkError::TimeoutError(_) => "it did not answer in time",
                SdkError::DispatchFailure(_) => "it cannot be reached, or there are no credentials",
                _ => "its answer cannot be read",
            }));
        };
        let code = refusal.code().unwrap_or("no code");
        let text = told(&format!("{code}: {}", refusal.message().unwrap_or_default()));
        let passing =
            ["Throttl", "Unavailable", "InternalError", "InternalFailure", "OverLimit", "KmsThrottled"];
        match passing.iter().any(|part| code.contains(part)) {
            true => Error::Away(text),
            false => Error::Misfit(text),
        }
    }
}

type Attributes = HashMap<QueueAttributeName, String>;

fn number(attributes: &Attributes, name: &QueueAttributeName) -> Option<u64> {
    attributes.get(name)?.parse().ok()
}

/// A FIFO queue's dead go to a FIFO queue.
fn dead_name(name: &str) -> String {
    match name.strip_suffix(FIFO) {
        Some(name) => format!("{name}-dead{FIFO}"),
        None => format!("{name}-dead"),
    }
}

fn drawn(message: Message) -> Option<Drawn> {
    let counted = message.attributes.as_ref().and_then(|attributes| {
        attributes.get(&MessageSystemAttributeName::ApproximateReceiveCount)?.parse().ok()
    });
    let receipt = Receipt(format!("{} {}", message.message_id?, message.receipt_handle?));
    Some(Drawn { text: Bytes::from(message.body?), times: counted.unwrap_or(1), receipt })
}

/// A receipt is the message's id and the handle that SQS wants to hear.
fn handle(receipt: &Receipt) -> &str {
    receipt.0.split_once(' ').map_or("", |(_, handle)| handle)
}

fn message_id(receipt: &Receipt) -> &str {
    receipt.0.split_once(' ').map_or("", |(id, _)| id)
}

/// SQS takes the characters that XML does. Those it does not stand in JSON only inside of texts, where they may be spelt.
fn spelt(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    match text.contains(['\u{fffe}', '\u{ffff}']) {
        true => text.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff"),
        false => text.into_owned(),
    }
}

#[async_trait]
impl Buffer for Sqs {
    async fn put(&self, parcel: &Parcel) -> Result<(), Error> {
        let client = self.client().await?;
        let (limit, text) = (self.parcel_bytes_max(), spelt(&parcel.text));
        if text.len() > limit {
            return Err(Error::TooLarge { limit });
        }
        let mut asked = client.send_message().queue_url(&self.queue).message_body(text);
        if self.fifo {
            // A group goes one after the other: parcels without a lane have one each.
            let group = parcel.lane.as_ref().unwrap_or(&parcel.key);
            asked = asked.message_group_id(group).message_deduplication_id(&parcel.key);
        }
        asked.send().await.map(drop).map_err(|error| self.error(&error))
    }

    async fn draw(&self, most: Most, wait: Duration) -> Result<Vec<Drawn>, Error> {
        let mut at_hand = std::mem::take(&mut *self.left.lock().unwrap_or_else(PoisonError::into_inner));
        let client = self.client().await?;
        let mut wait = if at_hand.is_empty() { wait } else { Duration::ZERO };
        while at_hand.len() < most.parcels {
            let bytes: usize = at_hand.iter().map(|drawn| drawn.text.len()).sum();
            if bytes >= most.bytes {
                break;
            }
            let count = (most.parcels - at_hand.len()).min(BATCH_MAX);
            // Those at hand are not lost by an error: their time runs out, and they come again.
            let came = self.receive(&client, count, wait).await?;
            let enough = came.len() < count;
            at_hand.extend(came);
            if enough {
                break;
            }
            wait = Duration::ZERO;
        }
        Ok(self.bounded(at_hand, most))
    }

    async fn done(&self, receipts: &[Receipt]) -> Result<(), Error> {
        let client = self.client().await?;
        for some in receipts.chunks(BATCH_MAX) {
            let entries = some.iter().enumerate().filter_map(|(at, receipt)| {
                let entry = DeleteMessageBatchRequestEntry::builder().id(at.to_string());
                entry.receipt_handle(handle(receipt)).build().ok()
            });
            let asked = client.delete_message_batch().queue_url(&self.queue);
            let answer = asked.set_entries(Some(entries.collect())).send().await;
            // What could not be forgotten, such as by an old handle, comes again.
            for failed in answer.map_err(|error| self.error(&error))?.failed() {
                tracing::debug!(code = failed.code(), "SQS gives a message again");
            }
        }
        Ok(())
    }

    async fn give_back(&self, receipts: &[Receipt]) -> Result<(), Error> {
        let client = self.client().await?;
        self.put_back(&client, receipts).await
    }

    async fn bury(&self, drawn: &Drawn, why: &str) -> Result<(), Error> {
        let client = self.client().await?;
        let why: String = why.chars().filter(|c| !c.is_control()).take(WHY_CHARS_MAX).collect();
        let why = MessageAttributeValue::builder().data_type("String").string_value(why).build();
        let why = why.map_err(|error| Error::Misfit(error.to_string()))?;
        let asked = client.send_message().queue_url(&self.dead).message_body(spelt(&drawn.text));
        let mut asked = asked.message_attributes("khlong-why", why);
        if self.fifo {
            let id = message_id(&drawn.receipt);
            asked = asked.message_group_id("dead").message_deduplication_id(id);
        }
        asked.send().await.map_err(|error| self.error(&error))?;
        self.done(std::slice::from_ref(&drawn.receipt)).await
    }

    async fn depth(&self) -> Result<Depth, Error> {
        Ok(self.counted().await?.depth())
    }

    async fn check(&self) -> Result<String, Error> {
        Ok(format!("{}: about {}", self.place, self.counted().await?))
    }

    fn parcel_bytes_max(&self) -> usize {
        self.parcel_bytes_max.load(Ordering::Relaxed)
    }

    /// A FIFO queue gives a group to one at a time; a standard queue knows no order.
    fn draws(&self) -> Draws {
        Draws::Everywhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_spelt_out() {
        assert_eq!(spelt("\"a\u{ffff}ช\u{fffe}\"".as_bytes()), "\"a\\uffffช\\ufffe\"");
    }

    #[test]
    fn the_dead_of_a_fifo_queue_lie_in_order() {
        assert_eq!(dead_name("orders.fifo"), "orders-dead.fifo");
        assert_eq!(dead_name("orders"), "orders-dead");
    }
}
