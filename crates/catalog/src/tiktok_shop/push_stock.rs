//! `tiktok_shop/push_stock`: how many pieces of a SKU there are.

use super::api::Api;
use super::lookup::WAREHOUSE;
use super::pushing::{Change, push};
use super::sku::{self, Place};
use crate::market::{self, Said, fields};
use crate::pushed::{self, OnFailure, Pushed};
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

/// A SKU's quantities by warehouse; the empty name is the only warehouse it has.
type Wish<'i> = (&'i str, Vec<(&'i str, u64)>);

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
    let wishes = wishes(&input);
    let api = Api::of(cx)?;
    let skus: Vec<&str> = wishes.iter().map(|(sku, _)| *sku).collect();
    let places = sku::find(&api, &skus).await?;
    let (mut pushed, mut changes) = (Pushed::default(), Vec::new());
    for (sku, quantities) in &wishes {
        match places.get(sku).map(|place| inventory(place, quantities).map(|own| (place, own))) {
            Err(why) => pushed.unclear(sku, why),
            Ok(Err(said)) => pushed.refused(sku, &said.code, &said.message),
            Ok(Ok((place, own))) => changes.push(Change {
                sku: (*sku).to_owned(),
                product_id: place.product_id.clone(),
                sku_id: place.sku_id.clone(),
                own: json!({"inventory": own}),
            }),
        }
    }
    push(&api, "inventory", changes, pushed, input.on_failure).await
}

fn wishes(input: &Input) -> Vec<Wish<'_>> {
    let mut wishes: Vec<Wish<'_>> = Vec::new();
    for item in &input.items {
        let quantity = (input.place(item), item.quantity.0);
        match wishes.iter_mut().find(|(sku, _)| *sku == item.sku.as_str()) {
            Some((_, quantities)) => quantities.push(quantity),
            None => wishes.push((item.sku.as_str(), vec![quantity])),
        }
    }
    wishes
}

/// Every warehouse of the SKU has to be in the call: those that are not meant keep what they have.
fn inventory(place: &Place, quantities: &[(&str, u64)]) -> Result<Vec<Value>, Said> {
    let known: Vec<&str> = place.stock.iter().map(|(warehouse, _)| warehouse.as_str()).collect();
    if let [("", quantity)] = quantities {
        return match known.as_slice() {
            [only] => Ok(vec![json!({"warehouse_id": only, "quantity": quantity})]),
            _ => Err(Said::new(
                "warehouse",
                "the SKU has not exactly one warehouse; name the one that is meant",
            )),
        };
    }
    if quantities.iter().any(|(warehouse, _)| warehouse.is_empty()) {
        return Err(Said::new("warehouse", "the SKU comes with a warehouse and without"));
    }
    let row = |warehouse: &str, quantity: Value| json!({"warehouse_id": warehouse, "quantity": quantity});
    let kept =
        place.stock.iter().filter(|(warehouse, _)| !quantities.iter().any(|(named, _)| named == warehouse));
    let kept = kept.map(|(warehouse, quantity)| row(warehouse, quantity.clone()));
    Ok(quantities
        .iter()
        .map(|(warehouse, quantity)| row(warehouse, (*quantity).into()))
        .chain(kept)
        .collect())
}

pub fn spec() -> OperationSpec {
    let own = fields::text("warehouse", "Warehouse", "คลังสินค้า")
        .about("The warehouse of this item, where it is another.", "คลังของรายการนี้ หากต่างจากค่าหลัก")
        .example("7068517275539719942");
    OperationSpec::action("tiktok_shop/push_stock", "Push stock", "ส่งสต็อก")
        .about(
            "Sets how many pieces of each SKU there are. Warehouses that are not named keep what they have.",
            "ตั้งจำนวนสต็อกของแต่ละ SKU คลังที่ไม่ได้ระบุจะคงจำนวนเดิม",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(fields::items(
            vec![fields::sku(), fields::quantity(), own],
            json!([{"sku": "ABC-1", "quantity": 12}]),
        ))
        .field(
            Field::new("warehouse", FieldKind::Record(WAREHOUSE.into()), "Warehouse", "คลังสินค้า")
                .about(
                    "For shops with several warehouses. Empty: the SKU's only one.",
                    "สำหรับร้านที่มีหลายคลัง หากเว้นว่างคือคลังเดียวของ SKU",
                )
                .example("7068517275539719942"),
        )
        .field(pushed::on_failure())
        .example(
            json!({"items": [{"sku": "ABC-1", "quantity": 12}, {"sku": "ABC-2", "quantity": 3}]}),
            fields::pushed(),
        )
}
