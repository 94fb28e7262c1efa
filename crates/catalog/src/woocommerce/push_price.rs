//! `woocommerce/push_price`: prices by SKU.

use super::api::Api;
use super::batch::{self, Change};
use crate::pushed::{self, ITEMS_MAX, OnFailure, Pushed};
use crate::values::{Filled, Money, or_default};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// More than any price.
pub const PRICE_MAX: u64 = 1_000_000_000;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub items: Vec<Item>,
    #[serde(default)]
    pub on_failure: OnFailure,
}

#[derive(Debug, Deserialize)]
pub struct Item {
    pub sku: Filled,
    #[serde(default)]
    pub price: Money,
    #[serde(default)]
    pub sale_price: Money,
    #[serde(default, deserialize_with = "or_default")]
    pub end_sale: bool,
}

pub fn spec() -> OperationSpec {
    let money =
        |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Money(None), en, th).at_most(PRICE_MAX);
    let item = vec![
        Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
            .about("Of a product or a variation.", "ของสินค้าหรือตัวเลือกสินค้า")
            .required()
            .example("ABC-1"),
        money("price", "Price", "ราคา")
            .about("The regular price; empty: it stays as it is.", "ราคาปกติ หากเว้นว่างจะคงเดิม")
            .example("590.00"),
        money("sale_price", "Sale price", "ราคาลด")
            .about(
                "The price while it is on sale; empty: it stays as it is.",
                "ราคาช่วงลดราคา หากเว้นว่างจะคงเดิม",
            )
            .example("490.00"),
        Field::new("end_sale", FieldKind::Bool, "End the sale", "ยกเลิกราคาลด")
            .about("The sale price is taken away.", "ลบราคาลดออก")
            .default(false)
            .example(true),
    ];
    OperationSpec::action("woocommerce/push_price", "Push prices", "ส่งราคาสินค้า")
        .about(
            "Sets the price of each SKU, with tax where the store's prices contain it.",
            "กำหนดราคาของแต่ละ SKU โดยรวมภาษีหากร้านตั้งราคารวมภาษี",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("items", FieldKind::List(item), "Items", "รายการ")
                .about("The SKUs and their prices.", "รหัสสินค้าและราคา")
                .required()
                .at_most(ITEMS_MAX as u64)
                .example(json!([{"sku": "ABC-1", "price": "590.00"}])),
        )
        .field(pushed::on_failure())
        .example(json!({"items": [{"sku": "ABC-1", "price": "590.00"}]}), json!({"updated": 1, "failed": []}))
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    pushed::check(input.items.iter().map(|item| (item.sku.as_str(), "")))?;
    let mut pushed = Pushed::default();
    let mut changes = Vec::with_capacity(input.items.len());
    for item in &input.items {
        let (sku, fields) = (item.sku.as_str(), fields(item));
        match fields.is_empty() {
            true => pushed.refused(sku, "no_price", "the entry has no price"),
            false => changes.push(Change { sku, fields }),
        }
    }
    batch::update(&Api::open(cx)?, changes, &mut pushed).await?;
    pushed.tell("WooCommerce", input.on_failure)
}

/// An empty sale price is none.
fn fields(item: &Item) -> Map<String, Value> {
    let sale = if item.end_sale { Some("") } else { item.sale_price.filled() };
    let pairs = [("regular_price", item.price.filled()), ("sale_price", sale)];
    pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
}
