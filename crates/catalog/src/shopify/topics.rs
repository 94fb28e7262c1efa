//! The triggers about orders: what differs between them is what Shopify calls the event, and the words.

use super::webhook;
use connector::{Connection, Delivery, Refusal, Request, Webhook};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};

/// A trigger for one topic of Shopify's.
pub struct OrderWebhook {
    id: &'static str,
    topic: &'static str,
    /// In English and Thai, as the next.
    title: [&'static str; 2],
    about: [&'static str; 2],
}

pub const ORDER_CANCELLED: OrderWebhook = OrderWebhook {
    id: "shopify/order_cancelled",
    topic: "orders/cancelled",
    title: ["Order cancelled", "คำสั่งซื้อถูกยกเลิก"],
    about: ["Starts when an order is cancelled.", "เริ่มเมื่อคำสั่งซื้อถูกยกเลิก"],
};

pub const ORDER_CREATED: OrderWebhook = OrderWebhook {
    id: "shopify/order_created",
    topic: "orders/create",
    title: ["Order created", "มีคำสั่งซื้อใหม่"],
    about: ["Starts when an order is placed, paid or not.", "เริ่มเมื่อมีการสั่งซื้อ ไม่ว่าจะชำระเงินแล้วหรือยัง"],
};

pub const ORDER_PAID: OrderWebhook = OrderWebhook {
    id: "shopify/order_paid",
    topic: "orders/paid",
    title: ["Order paid", "คำสั่งซื้อชำระเงินแล้ว"],
    about: ["Starts when an order is paid in full.", "เริ่มเมื่อคำสั่งซื้อได้รับการชำระเงินครบ"],
};

pub const ORDER_UPDATED: OrderWebhook = OrderWebhook {
    id: "shopify/order_updated",
    topic: "orders/updated",
    title: ["Order updated", "คำสั่งซื้อมีการเปลี่ยนแปลง"],
    about: [
        "Starts when anything about an order changes; compare updated_at, for there is no order among deliveries.",
        "เริ่มเมื่อข้อมูลใดของคำสั่งซื้อเปลี่ยน ให้เทียบ updated_at เพราะลำดับการส่งไม่แน่นอน",
    ],
};

impl OrderWebhook {
    /// Where a node listens that names no path: `shopify/order-paid` for `shopify/order_paid`.
    fn default_path(&self) -> String {
        self.id.replace('_', "-")
    }
}

impl Webhook for OrderWebhook {
    fn spec(&self) -> OperationSpec {
        let ([title, title_th], [about, about_th]) = (self.title, self.about);
        let path = self.default_path();
        OperationSpec::trigger(self.id, title, title_th)
            .about(about, about_th)
            .connection(Need::Required)
            .field(
                Field::new("path", FieldKind::Path, "Path", "พาธ")
                    .about(
                        "Where Shopify sends to: /hooks/ and this. No two live flows share one.",
                        "ที่อยู่ที่ Shopify ส่งมา คือ /hooks/ ตามด้วยค่านี้ โฟลว์ที่ใช้งานอยู่จะใช้พาธซ้ำกันไม่ได้",
                    )
                    .default(path.as_str())
                    .example(path.as_str()),
            )
            .example(json!({ "path": path }), an_order())
    }

    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        let given = with.get("path").and_then(Value::as_str);
        Some(given.map_or_else(|| self.default_path(), str::to_owned))
    }

    fn body_bytes_max(&self, _with: &Map<String, Value>) -> u64 {
        webhook::BODY_BYTES_MAX
    }

    fn receive(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<Delivery, Refusal> {
        webhook::receive(request, self.topic, connection)
    }
}

fn an_order() -> Value {
    json!({
        "id": 820982911946154508u64, "name": "#1001", "currency": "THB", "total_price": "1070.00",
        "financial_status": "paid", "taxes_included": true, "test": false,
        "line_items": [{"sku": "TEA-100", "quantity": 2, "price": "535.00"}]
    })
}
