//! `business_central/stock_levels`: what is on hand of each SKU, over all locations.

use super::api::Api;
use super::{SYSTEM, stock};
pub use crate::office::Levels as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let skus = input.skus()?;
    if input.warehouse().is_some() {
        return Err(Error::Input {
            message: "Business Central tells stock over all locations only".into(),
            advice: "Leave the warehouse empty; for stock by location, a page of your own is called by an HTTP request.".into(),
        });
    }
    let levels = stock::levels(&Api::of(cx).await?, &skus).await?;
    let known = |sku: &&&str| !levels.iter().any(|level| level["sku"].as_str() == Some(**sku));
    let unknown: Vec<&str> = skus.iter().filter(known).copied().collect();
    Ok(json!({"levels": levels, "unknown": unknown}))
}

pub fn spec() -> OperationSpec {
    let level = json!({"sku": "TEA-100", "name": "ชาเขียว 100 g", "warehouse": null, "on_hand": 40, "reserved": null, "free": 40,
                       "forecast": null});
    SYSTEM.stock_levels(json!({"levels": [level], "unknown": []})).about(
        "Reads what is on hand of each SKU over all locations; what is reserved is not taken off.",
        "อ่านจำนวนคงคลังของแต่ละ SKU รวมทุกคลัง โดยไม่หักสินค้าที่จองไว้",
    )
}
