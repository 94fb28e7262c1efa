//! `woocommerce/push_stock`: quantities as they are, by SKU.

use super::api::Api;
use super::batch::{self, Change};
use crate::pushed::{self, ITEMS_MAX, OnFailure, Pushed};
use crate::values::{Filled, Whole};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub items: Vec<Item>,
    #[serde(default)]
    pub on_failure: OnFailure,
}

#[derive(Debug, Deserialize)]
pub struct Item {
    pub sku: Filled,
    pub quantity: Whole,
}

pub fn spec() -> OperationSpec {
    let item = vec![
        Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
            .about("Of a product or a variation.", "ของสินค้าหรือตัวเลือกสินค้า")
            .required()
            .example("ABC-1"),
        Field::new("quantity", FieldKind::Number, "Quantity", "จำนวน")
            .about("How many there are, not how many are added.", "จำนวนคงเหลือทั้งหมด ไม่ใช่จำนวนที่เพิ่ม")
            .required()
            .at_most(1_000_000_000)
            .example(12),
    ];
    OperationSpec::action("woocommerce/push_stock", "Push stock", "ส่งจำนวนสต็อก")
        .about(
            "Sets how many of each SKU there are, and lets the store count them from there.",
            "กำหนดจำนวนสต็อกของแต่ละ SKU และให้ร้านนับสต็อกต่อจากนั้น",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("items", FieldKind::List(item), "Items", "รายการ")
                .about("The SKUs and their quantities.", "รหัสสินค้าและจำนวน")
                .required()
                .at_most(ITEMS_MAX as u64)
                .example(json!([{"sku": "ABC-1", "quantity": 12}])),
        )
        .field(pushed::on_failure())
        .example(json!({"items": [{"sku": "ABC-1", "quantity": 12}]}), json!({"updated": 1, "failed": []}))
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    pushed::check(input.items.iter().map(|item| (item.sku.as_str(), "")))?;
    let changes = input.items.iter().map(|item| Change {
        sku: item.sku.as_str(),
        fields: Map::from_iter([
            ("manage_stock".into(), true.into()),
            ("stock_quantity".into(), item.quantity.0.into()),
        ]),
    });
    let mut pushed = Pushed::default();
    batch::update(&Api::open(cx)?, changes.collect(), &mut pushed).await?;
    pushed.tell("WooCommerce", input.on_failure)
}
