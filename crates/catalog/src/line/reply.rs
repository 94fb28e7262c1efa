//! `line/reply`: an answer to what somebody wrote. It costs nothing of the quota.

use super::api::Api;
use super::messages;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub reply_token: String,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub messages: Option<Value>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let messages = messages::read(input.text.as_deref(), input.messages.as_ref())?;
    let body = json!({"replyToken": input.reply_token.trim(), "messages": messages});
    // LINE refuses a retry key here; the reply token itself works only once.
    let answer = Api::of(cx)?.send("reply", &body, None).await?;
    let sent = answer.get("sentMessages").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(json!({"sent_messages": sent}))
}

pub fn spec() -> OperationSpec {
    let [text, all] = messages::fields();
    OperationSpec::action("line/reply", "Reply", "ตอบกลับ")
        .about(
            "Answers an event within its first minute or so. A reply token works once, so that nothing is said twice.",
            "ตอบกลับเหตุการณ์ภายในราวหนึ่งนาที reply token ใช้ได้ครั้งเดียวจึงไม่ส่งซ้ำ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("reply_token", FieldKind::Text, "Reply token", "reply token")
                .about("From the event that is answered.", "จากเหตุการณ์ที่จะตอบ")
                .required()
                .example("${trigger.body.events[0].replyToken}"),
        )
        .field(text)
        .field(all)
        .example(
            json!({"reply_token": "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA", "text": "ขอบคุณค่ะ"}),
            json!({"sent_messages": [{"id": "461230966842064897"}]}),
        )
}
