//! What is written back to an order: metafields, its note, its tags.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Shop;
use super::mutation::{Done, UserError, needed, user_error};
use super::order_node::order_node;
use super::order_parts::metafield;
use super::query::Selection;
use super::schema::{Node, Refused};

/// Metafields of one call, and of one order.
const SET_MAX: usize = 25;
const KEPT_MAX: usize = 250;

fn order_id(gid: &Value) -> Option<u64> {
    gid.as_str()?.strip_prefix("gid://shopify/Order/")?.parse().ok()
}

/// Orders are the only owners here.
pub(super) fn set(shop: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let list = needed(field, "metafields")?.as_array().cloned().unwrap_or_default();
    if list.is_empty() || list.len() > SET_MAX {
        return Ok(Err(vec![user_error(
            "metafields",
            "1 to 25 metafields can be set at once",
            "LESS_THAN_OR_EQUAL_TO",
        )]));
    }
    let mut nodes = Vec::new();
    for (place, given) in list.iter().enumerate() {
        match set_one(shop, given, place) {
            Ok(node) => nodes.push(node),
            Err(error) => return Ok(Err(vec![error])),
        }
    }
    Ok(Ok(vec![("metafields", Node::List(nodes))]))
}

fn set_one(shop: &Arc<Shop>, given: &Value, place: usize) -> Result<Node, UserError> {
    let at = |name: &str| format!("metafields.{place}.{name}");
    let text = |name: &str| {
        given[name]
            .as_str()
            .filter(|text| !text.is_empty())
            .ok_or_else(|| user_error(&at(name), format!("{name} can't be blank"), "BLANK"))
    };
    let (namespace, key, value) =
        (given["namespace"].as_str().unwrap_or("custom"), text("key")?, text("value")?);
    let kind = given["type"].as_str().unwrap_or("single_line_text_field");
    let id = order_id(&given["ownerId"])
        .ok_or_else(|| user_error(&at("ownerId"), "Owner does not exist.", "INVALID"))?;
    let made = json!({
        "id": format!("gid://shopify/Metafield/{id}-{namespace}-{key}"),
        "namespace": namespace, "key": key, "type": kind, "value": value,
    });
    let (order, ()) = shop.rewrite(id, |body| {
        let list = body["metafields"].as_array().cloned().unwrap_or_default();
        let mut list: Vec<Value> = list.into_iter().filter(|known| known["id"] != made["id"]).collect();
        if list.len() >= KEPT_MAX {
            return Err(user_error(&at("ownerId"), "The order has too many metafields.", "INVALID"));
        }
        list.push(made.clone());
        body["metafields"] = list.into();
        Ok(())
    })?;
    shop.stand.ledger.note(shop.now(), "metafield", &id.to_string(), given.clone());
    shop.happened(Some(&order), "orders/updated", &order.json());
    Ok(metafield(&made))
}

pub(super) fn update_order(shop: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let input = needed(field, "input")?;
    let Some(id) = order_id(&input["id"]) else {
        return Ok(Err(vec![user_error("input.id", "Order does not exist", "NOT_FOUND")]));
    };
    let changed = shop.rewrite(id, |body| {
        if let Some(note) = input.get("note") {
            body["note"] = note.clone();
        }
        if let Some(tags) = input["tags"].as_array() {
            body["tags"] = tags.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ").into();
        }
        Ok(())
    });
    Ok(changed.map_err(|error| vec![error]).map(|(order, ())| {
        shop.stand.ledger.note(shop.now(), "order", &id.to_string(), input.clone());
        shop.happened(Some(&order), "orders/updated", &order.json());
        vec![("order", order_node(&order))]
    }))
}
