//! The triggers that Shopify pushes to: what differs between them is the topic, the words, and what comes.

use super::{examples, webhook};
use connector::{Connection, Delivery, Refusal, Request, Webhook};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};

/// A trigger for what Shopify calls by these topics.
pub struct Topic {
    id: &'static str,
    topics: &'static [&'static str],
    /// In English and Thai, as the next.
    title: [&'static str; 2],
    about: [&'static str; 2],
    example: fn() -> Value,
}

impl Topic {
    /// Where a node listens that names no path: `shopify/order-paid` for `shopify/order_paid`.
    fn default_path(&self) -> String {
        self.id.replace('_', "-")
    }
}

impl Webhook for Topic {
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
            .example(json!({ "path": path }), (self.example)())
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
        webhook::receive(request, self.topics, connection)
    }
}

pub const TOPICS: [Topic; 18] = [
    Topic {
        id: "shopify/app_uninstalled",
        topics: &["app/uninstalled"],
        title: ["App uninstalled", "ถอนการติดตั้งแอป"],
        about: [
            "Starts when the shop removes the app: its token and webhooks end with that.",
            "เริ่มเมื่อร้านถอนการติดตั้งแอป โทเคนและเว็บฮุคจะสิ้นสุดตามไปด้วย",
        ],
        example: examples::shop,
    },
    Topic {
        id: "shopify/customer_created",
        topics: &["customers/create"],
        title: ["Customer created", "มีลูกค้าใหม่"],
        about: ["Starts when a customer is added.", "เริ่มเมื่อมีการเพิ่มลูกค้า"],
        example: examples::customer,
    },
    Topic {
        id: "shopify/customer_updated",
        topics: &["customers/update"],
        title: ["Customer updated", "ข้อมูลลูกค้าเปลี่ยนแปลง"],
        about: ["Starts when a customer's data change.", "เริ่มเมื่อข้อมูลของลูกค้าเปลี่ยน"],
        example: examples::customer,
    },
    Topic {
        id: "shopify/fulfilment_created",
        topics: &["fulfillments/create"],
        title: ["Parcel sent", "จัดส่งพัสดุแล้ว"],
        about: [
            "Starts for each parcel of an order that is marked as sent.",
            "เริ่มเมื่อมีการบันทึกการจัดส่งแต่ละพัสดุของคำสั่งซื้อ",
        ],
        example: examples::fulfilment,
    },
    Topic {
        id: "shopify/fulfilment_updated",
        topics: &["fulfillments/update"],
        title: ["Parcel updated", "ข้อมูลพัสดุเปลี่ยนแปลง"],
        about: [
            "Starts when a parcel's tracking number or status changes.",
            "เริ่มเมื่อเลขพัสดุหรือสถานะของพัสดุเปลี่ยน",
        ],
        example: examples::fulfilment,
    },
    Topic {
        id: "shopify/order_cancelled",
        topics: &["orders/cancelled"],
        title: ["Order cancelled", "คำสั่งซื้อถูกยกเลิก"],
        about: ["Starts when an order is cancelled.", "เริ่มเมื่อคำสั่งซื้อถูกยกเลิก"],
        example: examples::order,
    },
    Topic {
        id: "shopify/order_created",
        topics: &["orders/create"],
        title: ["Order created", "มีคำสั่งซื้อใหม่"],
        about: ["Starts when an order is placed, paid or not.", "เริ่มเมื่อมีการสั่งซื้อ ไม่ว่าจะชำระเงินแล้วหรือยัง"],
        example: examples::order,
    },
    Topic {
        id: "shopify/order_fulfilled",
        topics: &["orders/fulfilled"],
        title: ["Order sent in full", "จัดส่งครบทั้งคำสั่งซื้อ"],
        about: ["Starts when everything of an order was sent.", "เริ่มเมื่อจัดส่งสินค้าในคำสั่งซื้อครบทุกรายการ"],
        example: examples::order,
    },
    Topic {
        id: "shopify/order_paid",
        topics: &["orders/paid"],
        title: ["Order paid", "คำสั่งซื้อชำระเงินแล้ว"],
        about: ["Starts when an order is paid in full.", "เริ่มเมื่อคำสั่งซื้อได้รับการชำระเงินครบ"],
        example: examples::order,
    },
    Topic {
        id: "shopify/order_partially_fulfilled",
        topics: &["orders/partially_fulfilled"],
        title: ["Order sent in part", "จัดส่งบางส่วนของคำสั่งซื้อ"],
        about: ["Starts when a part of an order was sent.", "เริ่มเมื่อจัดส่งสินค้าบางส่วนของคำสั่งซื้อ"],
        example: examples::order,
    },
    Topic {
        id: "shopify/order_updated",
        topics: &["orders/updated"],
        title: ["Order updated", "คำสั่งซื้อมีการเปลี่ยนแปลง"],
        about: [
            "Starts when anything about an order changes; compare updated_at, for there is no order among deliveries.",
            "เริ่มเมื่อข้อมูลใดของคำสั่งซื้อเปลี่ยน ให้เทียบ updated_at เพราะลำดับการส่งไม่แน่นอน",
        ],
        example: examples::order,
    },
    Topic {
        id: "shopify/privacy_asked",
        topics: &["customers/data_request", "customers/redact", "shop/redact"],
        title: ["Privacy request", "คำขอด้านข้อมูลส่วนบุคคล"],
        about: [
            "Starts when a customer asks for their data, or data are to be deleted. Apps in the app store must answer these.",
            "เริ่มเมื่อลูกค้าขอข้อมูลของตน หรือเมื่อต้องลบข้อมูล แอปใน App Store ต้องรองรับคำขอเหล่านี้",
        ],
        example: examples::privacy,
    },
    Topic {
        id: "shopify/product_created",
        topics: &["products/create"],
        title: ["Product created", "มีสินค้าใหม่"],
        about: ["Starts when a product is added.", "เริ่มเมื่อมีการเพิ่มสินค้า"],
        example: examples::product,
    },
    Topic {
        id: "shopify/product_deleted",
        topics: &["products/delete"],
        title: ["Product deleted", "ลบสินค้าแล้ว"],
        about: ["Starts when a product is deleted; only its id comes.", "เริ่มเมื่อสินค้าถูกลบ โดยจะได้รับเฉพาะ id"],
        example: examples::deleted,
    },
    Topic {
        id: "shopify/product_updated",
        topics: &["products/update"],
        title: ["Product updated", "ข้อมูลสินค้าเปลี่ยนแปลง"],
        about: [
            "Starts when a product or one of its variants changes, also by what a flow itself has pushed.",
            "เริ่มเมื่อสินค้าหรือตัวเลือกสินค้าเปลี่ยนแปลง รวมถึงการเปลี่ยนแปลงที่โฟลว์ส่งไปเอง",
        ],
        example: examples::product,
    },
    Topic {
        id: "shopify/refund_created",
        topics: &["refunds/create"],
        title: ["Refund created", "มีการคืนเงิน"],
        about: [
            "Starts when an order is refunded, in full or in part.",
            "เริ่มเมื่อมีการคืนเงินคำสั่งซื้อ ทั้งหมดหรือบางส่วน",
        ],
        example: examples::refund,
    },
    Topic {
        id: "shopify/stock_item_updated",
        topics: &["inventory_items/update"],
        title: ["Stock item updated", "ข้อมูลสต็อกสินค้าเปลี่ยนแปลง"],
        about: [
            "Starts when a stock item's SKU, cost or tracking changes.",
            "เริ่มเมื่อ SKU ต้นทุน หรือการติดตามสต็อกของสินค้าเปลี่ยน",
        ],
        example: examples::stock_item,
    },
    Topic {
        id: "shopify/stock_level_updated",
        topics: &["inventory_levels/update"],
        title: ["Stock level updated", "จำนวนสต็อกเปลี่ยนแปลง"],
        about: [
            "Starts when the quantity of a stock item changes at a location, also by what a flow itself has pushed.",
            "เริ่มเมื่อจำนวนสต็อกของสินค้าในสถานที่หนึ่งเปลี่ยน รวมถึงการเปลี่ยนแปลงที่โฟลว์ส่งไปเอง",
        ],
        example: examples::stock_level,
    },
];
