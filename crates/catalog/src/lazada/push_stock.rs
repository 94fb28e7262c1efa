//! `lazada/push_stock`: how many pieces of a SKU can be sold.

use super::api::Api;
use super::lookup::WAREHOUSE;
use super::pushing::{Change, push};
use super::sku::escaped;
use crate::market::{self, fields, mistake};
use crate::pushed::{self, OnFailure};
use crate::values::{Quantity, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

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
    let changes = changes(&input)?;
    push(&Api::of(cx)?, "/product/stock/sellable/update", &changes, input.on_failure).await
}

/// One change for each SKU, with all of its warehouses in it.
fn changes(input: &Input) -> Result<Vec<Change>, Error> {
    let mut changes: Vec<(Change, bool)> = Vec::new();
    for item in &input.items {
        let place = input.place(item);
        let own = own(item.quantity.0, place);
        let has_place = !place.is_empty();
        match changes.iter_mut().find(|(change, _)| change.sku == item.sku.as_str()) {
            Some((change, true)) if has_place => change.own.push_str(&own),
            Some(_) => {
                let message = format!("the SKU {} comes with a warehouse and without", item.sku);
                return Err(mistake(message, "Name the warehouse at each of its items."));
            }
            None => changes.push((Change { sku: item.sku.to_string(), own }, has_place)),
        }
    }
    let whole = |(change, has_place): (Change, bool)| match has_place {
        true => Change {
            own: format!("<MultiWarehouseInventories>{}</MultiWarehouseInventories>", change.own),
            ..change
        },
        false => change,
    };
    Ok(changes.into_iter().map(whole).collect())
}

fn own(quantity: u64, place: &str) -> String {
    let quantity = format!("<SellableQuantity>{quantity}</SellableQuantity>");
    if place.is_empty() {
        return quantity;
    }
    let code = escaped(place);
    format!(
        "<MultiWarehouseInventory><WarehouseCode>{code}</WarehouseCode>{quantity}</MultiWarehouseInventory>"
    )
}

pub fn spec() -> OperationSpec {
    let warehouse = || {
        Field::new("warehouse", FieldKind::Record(WAREHOUSE.into()), "Warehouse", "คลังสินค้า")
            .example("dropshipping")
    };
    let own = fields::text("warehouse", "Warehouse", "คลังสินค้า")
        .about("The code of this item's warehouse, where it has another.", "รหัสคลังของรายการนี้ หากต่างจากค่าหลัก")
        .example("dropshipping");
    OperationSpec::action("lazada/push_stock", "Push stock", "ส่งสต็อก")
        .about(
            "Sets how many pieces can be sold: what open orders withhold is not counted. Lazada refuses less than what \
             campaigns hold.",
            "ตั้งจำนวนที่ขายได้ โดยไม่นับจำนวนที่คำสั่งซื้อค้างอยู่กันไว้ Lazada จะปฏิเสธจำนวนที่น้อยกว่าที่แคมเปญกันไว้",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(fields::items(
            vec![fields::sku(), fields::quantity(), own],
            json!([{"sku": "ABC-1", "quantity": 12}, {"sku": "ABC-2", "quantity": 0}]),
        ))
        .field(warehouse().about(
            "For shops with several warehouses. Empty: the shop's only one.",
            "สำหรับร้านที่มีหลายคลัง หากเว้นว่างคือคลังเดียวของร้าน",
        ))
        .field(pushed::on_failure())
        .example(json!({"items": [{"sku": "ABC-1", "quantity": 12}, {"sku": "ABC-2", "quantity": 0}]}), fields::pushed())
}
