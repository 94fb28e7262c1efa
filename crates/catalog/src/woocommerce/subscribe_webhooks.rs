//! `woocommerce/subscribe_webhooks`: tells the store where to send what, and switches on what it switched off. It does so after
//! more than five failures in a row, so that this is worth running every day.

use super::api::Api;
use crate::values::Filled;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

const WEBHOOKS_MAX: usize = 50;
const PAGES_MAX: usize = 5;
const ROUTE: &str = "wc/v3/webhooks";

#[derive(Debug, Deserialize)]
pub struct Input {
    pub webhooks: Vec<Wanted>,
}

#[derive(Debug, Deserialize)]
pub struct Wanted {
    pub topic: Filled,
    pub url: Filled,
}

pub fn spec() -> OperationSpec {
    let webhook = vec![
        Field::new("topic", FieldKind::Text, "Topic", "หัวข้อ")
            .about(
                "What the store calls it, such as order.created, order.updated, product.updated or customer.updated.",
                "ชื่อหัวข้อตามร้าน เช่น order.created, order.updated, product.updated หรือ customer.updated",
            )
            .required()
            .example("order.updated"),
        Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
            .about(
                "This installation's public address, /hooks/ and the trigger's path.",
                "ที่อยู่สาธารณะของระบบนี้ ตามด้วย /hooks/ และพาธของตัวเริ่ม",
            )
            .required()
            .example("https://khlong.example.com/hooks/woocommerce/order-updated"),
    ];
    let url = "https://khlong.example.com/hooks/woocommerce/order-updated";
    OperationSpec::action("woocommerce/subscribe_webhooks", "Subscribe to webhooks", "สมัครรับเว็บฮุค")
        .about(
            "Makes the webhooks that are missing, signed with the connection's webhook secret, and switches on those that the \
             store has switched off. Run it once, and daily after that.",
            "สร้างเว็บฮุคที่ยังไม่มีโดยใช้รหัสลับของการเชื่อมต่อ และเปิดเว็บฮุคที่ร้านปิดไป ควรเรียกใช้ครั้งแรกและทุกวัน",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("webhooks", FieldKind::List(webhook), "Webhooks", "เว็บฮุค")
                .about("What is to be sent where.", "หัวข้อที่ต้องการและที่อยู่ปลายทาง")
                .required()
                .at_most(WEBHOOKS_MAX as u64)
                .example(json!([{"topic": "order.updated", "url": url}])),
        )
        .example(
            json!({"webhooks": [{"topic": "order.updated", "url": url}]}),
            json!({"created": [{"id": 142, "topic": "order.updated", "url": url, "status": "active"}], "revived": [], "kept": []}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    if input.webhooks.len() > WEBHOOKS_MAX {
        return Err(Error::Input {
            message: format!("there are more than {WEBHOOKS_MAX} webhooks"),
            advice: "Subscribe to fewer at once.".into(),
        });
    }
    let secret = secret(cx)?;
    let api = Api::open(cx)?;
    let mut there = api.all(ROUTE, &[("status", "all".to_owned())], PAGES_MAX).await?;
    let (mut created, mut revived, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for wanted in &input.webhooks {
        let (topic, url) = (wanted.topic.as_str(), wanted.url.as_str());
        let is = |one: &&Value| one["topic"] == topic && one["delivery_url"] == url;
        match there.iter().find(is) {
            Some(one) if one["status"] == "active" => kept.push(told(one)),
            Some(one) => {
                let body = json!({"status": "active"});
                let one = api.put(&format!("{ROUTE}/{}", one["id"]), &body).await?;
                revived.push(told(&one));
            }
            None => {
                let name = format!("Khlong {topic}");
                let body = json!({"name": name, "topic": topic, "delivery_url": url, "secret": secret});
                let one = api.post(ROUTE, &body).await?;
                created.push(told(&one));
                there.push(json!({"id": one["id"], "topic": topic, "delivery_url": url, "status": "active"}));
            }
        }
    }
    Ok(json!({"created": created, "revived": revived, "kept": kept}))
}

/// The store decodes HTML in a secret before it signs with it: letters and digits come out as they went in.
fn secret<'a>(cx: &ActionCx<'a>) -> Result<&'a str, Error> {
    let connection = cx.connection()?;
    let secret = connection.need_secret("webhook_secret")?.expose_secret();
    if secret.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(secret);
    }
    Err(Error::Connection {
        message: format!("the webhook secret of the connection \"{}\" has signs in it", connection.name),
        advice: "Use letters and digits only: the store changes some signs before it uses the secret.".into(),
    })
}

/// Never the secret, which some stores repeat.
fn told(webhook: &Value) -> Value {
    json!({"id": webhook["id"], "topic": webhook["topic"], "url": webhook["delivery_url"], "status": webhook["status"]})
}
