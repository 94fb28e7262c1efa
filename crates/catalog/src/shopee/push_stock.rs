//! `shopee/push_stock`: how many pieces of a SKU there are.

use super::api::Api;
use super::lookup::WAREHOUSE;
use super::pushing::{Change, Way, push};
use crate::market::{self, fields};
use crate::pushed::{self, OnFailure};
use crate::values::{Id, Quantity, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const WAY: Way = Way { path: "product/update_stock", list: "stock_list" };

#[derive(Debug, Deserialize)]
pub struct Input {
    items: Vec<Item>,
    #[serde(default)]
    warehouse: Text,
    #[serde(default)]
    on_failure: OnFailure,
}

#[derive(Debug, Deserialize)]
struct Item {
    sku: Text,
    quantity: Quantity,
    #[serde(default)]
    warehouse: Text,
    #[serde(default)]
    item_id: Id,
    #[serde(default)]
    model_id: Id,
}

impl Input {
    /// Where an item lies, empty where nobody said.
    fn place<'i>(&'i self, item: &'i Item) -> &'i str {
        item.warehouse.filled().or(self.warehouse.filled()).unwrap_or_default()
    }

    fn check(&self) -> Result<(), Error> {
        market::check(self.items.iter().map(|item| (item.sku.as_str(), self.place(item))))
    }
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.check()?;
    push(&Api::of(cx)?, &WAY, &changes(&input), input.on_failure).await
}

/// One change for each SKU, with all of its warehouses in it.
fn changes(input: &Input) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for item in &input.items {
        let stock = match input.place(item) {
            "" => json!({"stock": item.quantity.0}),
            place => json!({"location_id": place, "stock": item.quantity.0}),
        };
        let same = changes.iter_mut().find(|change| change.sku == item.sku.as_str());
        match same.and_then(|change| change.own.get_mut("seller_stock")?.as_array_mut()) {
            Some(stocks) => stocks.push(stock),
            None => changes.push(Change {
                sku: item.sku.to_string(),
                item_id: item.item_id.clone(),
                model_id: item.model_id.clone(),
                own: json!({"seller_stock": [stock]}),
            }),
        }
    }
    changes
}

pub fn spec() -> OperationSpec {
    let own = fields::text("warehouse", "Warehouse", "คลังสินค้า")
        .about("The location of this item, where it is another.", "คลังของรายการนี้ หากต่างจากค่าหลัก")
        .example("THZ");
    let [item_id, model_id] = super::places();
    OperationSpec::action("shopee/push_stock", "Push stock", "ส่งสต็อก")
        .about(
            "Sets how many pieces of each SKU there are. Shopee refuses less than what promotions hold.",
            "ตั้งจำนวนสต็อกของแต่ละ SKU โดย Shopee จะปฏิเสธจำนวนที่น้อยกว่าที่โปรโมชันกันไว้",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(fields::items(
            vec![fields::sku(), fields::quantity(), own, item_id, model_id],
            json!([{"sku": "ABC-1", "quantity": 12}]),
        ))
        .field(
            Field::new("warehouse", FieldKind::Record(WAREHOUSE.into()), "Warehouse", "คลังสินค้า")
                .about(
                    "For shops with several warehouses. Empty: the shop's only one.",
                    "สำหรับร้านที่มีหลายคลัง หากเว้นว่างคือคลังเดียวของร้าน",
                )
                .example("THZ"),
        )
        .field(pushed::on_failure())
        .example(
            json!({"items": [{"sku": "ABC-1", "quantity": 12}, {"sku": "ABC-2", "quantity": 0, "item_id": "1001"}]}),
            fields::pushed(),
        )
}
