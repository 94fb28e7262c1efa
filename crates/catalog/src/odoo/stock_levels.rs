//! `odoo/stock_levels`: what is free of each SKU, per warehouse.

use super::lookup::WAREHOUSE;
use super::order::RecordId;
use super::record::{self, Row};
use super::rpc::Rpc;
use super::stock;
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const SKUS_MAX: u64 = 1_000;
/// Each is a call of its own: quantities are computed for one warehouse at a time.
const WAREHOUSES_MAX: usize = 20;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub items: Vec<Item>,
    #[serde(default)]
    pub warehouse: RecordId,
    #[serde(default)]
    pub per_warehouse: bool,
}

#[derive(Debug, Deserialize)]
pub struct Item {
    pub sku: Text,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let skus: Vec<&str> = input.items.iter().filter_map(|item| item.sku.filled()).collect();
    check(&skus)?;
    let rpc = Rpc::of(cx).await?;
    let domain = json!([["default_code", "in", skus]]);
    // A SKU may stand on several products; all of them are told.
    let most = skus.len() * 4;
    let mut all = Vec::new();
    for warehouse in warehouses(&rpc, &input).await? {
        for mut level in
            stock::levels(&rpc, domain.clone(), warehouse.as_ref().and_then(record::id), most).await?
        {
            let told = warehouse
                .as_ref()
                .map(|row| json!({"id": row["id"], "code": row["code"], "name": row["name"]}));
            level.insert("warehouse".into(), told.unwrap_or_default());
            all.push(Value::Object(level));
        }
    }
    let known = |sku: &&&str| !all.iter().any(|level| level["sku"].as_str() == Some(**sku));
    let unknown: Vec<&str> = skus.iter().filter(known).copied().collect();
    Ok(json!({"levels": all, "unknown": unknown}))
}

fn check(skus: &[&str]) -> Result<(), Error> {
    let wrong = match u64::try_from(skus.len()) {
        Ok(0) => "no SKU is given",
        Ok(count) if count <= SKUS_MAX => return Ok(()),
        _ => "more than 1,000 SKUs are given",
    };
    let advice = "Give between 1 and 1,000 items with a SKU each.";
    Err(Error::Input { message: wrong.into(), advice: advice.into() })
}

/// The warehouses to ask for; nothing stands for all of them together.
async fn warehouses(rpc: &Rpc<'_>, input: &Input) -> Result<Vec<Option<Row>>, Error> {
    let domain = match (input.warehouse.0, input.per_warehouse) {
        (None, false) => return Ok(vec![None]),
        (Some(id), _) => json!([["id", "=", id]]),
        (None, true) => json!([]),
    };
    let rows: Vec<Row> =
        rpc.search_read("stock.warehouse", domain, &["id", "code", "name"], WAREHOUSES_MAX).await?;
    Ok(rows.into_iter().map(Some).collect())
}

pub fn spec() -> OperationSpec {
    let sku = Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
        .about("The product's internal reference in Odoo.", "รหัสอ้างอิงภายในของสินค้าใน Odoo")
        .required()
        .example("TEA-100");
    OperationSpec::action("odoo/stock_levels", "Read stock", "อ่านสต็อก")
        .about(
            "Reads what is free, on hand and forecast of each SKU.",
            "อ่านจำนวนที่พร้อมขาย จำนวนคงคลัง และจำนวนคาดการณ์ของแต่ละ SKU",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("items", FieldKind::List(vec![sku]), "Products", "สินค้า")
                .about("Which products.", "สินค้าที่ต้องการอ่าน")
                .required()
                .at_most(SKUS_MAX)
                .example("${input.items}"),
        )
        .field(
            Field::new("warehouse", FieldKind::Record(WAREHOUSE.into()), "Warehouse", "คลังสินค้า")
                .about("Only this warehouse.", "เฉพาะคลังนี้")
                .example(1),
        )
        .field(
            Field::new("per_warehouse", FieldKind::Bool, "Each warehouse", "แยกตามคลัง")
                .about(
                    "One line for each warehouse, up to 20 of them; else one for all together.",
                    "แยกหนึ่งรายการต่อคลัง สูงสุด 20 คลัง มิฉะนั้นจะรวมทุกคลัง",
                )
                .default(false)
                .example(true),
        )
        .example(
            json!({"items": [{"sku": "TEA-100"}], "warehouse": 1}),
            json!({
                "levels": [{"product_id": 31, "sku": "TEA-100", "name": "ชาเขียว 100 g", "free": 38, "on_hand": 40,
                            "forecast": 38, "warehouse": {"id": 1, "code": "BNA", "name": "คลังบางนา"}}],
                "unknown": []
            }),
        )
}
