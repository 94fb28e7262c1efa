//! What comes out of the operations, to be shown before anything has run.

use serde_json::{Value, json};

/// An order as a webhook brings it.
pub fn order() -> Value {
    json!({
        "id": 820982911946154508u64, "name": "#1001", "currency": "THB", "total_price": "1070.00",
        "financial_status": "paid", "taxes_included": true, "test": false,
        "line_items": [{"sku": "TEA-100", "quantity": 2, "price": "535.00"}]
    })
}

pub fn customer() -> Value {
    json!({
        "id": 706405506930370084u64, "first_name": "สมชาย", "last_name": "ใจดี", "email": "somchai@example.com",
        "phone": "+66810000001", "updated_at": "2026-11-20T10:10:00+07:00"
    })
}

pub fn fulfilment() -> Value {
    json!({
        "id": 255858046, "order_id": 820982911946154508u64, "status": "success", "tracking_company": "Kerry Express",
        "tracking_number": "KEX0001", "line_items": [{"sku": "TEA-100", "quantity": 2}]
    })
}

pub fn refund() -> Value {
    json!({
        "id": 509562969, "order_id": 820982911946154508u64, "note": "damaged",
        "created_at": "2026-11-20T10:10:00+07:00",
        "refund_line_items": [{"quantity": 1, "restock_type": "return", "line_item": {"sku": "TEA-100"}}],
        "transactions": [{"kind": "refund", "amount": "535.00"}]
    })
}

pub fn product() -> Value {
    json!({
        "id": 788032119674292922u64, "title": "Green tea 100 g", "status": "active",
        "variants": [{"id": 642667041472713922u64, "sku": "TEA-100", "price": "535.00"}]
    })
}

pub fn deleted() -> Value {
    json!({"id": 788032119674292922u64})
}

pub fn stock_level() -> Value {
    json!({
        "inventory_item_id": 30322695, "location_id": 124656943, "available": 12,
        "updated_at": "2026-11-20T10:10:00+07:00"
    })
}

pub fn stock_item() -> Value {
    json!({"id": 30322695, "sku": "TEA-100", "tracked": true, "cost": "310.00"})
}

pub fn shop() -> Value {
    json!({"id": 548380009, "name": "My shop", "domain": "my-shop.myshopify.com"})
}

pub fn privacy() -> Value {
    json!({"shop_id": 548380009, "shop_domain": "my-shop.myshopify.com", "customer": {"id": 191167}})
}

/// An order as it is read.
pub fn order_read() -> Value {
    json!({
        "id": "gid://shopify/Order/5551", "legacyResourceId": "5551", "name": "#1001",
        "updatedAt": "2026-11-20T03:10:00Z", "cancelledAt": null, "test": false,
        "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "UNFULFILLED", "taxesIncluded": true,
        "currentTotalPriceSet": {"shopMoney": {"amount": "1070.0", "currencyCode": "THB"}},
        "lineItems": [{
            "id": "gid://shopify/LineItem/315", "sku": "TEA-100", "quantity": 2, "currentQuantity": 2,
            "originalUnitPriceSet": {"shopMoney": {"amount": "535.0", "currencyCode": "THB"}}
        }]
    })
}

/// An order as it is read alone: one of two pieces was sent, and one refunded.
pub fn order_whole() -> Value {
    let address = json!({
        "name": "สมชาย ใจดี", "company": null, "address1": "99 ถ.สุขุมวิท", "address2": "คลองเตย", "city": "กรุงเทพมหานคร",
        "province": "Bangkok", "zip": "10110", "countryCodeV2": "TH", "phone": "+66810000001"
    });
    let mut order = json!({
        "id": "gid://shopify/Order/5551", "legacyResourceId": "5551", "name": "#1001",
        "createdAt": "2026-11-20T03:10:00Z", "updatedAt": "2026-11-21T04:00:00Z", "processedAt": "2026-11-20T03:10:00Z",
        "cancelledAt": null, "cancelReason": null, "closedAt": null, "test": false, "note": "ฝากป้อมยาม", "tags": ["line"],
        "email": "somchai@example.com", "phone": "+66810000001",
        "displayFinancialStatus": "PARTIALLY_REFUNDED", "displayFulfillmentStatus": "PARTIALLY_FULFILLED",
        "paymentGatewayNames": ["PromptPay"], "taxesIncluded": true, "currencyCode": "THB",
        "customer": {
            "id": "gid://shopify/Customer/8891", "firstName": "สมชาย", "lastName": "ใจดี", "email": "somchai@example.com",
            "phone": "+66810000001"
        },
        "billingAddress": address, "shippingAddress": address
    });
    let amounts = [
        ("totalPriceSet", "1110.0"),
        ("currentTotalPriceSet", "575.0"),
        ("currentSubtotalPriceSet", "535.0"),
        ("currentTotalTaxSet", "37.62"),
        ("currentTotalDiscountsSet", "0.0"),
        ("totalShippingPriceSet", "40.0"),
        ("totalRefundedSet", "535.0"),
    ];
    for (name, amount) in amounts {
        order[name] = baht(amount);
    }
    let tax = |amount: &str| json!([{"title": "VAT", "rate": 0.07, "priceSet": baht(amount)}]);
    order["shippingLines"] = json!([
        {"title": "ส่งด่วน", "code": "express", "discountedPriceSet": baht("40.0"), "taxLines": tax("2.62")}
    ]);
    order["lineItems"] = json!([{
        "id": "gid://shopify/LineItem/315", "sku": "TEA-100", "title": "ชาเขียว", "variantTitle": "100 g", "quantity": 2,
        "currentQuantity": 1, "originalUnitPriceSet": baht("535.0"), "discountedTotalSet": baht("1070.0"), "taxLines": tax("70.0")
    }]);
    order["fulfillments"] = json!([parcel_read()]);
    order["refunds"] = json!([refund_of_order()]);
    order
}

fn baht(amount: &str) -> Value {
    json!({"shopMoney": {"amount": amount, "currencyCode": "THB"}})
}

fn parcel_read() -> Value {
    json!({
        "id": "gid://shopify/Fulfillment/255858046", "name": "#1001.1", "status": "SUCCESS", "createdAt": "2026-11-21T04:00:00Z",
        "trackingInfo": [{"company": "Kerry Express", "number": "KEX0001", "url": "https://th.kerryexpress.com/track?KEX0001"}],
        "fulfillmentLineItems": [{"quantity": 1, "lineItem": {"id": "gid://shopify/LineItem/315", "sku": "TEA-100"}}]
    })
}

fn refund_of_order() -> Value {
    json!({
        "id": "gid://shopify/Refund/929", "createdAt": "2026-11-21T03:00:00Z", "note": "damaged", "totalRefundedSet": baht("535.0"),
        "refundLineItems": [{
            "quantity": 1, "restockType": "RETURN", "subtotalSet": baht("535.0"), "totalTaxSet": baht("35.0"),
            "lineItem": {"id": "gid://shopify/LineItem/315", "sku": "TEA-100"}
        }]
    })
}

/// A customer as it is read.
pub fn customer_read() -> Value {
    json!({
        "id": "gid://shopify/Customer/8891", "legacyResourceId": "8891", "firstName": "สมชาย", "lastName": "ใจดี",
        "email": "somchai@example.com", "phone": "+66810000001", "updatedAt": "2026-11-20T03:10:00Z",
        "defaultAddress": {"address1": "99 ถ.สุขุมวิท", "city": "กรุงเทพมหานคร", "zip": "10110", "countryCodeV2": "TH"}
    })
}

/// A product as it is read.
pub fn product_read() -> Value {
    json!({
        "id": "gid://shopify/Product/7001", "legacyResourceId": "7001", "title": "Green tea 100 g", "handle": "tea-100",
        "status": "ACTIVE", "updatedAt": "2026-11-20T03:10:00Z",
        "variants": [{"id": "gid://shopify/ProductVariant/9001", "sku": "TEA-100", "price": "535.00", "inventoryQuantity": 12}]
    })
}

/// A refund as it is read.
pub fn refund_read() -> Value {
    json!({
        "id": "gid://shopify/Refund/929", "createdAt": "2026-11-20T03:10:00Z", "note": "damaged",
        "totalRefundedSet": {"shopMoney": {"amount": "214.0", "currencyCode": "THB"}},
        "order": {"id": "gid://shopify/Order/5551", "name": "#1001"},
        "refundLineItems": [{"quantity": 1, "restockType": "RETURN", "lineItem": {"id": "gid://shopify/LineItem/315", "sku": "TEA-100"}}]
    })
}
