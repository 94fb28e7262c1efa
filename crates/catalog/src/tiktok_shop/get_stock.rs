//! `tiktok_shop/get_stock`: how many pieces of SKUs there are, and how many are held back.

use super::api::{Api, VENDOR};
use super::sku;
use crate::market::{fields, list, mistake};
use crate::pushed::Unclear;
use crate::values::Texts;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

/// SKUs of one call.
const BATCH: usize = 100;

#[derive(Debug, Deserialize)]
pub struct Input {
    skus: Texts,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let skus: Vec<&str> = input.skus.0.iter().map(String::as_str).collect();
    if skus.is_empty() {
        return Err(mistake("there are no SKUs", "Name one at least."));
    }
    let api = Api::of(cx)?;
    let places = sku::find(&api, &skus).await?;
    let (mut ids, mut unknown) = (Vec::new(), Vec::new());
    for sku in skus {
        match places.get(sku) {
            Ok(place) => ids.push(place.sku_id.as_str()),
            Err(Unclear::Unknown) => unknown.push(sku),
            Err(why) => return Err(why.refused(VENDOR, sku)),
        }
    }
    let mut stock = Vec::new();
    for batch in ids.chunks(BATCH) {
        let told =
            api.post("/product/202309/inventory/search", Vec::new(), json!({"sku_ids": batch})).await?;
        stock.extend_from_slice(list(&told, "/inventory"));
    }
    Ok(json!({"stock": stock, "unknown": unknown}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/get_stock", "Get stock", "ดึงสต็อก")
        .about(
            "Reads the stock of SKUs by warehouse, with what creators and campaigns hold.",
            "อ่านสต็อกของ SKU ตามคลัง พร้อมจำนวนที่ครีเอเตอร์และแคมเปญกันไว้",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::ids("skus", "SKUs", "SKU", json!(["ABC-1"])).about("SKUs, as a list.", "SKU เป็นลิสต์").required())
        .example(
            json!({"skus": ["ABC-1"]}),
            json!({"stock": [{"product_id": "1729592969712203232", "skus": [{
                "id": "1729592969712207013", "seller_sku": "ABC-1", "total_available_quantity": 12, "total_committed_quantity": 2
            }]}], "unknown": []}),
        )
}
