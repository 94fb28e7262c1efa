//! What comes out of the operations, to be shown before anything has run.

use serde_json::{Value, json};

pub fn order() -> Value {
    json!({
        "id": 727, "number": "727", "status": "processing", "currency": "THB", "prices_include_tax": true,
        "date_created_gmt": "2026-01-05T03:21:10", "date_modified_gmt": "2026-01-05T03:21:12",
        "date_paid_gmt": "2026-01-05T03:21:11", "discount_total": "0.00", "shipping_total": "46.73", "total_tax": "41.87",
        "total": "640.00", "customer_id": 0, "payment_method": "promptpay",
        "billing": {"first_name": "สมชาย", "last_name": "ใจดี", "email": "somchai@example.com", "phone": "0810000001"},
        "line_items": [{"id": 315, "product_id": 93, "variation_id": 0, "sku": "ABC-1", "quantity": 1,
            "subtotal": "551.40", "total": "551.40", "total_tax": "38.60"}],
        "refunds": []
    })
}

pub fn product() -> Value {
    json!({
        "id": 93, "name": "Green tea 100 g", "type": "simple", "sku": "ABC-1", "status": "publish",
        "date_modified_gmt": "2026-01-05T03:21:12", "price": "590.00", "regular_price": "590.00", "sale_price": "",
        "manage_stock": true, "stock_quantity": 12, "stock_status": "instock", "variations": []
    })
}

pub fn customer() -> Value {
    json!({
        "id": 25, "email": "somchai@example.com", "first_name": "สมชาย", "last_name": "ใจดี", "role": "customer",
        "date_modified_gmt": "2026-01-05T03:21:12",
        "billing": {"address_1": "99 ถ.สุขุมวิท", "city": "กรุงเทพมหานคร", "postcode": "10110", "country": "TH"}
    })
}

pub fn refund() -> Value {
    json!({
        "id": 726, "date_created_gmt": "2026-01-06T02:00:00", "amount": "214.00", "reason": "damaged",
        "line_items": [{"id": 330, "sku": "ABC-1", "quantity": -1, "total": "-200.00", "total_tax": "-14.00"}],
        "order": {"id": 727, "number": "727"}
    })
}

pub fn deleted() -> Value {
    json!({"id": 727})
}

pub fn hook() -> Value {
    json!({"action": "woocommerce_payment_complete", "arg": 727})
}
