//! `slack/post_message`: a message to the webhook's channel.

use super::{WEBHOOK_URL, failure};
use connector::{ActionCx, Connection, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

const TEXT_MAX: u64 = 40_000;
const BLOCKS_MAX: usize = 50;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub text: String,
    #[serde(default)]
    pub blocks: Option<Value>,
}

/// The webhook's address. No error repeats it: it is the secret.
pub fn address(connection: &Connection) -> Result<Url, Error> {
    let text = connection.need_secret(WEBHOOK_URL)?.expose_secret();
    connector::http::read_url(text).map_err(|_| Error::Connection {
        message: "the webhook URL cannot be read".into(),
        advice: "Copy it from Slack again; it begins with https://hooks.slack.com/.".into(),
    })
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let url = address(cx.connection()?)?;
    let mut body = Map::from_iter([("text".into(), input.text.into())]);
    match input.blocks.filter(|blocks| !blocks.is_null()) {
        Some(Value::Array(blocks)) if blocks.len() <= BLOCKS_MAX => {
            body.insert("blocks".into(), blocks.into());
        }
        Some(_) => {
            return Err(Error::Input {
                message: "blocks are a list of at most 50".into(),
                advice: "Correct the blocks in the node.".into(),
            });
        }
        None => {}
    }
    let answer = cx.http.post(url.as_str()).json(&body).send().await?;
    match answer.status.is_success() && answer.body.trim_ascii() == b"ok" {
        true => Ok(json!({"sent": true})),
        false => Err(failure::of(answer)),
    }
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("slack/post_message", "Post a message", "ส่งข้อความ")
        .about("Writes to the webhook's channel.", "ส่งข้อความลงช่องของเว็บฮุค")
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(
            Field::new("text", FieldKind::LongText, "Text", "ข้อความ")
                .about(
                    "What to say; with blocks, what notifications show.",
                    "ข้อความที่จะส่ง หากมี blocks จะใช้แสดงในการแจ้งเตือน",
                )
                .required()
                .at_most(TEXT_MAX)
                .example("Order SHOPIFY-1001: stock too low"),
        )
        .field(
            Field::new("blocks", FieldKind::Json, "Blocks", "Blocks")
                .about("Slack's own layout blocks, 50 at most.", "บล็อกจัดหน้าของ Slack ไม่เกิน 50")
                .example(json!([{"type": "divider"}]))
                .advanced(),
        )
        .example(json!({"text": "Order SHOPIFY-1001: stock too low"}), json!({"sent": true}))
}
