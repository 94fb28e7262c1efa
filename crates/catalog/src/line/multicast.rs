//! `line/multicast`: the same message to many users.

use super::api::Api;
use super::messages;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const USERS_MAX: usize = 500;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub to: Vec<String>,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub messages: Option<Value>,
    #[serde(default)]
    pub silent: bool,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    if !(1..=USERS_MAX).contains(&input.to.len()) {
        return Err(Error::Input {
            message: format!("LINE takes 1 to 500 users at once, not {}", input.to.len()),
            advice: "Go through the list in parts of 500, with a for-each.".into(),
        });
    }
    let messages = messages::read(input.text.as_deref(), input.messages.as_ref())?;
    let body = json!({"to": input.to, "messages": messages, "notificationDisabled": input.silent});
    Api::of(cx)?.send("multicast", &body, Some(cx.step_key)).await?;
    Ok(json!({"users": input.to.len()}))
}

pub fn spec() -> OperationSpec {
    let [text, all] = messages::fields();
    let example = json!(["U4af4980629e2d3f1b0c7a5e8d9f60123", "U0c229f96c4e2d3f1b0c7a5e8d9f60456"]);
    OperationSpec::action("line/multicast", "Message many users", "ส่งข้อความถึงหลายคน")
        .about(
            "Sends the same message to up to 500 users. Sent again after a lost answer, it still arrives once.",
            "ส่งข้อความเดียวกันถึงผู้ใช้ไม่เกิน 500 คน หากต้องส่งซ้ำเพราะไม่ได้รับคำตอบ ผู้รับจะยังได้รับเพียงครั้งเดียว",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("to", FieldKind::Json, "To", "ส่งถึง")
                .about("A list of user ids, no groups.", "รายการ user id ใช้กับกลุ่มไม่ได้")
                .required()
                .example(example.clone()),
        )
        .field(text)
        .field(all)
        .field(messages::silent())
        .example(json!({"to": example, "text": "สินค้าเข้าใหม่แล้ว"}), json!({"users": 2}))
}
