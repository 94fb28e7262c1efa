//! Products: found by SKU or by change, created, renamed, taken off.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Lazada;
use super::call::{Answer, Reply, id, inner};
use super::orders::window;
use super::product::{article, item_id, shop_sku, show, sku_id};
use super::refused::Refused;
use super::stock::skus;
use super::xml;
use crate::market::{Asked, Good};
use crate::money::satang;

const LIMIT_MAX: usize = 50;
const OFFSET_MAX: usize = 10_000;
/// SKUs one can ask for by name.
const SKUS_MAX: usize = 100;

pub(super) fn list(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let (limit, offset) = window(asked, LIMIT_MAX, OFFSET_MAX)?;
    let named = asked.get("sku_seller_list").map(|_| inner(asked, "sku_seller_list")).transpose()?;
    let named: Option<Vec<String>> = named.map(|list| {
        list.as_array().into_iter().flatten().filter_map(|sku| Some(sku.as_str()?.to_owned())).collect()
    });
    if named.as_ref().is_some_and(|named| named.len() > SKUS_MAX) {
        return Err(Refused::service("70", "E070: You have requested too many SKUs"));
    }
    let after = asked.get("update_after").map(DateTime::parse_from_rfc3339).transpose();
    let after = after.map_err(|_| Refused::service("17", "E017: Invalid Date Format"))?;
    let fits = |good: &&Good| {
        named.as_ref().is_none_or(|named| named.contains(&good.sku))
            && after.is_none_or(|after| good.changed_at.timestamp() >= after.timestamp())
            && match asked.get("filter").unwrap_or("all") {
                "live" => good.live,
                "inactive" => !good.live,
                "sold-out" => good.stock <= 0,
                _ => true,
            }
    };
    let state = lazada.state();
    let found: Vec<&Good> = state.shelf.all().filter(fits).collect();
    let page: Vec<Value> = found.iter().skip(offset).take(limit).map(|good| show(good)).collect();
    Ok(Reply::Data(json!({ "total_products": found.len(), "products": page })))
}

pub(super) fn one(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let state = lazada.state();
    let by_id = asked.get("item_id").and_then(|text| text.parse().ok()).and_then(article);
    let good = by_id.and_then(|number| state.shelf.numbered(number));
    let good = good.or_else(|| state.shelf.get(asked.get("seller_sku")?));
    good.map(|good| Reply::Data(show(good))).ok_or_else(lost)
}

fn lost() -> Refused {
    Refused::service("208", "E208: Item not found")
}

/// The `payload`, whether it came as XML or as JSON.
pub(super) fn product(asked: &Asked) -> Result<Value, Refused> {
    let text = asked.get("payload").ok_or_else(|| Refused::missing("payload"))?;
    let read =
        if text.trim_start().starts_with('<') { xml::read(text) } else { serde_json::from_str(text).ok() };
    let mut payload = read.ok_or_else(|| Refused::service("5", "E005: Invalid Request Format"))?;
    Ok(payload["Request"]["Product"].take())
}

fn failed(code: &str, message: &str, detail: Vec<Value>) -> Refused {
    Refused::service(code, message).with(detail)
}

pub(super) fn create(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let (product, now) = (product(asked)?, lazada.stand.now());
    let title = product["Attributes"]["name"].as_str().unwrap_or_default();
    let skus = skus(&product)?;
    let wrong = |field: &str, message: &str| {
        failed("500", "E500: Create product failed", vec![json!({ "field": field, "message": message })])
    };
    if title.is_empty() || skus.len() != 1 || product["PrimaryCategory"].is_null() {
        return Err(wrong("product", "PrimaryCategory, Attributes.name and one Sku are mandatory here"));
    }
    let sku = skus[0]["SellerSku"].as_str().filter(|sku| !sku.is_empty());
    let sku = sku.ok_or_else(|| wrong("SellerSku", "SellerSku is mandatory"))?;
    let price = satang(&skus[0]["price"]).ok_or_else(|| wrong("price", "price is mandatory"))?;
    let mut state = lazada.state();
    if !state.shelf.add(sku, title, price, now) {
        return Err(wrong("SellerSku", "THD_IC_F_IC_INFRA_PRODUCT_036: SellerSku repeat"));
    }
    let number = describe(&mut state.shelf, sku, &product, now);
    lazada.stand.ledger.note(now, "product", sku, product.clone());
    let made = json!({ "seller_sku": sku, "shop_sku": shop_sku(number), "sku_id": sku_id(number) });
    Ok(Reply::Data(json!({ "item_id": item_id(number), "sku_list": [made] })))
}

/// Writes stock, weight and name of a payload; gives the number of the article.
fn describe(shelf: &mut crate::market::Shelf, sku: &str, product: &Value, now: DateTime<Utc>) -> u64 {
    let given = skus(product).unwrap_or_default().into_iter().find(|given| given["SellerSku"] == sku);
    let given = given.unwrap_or_default();
    let Some(good) = shelf.get_mut(sku) else { return 0 };
    if let Some(title) = product["Attributes"]["name"].as_str() {
        good.title = title.to_owned();
    }
    if let Some(quantity) = id(&given["quantity"]).and_then(|quantity| i64::try_from(quantity).ok()) {
        good.stock = quantity - good.reserved;
    }
    if let Some(price) = satang(&given["price"]) {
        good.price = price;
    }
    good.changed_at = now;
    good.number
}

pub(super) fn update(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let (product, now) = (product(asked)?, lazada.stand.now());
    let mut state = lazada.state();
    let by_id = id(&product["ItemId"]).and_then(article);
    let named = skus(&product)?.first().and_then(|sku| Some(sku["SellerSku"].as_str()?.to_owned()));
    let sku = by_id.and_then(|number| Some(state.shelf.numbered(number)?.sku.clone())).or(named);
    let sku = sku.filter(|sku| state.shelf.get(sku).is_some());
    let sku = sku.ok_or_else(|| {
        failed("501", "E501: Update product failed", vec![json!({ "message": "ITEM_NOT_FOUND" })])
    })?;
    describe(&mut state.shelf, &sku, &product, now);
    lazada.stand.ledger.note(now, "product", &sku, product);
    Ok(Reply::Data(json!({})))
}

pub(super) fn deactivate(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let text = asked.get("apiRequestBody").or(asked.get("payload")).unwrap_or_default();
    let read =
        if text.trim_start().starts_with('<') { xml::read(text) } else { serde_json::from_str(text).ok() };
    let body = read.ok_or_else(|| Refused::service("5", "E005: Invalid Request Format"))?;
    let number = id(&body["Request"]["Product"]["ItemId"]).and_then(article).ok_or_else(lost)?;
    let (mut state, now) = (lazada.state(), lazada.stand.now());
    let good = state.shelf.numbered_mut(number).ok_or_else(lost)?;
    (good.live, good.changed_at) = (false, now);
    lazada.stand.ledger.note(now, "product", &good.sku, json!({ "active": false }));
    Ok(Reply::Data(json!({})))
}

/// Only takes the goods off sale: what was sold must stay readable.
pub(super) fn remove(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let wanted = inner(asked, "seller_sku_list")?;
    let (mut state, now) = (lazada.state(), lazada.stand.now());
    for sku in wanted.as_array().into_iter().flatten().filter_map(Value::as_str) {
        let good = state.shelf.get_mut(sku).ok_or_else(lost)?;
        (good.live, good.changed_at) = (false, now);
        lazada.stand.ledger.note(now, "product", sku, json!({ "removed": true }));
    }
    Ok(Reply::Data(json!({})))
}
