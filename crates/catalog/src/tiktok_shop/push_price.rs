//! `tiktok_shop/push_price`: prices before discounts.

use super::api::Api;
use super::pushing::{Change, push};
use super::sku;
use crate::market::{self, fields};
use crate::pushed::{self, OnFailure, Pushed};
use crate::values::{Amount, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    items: Vec<Item>,
    #[serde(default)]
    currency: Text,
    #[serde(default)]
    on_failure: OnFailure,
}

#[derive(Debug, Deserialize)]
struct Item {
    sku: Text,
    price: Amount,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    market::check(input.items.iter().map(|item| (item.sku.as_str(), "")))?;
    let api = Api::of(cx)?;
    let skus: Vec<&str> = input.items.iter().map(|item| item.sku.as_str()).collect();
    let places = sku::find(&api, &skus).await?;
    let currency = input.currency.filled().unwrap_or("THB");
    let (mut pushed, mut changes) = (Pushed::default(), Vec::new());
    for item in &input.items {
        match places.get(item.sku.as_str()) {
            Err(why) => pushed.unclear(item.sku.as_str(), why),
            Ok(place) => changes.push(Change {
                sku: item.sku.to_string(),
                product_id: place.product_id.clone(),
                sku_id: place.sku_id.clone(),
                own: json!({"price": {"amount": item.price.0, "currency": currency}}),
            }),
        }
    }
    push(&api, "prices", changes, pushed, input.on_failure).await
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/push_price", "Push prices", "ส่งราคา")
        .about(
            "Sets prices, with VAT, before discounts, of products that are active.",
            "ตั้งราคารวมภาษีมูลค่าเพิ่มก่อนส่วนลด ของสินค้าที่เปิดขายอยู่",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(fields::items(
            vec![fields::sku(), fields::price().required()],
            json!([{"sku": "ABC-1", "price": "590.00"}]),
        ))
        .field(super::currency())
        .field(pushed::on_failure())
        .example(
            json!({"items": [{"sku": "ABC-1", "price": "590.00"}, {"sku": "ABC-2", "price": "90.00"}]}),
            fields::pushed(),
        )
}
