//! The detail of orders: a few fields always, the others only if they are named.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Shopee;
use super::call::{Answer, Params, Reply};
use super::order::Order;
use super::refused::Refused;
use crate::market::{masked_name, masked_phone};
use crate::money::number;

const ORDERS_MAX: usize = 50;

pub(super) fn detail(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let wanted = params.query.list("order_sn_list");
    if wanted.is_empty() || wanted.len() > ORDERS_MAX {
        return Err(Refused::parameter(format!(
            "Wrong parameters, detail: order_sn_list has 1 to {ORDERS_MAX} numbers."
        )));
    }
    let asked = params.query.list("response_optional_fields");
    let state = shopee.state();
    let orders: Vec<Value> = wanted
        .iter()
        .filter_map(|sn| state.order(sn).ok())
        .map(|order| shown(order, |name| asked.contains(&name)))
        .collect();
    if orders.is_empty() {
        return Err(Refused::not_found("Wrong parameters, detail: the order is not found."));
    }
    Ok(Reply::Response(json!({ "order_list": orders })))
}

pub(super) fn all_fields(order: &Order) -> Value {
    shown(order, |_| true)
}

fn shown(order: &Order, wants: impl Fn(&str) -> bool) -> Value {
    let mut shown = always(order);
    if let (Value::Object(shown), Value::Object(optional)) = (&mut shown, optional(order)) {
        let named: Map<String, Value> = optional.into_iter().filter(|(name, _)| wants(name)).collect();
        shown.extend(named);
    }
    order.sale.overrides.patch(&mut shown);
    shown
}

fn always(order: &Order) -> Value {
    let sale = &order.sale;
    json!({
        "order_sn": order.sn,
        "region": "TH",
        "currency": "THB",
        "cod": sale.overrides.cod,
        "order_status": order.status,
        "message_to_seller": sale.overrides.note.as_deref().unwrap_or(""),
        "create_time": sale.at.timestamp(),
        "update_time": order.updated_at.timestamp(),
        "days_to_ship": 2,
        "ship_by_date": order.ship_by().timestamp(),
    })
}

fn optional(order: &Order) -> Value {
    let sale = &order.sale;
    let wishes = &sale.overrides;
    json!({
        "buyer_user_id": 100_000 + sale.customer,
        "buyer_username": format!("customer{}", sale.customer),
        "recipient_address": address(order),
        "item_list": items(order),
        "pay_time": sale.paid().then(|| sale.at.timestamp()),
        "total_amount": number(order.total()),
        "estimated_shipping_fee": number(sale.shipping),
        "actual_shipping_fee": number(sale.shipping),
        "actual_shipping_fee_confirmed": false,
        "package_list": order.show_packages(),
        "split_up": order.packages.len() > 1,
        "shipping_carrier": order.carrier(),
        "payment_method": if wishes.cod { "Cash on Delivery" } else { "PromptPay" },
        "cancel_by": if order.status == "CANCELLED" { "seller" } else { "" },
        "cancel_reason": order.cancel_reason,
        "buyer_cancel_reason": if wishes.cancel_asked { "Change of mind" } else { "" },
        "fulfillment_flag": "fulfilled_by_local_seller",
        "pickup_done_time": 0,
        "note": "",
        "note_update_time": 0,
        "invoice_data": null,
        "can_partial_cancel_order": order.status == "READY_TO_SHIP",
    })
}

fn items(order: &Order) -> Value {
    let item = |(place, line): (usize, &crate::market::Line)| {
        let (item_id, model_id) = order.ids(place).unwrap_or_default();
        json!({
            "item_id": item_id,
            "item_name": line.title,
            "item_sku": if model_id == 0 { line.sku.as_str() } else { "" },
            "model_id": model_id,
            "model_name": if model_id == 0 { "" } else { line.title.as_str() },
            "model_sku": if model_id == 0 { "" } else { line.sku.as_str() },
            "model_quantity_purchased": order.quantity(place),
            "model_original_price": number(line.price),
            "model_discounted_price": number(order.unit_price(place)),
            "weight": number(i64::from(line.grams) / 10),
            "order_item_id": item_id,
            "promotion_group_id": 0,
            "promotion_type": if line.discount > 0 { "product_promotion" } else { "" },
            "promotion_id": 0,
            "add_on_deal": false,
            "main_item": false,
            "wholesale": false,
            "product_location_id": ["THZ"],
        })
    };
    order.sale.lines.iter().enumerate().map(item).collect()
}

fn address(order: &Order) -> Value {
    let (person, postcode) = (&order.sale.person, order.sale.postcode());
    let full = format!("{} {} {} {postcode}", person.street, person.place.district, person.place.province);
    let phone = person.phone.trim_start_matches('+');
    let plain = order.sale.overrides.unmasked;
    json!({
        "name": if plain { person.name() } else { masked_name(&person.name()) },
        "phone": if plain { phone.to_owned() } else { masked_phone(phone) },
        "town": "",
        "district": person.place.district,
        "city": "",
        "state": person.place.province,
        "region": "TH",
        "zipcode": postcode,
        "full_address": if plain { full } else { masked_name(&full) },
    })
}
