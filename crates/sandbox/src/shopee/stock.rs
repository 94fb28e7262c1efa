//! Price and stock pushes: the models of one item, each of which stands or falls alone.

use std::sync::Arc;

use serde_json::{Value, json};

use super::call::{Answer, Params, Reply};
use super::product::{ids_of, whole_baht};
use super::refused::Refused;
use super::{Shopee, State};
use crate::money::{number, satang};

const MODELS_MAX: usize = 50;

/// The rows of a push, and the SKU that each is about.
fn rows<'a>(
    state: &State,
    params: &'a Params,
    name: &str,
) -> Result<Vec<(&'a Value, Option<String>)>, Refused> {
    let item = params.body["item_id"].as_u64().ok_or_else(|| Refused::parameter("item_id is required"))?;
    if !state.shelf.all().any(|good| ids_of(good).0 == item) {
        return Err(Refused::new("error_item_not_found", "Item_id is not found."));
    }
    let list = params.body[name].as_array().filter(|list| (1..=MODELS_MAX).contains(&list.len()));
    let list =
        list.ok_or_else(|| Refused::parameter(format!("Length of {name} should be between 1 to 50.")))?;
    let sku = |row: &Value| {
        let model = row["model_id"].as_u64().unwrap_or(0);
        state.shelf.all().find(|good| ids_of(good) == (item, model)).map(|good| good.sku.clone())
    };
    Ok(list.iter().map(|row| (row, sku(row))).collect())
}

fn failure(row: &Value, reason: &str) -> Value {
    json!({ "model_id": row["model_id"].as_u64().unwrap_or(0), "failed_reason": reason })
}

pub(super) fn price(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let now = shopee.stand.now();
    let mut state = shopee.state();
    let (mut good_rows, mut bad_rows) = (Vec::new(), Vec::new());
    for (row, sku) in rows(&state, params, "price_list")? {
        let price = satang(&row["original_price"]).filter(|price| *price > 0);
        let found = sku.as_deref().and_then(|sku| state.shelf.get_mut(sku));
        match (found, price) {
            (None, _) => bad_rows.push(failure(row, "Wrong model_id.")),
            (Some(_), None) => bad_rows.push(failure(row, "Invalid price.")),
            (Some(good), Some(price)) => {
                (good.price, good.changed_at) = (whole_baht(price), now);
                shopee.stand.ledger.note(now, "price", &good.sku, row.clone());
                good_rows.push(json!({ "model_id": ids_of(good).1, "original_price": number(good.price) }));
            }
        }
    }
    Ok(Reply::Response(json!({ "success_list": good_rows, "failure_list": bad_rows })))
}

pub(super) fn stock(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let now = shopee.stand.now();
    let mut state = shopee.state();
    let (mut good_rows, mut bad_rows) = (Vec::new(), Vec::new());
    for (row, sku) in rows(&state, params, "stock_list")? {
        let given = &row["seller_stock"][0];
        let stock = given["stock"].as_i64().filter(|stock| *stock >= 0);
        let location = given["location_id"].as_str().unwrap_or("THZ");
        let found = sku.as_deref().and_then(|sku| state.shelf.get_mut(sku));
        match (found, stock) {
            (None, _) => bad_rows.push(failure(row, "Wrong model_id.")),
            (Some(_), None) => bad_rows.push(failure(row, "Invalid stock.")),
            (Some(_), Some(_)) if location != "THZ" => {
                bad_rows.push(failure(row, "Invalid stock location ID"))
            }
            (Some(good), Some(stock)) => {
                (good.stock, good.changed_at) = (stock, now);
                shopee.stand.ledger.note(now, "stock", &good.sku, row.clone());
                good_rows
                    .push(json!({ "model_id": ids_of(good).1, "location_id": location, "stock": stock }));
            }
        }
    }
    Ok(Reply::Response(json!({ "success_list": good_rows, "failure_list": bad_rows })))
}
