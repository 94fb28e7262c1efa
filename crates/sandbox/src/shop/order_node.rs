//! An order in the schema's words: UTC times, enums in capitals, money in sets.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

use super::ShopOrder;
use super::fulfilments::fulfillment_orders;
use super::order_parts::{
    fulfillment, line_item, metafield, refund, shipping_line, suggested_refund, transactions,
};
use super::schema::{Node, leaf};

pub(super) fn order_node(order: &ShopOrder) -> Node {
    let body = order.json();
    let part = |name: &str| leaf(body[name].clone());
    Node::Object(
        "Order",
        vec![
            ("id", part("admin_graphql_api_id")),
            ("legacyResourceId", leaf(order.id.to_string())),
            ("name", part("name")),
            ("email", part("email")),
            ("phone", part("phone")),
            ("note", part("note")),
            ("tags", Node::List(tags(&body))),
            ("test", part("test")),
            ("createdAt", utc(&body["created_at"])),
            ("processedAt", utc(&body["processed_at"])),
            ("updatedAt", utc(&body["updated_at"])),
            ("cancelledAt", utc(&body["cancelled_at"])),
            ("closedAt", utc(&body["closed_at"])),
            ("cancelReason", capitals(&body["cancel_reason"])),
            ("displayFinancialStatus", capitals(&body["financial_status"])),
            ("displayFulfillmentStatus", leaf(fulfillment_status(&body))),
            ("taxesIncluded", part("taxes_included")),
            ("currencyCode", part("currency")),
            ("paymentGatewayNames", part("payment_gateway_names")),
            ("totalPriceSet", money_bag(&body["total_price"])),
            ("currentTotalPriceSet", money_bag(&body["current_total_price"])),
            ("currentSubtotalPriceSet", money_bag(&body["current_subtotal_price"])),
            ("currentTotalTaxSet", money_bag(&body["current_total_tax"])),
            ("currentTotalDiscountsSet", money_bag(&body["current_total_discounts"])),
            ("totalShippingPriceSet", money_bag(&body["total_shipping_price_set"]["shop_money"]["amount"])),
            ("totalRefundedSet", money_bag(&refunded(&body))),
            ("customer", customer(&body["customer"])),
            ("billingAddress", address(&body["billing_address"])),
            ("shippingAddress", address(&body["shipping_address"])),
            ("lineItems", Node::Connection(items(&body["line_items"]).map(line_item).collect())),
            ("shippingLines", Node::Connection(items(&body["shipping_lines"]).map(shipping_line).collect())),
            ("fulfillments", Node::List(items(&body["fulfillments"]).map(fulfillment).collect())),
            ("fulfillmentOrders", Node::Connection(fulfillment_orders(order.id, &body))),
            ("refunds", Node::List(items(&body["refunds"]).map(|one| refund(one, &body)).collect())),
            ("transactions", Node::List(transactions(order.id, &body))),
            ("suggestedRefund", suggested_refund(&body)),
            ("metafields", Node::Connection(items(&body["metafields"]).map(metafield).collect())),
        ],
    )
}

pub(super) fn items(list: &Value) -> std::slice::Iter<'_, Value> {
    list.as_array().map_or(&[][..], Vec::as_slice).iter()
}

fn fulfillment_status(body: &Value) -> &'static str {
    match body["fulfillment_status"].as_str() {
        Some("fulfilled") => "FULFILLED",
        Some("partial") => "PARTIALLY_FULFILLED",
        _ => "UNFULFILLED",
    }
}

fn refunded(body: &Value) -> Value {
    let all = items(&body["refunds"]).filter_map(|refund| crate::money::satang(&refund["total"])).sum();
    json!(crate::money::money(all))
}

fn tags(body: &Value) -> Vec<Node> {
    let tags =
        body["tags"].as_str().unwrap_or_default().split(',').map(str::trim).filter(|tag| !tag.is_empty());
    tags.map(leaf).collect()
}

pub(super) fn utc(time: &Value) -> Node {
    let time = time.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    leaf(json!(time.map(|time| time.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true))))
}

fn capitals(text: &Value) -> Node {
    leaf(json!(text.as_str().map(str::to_uppercase)))
}

/// GraphQL cuts a trailing zero: `"1070.00"` comes as `"1070.0"`.
pub(super) fn money_bag(amount: &Value) -> Node {
    let amount = amount.as_str().unwrap_or_default();
    let amount = if amount.contains('.') { amount.strip_suffix('0').unwrap_or(amount) } else { amount };
    let money = || Node::Object("MoneyV2", vec![("amount", leaf(amount)), ("currencyCode", leaf("THB"))]);
    Node::Object("MoneyBag", vec![("shopMoney", money()), ("presentmentMoney", money())])
}

pub(super) fn customer(customer: &Value) -> Node {
    if customer.is_null() {
        return Node::null();
    }
    let part = |name: &str| leaf(customer[name].clone());
    Node::Object(
        "Customer",
        vec![
            ("id", part("admin_graphql_api_id")),
            ("legacyResourceId", leaf(customer["id"].to_string())),
            ("firstName", part("first_name")),
            ("lastName", part("last_name")),
            ("displayName", leaf(customer["default_address"]["name"].clone())),
            ("email", part("email")),
            ("phone", part("phone")),
            ("state", capitals(&customer["state"])),
            ("createdAt", utc(&customer["created_at"])),
            ("updatedAt", utc(&customer["updated_at"])),
            ("tags", Node::List(Vec::new())),
            ("note", part("note")),
            ("taxExempt", leaf(false)),
            ("numberOfOrders", leaf(customer["orders_count"].as_u64().unwrap_or(1).to_string())),
            ("defaultAddress", address(&customer["default_address"])),
            ("addresses", Node::List(vec![address(&customer["default_address"])])),
        ],
    )
}

fn address(address: &Value) -> Node {
    if address.is_null() {
        return Node::null();
    }
    let part = |name: &str| leaf(address[name].clone());
    Node::Object(
        "MailingAddress",
        vec![
            ("name", part("name")),
            ("firstName", part("first_name")),
            ("lastName", part("last_name")),
            ("company", part("company")),
            ("address1", part("address1")),
            ("address2", part("address2")),
            ("city", part("city")),
            ("province", part("province")),
            ("provinceCode", part("province_code")),
            ("zip", part("zip")),
            ("country", part("country")),
            ("countryCodeV2", part("country_code")),
            ("phone", part("phone")),
        ],
    )
}
