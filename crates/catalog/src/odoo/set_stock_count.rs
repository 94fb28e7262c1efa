//! `odoo/set_stock_count`: counts of products at one location, as an inventory adjustment.

use super::lookup::LOCATION;
use super::order::{NUMBER_MAX, RecordId};
use super::record::{self, Row};
use super::rpc::Rpc;
use crate::values::{Digits, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Number, Value, json};
use std::collections::{BTreeMap, HashMap};

/// Each different count is a call of its own, and Odoo takes one or two in a second.
const ITEMS_MAX: u64 = 200;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub items: Vec<Item>,
    pub location: RecordId,
    #[serde(default)]
    pub on_failure: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Item {
    pub sku: Text,
    pub quantity: Digits,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let location = input.location.0.ok_or_else(|| mistake("no location is chosen"))?;
    if input.items.is_empty() || u64::try_from(input.items.len()).unwrap_or(u64::MAX) > ITEMS_MAX {
        return Err(mistake("between 1 and 200 items can be counted at once"));
    }
    let rpc = Rpc::of(cx).await?;
    let products = products(&rpc, &input.items).await?;
    let (counts, failed) = sorted(&input.items, &products);
    if !failed.is_empty() && input.on_failure.as_deref() != Some("report") {
        return Err(refused(&failed));
    }
    let quants = counted(&rpc, location, &counts).await?;
    if !quants.is_empty() {
        let answer: Value =
            rpc.call("stock.quant", "action_apply_inventory", ("ids", json!(quants)), json!({})).await?;
        record::check_done(&answer, "the counts are applied")?;
    }
    Ok(json!({"updated": counts.len(), "failed": failed}))
}

/// The ids of the products with each SKU.
async fn products(rpc: &Rpc<'_>, items: &[Item]) -> Result<HashMap<String, Vec<i64>>, Error> {
    let skus: Vec<&str> = items.iter().filter_map(|item| item.sku.filled()).collect();
    let rows: Vec<Row> = rpc
        .search_read(
            "product.product",
            json!([["default_code", "in", skus]]),
            &["id", "default_code"],
            skus.len() * 4,
        )
        .await?;
    let mut ids: HashMap<String, Vec<i64>> = HashMap::new();
    for row in &rows {
        ids.entry(record::text(row, "default_code").to_owned()).or_default().extend(record::id(row));
    }
    Ok(ids)
}

/// The count of each product, and what cannot be counted. The last word on a SKU counts.
fn sorted(items: &[Item], products: &HashMap<String, Vec<i64>>) -> (BTreeMap<i64, Digits>, Vec<Value>) {
    let (mut counts, mut failed) = (BTreeMap::new(), Vec::new());
    for item in items {
        let sku = item.sku.as_str();
        match products.get(sku).map_or(&[][..], Vec::as_slice) {
            [one] => {
                counts.insert(*one, item.quantity.clone());
            }
            [] => failed.push(json!({"sku": sku, "code": "unknown", "message": "Odoo knows no product with this SKU"})),
            _ => failed.push(json!({"sku": sku, "code": "ambiguous", "message": "Odoo has several products with this SKU"})),
        }
    }
    (counts, failed)
}

/// Writes the counts to the quants that there are, makes those that are missing, and gives the ids of all.
async fn counted(rpc: &Rpc<'_>, location: i64, counts: &BTreeMap<i64, Digits>) -> Result<Vec<i64>, Error> {
    let standing = standing(rpc, location, counts).await?;
    let counting = json!({"inventory_mode": true});
    for (count, quants) in by_count(counts, &standing) {
        let named = json!({"vals": {"inventory_quantity": count}, "context": counting});
        let _: Value = rpc.call("stock.quant", "write", ("ids", json!(quants)), named).await?;
    }
    let new = |(product, count): (&i64, &Digits)| json!({"product_id": product, "location_id": location, "inventory_quantity": count.0});
    let missing: Vec<Value> =
        counts.iter().filter(|(product, _)| !standing.contains_key(product)).map(new).collect();
    let mut all: Vec<i64> = standing.into_values().collect();
    if !missing.is_empty() {
        let first = ("vals_list", Value::from(missing));
        let made: Vec<i64> = rpc.call("stock.quant", "create", first, json!({"context": counting})).await?;
        all.extend(made);
    }
    Ok(all)
}

/// The quant of each product at the location, without lots, packages and owners.
async fn standing(
    rpc: &Rpc<'_>,
    location: i64,
    counts: &BTreeMap<i64, Digits>,
) -> Result<BTreeMap<i64, i64>, Error> {
    let ids: Vec<i64> = counts.keys().copied().collect();
    let domain = json!([
        ["product_id", "in", ids],
        ["location_id", "=", location],
        ["lot_id", "=", false],
        ["package_id", "=", false],
        ["owner_id", "=", false]
    ]);
    let rows: Vec<Row> =
        rpc.search_read("stock.quant", domain, &["id", "product_id"], counts.len() * 4).await?;
    let pair = |row: &Row| Some((record::link(row, "product_id")?, record::id(row)?));
    Ok(rows.iter().filter_map(pair).collect())
}

/// Quants that get the same count, so that they are written in one call.
fn by_count<'c>(
    counts: &'c BTreeMap<i64, Digits>,
    standing: &BTreeMap<i64, i64>,
) -> Vec<(&'c Number, Vec<i64>)> {
    let mut groups: BTreeMap<String, (&Number, Vec<i64>)> = BTreeMap::new();
    for (product, count) in counts {
        if let Some(quant) = standing.get(product) {
            groups.entry(count.0.to_string()).or_insert((&count.0, Vec::new())).1.push(*quant);
        }
    }
    groups.into_values().collect()
}

fn refused(failed: &[Value]) -> Error {
    let named = failed.iter().filter_map(|item| item["sku"].as_str()).take(10).collect::<Vec<_>>().join(", ");
    Error::Refused {
        message: format!("{} SKUs cannot be counted in Odoo: {named}", failed.len()),
        advice: "Enter the SKUs as internal references of one product each in Odoo, then retry.".into(),
    }
}

fn mistake(message: &str) -> Error {
    Error::Input { message: message.into(), advice: "Open the node and correct the field.".into() }
}

pub fn spec() -> OperationSpec {
    let item = vec![
        Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
            .about("The product's internal reference in Odoo.", "รหัสอ้างอิงภายในของสินค้าใน Odoo")
            .required()
            .example("TEA-100"),
        Field::new("quantity", FieldKind::Number, "Counted", "จำนวนที่นับได้")
            .about("How many there are, not the difference.", "จำนวนที่มีทั้งหมด ไม่ใช่ผลต่าง")
            .required()
            .at_most(NUMBER_MAX)
            .example(40),
    ];
    OperationSpec::action("odoo/set_stock_count", "Set counted stock", "ตั้งจำนวนสต็อกที่นับได้")
        .about(
            "Sets how many of each product are at a location, as an inventory adjustment. Products kept by lots are left alone.",
            "ตั้งจำนวนสินค้าที่ตำแหน่งจัดเก็บเป็นการปรับปรุงสต็อก สินค้าที่ควบคุมด้วยล็อตจะไม่ถูกเปลี่ยน",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("location", FieldKind::Record(LOCATION.into()), "Location", "ตำแหน่งจัดเก็บ")
                .about("Where they were counted, such as BNA/Stock.", "ตำแหน่งที่นับ เช่น BNA/Stock")
                .required()
                .example(8),
        )
        .field(
            Field::new("items", FieldKind::List(item), "Counts", "รายการที่นับ")
                .about("What was counted.", "สินค้าที่นับได้")
                .required()
                .at_most(ITEMS_MAX)
                .example("${input.items}"),
        )
        .field(
            Field::choice(
                "on_failure",
                &[("fail", "Fail, and set nothing", "ถือว่าผิดพลาดและไม่ตั้งค่าใด"), ("report", "Set the others", "ตั้งค่ารายการอื่น")],
                "If a SKU is unknown",
                "หากไม่พบ SKU",
            )
            .about("What happens where Odoo does not know a SKU.", "ให้ทำอย่างไรหาก Odoo ไม่รู้จัก SKU")
            .default("fail")
            .example("fail"),
        )
        .example(
            json!({"location": 8, "items": [{"sku": "TEA-100", "quantity": 40}]}),
            json!({"updated": 1, "failed": []}),
        )
}
