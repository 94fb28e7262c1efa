//! `shopee/push_price`: prices before discounts.

use super::api::Api;
use super::pushing::{Change, Way, push};
use crate::market::{self, fields};
use crate::pushed::{self, OnFailure};
use crate::values::{Amount, Id, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const WAY: Way = Way { path: "product/update_price", list: "price_list" };

#[derive(Debug, Deserialize)]
pub struct Input {
    items: Vec<Item>,
    #[serde(default)]
    on_failure: OnFailure,
}

#[derive(Debug, Deserialize)]
struct Item {
    sku: Text,
    price: Amount,
    #[serde(default)]
    item_id: Id,
    #[serde(default)]
    model_id: Id,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    market::check(input.items.iter().map(|item| (item.sku.as_str(), "")))?;
    let change = |item: &Item| Change {
        sku: item.sku.to_string(),
        item_id: item.item_id.clone(),
        model_id: item.model_id.clone(),
        own: json!({"original_price": item.price.number()}),
    };
    let changes: Vec<Change> = input.items.iter().map(change).collect();
    push(&Api::of(cx)?, &WAY, &changes, input.on_failure).await
}

pub fn spec() -> OperationSpec {
    let [item_id, model_id] = super::places();
    OperationSpec::action("shopee/push_price", "Push prices", "ส่งราคา")
        .about(
            "Sets prices, with VAT, before discounts. While some promotions run, Shopee refuses.",
            "ตั้งราคารวมภาษีมูลค่าเพิ่มก่อนส่วนลด โดย Shopee จะปฏิเสธระหว่างโปรโมชันบางประเภท",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(fields::items(
            vec![fields::sku(), fields::price().required(), item_id, model_id],
            json!([{"sku": "ABC-1", "price": "590"}]),
        ))
        .field(pushed::on_failure())
        .example(
            json!({"items": [{"sku": "ABC-1", "price": "590"}, {"sku": "ABC-2", "price": "90"}]}),
            fields::pushed(),
        )
}
