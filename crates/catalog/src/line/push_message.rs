//! `line/push_message`: a message to a user, group or room.

use super::api::Api;
use super::messages;
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub to: Text,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub messages: Option<Value>,
    #[serde(default)]
    pub silent: bool,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let messages = messages::read(input.text.as_deref(), input.messages.as_ref())?;
    let body = json!({"to": input.to.as_str(), "messages": messages, "notificationDisabled": input.silent});
    let answer = Api::of(cx)?.send("push", &body, Some(cx.step_key)).await?;
    let sent = answer.get("sentMessages").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(json!({"sent_messages": sent}))
}

pub fn spec() -> OperationSpec {
    let [text, all] = messages::fields();
    OperationSpec::action("line/push_message", "Push a message", "ส่งข้อความ")
        .about(
            "Sends a message to one LINE user, group or room. Sent again after a lost answer, it still arrives once.",
            "ส่งข้อความถึงผู้ใช้ กลุ่ม หรือห้องแชต LINE หากต้องส่งซ้ำเพราะไม่ได้รับคำตอบ ผู้รับจะยังได้รับเพียงครั้งเดียว",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("to", FieldKind::Text, "To", "ส่งถึง")
                .about("A user's, group's or room's id.", "ไอดีของผู้ใช้ กลุ่ม หรือห้องแชต")
                .required()
                .example("U4af4980629e2d3f1b0c7a5e8d9f60123"),
        )
        .field(text)
        .field(all)
        .field(messages::silent())
        .example(
            json!({"to": "U4af4980629e2d3f1b0c7a5e8d9f60123", "text": "ร้านได้รับคำสั่งซื้อ SHOPIFY-1001 แล้ว"}),
            json!({"sent_messages": [{"id": "461230966842064897", "quoteToken": "IStG5h1Tz7b"}]}),
        )
}
