//! `/products`

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::call::{Answer, Params, page};
use super::product::{Held, ids_of, show};
use super::refused::Refused;
use super::{LineShopping, State};
use crate::market::Good;
use crate::money::satang;

/// Images and variants of a new product.
const IMAGES: std::ops::RangeInclusive<usize> = 1..=7;

/// The goods of each product, in the order of the products' ids.
fn grouped(state: &State) -> BTreeMap<u64, Vec<&Good>> {
    let mut products: BTreeMap<u64, Vec<&Good>> = BTreeMap::new();
    for good in state.shelf.all() {
        products.entry(ids_of(good).0).or_default().push(good);
    }
    products
}

pub(super) fn list(line: &Arc<LineShopping>, params: &Params) -> Answer {
    let state = line.state();
    let skus = params.query.list("skus");
    let held = Held::of(&state);
    let fits =
        |goods: &Vec<&Good>| skus.is_empty() || goods.iter().any(|good| skus.contains(&good.sku.as_str()));
    let found: Vec<Vec<&Good>> = grouped(&state).into_values().filter(fits).collect();
    page(params, &found, |goods| show(goods, &held))
}

fn shown(state: &State, id: &str) -> Result<Value, Refused> {
    let id: u64 = id.parse().map_err(|_| Refused::not_found("product"))?;
    let products = grouped(state);
    let goods = products.get(&id).ok_or_else(|| Refused::not_found("product"))?;
    Ok(show(goods, &Held::of(state)))
}

pub(super) fn one(line: &Arc<LineShopping>, id: &str) -> Answer {
    Ok((StatusCode::OK, shown(&line.state(), id)?))
}

/// The SKUs of a product.
pub(super) fn skus_of(state: &State, id: &str) -> Result<Vec<String>, Refused> {
    let id: u64 = id.parse().map_err(|_| Refused::not_found("product"))?;
    let skus: Vec<String> =
        state.shelf.all().filter(|good| ids_of(good).0 == id).map(|good| good.sku.clone()).collect();
    if skus.is_empty() { Err(Refused::not_found("product")) } else { Ok(skus) }
}

/// A new product is hidden until it is put on sale.
pub(super) fn create(line: &Arc<LineShopping>, params: &Params) -> Answer {
    let (body, now) = (&params.body, line.stand.now());
    let title = body["name"]
        .as_str()
        .filter(|name| !name.is_empty())
        .ok_or_else(|| Refused::bad("name is needed."))?;
    if !body["imageUrls"].as_array().is_some_and(|images| IMAGES.contains(&images.len())) {
        return Err(Refused::bad("imageUrls has 1 to 7 entries."));
    }
    let variants = body["variants"].as_array().filter(|variants| variants.len() == 1);
    let variant = variants
        .and_then(|variants| variants.first())
        .ok_or_else(|| Refused::bad("One variant is needed here."))?;
    let sku = variant["sku"]
        .as_str()
        .filter(|sku| !sku.is_empty())
        .ok_or_else(|| Refused::bad("sku is needed."))?;
    let price = satang(&variant["price"])
        .filter(|price| *price > 0)
        .ok_or_else(|| Refused::bad("price has at most 2 decimals."))?;
    let mut state = line.state();
    if !state.shelf.add(sku, title, price, now) {
        return Err(Refused::conflict("The SKU is there already."));
    }
    let good = state.shelf.get_mut(sku).ok_or_else(Refused::broken)?;
    good.live = false;
    good.stock = variant["onHandNumber"].as_i64().unwrap_or(0);
    let id = ids_of(good).0.to_string();
    line.stand.ledger.note(now, "product", sku, body.clone());
    Ok((StatusCode::CREATED, shown(&state, &id)?))
}

pub(super) fn change(line: &Arc<LineShopping>, id: &str, params: &Params) -> Answer {
    each(line, id, &params.body, |good| {
        if let Some(title) = params.body["name"].as_str() {
            good.title = title.to_owned();
        }
    })
}

pub(super) fn display(line: &Arc<LineShopping>, id: &str, status: &str) -> Answer {
    let live = match status {
        "onsale" => true,
        "hide" => false,
        _ => return Err(Refused::bad("The display status is onsale or hide.")),
    };
    each(line, id, &json!({ "display": status }), |good| good.live = live)
}

/// Only takes it off sale: what was sold must stay readable.
pub(super) fn remove(line: &Arc<LineShopping>, id: &str) -> Answer {
    each(line, id, &json!({ "deleted": true }), |good| good.live = false)?;
    Ok((StatusCode::NO_CONTENT, Value::Null))
}

fn each(line: &LineShopping, id: &str, said: &Value, change: impl Fn(&mut Good)) -> Answer {
    let (mut state, now) = (line.state(), line.stand.now());
    for sku in skus_of(&state, id)? {
        if let Some(good) = state.shelf.get_mut(&sku) {
            change(good);
            good.changed_at = now;
            line.stand.ledger.note(now, "product", &sku, said.clone());
        }
    }
    Ok((StatusCode::OK, shown(&state, id)?))
}
