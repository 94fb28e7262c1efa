//! `sqs/send`: a message to a queue, which is done when SQS has given it an id.

use super::client;
use super::failure::failed;
use crate::pool::Pool;
use crate::{failure, payload, words};
use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageAttributeValue;
use connector::{Action, ActionCx, Error, decode};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const MESSAGE_BYTES_MAX: usize = 1 << 20;
const ATTRIBUTES_MAX: usize = 10;
const DELAY_S_MAX: u16 = 900;

pub struct Send(pub Pool<Client>);

#[derive(Deserialize)]
pub struct Input {
    queue_url: String,
    body: Value,
    #[serde(default)]
    group: Option<String>,
    #[serde(default)]
    deduplication_id: Option<String>,
    #[serde(default)]
    delay_seconds: Option<u16>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

fn spec() -> OperationSpec {
    let text = |name, en, th| Field::new(name, FieldKind::Text, en, th).at_most(128);
    OperationSpec::action("sqs/send", "Send a message", "ส่งข้อความ")
        .about(
            "Sends a message to a queue and gives the id that SQS knows it by.",
            "ส่งข้อความไปยังคิว และคืนรหัสที่ SQS ใช้เรียกข้อความนั้น",
        )
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(super::queue_url())
        .field(
            Field::new("body", FieldKind::Json, "Body", "เนื้อหา")
                .about("A text as it is, or any JSON.", "ข้อความตามที่เป็น หรือ JSON ใด ๆ")
                .required()
                .example(json!({"order_no": "SHOPIFY-1001"})),
        )
        .field(
            text("group", "Group", "กลุ่ม")
                .about(
                    "FIFO queues only: messages of a group stay in order, so the order's number does well. Empty: one group for all.",
                    "ใช้กับคิว FIFO เท่านั้น ข้อความในกลุ่มเดียวกันจะเรียงลำดับ ควรใช้เลขคำสั่งซื้อ หากเว้นว่างจะเป็นกลุ่มเดียวทั้งหมด",
                )
                .example("SHOPIFY-1001"),
        )
        .field(
            text("deduplication_id", "Deduplication id", "Deduplication id")
                .about(
                    "FIFO queues only: a second message of the same id within five minutes is dropped. Empty: the step's key.",
                    "ใช้กับคิว FIFO เท่านั้น ข้อความรหัสเดียวกันภายในห้านาทีจะถูกตัด หากเว้นว่างจะใช้คีย์ของขั้นตอน",
                )
                .example("01JD8Q")
                .advanced(),
        )
        .field(
            Field::new("delay_seconds", FieldKind::Number, "Delay", "หน่วงเวลา")
                .about(
                    "Standard queues only: nobody gets the message before so many seconds.",
                    "ใช้กับคิว standard เท่านั้น ข้อความจะถูกรับได้เมื่อผ่านไปกี่วินาที",
                )
                .at_least(0)
                .at_most(DELAY_S_MAX.into())
                .example(60)
                .advanced(),
        )
        .field(
            Field::new("attributes", FieldKind::Map, "Attributes", "แอตทริบิวต์")
                .about("Names and texts that travel beside the body.", "ชื่อและข้อความที่ส่งไปพร้อมกับเนื้อหา")
                .at_most(10)
                .default(json!({}))
                .example(json!({"shop": "chiang-mai"}))
                .advanced(),
        )
        .field(words::repeats())
        .example(
            json!({
                "queue_url": "https://sqs.ap-southeast-1.amazonaws.com/123456789012/orders.fifo",
                "body": {"order_no": "SHOPIFY-1001"},
                "group": "SHOPIFY-1001",
            }),
            json!({"message_id": "5fea7756-0ea4-451a-a703-a558b933e274", "sequence_number": "18850000000000000256"}),
        )
}

#[async_trait]
impl Action for Send {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    /// A FIFO queue drops a repeat.
    fn effect(&self, input: &Value) -> EffectRule {
        match input.get("queue_url").and_then(Value::as_str).is_some_and(client::is_fifo) {
            true => EffectRule::Idempotent,
            false => words::repeats_of(input),
        }
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        decode::<Input>(input).map(drop)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let input: Input = decode(input)?;
        let connection = cx.connection()?;
        let place = client::place(connection)?;
        let text = bounded(&input)?;
        client::check(&input.queue_url).await?;
        let late = || failure::unreachable(&place, &"connecting takes too long");
        let client = self.0.of(connection).get(client::connect(connection), late).await?;
        let mut asked = client.send_message().queue_url(&input.queue_url).message_body(text);
        for (name, value) in &input.attributes {
            asked = asked.message_attributes(name, attribute(value)?);
        }
        if client::is_fifo(&input.queue_url) {
            let given = |given: &Option<String>| given.clone().filter(|text| !text.is_empty());
            let id = given(&input.deduplication_id).unwrap_or_else(|| words::short_key(cx.step_key));
            let group = given(&input.group).unwrap_or_else(|| "all".into());
            asked = asked.message_group_id(group).message_deduplication_id(id);
        }
        let asked = asked.set_delay_seconds(input.delay_seconds.map(i32::from));
        let answer = asked.send().await.map_err(|error| failed(&place, &error))?;
        Ok(json!({"message_id": answer.message_id, "sequence_number": answer.sequence_number}))
    }
}

fn bounded(input: &Input) -> Result<String, Error> {
    let text = payload::as_text(&input.body);
    if text.len() > MESSAGE_BYTES_MAX {
        let message = format!("the message has {} bytes; SQS takes {MESSAGE_BYTES_MAX} at most", text.len());
        return Err(failure::input(message, "Send less at once, or the address of what is to be read."));
    }
    if text.is_empty() {
        return Err(failure::input("the message is empty", "SQS takes no empty message: fill in the body."));
    }
    if input.attributes.len() > ATTRIBUTES_MAX {
        return Err(failure::input(
            "the message has more than 10 attributes",
            "Put what is more into the body.",
        ));
    }
    if input.delay_seconds.is_some_and(|delay| delay > DELAY_S_MAX) {
        return Err(failure::input(
            "the delay is longer than 900 seconds",
            "Let the flow wait before it sends.",
        ));
    }
    Ok(text)
}

fn attribute(value: &str) -> Result<MessageAttributeValue, Error> {
    let made = MessageAttributeValue::builder().data_type("String").string_value(value).build();
    made.map_err(|_| failure::input("an attribute cannot be sent", "Correct the attributes."))
}
