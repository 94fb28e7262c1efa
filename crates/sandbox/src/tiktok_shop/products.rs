//! Products: found by SKU, created, changed, switched on and off.

use std::sync::Arc;

use serde_json::{Value, json};

use super::TikTokShop;
use super::call::{Answer, Params, page, texts};
use super::product::{article, product_id, show, sku_id};
use super::refused::Refused;
use crate::market::Good;
use crate::money::satang;

const PAGE_MAX: usize = 100;
/// Products of one switch.
const SWITCH_MAX: usize = 20;

pub(super) fn lost() -> Refused {
    Refused::business(12_052_048, "The product does not exist.")
}

pub(super) fn search(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let window = params.page(1, PAGE_MAX)?;
    let skus = texts(&params.body["seller_skus"]);
    let status = params.body["status"].as_str().filter(|status| *status != "ALL");
    let state = shop.state();
    let fits = |good: &&Good| {
        (skus.is_empty() || skus.contains(&good.sku.as_str()))
            && status.is_none_or(|status| (status == "ACTIVATE") == good.live)
            && params.within("update_time", good.changed_at.timestamp())
    };
    let found: Vec<Value> = state.shelf.all().filter(fits).map(show).collect();
    Ok(page("products", &found, window))
}

pub(super) fn one(shop: &Arc<TikTokShop>, id: &str) -> Answer {
    let state = shop.state();
    article(id).and_then(|number| state.shelf.numbered(number)).map(show).ok_or_else(lost)
}

pub(super) fn create(shop: &Arc<TikTokShop>, params: &Params) -> Answer {
    let (body, now) = (&params.body, shop.stand.now());
    let title = params.text("title")?;
    params.text("category_id")?;
    if body["main_images"].as_array().is_none_or(Vec::is_empty) || body["package_weight"].is_null() {
        return Err(Refused::business(12_052_023, "main_images and package_weight are required."));
    }
    let skus = body["skus"].as_array().filter(|skus| skus.len() == 1);
    let given = skus
        .and_then(|skus| skus.first())
        .ok_or_else(|| Refused::business(12_052_023, "One SKU is required here."))?;
    let sku = given["seller_sku"].as_str().filter(|sku| !sku.is_empty());
    let sku = sku.ok_or_else(|| Refused::business(12_052_023, "seller_sku is required."))?;
    let price = satang(&given["price"]["amount"]).filter(|price| *price > 0);
    let price = price.ok_or_else(|| Refused::business(12_052_023, "price is required."))?;
    let mut state = shop.state();
    if !state.shelf.add(sku, title, price, now) {
        return Err(Refused::business(12_052_217, "The seller_sku is there already."));
    }
    let good = state.shelf.get_mut(sku).ok_or_else(lost)?;
    good.stock = given["inventory"][0]["quantity"].as_i64().unwrap_or(0);
    let number = good.number;
    shop.stand.ledger.note(now, "product", sku, body.clone());
    Ok(json!({
        "product_id": product_id(number).to_string(),
        "skus": [{ "id": sku_id(number).to_string(), "seller_sku": sku }],
        "warnings": [],
    }))
}

/// Replaces or changes parts: this product has only its title to be changed.
pub(super) fn edit(shop: &Arc<TikTokShop>, id: &str, params: &Params) -> Answer {
    let (mut state, now) = (shop.state(), shop.stand.now());
    let good = article(id).and_then(|number| state.shelf.numbered_mut(number)).ok_or_else(lost)?;
    if let Some(title) = params.body["title"].as_str() {
        good.title = title.to_owned();
    }
    good.changed_at = now;
    shop.stand.ledger.note(now, "product", &good.sku, params.body.clone());
    let sku = json!({ "id": sku_id(good.number).to_string(), "seller_sku": good.sku });
    Ok(json!({ "product_id": id, "skus": [sku] }))
}

/// Those that do not exist are named in the errors, inside a good answer.
pub(super) fn switch(shop: &Arc<TikTokShop>, params: &Params, live: bool) -> Answer {
    let wanted = texts(&params.body["product_ids"]);
    if !(1..=SWITCH_MAX).contains(&wanted.len()) {
        return Err(Refused::format(format!("product_ids has 1 to {SWITCH_MAX} ids.")));
    }
    let (mut state, now) = (shop.state(), shop.stand.now());
    let mut errors = Vec::new();
    for id in wanted {
        match article(id).and_then(|number| state.shelf.numbered_mut(number)) {
            Some(good) => {
                (good.live, good.changed_at) = (live, now);
                shop.stand.ledger.note(now, "product", &good.sku, json!({ "live": live }));
            }
            None => errors.push(json!({
                "code": 12_052_048, "message": "The product does not exist.", "detail": { "product_id": id },
            })),
        }
    }
    Ok(json!({ "errors": errors }))
}

pub(super) fn image() -> Answer {
    Ok(json!({
        "uri": "tos-alisg-i-aphluv4xwc-sg/khlong", "url": "https://example.com/khlong.jpg",
        "width": 600, "height": 600,
    }))
}
