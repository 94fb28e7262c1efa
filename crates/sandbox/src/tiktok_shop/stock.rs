//! Price and stock pushes of one product.

use std::sync::Arc;

use serde_json::{Value, json};

use super::TikTokShop;
use super::call::{Answer, Params, page, texts};
use super::product::{article, product_id, sku_id};
use super::products::lost;
use super::refused::Refused;
use super::shops::WAREHOUSE;
use crate::market::Good;
use crate::money::satang;

const SKUS_MAX: usize = 100;
const QUANTITY_MAX: i64 = 99_999;
const PAGE_MAX: usize = 100;

fn skus(params: &Params) -> Result<&[Value], Refused> {
    let skus = params.body["skus"].as_array().filter(|skus| (1..=SKUS_MAX).contains(&skus.len()));
    skus.map(Vec::as_slice).ok_or_else(|| Refused::format(format!("skus has 1 to {SKUS_MAX} entries.")))
}

fn is_sku(given: &Value, good: &Good) -> bool {
    given["id"].as_str().is_some_and(|id| id == sku_id(good.number).to_string())
}

/// Only for a product that is on sale.
pub(super) fn prices(shop: &Arc<TikTokShop>, id: &str, params: &Params) -> Answer {
    let (mut state, now) = (shop.state(), shop.stand.now());
    let good = article(id).and_then(|number| state.shelf.numbered_mut(number)).ok_or_else(lost)?;
    if !good.live {
        return Err(Refused::business(12_052_700, "The product is not on sale."));
    }
    for given in skus(params)? {
        let price = satang(&given["price"]["amount"]).filter(|price| *price > 0);
        if given["price"]["currency"] != "THB" || price.is_none() {
            return Err(Refused::business(12_052_034, "The price is invalid."));
        }
        if !is_sku(given, good) {
            return Err(Refused::business(12_052_251, "The SKU does not exist."));
        }
        good.price = price.unwrap_or(good.price);
        good.changed_at = now;
        shop.stand.ledger.note(now, "price", &good.sku, given.clone());
    }
    Ok(json!({}))
}

/// Absolute, and every warehouse of the SKU must be named. What fails stands in the errors of a good answer.
pub(super) fn inventory(shop: &Arc<TikTokShop>, id: &str, params: &Params) -> Answer {
    let (mut state, now) = (shop.state(), shop.stand.now());
    let good = article(id).and_then(|number| state.shelf.numbered_mut(number)).ok_or_else(lost)?;
    let mut errors = Vec::new();
    for given in skus(params)? {
        match quantity(given, good) {
            Ok(quantity) => {
                (good.stock, good.changed_at) = (quantity, now);
                shop.stand.ledger.note(now, "stock", &good.sku, given.clone());
            }
            Err((code, message)) => errors.push(json!({
                "code": code, "message": message, "detail": { "sku_id": given["id"], "extra_errors": [] },
            })),
        }
    }
    Ok(if errors.is_empty() { json!({}) } else { json!({ "errors": errors }) })
}

fn quantity(given: &Value, good: &Good) -> Result<i64, (u64, &'static str)> {
    if !is_sku(given, good) {
        return Err((12_052_251, "The SKU does not exist."));
    }
    let list = given["inventory"].as_array().map_or(&[][..], Vec::as_slice);
    let [only] = list else { return Err((12_019_028, "Every warehouse of the SKU must be given.")) };
    if only["warehouse_id"] != WAREHOUSE {
        return Err((12_019_028, "Every warehouse of the SKU must be given."));
    }
    let quantity = only["quantity"].as_i64().filter(|quantity| (0..=QUANTITY_MAX).contains(quantity));
    quantity.ok_or((12_019_016, "The quantity is invalid."))
}

pub(super) fn search(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let (products, wanted) = (texts(&params.body["product_ids"]), texts(&params.body["sku_ids"]));
    let state = shop.state();
    let fits = |good: &&Good| {
        let (product, sku) = (product_id(good.number).to_string(), sku_id(good.number).to_string());
        (products.is_empty() && wanted.is_empty())
            || products.contains(&product.as_str())
            || wanted.contains(&sku.as_str())
    };
    let row = |good: &Good| {
        let at =
            json!({ "warehouse_id": WAREHOUSE, "available_quantity": good.stock, "committed_quantity": 0 });
        json!({
            "product_id": product_id(good.number).to_string(),
            "skus": [{
                "id": sku_id(good.number).to_string(), "seller_sku": good.sku, "warehouse_inventory": [at],
                "total_available_quantity": good.stock, "total_committed_quantity": 0,
            }],
        })
    };
    let found: Vec<Value> = state.shelf.all().filter(fits).map(row).collect();
    Ok(page("inventory", &found, (PAGE_MAX, 0)))
}
