//! What hangs on an order: its lines, fulfilments, refunds, payments, metafields.

use serde_json::{Value, json};

use super::goods::variant_id_of;
use super::order_node::{items, money_bag, utc};
use super::schema::{Node, leaf};
use crate::money::{money, satang};

pub(super) fn line_item(line: &Value) -> Node {
    let part = |name: &str| leaf(line[name].clone());
    let variant = line["variant_id"].as_u64().map_or(Node::null(), |id| {
        let sku = line["sku"].as_str().unwrap_or_default();
        Node::Object("ProductVariant", vec![("id", leaf(variant_id_of(id))), ("sku", leaf(sku))])
    });
    Node::Object(
        "LineItem",
        vec![
            ("id", part("admin_graphql_api_id")),
            ("sku", part("sku")),
            ("name", part("name")),
            ("title", part("title")),
            ("variantTitle", part("variant_title")),
            ("quantity", part("quantity")),
            ("currentQuantity", part("current_quantity")),
            ("unfulfilledQuantity", part("fulfillable_quantity")),
            ("originalUnitPriceSet", money_bag(&line["price"])),
            ("originalTotalSet", money_bag(&total(line))),
            // After line discounts but before the order's code, which is how Shopify defines this field.
            ("discountedTotalSet", money_bag(&total(line))),
            (
                "discountAllocations",
                Node::List(items(&line["discount_allocations"]).map(allocation).collect()),
            ),
            ("taxLines", Node::List(items(&line["tax_lines"]).map(tax_line).collect())),
            ("variant", variant),
        ],
    )
}

fn total(line: &Value) -> Value {
    let price = satang(&line["price"]).unwrap_or(0);
    money(price * line["quantity"].as_i64().unwrap_or(0)).into()
}

fn allocation(allocation: &Value) -> Node {
    Node::Object("DiscountAllocation", vec![("allocatedAmountSet", money_bag(&allocation["amount"]))])
}

fn tax_line(tax: &Value) -> Node {
    let fields = vec![
        ("title", leaf(tax["title"].clone())),
        ("rate", leaf(tax["rate"].clone())),
        ("priceSet", money_bag(&tax["price"])),
    ];
    Node::Object("TaxLine", fields)
}

pub(super) fn shipping_line(line: &Value) -> Node {
    Node::Object(
        "ShippingLine",
        vec![
            ("id", leaf(format!("gid://shopify/ShippingLine/{}", line["id"]))),
            ("title", leaf(line["title"].clone())),
            ("code", leaf(line["code"].clone())),
            ("originalPriceSet", money_bag(&line["price"])),
            ("discountedPriceSet", money_bag(&line["discounted_price"])),
            ("taxLines", Node::List(items(&line["tax_lines"]).map(tax_line).collect())),
        ],
    )
}

pub(super) fn fulfillment(body: &Value) -> Node {
    let tracking = Node::Object(
        "FulfillmentTrackingInfo",
        vec![
            ("company", leaf(body["tracking_company"].clone())),
            ("number", leaf(body["tracking_number"].clone())),
            ("url", leaf(body["tracking_url"].clone())),
        ],
    );
    let line = |line: &Value| {
        let item = Node::Object(
            "LineItem",
            vec![("id", leaf(line["admin_graphql_api_id"].clone())), ("sku", leaf(line["sku"].clone()))],
        );
        Node::Object(
            "FulfillmentLineItem",
            vec![("quantity", leaf(line["quantity"].clone())), ("lineItem", item)],
        )
    };
    Node::Object(
        "Fulfillment",
        vec![
            ("id", leaf(body["admin_graphql_api_id"].clone())),
            ("name", leaf(body["name"].clone())),
            ("status", leaf("SUCCESS")),
            ("displayStatus", leaf("FULFILLED")),
            ("createdAt", utc(&body["created_at"])),
            ("updatedAt", utc(&body["updated_at"])),
            ("trackingInfo", Node::List(vec![tracking])),
            ("fulfillmentLineItems", Node::Connection(items(&body["line_items"]).map(line).collect())),
        ],
    )
}

/// With the order that it is of.
pub(super) fn refund(body: &Value, order: &Value) -> Node {
    let of = vec![("id", leaf(order["admin_graphql_api_id"].clone())), ("name", leaf(order["name"].clone()))];
    let line = |line: &Value| {
        let item = Node::Object(
            "LineItem",
            vec![
                ("id", leaf(format!("gid://shopify/LineItem/{}", line["line_item_id"]))),
                ("sku", leaf(line["sku"].clone())),
            ],
        );
        Node::Object(
            "RefundLineItem",
            vec![
                ("quantity", leaf(line["quantity"].clone())),
                ("restockType", leaf(json!(line["restock_type"].as_str().map(str::to_uppercase)))),
                ("subtotalSet", money_bag(&line["subtotal"])),
                ("totalTaxSet", money_bag(&line["total_tax"])),
                ("lineItem", item),
            ],
        )
    };
    Node::Object(
        "Refund",
        vec![
            ("id", leaf(body["admin_graphql_api_id"].clone())),
            ("note", leaf(body["note"].clone())),
            ("createdAt", utc(&body["created_at"])),
            ("updatedAt", utc(&body["created_at"])),
            ("totalRefundedSet", money_bag(&body["total"])),
            ("order", Node::Object("Order", of)),
            ("transactions", Node::Connection(Vec::new())),
            ("refundLineItems", Node::Connection(items(&body["refund_line_items"]).map(line).collect())),
        ],
    )
}

/// What was paid; refunds name it as their parent.
pub(super) fn transactions(order: u64, body: &Value) -> Vec<Node> {
    if matches!(body["financial_status"].as_str(), Some("pending" | "voided") | None) {
        return Vec::new();
    }
    vec![Node::Object(
        "OrderTransaction",
        vec![
            ("id", leaf(format!("gid://shopify/OrderTransaction/{}", order + 600))),
            ("kind", leaf("SALE")),
            ("status", leaf("SUCCESS")),
            ("gateway", leaf(body["payment_gateway_names"][0].clone())),
            ("amountSet", money_bag(&body["total_price"])),
        ],
    )]
}

/// All that is left.
pub(super) fn suggested_refund(body: &Value) -> Node {
    let amount = money_bag(&body["current_total_price"]);
    Node::Object("SuggestedRefund", vec![("amountSet", amount.clone()), ("subtotalSet", amount)])
}

pub(super) fn metafield(body: &Value) -> Node {
    let part = |name: &str| leaf(body[name].clone());
    Node::Object(
        "Metafield",
        vec![
            ("id", part("id")),
            ("namespace", part("namespace")),
            ("key", part("key")),
            ("type", part("type")),
            ("value", part("value")),
        ],
    )
}
