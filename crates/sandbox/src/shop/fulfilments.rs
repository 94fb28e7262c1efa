//! Fulfilment: what is still to be sent, parcels of some or all of it, and their tracking numbers.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Shop;
use super::goods_query::location;
use super::mutation::{Done, UserError, needed, user_error};
use super::order::{self, bangkok};
use super::order_node::items;
use super::order_parts::{fulfillment, line_item};
use super::query::Selection;
use super::schema::{Node, Refused, leaf};

/// Places in the room of an order's ids.
const FULFILLMENT_ORDER: u64 = 700;
const FULFILLMENT_ORDER_LINE: u64 = 800;
const FULFILLMENT: u64 = 600;
/// Parcels of one order.
const PARCELS_MAX: usize = 40;

/// All of an order is sent from the one location, so it has one of these.
pub(super) fn fulfillment_orders(order: u64, body: &Value) -> Vec<Node> {
    let left: i64 = items(&body["line_items"]).filter_map(|line| line["fulfillable_quantity"].as_i64()).sum();
    let status = if !body["cancelled_at"].is_null() {
        "CANCELLED"
    } else if left == 0 {
        "CLOSED"
    } else if items(&body["fulfillments"]).next().is_some() {
        "IN_PROGRESS"
    } else {
        "OPEN"
    };
    let line = |(place, line): (u64, &Value)| {
        Node::Object(
            "FulfillmentOrderLineItem",
            vec![
                (
                    "id",
                    leaf(format!(
                        "gid://shopify/FulfillmentOrderLineItem/{}",
                        order + FULFILLMENT_ORDER_LINE + 2 * place
                    )),
                ),
                ("totalQuantity", leaf(line["quantity"].clone())),
                ("remainingQuantity", leaf(line["fulfillable_quantity"].clone())),
                ("sku", leaf(line["sku"].clone())),
                ("lineItem", line_item(line)),
            ],
        )
    };
    let assigned = Node::Object(
        "FulfillmentOrderAssignedLocation",
        vec![("location", location()), ("name", leaf("คลังสินค้าหลัก"))],
    );
    vec![Node::Object(
        "FulfillmentOrder",
        vec![
            ("id", leaf(format!("gid://shopify/FulfillmentOrder/{}", order + FULFILLMENT_ORDER))),
            ("status", leaf(status)),
            ("requestStatus", leaf("UNSUBMITTED")),
            ("assignedLocation", assigned),
            ("lineItems", Node::Connection((0..).zip(items(&body["line_items"])).map(line).collect())),
        ],
    )]
}

fn id_of(gid: &Value, kind: &str) -> Option<u64> {
    gid.as_str()?.strip_prefix("gid://shopify/")?.strip_prefix(kind)?.strip_prefix('/')?.parse().ok()
}

pub(super) fn create(shop: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let input = needed(field, "fulfillment")?;
    Ok(send(shop, input))
}

fn send(shop: &Arc<Shop>, input: &Value) -> Done {
    let invalid = |message: &str| vec![user_error("fulfillment", message, "INVALID")];
    let parts = input["lineItemsByFulfillmentOrder"].as_array().map_or(&[][..], Vec::as_slice);
    let [part] = parts else {
        return Err(invalid("All fulfillment orders must belong to one order and location."));
    };
    let order = id_of(&part["fulfillmentOrderId"], "FulfillmentOrder")
        .and_then(|id| id.checked_sub(FULFILLMENT_ORDER));
    let order = order.ok_or_else(|| invalid("Fulfillment order does not exist."))?;
    let now = bangkok(shop.now());
    let changed = shop.rewrite(order, |body| {
        let parcel = pack(order, body, part)?;
        let place = body["fulfillments"].as_array().map_or(0, Vec::len);
        if place >= PARCELS_MAX {
            return Err(user_error("fulfillment", "The order has too many fulfillments.", "INVALID"));
        }
        let id = order + FULFILLMENT + 2 + 2 * place as u64;
        let tracking = &input["trackingInfo"];
        let made = json!({
            "id": id,
            "admin_graphql_api_id": format!("gid://shopify/Fulfillment/{id}"),
            "order_id": order,
            "name": format!("{}.{}", body["name"].as_str().unwrap_or_default(), place + 1),
            "status": "success",
            "created_at": now,
            "updated_at": now,
            "tracking_company": tracking["company"],
            "tracking_number": tracking["number"].as_str().or(tracking["numbers"][0].as_str()),
            "tracking_url": tracking["url"].as_str().or(tracking["urls"][0].as_str()),
            "line_items": parcel,
        });
        if let Some(list) = body["fulfillments"].as_array_mut() {
            list.push(made.clone());
        }
        let left: i64 =
            items(&body["line_items"]).filter_map(|line| line["fulfillable_quantity"].as_i64()).sum();
        body["fulfillment_status"] = if left == 0 { "fulfilled" } else { "partial" }.into();
        Ok(made)
    });
    let (order, made) = changed.map_err(|error| vec![error])?;
    shop.stand.ledger.note(shop.now(), "fulfilment", &order.id.to_string(), input.clone());
    shop.happened(Some(&order), "fulfillments/create", &made);
    let body = order.json();
    let whole = body["fulfillment_status"] == "fulfilled";
    shop.happened(Some(&order), if whole { "orders/fulfilled" } else { "orders/partially_fulfilled" }, &body);
    shop.happened(Some(&order), "orders/updated", &body);
    Ok(vec![("fulfillment", fulfillment(&made))])
}

/// Takes the named pieces out of what is left; without names, all of it.
fn pack(order: u64, body: &mut Value, part: &Value) -> Result<Vec<Value>, UserError> {
    let invalid = |message: &str| user_error("fulfillment", message, "INVALID");
    if !body["cancelled_at"].is_null() {
        return Err(invalid("The order is cancelled."));
    }
    let named = part["fulfillmentOrderLineItems"].as_array().map_or(&[][..], Vec::as_slice);
    let wanted = |place: usize, left: i64| {
        let id = order + FULFILLMENT_ORDER_LINE + 2 * place as u64;
        let found = named.iter().find(|given| id_of(&given["id"], "FulfillmentOrderLineItem") == Some(id));
        if named.is_empty() { left } else { found.map_or(0, |given| given["quantity"].as_i64().unwrap_or(0)) }
    };
    let mut parcel = Vec::new();
    for (place, line) in body["line_items"].as_array_mut().into_iter().flatten().enumerate() {
        let left = line["fulfillable_quantity"].as_i64().unwrap_or(0);
        let quantity = wanted(place, left);
        if !(0..=left).contains(&quantity) {
            return Err(invalid("Invalid fulfillment order line item quantity requested."));
        }
        if quantity > 0 {
            line["fulfillable_quantity"] = (left - quantity).into();
            line["fulfillment_status"] = if left == quantity { "fulfilled" } else { "partial" }.into();
            parcel.push(json!({
                "id": line["id"], "admin_graphql_api_id": line["admin_graphql_api_id"],
                "sku": line["sku"], "quantity": quantity,
            }));
        }
    }
    if parcel.is_empty() {
        Err(invalid("The fulfillment order has nothing left to fulfill."))
    } else {
        Ok(parcel)
    }
}

pub(super) fn update_tracking(shop: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let (id, tracking) = (needed(field, "fulfillmentId")?, needed(field, "trackingInfoInput")?);
    let lost = || vec![user_error("fulfillmentId", "Fulfillment does not exist.", "NOT_FOUND")];
    let Some(id) = id_of(id, "Fulfillment") else { return Ok(Err(lost())) };
    let Some(order) = order::number_of(id).map(order::id_of) else { return Ok(Err(lost())) };
    let now = bangkok(shop.now());
    let changed = shop.rewrite(order, |body| {
        let list = body["fulfillments"].as_array_mut();
        let found = list.and_then(|list| list.iter_mut().find(|found| found["id"] == id));
        let found =
            found.ok_or_else(|| user_error("fulfillmentId", "Fulfillment does not exist.", "NOT_FOUND"))?;
        for (name, given) in
            [("tracking_company", "company"), ("tracking_number", "number"), ("tracking_url", "url")]
        {
            if !tracking[given].is_null() {
                found[name] = tracking[given].clone();
            }
        }
        found["updated_at"] = now.into();
        Ok(found.clone())
    });
    Ok(changed.map_err(|error| vec![error]).map(|(order, made)| {
        shop.stand.ledger.note(shop.now(), "tracking", &order.id.to_string(), tracking.clone());
        shop.happened(Some(&order), "fulfillments/update", &made);
        vec![("fulfillment", fulfillment(&made))]
    }))
}
