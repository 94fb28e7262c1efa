//! `tiktok_shop/push_price`: prices before discounts.

use super::api::Api;
use super::pushing::{Change, push};
use super::sku;
use crate::market::fields;
use crate::market::outcome::{self, OnFailure, Outcome};
use crate::market::read::{Amount, Text};
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
    outcome::check(input.items.iter().map(|item| (item.sku.0.as_str(), "")))?;
    let api = Api::of(cx)?;
    let skus: Vec<&str> = input.items.iter().map(|item| item.sku.0.as_str()).collect();
    let places = sku::find(&api, &skus).await?;
    let currency = input.currency.given().unwrap_or("THB");
    let (mut outcome, mut changes) = (Outcome::default(), Vec::new());
    for item in &input.items {
        match places.get(&item.sku.0) {
            None => outcome.unknown(&item.sku.0),
            Some(place) => changes.push(Change {
                sku: item.sku.0.clone(),
                product_id: place.product_id.clone(),
                sku_id: place.sku_id.clone(),
                own: json!({"price": {"amount": item.price.0, "currency": currency}}),
            }),
        }
    }
    push(&api, "prices", changes, outcome, input.on_failure).await
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
        .field(fields::on_failure())
        .example(
            json!({"items": [{"sku": "ABC-1", "price": "590.00"}, {"sku": "ABC-2", "price": "90.00"}]}),
            fields::pushed(),
        )
}
