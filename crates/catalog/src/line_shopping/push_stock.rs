//! `line_shopping/push_stock`: what can be sold, as an absolute number for each SKU.
//!
//! LINE counts what lies in the shop; what is reserved or waits to be shipped is in that. So the number is put together from
//! what can be sold and those two. There is no way to write "if it is still so": a sale between reading and writing shows
//! when the next level is pushed.

use super::api::Api;
use super::goods::{SKUS_MAX, Variant, find, one};
use super::{VENDOR, words};
use crate::pushed::{self, ITEMS_MAX, OnFailure, Pushed};
use crate::values;
use connector::{ActionCx, Error};
use http::Method;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

/// LINE's own bound.
const LEVEL_MAX: u64 = 99_999;

#[derive(Debug, Deserialize)]
pub struct Input {
    items: Vec<Item>,
    #[serde(default)]
    on_failure: OnFailure,
}

#[derive(Debug, Deserialize)]
struct Item {
    #[serde(deserialize_with = "values::text")]
    sku: String,
    #[serde(default, deserialize_with = "values::whole")]
    quantity: Option<u64>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    pushed::check(input.items.iter().map(|item| (item.sku.as_str(), "")))?;
    let api = Api::of(cx)?;
    let mut pushed = Pushed::default();
    for items in input.items.chunks(SKUS_MAX) {
        let skus: Vec<&str> = items.iter().map(|item| item.sku.as_str()).collect();
        let found = find(&api, &skus).await?;
        for item in items {
            let result = match one(&found, &item.sku) {
                Ok(variant) => set(&api, variant, item).await,
                Err(error) => Err(error),
            };
            pushed.tried(&item.sku, result)?;
        }
    }
    pushed.tell(VENDOR, input.on_failure)
}

async fn set(api: &Api<'_>, variant: &Variant, item: &Item) -> Result<(), Error> {
    let wanted = level(item)?;
    if let Some(id) = variant.id() {
        let on_hand = wanted + variant.count("reservedNumber") + variant.count("readyToShipNumber");
        let path = format!("/products/{}/variant", variant.product_id());
        return api.send(Method::PATCH, &path, &json!({"id": id, "onHandNumber": on_hand})).await.map(drop);
    }
    shift(api, variant, wanted - variant.count("availableNumber")).await
}

/// A variant without an id is only reached through its inventory, and that by how much more or less.
async fn shift(api: &Api<'_>, variant: &Variant, by: i64) -> Result<(), Error> {
    let way = match by {
        0 => return Ok(()),
        1.. => "increase",
        _ => "decrease",
    };
    let inventory = variant.variant.get("inventoryId").map(ToString::to_string).unwrap_or_default();
    let path = format!("/inventory/{inventory}/{way}");
    api.send(Method::PUT, &path, &json!({"amount": by.unsigned_abs()})).await.map(drop)
}

fn level(item: &Item) -> Result<i64, Error> {
    let level =
        item.quantity.filter(|quantity| *quantity <= LEVEL_MAX).and_then(|level| i64::try_from(level).ok());
    level.ok_or_else(|| Error::Input {
        message: format!("the quantity of {} is not from 0 to {LEVEL_MAX}", item.sku),
        advice: "Correct the quantity before this node, then retry.".into(),
    })
}

pub fn spec() -> OperationSpec {
    let quantity = Field::new("quantity", FieldKind::Number, "Quantity", "จำนวน")
        .about("How many can be sold now.", "จำนวนที่ขายได้ขณะนี้")
        .required()
        .at_least(0)
        .at_most(LEVEL_MAX)
        .example(12);
    OperationSpec::action("line_shopping/push_stock", "Push stock levels", "ส่งจำนวนสต็อก")
        .about(
            "Sets how many of each SKU can be sold; what is reserved or waits to be shipped is added by itself.",
            "ตั้งจำนวนที่ขายได้ของแต่ละ SKU โดยบวกจำนวนที่จองไว้และรอจัดส่งให้เอง",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("items", FieldKind::List(vec![words::sku(), quantity]), "Items", "รายการ")
                .about("A SKU and its level each.", "SKU และจำนวนของแต่ละรายการ")
                .required()
                .at_most(ITEMS_MAX as u64)
                .example(json!([{"sku": "TEA-100", "quantity": 12}])),
        )
        .field(pushed::on_failure())
        .example(
            json!({"items": [{"sku": "TEA-100", "quantity": 12}], "on_failure": "report"}),
            json!({"updated": 1, "failed": []}),
        )
}
