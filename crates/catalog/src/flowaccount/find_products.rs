//! `flowaccount/find_products`: products with their prices and what is left of them.

use super::api::{Api, List};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const PAGE_MAX: u64 = 100;
const PAGE_NUMBER_MAX: u64 = 10_000;

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub sku: Option<String>,
    #[serde(default = "first")]
    pub page: u64,
}

fn first() -> u64 {
    1
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let sku = input.sku.as_deref().map(str::trim).filter(|sku| !sku.is_empty());
    let list = List { filter: sku.map(|sku| ("productCode", sku)), newest: None };
    let rows = Api::of(cx)?.page("products", list, input.page.clamp(1, PAGE_NUMBER_MAX), PAGE_MAX).await?;
    let more = rows.len() == 100;
    let is = |row: &Value| sku.is_none_or(|sku| row.get("code").and_then(Value::as_str) == Some(sku));
    let products: Vec<Value> = rows.iter().filter(|row| is(row)).map(product).collect();
    Ok(json!({"products": products, "more": more}))
}

fn product(row: &Value) -> Value {
    let field = |name: &str| row.get(name).cloned().unwrap_or_default();
    json!({
        "id": field("id"), "sku": field("code"), "name": field("name"), "price": field("sellPrice"),
        "stock": field("remainingStock"), "unit": field("unitName"),
    })
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("flowaccount/find_products", "Read products", "อ่านสินค้า")
        .about(
            "Reads a page of up to 100 products with price and stock, or those with one SKU. FlowAccount cannot be asked what has changed.",
            "อ่านสินค้าครั้งละไม่เกิน 100 รายการพร้อมราคาและสต็อก หรือเฉพาะ SKU ที่ระบุ FlowAccount ไม่รองรับการถามว่ามีอะไรเปลี่ยนแปลง",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
                .about("Only this product.", "เฉพาะสินค้านี้")
                .example("TEA-100"),
        )
        .field(
            Field::new("page", FieldKind::Number, "Page", "หน้า")
                .about("Which page, from 1 on.", "หน้าที่ต้องการ เริ่มจาก 1")
                .at_least(1)
                .at_most(PAGE_NUMBER_MAX)
                .default(1)
                .example(1),
        )
        .example(
            json!({"sku": "TEA-100"}),
            json!({"products": [{"id": 71, "sku": "TEA-100", "name": "ชาเขียว 100 g", "price": 267.50, "stock": 38, "unit": "ถุง"}], "more": false}),
        )
}
