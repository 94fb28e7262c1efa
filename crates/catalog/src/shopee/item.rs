//! Items and their models (variants), and which of them a SKU is.

use super::api::{Api, Pairs, VENDOR};
use crate::market::{list, text_at, text_of};
use crate::pushed::{Found, Unclear};
use crate::values;
use connector::Error;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Items on one page of the list.
const PAGE: usize = 100;
/// Items whose base is asked for in one call.
const BASES: usize = 50;
/// More SKUs than this are found by going through all items.
const SEARCHED_MAX: usize = 20;
/// Items that are gone through for SKUs.
const WALKED_MAX: usize = 2_000;

/// Where a SKU is: what prices and stock are set by. Model 0 is an item without variants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub item_id: String,
    pub model_id: String,
}

/// Ids of items that changed in a time, and the next page's place where there is one.
pub async fn ids(
    api: &Api<'_>,
    span: Option<(i64, i64)>,
    offset: &str,
) -> Result<(Vec<String>, Option<String>), Error> {
    let mut pairs: Pairs = vec![("offset", offset.to_owned()), ("page_size", PAGE.to_string())];
    pairs.extend(["NORMAL", "UNLIST"].map(|status| ("item_status", status.to_owned())));
    if let Some((from, to)) = span {
        pairs.push(("update_time_from", super::order::secs(from)));
        pairs.push(("update_time_to", super::order::secs(to)));
    }
    let page = api.get("product/get_item_list", pairs).await?;
    let ids =
        values::rows_or_none(&page, "/item", VENDOR)?.iter().map(|item| text_at(item, "/item_id")).collect();
    let more = page.get("has_next_page") == Some(&Value::Bool(true));
    Ok((ids, more.then(|| text_at(&page, "/next_offset")).filter(|offset| !offset.is_empty())))
}

/// Items with their models.
pub async fn whole(api: &Api<'_>, ids: &[String]) -> Result<Vec<Value>, Error> {
    let mut items = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BASES) {
        let page = api.get("product/get_item_base_info", vec![("item_id_list", batch.join(","))]).await?;
        for base in values::rows_or_none(&page, "/item_list", VENDOR)? {
            let mut item = base.as_object().cloned().unwrap_or_default();
            if base.get("has_model") == Some(&Value::Bool(true)) {
                let told =
                    api.get("product/get_model_list", vec![("item_id", text_at(base, "/item_id"))]).await?;
                item.insert("tier_variation".into(), told.get("tier_variation").cloned().unwrap_or_default());
                item.insert("models".into(), list(&told, "/model").into());
            }
            items.push(item.into());
        }
    }
    Ok(items)
}

/// The places of those SKUs that the shop has. Whether the search looks at variants' SKUs is not promised, so what it does not
/// find is looked for among all items; there, what comes first ends the search.
pub async fn find(api: &Api<'_>, skus: &[&str]) -> Result<Found<Place>, Error> {
    let mut places = Found::default();
    if skus.len() <= SEARCHED_MAX {
        let mut known = HashSet::new();
        for sku in skus {
            let fresh: Vec<String> =
                search(api, sku).await?.into_iter().filter(|id| known.insert(id.clone())).collect();
            whole(api, &fresh).await?.iter().for_each(|item| add(item, &mut places));
        }
    }
    let is_missing = |places: &Found<Place>, sku: &str| places.get(sku) == Err(Unclear::Unknown);
    let missing = |places: &Found<Place>| skus.iter().any(|sku| is_missing(places, sku));
    let mut offset = Some("0".to_owned());
    let mut walked = 0;
    while let Some(at) = offset.take().filter(|_| missing(&places) && walked < WALKED_MAX) {
        let (ids, next) = ids(api, None, &at).await?;
        walked += ids.len();
        whole(api, &ids).await?.iter().for_each(|item| add(item, &mut places));
        offset = next.filter(|_| !ids.is_empty());
        if offset.is_some() && walked >= WALKED_MAX {
            let left: Vec<&str> = skus.iter().copied().filter(|sku| is_missing(&places, sku)).collect();
            places.stopped_at(&left);
        }
    }
    Ok(places)
}

/// The items that have a SKU.
async fn search(api: &Api<'_>, sku: &str) -> Result<Vec<String>, Error> {
    let pairs = vec![("page_size", BASES.to_string()), ("item_sku", sku.to_owned())];
    // A shop without such an item is answered with a refusal by some versions.
    let Ok(found) = api.ask_get("product/search_item", pairs).await? else { return Ok(Vec::new()) };
    Ok(list(&found, "/item_id_list").iter().map(text_of).collect())
}

/// An item that is on sale goes before others that have its SKU.
fn add(item: &Value, places: &mut Found<Place>) {
    let item_id = text_at(item, "/item_id");
    let on_sale = text_at(item, "/item_status") == "NORMAL";
    let mut keep = |sku: String, model_id: String| {
        let place = Place { item_id: item_id.clone(), model_id };
        match sku.is_empty() {
            true => {}
            false if on_sale => places.add(sku, place),
            false => places.add_other(sku, place),
        }
    };
    let models = list(item, "/models");
    for model in models {
        keep(text_at(model, "/model_sku"), text_at(model, "/model_id"));
    }
    if models.is_empty() {
        keep(text_at(item, "/item_sku"), "0".to_owned());
    }
}

pub fn example() -> Value {
    json!({
        "item_id": 1000, "item_name": "Green tea", "item_sku": "", "item_status": "NORMAL", "has_model": true,
        "update_time": 1767583300,
        "models": [{"model_id": 3456, "model_sku": "ABC-1", "price_info": [{"original_price": 590.0}]}]
    })
}
