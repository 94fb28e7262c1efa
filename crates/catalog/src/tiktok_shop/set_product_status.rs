//! `tiktok_shop/set_product_status`: products are put on sale, or taken off.

use super::api::{Api, VENDOR};
use super::sku;
use crate::market::{fields, mistake};
use crate::values::Texts;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Products in one call.
const PRODUCTS_MAX: usize = 20;

#[derive(Debug, Deserialize)]
pub struct Input {
    skus: Texts,
    #[serde(default)]
    status: Status,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    #[default]
    Active,
    Inactive,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let skus: Vec<&str> = input.skus.0.iter().map(String::as_str).collect();
    if skus.is_empty() {
        return Err(mistake("there are no SKUs", "Name one at least."));
    }
    let api = Api::of(cx)?;
    let places = sku::find(&api, &skus).await?;
    let id = |sku: &&str| {
        places.get(sku).map(|place| place.product_id.as_str()).map_err(|why| why.refused(VENDOR, sku))
    };
    let ids: BTreeSet<&str> = skus.iter().map(id).collect::<Result<_, _>>()?;
    let ids: Vec<&str> = ids.into_iter().collect();
    let verb = match input.status {
        Status::Active => "activate",
        Status::Inactive => "deactivate",
    };
    for batch in ids.chunks(PRODUCTS_MAX) {
        api.post(&format!("/product/202309/products/{verb}"), Vec::new(), json!({"product_ids": batch}))
            .await?;
    }
    Ok(json!({"product_ids": ids}))
}

pub fn spec() -> OperationSpec {
    let options = [("active", "On sale", "เปิดขาย"), ("inactive", "Not on sale", "ปิดการขาย")];
    OperationSpec::action(
        "tiktok_shop/set_product_status",
        "Put products on sale or off",
        "เปิดหรือปิดการขายสินค้า",
    )
    .about(
        "Puts the products of these SKUs on sale, or takes them off, with all of their variants.",
        "เปิดหรือปิดการขายสินค้าของ SKU เหล่านี้ รวมทุกตัวเลือกของสินค้า",
    )
    .effect(EffectRule::Idempotent)
    .connection(Need::Required)
    .field(
        fields::ids("skus", "SKUs", "SKU", json!(["ABC-1"]))
            .about("SKUs, as a list.", "SKU เป็นลิสต์")
            .required(),
    )
    .field(
        Field::choice("status", &options, "Status", "สถานะ")
            .about("What the products are to be.", "สถานะที่ต้องการ")
            .default("active")
            .example("inactive"),
    )
    .example(
        json!({"skus": ["ABC-1"], "status": "inactive"}),
        json!({"product_ids": ["1729592969712203232"]}),
    )
}
