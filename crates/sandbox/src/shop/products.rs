//! Products: prices and SKUs of variants, and whole products.

use std::sync::Arc;

use serde_json::Value;

use super::Shop;
use super::goods::{number_of, product_body};
use super::goods_query::{handle, product_node, variant_node};
use super::mutation::{Done, needed, user_error};
use super::query::Selection;
use super::schema::{Node, Refused};
use crate::money::satang;

const VARIANTS_MAX: usize = 250;

pub(super) fn update_variants(shop: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let (product, variants) = (needed(field, "productId")?, needed(field, "variants")?);
    let variants = variants.as_array().map_or(&[][..], Vec::as_slice);
    Ok(change(shop, number_of(product, "Product"), variants))
}

fn change(shop: &Arc<Shop>, product: Option<u64>, variants: &[Value]) -> Done {
    let now = shop.now();
    let mut state = shop.state();
    let good = product.and_then(|number| state.shelf.numbered_mut(number));
    let Some(good) = good else {
        return Err(vec![user_error("productId", "Product does not exist", "PRODUCT_DOES_NOT_EXIST")]);
    };
    if variants.is_empty() || variants.len() > VARIANTS_MAX {
        return Err(vec![user_error("variants", "Variants are needed", "NEED_TO_ADD_OPTION_VALUES")]);
    }
    let mut changed = good.clone();
    for (place, given) in variants.iter().enumerate() {
        let at = |name: &str| format!("variants.{place}.{name}");
        if number_of(&given["id"], "ProductVariant") != Some(good.number) {
            return Err(vec![user_error(
                &at("id"),
                "Product variant does not exist",
                "PRODUCT_VARIANT_DOES_NOT_EXIST",
            )]);
        }
        for (name, place) in [("price", false), ("compareAtPrice", true)] {
            let Some(value) = given.get(name).filter(|value| !value.is_null()) else { continue };
            let price = satang(value).filter(|price| *price >= 0);
            let price = price.ok_or_else(|| {
                vec![user_error(&at(name), "Price is not a number", "GREATER_THAN_OR_EQUAL_TO")]
            })?;
            if place { changed.special = Some(price) } else { changed.price = price }
        }
        shop.stand.ledger.note(now, "price", &good.sku, given.clone());
    }
    changed.changed_at = now;
    *good = changed;
    let (product, variant, body) = (product_node(good), variant_node(good), product_body(good));
    drop(state);
    shop.happened(None, "products/update", &body);
    Ok(vec![("product", product), ("productVariants", Node::List(vec![variant]))])
}

/// Creates or replaces a product of one variant, found by id, by handle or by its SKU.
pub(super) fn set(shop: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let (input, identifier) = (needed(field, "input")?, field.argument("identifier"));
    Ok(put(shop, input, identifier))
}

/// A list that is left out stays as it is: title and status alone change.
fn reword(shop: &Arc<Shop>, number: u64, input: &Value) -> Done {
    let mut state = shop.state();
    let sku = state.shelf.numbered(number).map(|good| good.sku.clone());
    let Some(good) = sku.and_then(|sku| state.shelf.get_mut(&sku)) else {
        return Err(vec![user_error("identifier", "Product does not exist", "PRODUCT_DOES_NOT_EXIST")]);
    };
    good.changed_at = shop.now();
    if let Some(title) = input["title"].as_str() {
        title.clone_into(&mut good.title);
    }
    if let Some(status) = input["status"].as_str() {
        good.live = status == "ACTIVE";
    }
    let (key, product, body) = (good.sku.clone(), product_node(good), product_body(good));
    drop(state);
    shop.stand.ledger.note(shop.now(), "product", &key, input.clone());
    shop.happened(None, "products/update", &body);
    Ok(vec![("product", product)])
}

fn put(shop: &Arc<Shop>, input: &Value, identifier: &Value) -> Done {
    let now = shop.now();
    if let (Some(number), true) = (number_of(&identifier["id"], "Product"), input["variants"].is_null()) {
        return reword(shop, number, input);
    }
    let variants = input["variants"].as_array().map_or(&[][..], Vec::as_slice);
    let [variant] = variants else {
        return Err(vec![user_error(
            "input.variants",
            "A product of this stand-in has one variant",
            "INVALID_INPUT",
        )]);
    };
    let sku = variant["sku"].as_str().or(variant["inventoryItem"]["sku"].as_str()).unwrap_or_default();
    let price = satang(&variant["price"]).filter(|price| *price >= 0);
    let (Some(price), false) = (price, sku.is_empty()) else {
        return Err(vec![user_error("input.variants.0", "SKU and price are needed", "INVALID_VARIANT")]);
    };
    let title = input["title"].as_str().unwrap_or(sku);
    let mut state = shop.state();
    let by_id = number_of(&identifier["id"], "Product").and_then(|number| state.shelf.numbered(number));
    let by_handle = || {
        identifier["handle"].as_str().and_then(|wanted| state.shelf.all().find(|good| handle(good) == wanted))
    };
    let known = by_id.or_else(by_handle).or(state.shelf.get(sku)).map(|good| good.sku.clone());
    if identifier["id"].is_string() && known.is_none() {
        return Err(vec![user_error("identifier", "Product does not exist", "PRODUCT_DOES_NOT_EXIST")]);
    }
    let topic = if known.is_some() { "products/update" } else { "products/create" };
    if known.is_none() && !state.shelf.add(sku, title, price, now) {
        return Err(vec![user_error("input", "The shop is full", "GENERIC_ERROR")]);
    }
    let key = known.unwrap_or_else(|| sku.to_owned());
    let Some(good) = state.shelf.get_mut(&key) else {
        return Err(vec![user_error("identifier", "Product does not exist", "PRODUCT_DOES_NOT_EXIST")]);
    };
    (good.title, good.price, good.changed_at) = (title.to_owned(), price, now);
    good.live = input["status"].as_str().is_none_or(|status| status == "ACTIVE");
    let (product, body) = (product_node(good), product_body(good));
    drop(state);
    shop.stand.ledger.note(now, "product", &key, input.clone());
    shop.happened(None, topic, &body);
    Ok(vec![("product", product)])
}
