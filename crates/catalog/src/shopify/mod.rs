//! Shopify: order webhooks, checked on their raw bytes.

pub mod orders;
mod webhook;

use async_trait::async_trait;
use connector::http::{Answer, shorten};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};
use serde_json::{Value, json};

/// Shopify supports a version for a year; an expired one falls forward silently.
const API_VERSION: &str = "2026-10";
/// What every shop grants; larger plans grant two to ten times as much.
const RATE: Rate = Rate::new(2, Span::from_secs(1), 40);

pub struct Shopify;

#[async_trait]
impl Connector for Shopify {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("shopify", Purpose::Shop, "Shopify", "Shopify")
            .about("Orders of a Shopify shop, as they happen.", "คำสั่งซื้อจากร้าน Shopify แบบทันที")
            .connection(fields())
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let Some(token) = connection.secret("access_token") else {
            return Ok("Nothing to try: the webhook secret is tried by the first webhook.".into());
        };
        let shop = connection.text("shop_url").ok_or_else(|| Error::Connection {
            message: "the shop's address is missing".into(),
            advice: "Enter the address, such as https://my-shop.myshopify.com.".into(),
        })?;
        let url = format!("{}/admin/api/{API_VERSION}/graphql.json", shop.trim_end_matches('/'));
        let answer = http
            .post(&url)
            .secret_header("x-shopify-access-token", token)
            .json(&json!({"query": "{ shop { name } }"}))
            .send()
            .await?
            .error_for_status(|_| None)?;
        shop_name(&answer)
    }
}

/// GraphQL answers 200 also when it refuses.
fn shop_name(answer: &Answer) -> Result<String, Error> {
    let body: Value = answer.json()?;
    if let Some(message) = body.pointer("/errors/0/message").and_then(Value::as_str) {
        return Err(Error::Refused {
            message: format!("Shopify refuses: {}", shorten(message)),
            advice: "Give the app the rights it needs in Shopify.".into(),
        });
    }
    let name = body.pointer("/data/shop/name").and_then(Value::as_str);
    name.map(str::to_owned).ok_or_else(|| Error::Unreadable {
        host: answer.host(),
        message: "the answer does not name the shop".into(),
    })
}

pub fn parts() -> Parts {
    Parts::of(Shopify)
        .webhook(orders::ORDER_CANCELLED)
        .webhook(orders::ORDER_CREATED)
        .webhook(orders::ORDER_PAID)
        .webhook(orders::ORDER_UPDATED)
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("shop_url", FieldKind::Url, "Shop's address", "ที่อยู่ร้าน")
            .about(
                "The address under myshopify.com. Webhooks of other shops are ignored.",
                "ที่อยู่ที่ลงท้ายด้วย myshopify.com เว็บฮุคจากร้านอื่นจะถูกข้าม",
            )
            .example("https://my-shop.myshopify.com"),
        Field::new(
            "webhook_secret",
            FieldKind::Secret,
            "Webhook secret",
            "รหัสลับของเว็บฮุค",
        )
        .about(
            "The app's client secret, or what the shop's notification settings show for webhooks made there.",
            "Client secret ของแอป หรือรหัสที่แสดงในหน้าตั้งค่าการแจ้งเตือนของร้านหากสร้างเว็บฮุคที่นั่น",
        )
        .required(),
        Field::new("access_token", FieldKind::Secret, "Access token", "โทเคนเข้าถึง").about(
            "Only for asking the shop; webhooks work without.",
            "ใช้เมื่อต้องถามข้อมูลจากร้าน เว็บฮุคทำงานได้โดยไม่ต้องมี",
        ),
        Field::rate(Some(RATE)),
    ]
}
