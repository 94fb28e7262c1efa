//! `shopify/subscribe_webhooks`: tells Shopify where to send what. Shopify deletes a subscription after eight failures in a
//! row, so that this is worth running every day.

use super::api::Api;
use crate::values::Filled;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const WEBHOOKS_MAX: usize = 50;
/// Subscriptions that are looked through: 250 on each of so many pages.
const PAGES_MAX: usize = 8;

const LIST: &str = "query($first:Int!,$after:String){webhookSubscriptions(first:$first,after:$after){\
                    pageInfo{hasNextPage endCursor} nodes{id topic uri}}}";
const CREATE: &str = "mutation($topic:WebhookSubscriptionTopic!,$w:WebhookSubscriptionInput!){\
                      webhookSubscriptionCreate(topic:$topic,webhookSubscription:$w){\
                      webhookSubscription{id topic uri} userErrors{field message}}}";

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
                "What Shopify calls it, such as orders/paid, orders/updated, refunds/create or inventory_levels/update.",
                "ชื่อหัวข้อตาม Shopify เช่น orders/paid, orders/updated, refunds/create หรือ inventory_levels/update",
            )
            .required()
            .example("orders/paid"),
        Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
            .about(
                "The trigger's webhook address, as the page of its flow shows it: this installation's public address, /hooks/ and the trigger's path.",
                "ที่อยู่เว็บฮุคของตัวเริ่มตามที่หน้าโฟลว์แสดง คือที่อยู่สาธารณะของระบบนี้ ตามด้วย /hooks/ และพาธของตัวเริ่ม",
            )
            .required()
            .example("https://khlong.example.com/hooks/shopify/order-paid"),
    ];
    OperationSpec::action("shopify/subscribe_webhooks", "Subscribe to webhooks", "สมัครรับเว็บฮุค")
        .about(
            "Makes the webhooks that are missing and leaves those that are there. Run it once, and daily after that: Shopify \
             deletes a webhook after eight failures in a row.",
            "สร้างเว็บฮุคที่ยังไม่มีและคงรายการเดิมไว้ ควรเรียกใช้ครั้งแรกและทุกวัน เพราะ Shopify จะลบเว็บฮุคเมื่อส่งไม่สำเร็จแปดครั้งติดกัน",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("webhooks", FieldKind::List(webhook), "Webhooks", "เว็บฮุค")
                .about("What is to be sent where.", "หัวข้อที่ต้องการและที่อยู่ปลายทาง")
                .required()
                .at_most(WEBHOOKS_MAX as u64)
                .example(json!([{"topic": "orders/paid", "url": "https://khlong.example.com/hooks/shopify/order-paid"}])),
        )
        .example(
            json!({"webhooks": [{"topic": "orders/paid", "url": "https://khlong.example.com/hooks/shopify/order-paid"}]}),
            json!({
                "created": [{"id": "gid://shopify/WebhookSubscription/1", "topic": "ORDERS_PAID",
                    "uri": "https://khlong.example.com/hooks/shopify/order-paid"}],
                "kept": []
            }),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    if input.webhooks.len() > WEBHOOKS_MAX {
        return Err(Error::Input {
            message: format!("there are more than {WEBHOOKS_MAX} webhooks"),
            advice: "Subscribe to fewer at once.".into(),
        });
    }
    let api = Api::open(cx)?;
    let mut there = subscriptions(&api).await?;
    let (mut created, mut kept) = (Vec::new(), Vec::new());
    for wanted in &input.webhooks {
        let (topic, uri) = (topic_name(wanted.topic.as_str()), wanted.url.as_str());
        let is = |one: &&Value| one["topic"] == topic.as_str() && one["uri"] == uri;
        match there.iter().find(is) {
            Some(one) => kept.push(one.clone()),
            None => {
                let made = create(&api, &topic, uri).await?;
                created.push(made.clone());
                there.push(json!({"topic": topic, "uri": uri, "id": made["id"]}));
            }
        }
    }
    Ok(json!({"created": created, "kept": kept}))
}

async fn subscriptions(api: &Api<'_>) -> Result<Vec<Value>, Error> {
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..PAGES_MAX {
        let variables = Map::from_iter([("first".into(), json!(250)), ("after".into(), json!(after))]);
        let page = api.page(LIST, variables, "/webhookSubscriptions").await?;
        all.extend(page.nodes);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(all)
}

async fn create(api: &Api<'_>, topic: &str, uri: &str) -> Result<Value, Error> {
    let variables = json!({"topic": topic, "w": {"uri": uri, "format": "JSON"}});
    let mut told = api.change(CREATE, &variables, "webhookSubscriptionCreate").await?;
    Ok(told.get_mut("webhookSubscription").map(Value::take).unwrap_or_default())
}

/// `orders/paid` as GraphQL names it: `ORDERS_PAID`.
fn topic_name(topic: &str) -> String {
    topic.trim().replace(['/', '.'], "_").to_ascii_uppercase()
}
