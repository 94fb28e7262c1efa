//! `peak/find_products`: products with their prices.

use super::api::{Api, PRODUCTS};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub code: Option<String>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let products = match input.code.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) => api.find(PRODUCTS, code).await?.into_iter().collect(),
        None => api.get(PRODUCTS, &[], &[]).await?,
    };
    Ok(json!({"products": products}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("peak/find_products", "Read products", "อ่านสินค้า")
        .about("Reads products as PEAK keeps them, or one by its code.", "อ่านสินค้าตามที่ PEAK เก็บ หรือหนึ่งรายการตามรหัส")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("code", FieldKind::Text, "Code", "รหัสสินค้า")
                .about("Only this product.", "เฉพาะสินค้านี้")
                .example("P00003"),
        )
        .example(
            json!({"code": "P00003"}),
            json!({"products": [{"id": "9a51c0de-0000-4000-8000-000000000003", "code": "P00003", "name": "ชาเขียว 100 g", "sellValue": "250.00"}]}),
        )
}
