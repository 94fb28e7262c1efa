//! `sqs/received`: messages of a queue.

use super::client::{self, seconds};
use super::failure::failed;
use crate::{payload, words};
use async_trait::async_trait;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message as Came, MessageSystemAttributeName, QueueAttributeName};
use bytes::Bytes;
use connector::{Connection, Delivery, Drawing, Error, Fate, Message, Queue, Receipt};
use model::{Field, FieldKind, Need, OperationSpec, Span};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::time::Duration;

/// What SQS gives in one call.
const BATCH_MAX: usize = 10;
/// Messages that are in our hands at a time.
const IN_HANDS_MAX: usize = 128;
const HIDDEN_USUAL: Span = Span::from_secs(60);
/// Twelve hours is what SQS allows.
const HIDDEN_MOST: Duration = Duration::from_secs(12 * 3_600);
const ATTEMPT_MAX: Duration = Duration::from_secs(5);

pub struct Received;

pub fn spec() -> OperationSpec {
    OperationSpec::trigger("sqs/received", "Message received", "ได้รับข้อความ")
        .about(
            "Takes the messages of a queue. Each is deleted when its event is on disk; what can never be an event goes to the queue's dead-letter queue.",
            "รับข้อความจากคิว และลบออกจากคิวเมื่อบันทึกเหตุการณ์ลงดิสก์แล้ว ข้อความที่เป็นเหตุการณ์ไม่ได้จะไปที่ dead-letter queue ของคิว",
        )
        .connection(Need::Required)
        .field(super::queue_url())
        .field(
            Field::new("hidden_for", FieldKind::Span, "Hidden for", "ซ่อนไว้นาน")
                .about(
                    "A message that nobody answered for, as after a power cut, comes again after this time; 12 hours at most.",
                    "ข้อความที่ยังไม่มีใครตอบรับ เช่น หลังไฟดับ จะกลับมาอีกครั้งหลังเวลานี้ ไม่เกิน 12 ชั่วโมง",
                )
                .default(HIDDEN_USUAL.to_string())
                .example(HIDDEN_USUAL.to_string())
                .advanced(),
        )
        .field(words::back_after())
        .example(
            json!({"queue_url": "https://sqs.ap-southeast-1.amazonaws.com/123456789012/orders.fifo"}),
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
        let queue = words::need(with, "queue_url")?.to_owned();
        client::check(&queue).await?;
        let client = client::connect(connection).await?;
        let asked = client.get_queue_attributes().queue_url(&queue);
        let answer = asked.attribute_names(QueueAttributeName::RedrivePolicy).send().await;
        let answer = answer.map_err(|error| failed(&place, &error))?;
        let policy = answer.attributes().and_then(|all| all.get(&QueueAttributeName::RedrivePolicy));
        let dead = match policy.and_then(|policy| dead_name(policy)) {
            Some((account, name)) => {
                let asked = client.get_queue_url().queue_name(name).queue_owner_aws_account_id(account);
                asked.send().await.map_err(|error| failed(&place, &error))?.queue_url
            }
            None => None,
        };
        let given = with.get("hidden_for").and_then(Value::as_str).and_then(|text| text.parse::<Span>().ok());
        let hidden = words::std_span(given.unwrap_or(HIDDEN_USUAL)).min(HIDDEN_MOST);
        let back_after = words::back_after_of(with);
        Ok(Box::new(Session { client, place, queue, dead, hidden, back_after, in_hands: HashMap::new() }))
    }
}

/// Account and name of the dead-letter queue, as a redrive policy has them: `arn:aws:sqs:<region>:<account>:<name>`.
fn dead_name(policy: &str) -> Option<(String, String)> {
    let policy: Value = serde_json::from_str(policy).ok()?;
    let (rest, name) = policy["deadLetterTargetArn"].as_str()?.rsplit_once(':')?;
    Some((rest.rsplit_once(':')?.1.to_owned(), name.to_owned()))
}

struct Session {
    client: Client,
    place: String,
    queue: String,
    /// The address of the dead-letter queue, where there is one.
    dead: Option<String>,
    hidden: Duration,
    back_after: Duration,
    in_hands: HashMap<Receipt, Came>,
}

#[async_trait]
impl Drawing for Session {
    async fn draw(&mut self, most: usize, wait: Span) -> Result<Vec<Message>, Error> {
        let wait = words::std_span(wait).min(client::WAIT_MAX);
        let room = most.min(BATCH_MAX).min(IN_HANDS_MAX.saturating_sub(self.in_hands.len()));
        if room == 0 {
            tokio::time::sleep(wait).await;
            return Ok(Vec::new());
        }
        let times = TimeoutConfig::builder().operation_attempt_timeout(wait + ATTEMPT_MAX).build();
        let asked = self
            .client
            .receive_message()
            .queue_url(&self.queue)
            .max_number_of_messages(i32::try_from(room).unwrap_or(1))
            .wait_time_seconds(seconds(wait))
            .visibility_timeout(seconds(self.hidden).max(1))
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All")
            .customize()
            .config_override(aws_sdk_sqs::config::Builder::new().timeout_config(times));
        // One that is lost on the way comes again when its time is up.
        let answer = asked.send().await.map_err(|error| failed(&self.place, &error))?;
        Ok(answer.messages.unwrap_or_default().into_iter().filter_map(|came| self.message(came)).collect())
    }

    async fn settle(&mut self, fates: Vec<(Receipt, Fate)>) -> Result<(), Error> {
        for (receipt, fate) in fates {
            let Some(came) = self.in_hands.remove(&receipt) else { continue };
            match fate {
                Fate::Taken => self.delete(&receipt).await?,
                Fate::Back => self.hide(&receipt).await?,
                Fate::Buried => {
                    self.bury(&came).await?;
                    self.delete(&receipt).await?;
                }
            }
        }
        Ok(())
    }
}

impl Session {
    fn message(&mut self, came: Came) -> Option<Message> {
        let receipt = Receipt(came.receipt_handle.clone()?);
        let delivery = read(&self.queue, &came);
        self.in_hands.insert(receipt.clone(), came);
        Some(Message { receipt, delivery })
    }

    async fn delete(&self, receipt: &Receipt) -> Result<(), Error> {
        let asked = self.client.delete_message().queue_url(&self.queue).receipt_handle(&receipt.0);
        asked.send().await.map(drop).map_err(|error| failed(&self.place, &error))
    }

    /// One second at least, so that nobody asks over and over.
    async fn hide(&self, receipt: &Receipt) -> Result<(), Error> {
        let asked = self.client.change_message_visibility().queue_url(&self.queue).receipt_handle(&receipt.0);
        let asked = asked.visibility_timeout(seconds(self.back_after).max(1));
        asked.send().await.map(drop).map_err(|error| failed(&self.place, &error))
    }

    async fn bury(&self, came: &Came) -> Result<(), Error> {
        let Some(dead) = &self.dead else { return Ok(()) };
        let mut asked =
            self.client.send_message().queue_url(dead).message_body(came.body().unwrap_or_default());
        asked = asked.set_message_attributes(came.message_attributes.clone());
        if client::is_fifo(dead) {
            let group = attribute(came, &MessageSystemAttributeName::MessageGroupId).unwrap_or("dead");
            asked = asked.message_group_id(group).set_message_deduplication_id(came.message_id.clone());
        }
        asked.send().await.map(drop).map_err(|error| failed(&self.place, &error))
    }
}

fn attribute<'a>(came: &'a Came, name: &MessageSystemAttributeName) -> Option<&'a str> {
    came.attributes.as_ref()?.get(name).map(String::as_str)
}

fn read(queue: &str, came: &Came) -> Result<Delivery, String> {
    let own = came.message_attributes.iter().flatten();
    let own: Map<String, Value> =
        own.filter_map(|(name, value)| Some((name.clone(), value.string_value()?.into()))).collect();
    let content_type = own.get("content_type").and_then(Value::as_str).map(str::to_owned);
    let head = json!({
        "queue": queue,
        "message_id": came.message_id,
        "group": attribute(came, &MessageSystemAttributeName::MessageGroupId),
        "times": attribute(came, &MessageSystemAttributeName::ApproximateReceiveCount),
        "sent_at": attribute(came, &MessageSystemAttributeName::SentTimestamp),
        "attributes": own,
    });
    let text = Bytes::from(came.body.clone().unwrap_or_default());
    let body = payload::opened(&text, content_type.as_deref())?;
    Ok(Delivery { id: came.message_id.clone(), body, head: head.as_object().cloned().unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_dead_lie_is_read_from_the_queue_s_policy() {
        let policy = r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:orders-dead","maxReceiveCount":"5"}"#;
        assert_eq!(dead_name(policy), Some(("123456789012".into(), "orders-dead".into())));
        assert_eq!(dead_name("{}"), None);
    }
}
