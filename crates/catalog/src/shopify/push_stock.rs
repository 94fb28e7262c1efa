//! `shopify/push_stock`: quantities as they are, by SKU and location.

use super::api::{Api, gid};
use super::lookup::LOCATION;
use super::sku;
use super::stock_set::{Quantity, Setting};
use crate::pushed::{self, ITEMS_MAX, OnFailure, Pushed};
use crate::values::{Filled, Text, Whole, or_default};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

/// Quantities in one mutation: few enough for one that is refused to be sent again without its mistakes.
const BATCH: usize = 100;
const LOCATIONS: &str = "{locations(first:2){nodes{id}}}";

#[derive(Debug, Deserialize)]
pub struct Input {
    pub items: Vec<Item>,
    #[serde(default)]
    pub location: Text,
    #[serde(default)]
    pub quantity_name: Text,
    #[serde(default, deserialize_with = "or_default")]
    pub activate: bool,
    #[serde(default)]
    pub on_failure: OnFailure,
}

#[derive(Debug, Deserialize)]
pub struct Item {
    pub sku: Filled,
    pub quantity: Whole,
    #[serde(default)]
    pub location: Text,
}

pub fn spec() -> OperationSpec {
    let item = vec![
        Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
            .about("As the variant has it in Shopify.", "ตามที่ตั้งไว้ในตัวเลือกสินค้าของ Shopify")
            .required()
            .example("TEA-100"),
        Field::new("quantity", FieldKind::Number, "Quantity", "จำนวน")
            .about("How many there are, not how many are added.", "จำนวนคงเหลือทั้งหมด ไม่ใช่จำนวนที่เพิ่ม")
            .required()
            .at_most(1_000_000_000)
            .example(12),
        Field::new("location", FieldKind::Text, "Location", "สถานที่")
            .about(
                "The id of the location of this entry, where it is another.",
                "รหัสสถานที่ของรายการนี้ หากต่างจากค่าหลัก",
            )
            .example("gid://shopify/Location/124656943"),
    ];
    OperationSpec::action("shopify/push_stock", "Push stock", "ส่งจำนวนสต็อก")
        .about(
            "Sets how many of each SKU there are at a location.",
            "กำหนดจำนวนสต็อกของแต่ละ SKU ในสถานที่หนึ่ง",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("items", FieldKind::List(item), "Items", "รายการ")
                .about("The SKUs and their quantities.", "รหัสสินค้าและจำนวน")
                .required()
                .at_most(ITEMS_MAX as u64)
                .example(json!([{"sku": "TEA-100", "quantity": 12}])),
        )
        .field(
            Field::new("location", FieldKind::Record(LOCATION.into()), "Location", "สถานที่")
                .about("Where the stock is. Empty: the shop's only location.", "สถานที่เก็บสต็อก หากเว้นว่างจะใช้สถานที่เดียวที่ร้านมี")
                .example("gid://shopify/Location/124656943"),
        )
        .field(
            Field::choice(
                "quantity_name",
                &[("available", "Available for sale", "พร้อมขาย"), ("on_hand", "On hand", "คงเหลือในคลัง")],
                "What is counted",
                "จำนวนที่นับ",
            )
            .about(
                "Whether reserved goods are left out (available) or counted (on hand). Use one of them throughout.",
                "ไม่รวมสินค้าที่จองแล้ว (พร้อมขาย) หรือรวม (คงเหลือในคลัง) ควรใช้แบบเดียวตลอด",
            )
            .default("available")
            .example("available")
            .advanced(),
        )
        .field(
            Field::new("activate", FieldKind::Bool, "Stock it there", "เปิดสต็อกในสถานที่นี้")
                .about(
                    "An item that is not stocked at the location yet is from now on. Off: it is not taken.",
                    "สินค้าที่ยังไม่มีสต็อกในสถานที่นี้จะถูกเปิดสต็อก หากปิดจะถือว่าไม่สำเร็จ",
                )
                .default(false)
                .example(true)
                .advanced(),
        )
        .field(pushed::on_failure())
        .example(
            json!({"items": [{"sku": "TEA-100", "quantity": 12}], "location": "gid://shopify/Location/124656943"}),
            json!({"updated": 1, "failed": []}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    pushed::check(input.items.iter().map(|item| (item.sku.as_str(), item.location.as_str())))?;
    let api = Api::open(cx)?;
    let mut pushed = Pushed::default();
    let quantities = with_ids(&api, &input, &mut pushed).await?;
    let name = input.quantity_name.filled().unwrap_or("available");
    let setting = Setting { api: &api, step_key: cx.step_key, name, activate: input.activate };
    let mut left = quantities;
    while !left.is_empty() {
        let rest = left.split_off(BATCH.min(left.len()));
        setting.set(left, &mut pushed).await?;
        left = rest;
    }
    pushed.tell("Shopify", input.on_failure)
}

async fn with_ids<'i>(
    api: &Api<'_>,
    input: &'i Input,
    pushed: &mut Pushed,
) -> Result<Vec<Quantity<'i>>, Error> {
    let usual = usual_location(api, input).await?;
    let skus: Vec<&str> = input.items.iter().map(|item| item.sku.as_str()).collect();
    let found = sku::find(api, &skus).await?;
    let mut quantities = Vec::with_capacity(input.items.len());
    for item in &input.items {
        let sku = item.sku.as_str();
        match found.get(sku) {
            Ok(variant) => quantities.push(Quantity {
                sku,
                inventory_item: variant.item.clone(),
                location: gid("Location", item.location.filled().unwrap_or(&usual)),
                quantity: item.quantity.0,
            }),
            Err(why) => pushed.unclear(sku, why),
        }
    }
    Ok(quantities)
}

/// The location of the entries that name none.
async fn usual_location(api: &Api<'_>, input: &Input) -> Result<String, Error> {
    if let Some(location) = input.location.filled() {
        return Ok(location.to_owned());
    }
    if input.items.iter().all(|item| item.location.filled().is_some()) {
        return Ok(String::new());
    }
    let data = api.read(LOCATIONS, json!({})).await?;
    let nodes = data.pointer("/locations/nodes").and_then(Value::as_array).map(Vec::as_slice);
    match nodes.unwrap_or_default() {
        [one] => Ok(one.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()),
        _ => Err(Error::Input {
            message: "the shop keeps stock at several locations, and none was chosen".into(),
            advice: "Choose the location in the node.".into(),
        }),
    }
}
