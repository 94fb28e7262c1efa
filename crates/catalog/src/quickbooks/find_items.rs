//! `quickbooks/find_items`: items with their prices and what is left of them.

use super::api::{Api, quoted};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const PAGE: u64 = 500;
const PAGE_NUMBER_MAX: u64 = 1_000;

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
    let start = input.page.clamp(1, PAGE_NUMBER_MAX).saturating_sub(1).saturating_mul(PAGE).saturating_add(1);
    let only = match input.sku.as_deref().map(str::trim).filter(|sku| !sku.is_empty()) {
        Some(sku) => format!("where Sku = {} ", quoted(sku)),
        None => String::new(),
    };
    let query = format!("select * from Item {only}startposition {start} maxresults {PAGE}");
    let found = Api::of(cx)?.query(&query).await?;
    let rows = found.get("Item").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let item = |row: &Value| {
        let field = |name: &str| row.get(name).cloned().unwrap_or_default();
        json!({"id": field("Id"), "sku": field("Sku"), "name": field("Name"), "price": field("UnitPrice"),
               "stock": field("QtyOnHand"), "active": field("Active")})
    };
    let more = u64::try_from(rows.len()).unwrap_or(PAGE) >= PAGE;
    Ok(json!({"items": rows.iter().map(item).collect::<Vec<_>>(), "more": more}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("quickbooks/find_items", "Read items", "อ่านสินค้า")
        .about(
            "Reads a page of up to 500 items with price and stock, or those with one SKU.",
            "อ่านสินค้าครั้งละไม่เกิน 500 รายการพร้อมราคาและสต็อก หรือเฉพาะ SKU ที่ระบุ",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
                .about("Only this item.", "เฉพาะสินค้านี้")
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
            json!({"items": [{"id": "31", "sku": "TEA-100", "name": "ชาเขียว 100 g", "price": 250.00, "stock": 38, "active": true}], "more": false}),
        )
}
