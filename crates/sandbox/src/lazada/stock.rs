//! Price and stock pushes: up to fifty SKUs in one payload, each of which stands or falls alone.

use std::sync::Arc;

use serde_json::{Value, json};

use super::call::{Answer, Reply, id};
use super::product::{article, sku_id};
use super::products::product;
use super::refused::Refused;
use super::{Lazada, State};
use crate::market::Asked;
use crate::money::satang;

const SKUS_MAX: usize = 50;

/// What a stock figure means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Figure {
    /// All there is, with what open orders withhold.
    Total,
    /// What buyers may still take.
    Sellable,
    /// More or less of that.
    Delta,
}

/// The SKUs of a payload; one alone need not be a list.
pub(super) fn skus(product: &Value) -> Result<Vec<Value>, Refused> {
    let skus = match &product["Skus"]["Sku"] {
        Value::Array(list) => list.clone(),
        Value::Null => match &product["Skus"] {
            Value::Array(list) => list.clone(),
            _ => Vec::new(),
        },
        one => vec![one.clone()],
    };
    if skus.len() > SKUS_MAX {
        return Err(Refused::service("204", "E204: Too many SKU in one request"));
    }
    Ok(skus)
}

pub(super) fn price_quantity(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    run(lazada, asked, "Quantity", Figure::Total)
}

pub(super) fn sellable(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    run(lazada, asked, "SellableQuantity", Figure::Sellable)
}

pub(super) fn adjust(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    run(lazada, asked, "SellableQuantity", Figure::Delta)
}

fn run(lazada: &Arc<Lazada>, asked: &Asked, name: &str, figure: Figure) -> Answer {
    let skus = skus(&product(asked)?)?;
    if skus.is_empty() {
        return Err(Refused::service("30", "E030: Empty Request"));
    }
    let mut state = lazada.state();
    let one = |sku: &Value| push(lazada, &mut state, sku, name, figure).err();
    let failed: Vec<Value> = skus.iter().filter_map(one).collect();
    if failed.is_empty() {
        return Ok(Reply::Data(json!({})));
    }
    Err(Refused::service("501", "E501: Update product failed").with(failed))
}

fn push(lazada: &Lazada, state: &mut State, given: &Value, name: &str, figure: Figure) -> Result<(), Value> {
    let sku = known(state, given)?;
    let wrong = |code: &str, message: &str| json!({ "seller_sku": sku, "code": code, "message": message });
    let now = lazada.stand.now();
    let Some(good) = state.shelf.get_mut(&sku) else {
        return Err(wrong("SELLER_SKU_NOT_FOUND", "sku not found"));
    };
    let (mut changed, mut kinds) = (good.clone(), Vec::new());
    if let Some(quantity) = quantity(given, name).map_err(|()| wrong("4152", "illegal parameter"))? {
        changed.stock = match figure {
            Figure::Total => quantity - good.reserved,
            Figure::Sellable => quantity,
            Figure::Delta => good.stock + quantity,
        };
        kinds.push("stock");
    }
    if changed.stock < 0 && kinds.contains(&"stock") {
        return Err(wrong("212", "INV_NEGATIVE_SELLABLE: open orders withhold more than that"));
    }
    let zero = |()| wrong("4118", "BIZ_CHECK_PRICE_IS_ZERO");
    let (full, special) = (price(&given["Price"]).map_err(zero)?, price(&given["SalePrice"]).map_err(zero)?);
    changed.price = full.unwrap_or(changed.price);
    changed.special = special.or(changed.special);
    if full.or(special).is_some() {
        kinds.push("price");
    }
    changed.changed_at = now;
    *good = changed;
    kinds.into_iter().for_each(|kind| lazada.stand.ledger.note(now, kind, &sku, given.clone()));
    Ok(())
}

/// The SKU by its own name, or by the ids that the shop gave it; they must not contradict each other.
fn known(state: &State, given: &Value) -> Result<String, Value> {
    let named = given["SellerSku"].as_str().filter(|sku| !sku.is_empty());
    let by_item =
        id(&given["ItemId"]).map(|item| article(item).and_then(|number| state.shelf.numbered(number)));
    let by_sku =
        id(&given["SkuId"]).map(|wanted| state.shelf.all().find(|good| sku_id(good.number) == wanted));
    let named = named.map(|sku| state.shelf.get(sku));
    let mut found = [by_item, by_sku, named].into_iter().flatten();
    let lost =
        || json!({ "seller_sku": given["SellerSku"], "code": "4136", "message": "SELLER_SKU_NOT_FOUND" });
    let first = found.next().flatten().ok_or_else(lost)?;
    match found.all(|other| other.is_some_and(|other| other.sku == first.sku)) {
        true => Ok(first.sku.clone()),
        false => Err(lost()),
    }
}

/// One figure, or the sum over the warehouses.
fn quantity(given: &Value, name: &str) -> Result<Option<i64>, ()> {
    let warehouses = match &given["MultiWarehouseInventories"]["MultiWarehouseInventory"] {
        Value::Null => return read(&given[name]),
        Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    let mut sum = 0i64;
    for warehouse in &warehouses {
        sum += read(&warehouse[name])?.or(read(&warehouse["Quantity"])?).ok_or(())?;
    }
    Ok(Some(sum))
}

fn read(value: &Value) -> Result<Option<i64>, ()> {
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => number.as_i64().map(Some).ok_or(()),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => text.trim().parse().map(Some).map_err(|_| ()),
        _ => Err(()),
    }
}

fn price(value: &Value) -> Result<Option<i64>, ()> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        given => satang(given).filter(|price| *price > 0).map(Some).ok_or(()),
    }
}
