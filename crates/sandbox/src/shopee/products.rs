//! Items and models: read in pages, found by SKU, added and changed.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Shopee;
use super::call::{Answer, Params, Reply};
use super::orders::window;
use super::product::{base, ids_of, model, row, whole_baht};
use super::refused::Refused;
use crate::market::Good;
use crate::money::satang;

const PAGE_MAX: usize = 100;
const ITEMS_MAX: usize = 50;

fn lost() -> Refused {
    Refused::new("error_item_not_found", "Item_id is not found.")
}

/// One good for each item: of an item with models, the first.
fn items<'a>(goods: impl Iterator<Item = &'a Good>) -> Vec<&'a Good> {
    let mut seen = std::collections::BTreeSet::new();
    goods.filter(|good| seen.insert(ids_of(good).0)).collect()
}

pub(super) fn list(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let query = &params.query;
    let offset = params.number("offset", 0, 0, 1_000_000)?;
    let size = params.number("page_size", 0, 1, PAGE_MAX)?;
    let status = query
        .get("item_status")
        .ok_or_else(|| Refused::parameter("Wrong parameters, detail: item_status is required."))?;
    let updated = window(query, "update_time_from", "update_time_to")?;
    let state = shopee.state();
    let fits = |good: &&Good| {
        (status == "NORMAL") == good.live
            && updated.is_none_or(|(from, to)| (from..=to).contains(&good.changed_at.timestamp()))
    };
    let found = items(state.shelf.all().filter(fits));
    let page: Vec<Value> = found.iter().skip(offset).take(size).map(|good| row(good)).collect();
    let next = offset.saturating_add(page.len());
    let more = next < found.len();
    Ok(Reply::Response(json!({
        "item": page, "total_count": found.len(), "has_next_page": more,
        "next_offset": if more { next } else { 0 },
    })))
}

pub(super) fn base_info(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let wanted = params.query.list("item_id_list");
    if wanted.is_empty() || wanted.len() > ITEMS_MAX {
        return Err(Refused::parameter("Wrong parameters, detail: item_id_list has 1 to 50 ids."));
    }
    let state = shopee.state();
    let all = items(state.shelf.all());
    let named = |id: &&str| all.iter().find(|good| ids_of(good).0.to_string() == **id).map(|good| base(good));
    Ok(Reply::Response(json!({ "item_list": wanted.iter().filter_map(named).collect::<Vec<_>>() })))
}

pub(super) fn models(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let wanted: u64 = params.query.number("item_id", 0).unwrap_or(0);
    let state = shopee.state();
    let of_item: Vec<&Good> = state.shelf.all().filter(|good| ids_of(good).0 == wanted).collect();
    if of_item.is_empty() {
        return Err(lost());
    }
    let with_models = of_item.iter().filter(|good| ids_of(good).1 != 0);
    let models: Vec<Value> = with_models.enumerate().map(|(place, good)| model(good, place)).collect();
    Ok(Reply::Response(json!({ "tier_variation": [], "model": models })))
}

/// Finds the SKU of an item. The SKU of a model is not looked at here: whether it is elsewhere, nobody says.
pub(super) fn search(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let size = params.number("page_size", PAGE_MAX, 1, PAGE_MAX)?;
    let state = shopee.state();
    let wanted = params.query.text("item_sku");
    let found = state.shelf.all().filter(|good| good.sku == wanted && ids_of(good).1 == 0);
    let ids: Vec<u64> = found.map(|good| ids_of(good).0).take(size).collect();
    Ok(Reply::Response(json!({ "item_id_list": ids, "total_count": ids.len(), "next_offset": "" })))
}

pub(super) fn add(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let (body, now) = (&params.body, shopee.stand.now());
    for name in ["category_id", "logistic_info", "image", "weight"] {
        if body[name].is_null() {
            return Err(Refused::parameter(format!("{name} is required")));
        }
    }
    let (title, sku) = (params.text("item_name")?, params.text("item_sku")?);
    let price = satang(&body["original_price"]).filter(|price| *price > 0);
    let price = price.ok_or_else(|| Refused::parameter("original_price is required"))?;
    let mut state = shopee.state();
    if !state.shelf.add(sku, title, whole_baht(price), now) {
        return Err(Refused::parameter("The item_sku is there already."));
    }
    let good = state.shelf.get_mut(sku).ok_or_else(lost)?;
    good.stock = body["seller_stock"][0]["stock"].as_i64().unwrap_or(0);
    shopee.stand.ledger.note(now, "product", sku, body.clone());
    Ok(Reply::Response(base(good)))
}

pub(super) fn update(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let (body, now) = (&params.body, shopee.stand.now());
    let mut state = shopee.state();
    let wanted = &body["item_id"];
    let found = state.shelf.all().find(|good| *wanted == ids_of(good).0).map(|good| good.number);
    let good = found.and_then(|number| state.shelf.numbered_mut(number)).ok_or_else(lost)?;
    if let Some(title) = body["item_name"].as_str() {
        good.title = title.to_owned();
    }
    if let Some(status) = body["item_status"].as_str() {
        good.live = status == "NORMAL";
    }
    good.changed_at = now;
    shopee.stand.ledger.note(now, "product", &good.sku, body.clone());
    Ok(Reply::Response(base(good)))
}
