//! `lazada/push_price`: prices, and sale prices for a time.

use super::api::Api;
use super::pushing::{Change, push};
use super::sku::escaped;
use crate::market::{self, fields, mistake};
use crate::pushed::{self, OnFailure};
use crate::values::{Amount, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    items: Vec<Item>,
    #[serde(default)]
    on_failure: OnFailure,
}

#[derive(Debug, Deserialize)]
struct Item {
    sku: Text,
    #[serde(default)]
    price: Option<Amount>,
    #[serde(default)]
    sale_price: Option<Amount>,
    #[serde(default)]
    sale_from: Text,
    #[serde(default)]
    sale_to: Text,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    market::check(input.items.iter().map(|item| (item.sku.as_str(), "")))?;
    let changes = input.items.iter().map(change).collect::<Result<Vec<_>, _>>()?;
    push(&Api::of(cx)?, "/product/price_quantity/update", &changes, input.on_failure).await
}

fn change(item: &Item) -> Result<Change, Error> {
    if item.price.is_none() && item.sale_price.is_none() {
        return Err(mistake(format!("the SKU {} has no price", item.sku), "Give a price or a sale price."));
    }
    let amount = |amount: &Option<Amount>| amount.as_ref().map(|amount| amount.0.clone()).unwrap_or_default();
    let parts = [
        ("Price", amount(&item.price)),
        ("SalePrice", amount(&item.sale_price)),
        ("SaleStartDate", item.sale_from.to_string()),
        ("SaleEndDate", item.sale_to.to_string()),
    ];
    let given = parts.iter().filter(|(_, value)| !value.is_empty());
    let own = given.map(|(name, value)| format!("<{name}>{}</{name}>", escaped(value))).collect();
    Ok(Change { sku: item.sku.to_string(), own })
}

pub fn spec() -> OperationSpec {
    let sale_price = fields::money("sale_price", "Sale price", "ราคาลด")
        .about("The price while the sale lasts.", "ราคาในช่วงลดราคา")
        .example("550.00");
    let day = |name: &str, en: &str, th: &str, about: &str, about_th: &str, example: &str| {
        fields::text(name, en, th).about(about, about_th).example(example)
    };
    let inner = vec![
        fields::sku(),
        fields::price(),
        sale_price,
        day(
            "sale_from",
            "Sale from",
            "เริ่มลดราคา",
            "The first day of the sale.",
            "วันแรกที่ลดราคา",
            "2026-01-01",
        ),
        day("sale_to", "Sale to", "สิ้นสุดลดราคา", "The last day of the sale.", "วันสุดท้ายที่ลดราคา", "2026-01-31"),
    ];
    OperationSpec::action("lazada/push_price", "Push prices", "ส่งราคา")
        .about(
            "Sets prices, with VAT, and sale prices for a time.",
            "ตั้งราคารวมภาษีมูลค่าเพิ่ม และราคาลดตามช่วงเวลา",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(fields::items(inner, json!([{"sku": "ABC-1", "price": "590.00"}])))
        .field(pushed::on_failure())
        .example(
            json!({"items": [
                {"sku": "ABC-1", "price": "590.00", "sale_price": "550.00", "sale_from": "2026-01-01", "sale_to": "2026-01-31"},
                {"sku": "ABC-2", "price": "90"}
            ]}),
            fields::pushed(),
        )
}
