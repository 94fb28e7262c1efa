//! `line_shopping/push_price`: the price of each SKU, in baht.
//!
//! A product's instant discount is written together with its prices: it is read first and given back, or it would be lost.

use super::api::Api;
use super::goods::{Found, SKUS_MAX, Variant, find, one};
use super::{VENDOR, words};
use crate::pushed::{self, ITEMS_MAX, OnFailure, Pushed};
use crate::values::{self, BAHT_MAX, Baht};
use connector::{ActionCx, Error};
use http::Method;
use model::money::Currency;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

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
    #[serde(default, deserialize_with = "values::baht")]
    price: Option<Baht>,
}

/// What is written to one product at once.
struct Change<'i> {
    product: String,
    discount: Value,
    skus: Vec<&'i str>,
    variants: Vec<Value>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    pushed::check(input.items.iter().map(|item| (item.sku.as_str(), "")))?;
    let api = Api::of(cx)?;
    let mut pushed = Pushed::default();
    for items in input.items.chunks(SKUS_MAX) {
        let skus: Vec<&str> = items.iter().map(|item| item.sku.as_str()).collect();
        let found = find(&api, &skus).await?;
        for change in changes(&found, items, &mut pushed)? {
            let path = format!("/products/{}/prices", change.product);
            let body = json!({"instantDiscount": change.discount, "variants": change.variants});
            let result = api.send(Method::PATCH, &path, &body).await.map(drop);
            change.skus.iter().try_for_each(|sku| pushed.tried(sku, result.clone()))?;
        }
    }
    pushed.tell(VENDOR, input.on_failure)
}

fn changes<'i>(found: &Found, items: &'i [Item], pushed: &mut Pushed) -> Result<Vec<Change<'i>>, Error> {
    let mut changes: Vec<Change<'i>> = Vec::new();
    for item in items {
        match line(found, item) {
            Ok((variant, line)) => add(&mut changes, variant, &item.sku, line),
            Err(error) => pushed.tried(&item.sku, Err(error))?,
        }
    }
    Ok(changes)
}

fn add<'i>(changes: &mut Vec<Change<'i>>, variant: &Variant, sku: &'i str, line: Value) {
    let product = variant.product_id();
    let at = changes.iter().position(|change| change.product == product).unwrap_or(changes.len());
    if at == changes.len() {
        let discount =
            variant.product.get("instantDiscount").filter(|discount| discount.is_number()).cloned();
        let discount = discount.unwrap_or_else(|| 0.into());
        changes.push(Change { product, discount, skus: Vec::new(), variants: Vec::new() });
    }
    changes[at].skus.push(sku);
    changes[at].variants.push(line);
}

/// A variant's new price. The only variant of a product may have no id, and is meant without one.
fn line<'f>(found: &'f Found, item: &Item) -> Result<(&'f Variant, Value), Error> {
    let variant = one(found, &item.sku)?;
    let price = item.price.filter(|price| price.satang() >= 100).ok_or_else(|| Error::Input {
        message: format!("{} has no price of one baht at least", item.sku),
        advice: "Correct the price before this node, then retry.".into(),
    })?;
    let line = match variant.id() {
        Some(id) => json!({"id": id, "price": price.json()}),
        None => json!({"price": price.json()}),
    };
    Ok((variant, line))
}

pub fn spec() -> OperationSpec {
    let baht = FieldKind::Money(Some(Currency::Fixed("THB".into())));
    let price = Field::new("price", baht, "Price", "ราคา")
        .about("In baht, with VAT, before the discount.", "หน่วยเป็นบาท รวมภาษีมูลค่าเพิ่ม ก่อนหักส่วนลด")
        .required()
        .at_least(1)
        .at_most(BAHT_MAX)
        .example("590.00");
    OperationSpec::action("line_shopping/push_price", "Push prices", "ส่งราคา")
        .about(
            "Sets the price of each SKU; a product's instant discount stays. LINE refuses it while a promotion runs.",
            "ตั้งราคาของแต่ละ SKU โดยคงส่วนลดเดิมของสินค้าไว้ LINE จะปฏิเสธระหว่างมีโปรโมชัน",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("items", FieldKind::List(vec![words::sku(), price]), "Items", "รายการ")
                .about("A SKU and its price each.", "SKU และราคาของแต่ละรายการ")
                .required()
                .at_most(ITEMS_MAX as u64)
                .example(json!([{"sku": "TEA-100", "price": "590.00"}])),
        )
        .field(pushed::on_failure())
        .example(
            json!({"items": [{"sku": "TEA-100", "price": "590.00"}], "on_failure": "report"}),
            json!({"updated": 1, "failed": []}),
        )
}
