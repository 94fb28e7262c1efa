//! `sap_business_one/stock_levels`: what is on hand and free of each SKU, by warehouse.

use super::api::Api;
use super::{SYSTEM, stock};
pub use crate::office::Levels as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let skus = input.skus()?;
    let levels = stock::levels(&Api::of(cx)?, &skus, input.warehouse()).await?;
    let known = |sku: &&&str| !levels.iter().any(|level| level["sku"].as_str() == Some(**sku));
    let unknown: Vec<&str> = skus.iter().filter(known).copied().collect();
    Ok(json!({"levels": levels, "unknown": unknown}))
}

pub fn spec() -> OperationSpec {
    SYSTEM.stock_levels(json!({
        "levels": [{"sku": "TEA-100", "warehouse": "01", "on_hand": 40.0, "reserved": 2.0, "free": 38, "forecast": 48}],
        "unknown": []
    }))
}
