//! `tryton/stock_levels`: what is on hand and free of each SKU.

use super::rpc::Rpc;
use super::{SYSTEM, stock};
use crate::office;
pub use crate::office::Levels as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let skus = input.skus()?;
    let warehouse = match input.warehouse() {
        Some(text) => Some(text.parse().map_err(|_| office::missing(SYSTEM.name, "warehouse", text))?),
        None => None,
    };
    let domain = json!([["code", "in", skus]]);
    // A code may stand on several products; all of them are told.
    let levels = stock::levels(&Rpc::of(cx)?, domain, warehouse, skus.len() * 4).await?;
    let known = |sku: &&&str| !levels.iter().any(|level| level["sku"].as_str() == Some(**sku));
    let unknown: Vec<&str> = skus.iter().filter(known).copied().collect();
    Ok(json!({"levels": levels, "unknown": unknown}))
}

pub fn spec() -> OperationSpec {
    SYSTEM.stock_levels(json!({
        "levels": [{"product_id": 1, "sku": "TEA-100", "name": "[TEA-100] ชาเขียว 100 g", "on_hand": 40.0, "free": 38.0, "warehouse": 5}],
        "unknown": []
    }))
}
