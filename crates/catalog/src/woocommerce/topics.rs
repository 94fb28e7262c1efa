//! The triggers that a store pushes to: what differs between them is the topic, the words, and what comes.

use super::{examples, webhook};
use crate::words;
use connector::{Connection, Delivery, Refusal, Request, Webhook};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};

/// A trigger for one topic of the store.
pub struct Topic {
    id: &'static str,
    /// Without one, the node names the hook of the store's code that it is for.
    topic: Option<&'static str>,
    /// In English and Thai, as the next.
    title: [&'static str; 2],
    about: [&'static str; 2],
    example: fn() -> Value,
}

const HOOK: &str = "woocommerce_payment_complete";

impl Topic {
    fn default_path(&self) -> String {
        self.id.replace('_', "-")
    }

    fn is_wanted(&self, with: &Map<String, Value>, given: &str) -> bool {
        match self.topic {
            Some(topic) => given == topic,
            None => {
                let hook = with.get("hook").and_then(Value::as_str).unwrap_or(HOOK);
                given.strip_prefix("action.") == Some(hook)
            }
        }
    }
}

impl Webhook for Topic {
    fn spec(&self) -> OperationSpec {
        let ([title, title_th], [about, about_th]) = (self.title, self.about);
        let path = self.default_path();
        let spec = OperationSpec::trigger(self.id, title, title_th)
            .about(about, about_th)
            .connection(Need::Required)
            .field(words::path(&path));
        let spec = if self.topic.is_some() { spec } else { spec.field(hook()) };
        spec.example(json!({ "path": path }), (self.example)())
    }

    fn body_bytes_max(&self, _with: &Map<String, Value>) -> u64 {
        webhook::BODY_BYTES_MAX
    }

    fn receive(
        &self,
        request: &Request<'_>,
        with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<Delivery, Refusal> {
        webhook::receive(request, connection, |given| self.is_wanted(with, given))
    }
}

fn hook() -> Field {
    Field::new("hook", FieldKind::Text, "Hook", "ฮุก")
        .about(
            "The hook's name in the store's code; the webhook's topic is action. and this.",
            "ชื่อฮุกในโค้ดของร้าน หัวข้อของเว็บฮุคคือ action. ตามด้วยชื่อนี้",
        )
        .default(HOOK)
        .example(HOOK)
}

pub const TOPICS: [Topic; 12] = [
    Topic {
        id: "woocommerce/order_created",
        topic: Some("order.created"),
        title: ["Order created", "มีคำสั่งซื้อใหม่"],
        about: ["Starts when an order is placed, paid or not.", "เริ่มเมื่อมีการสั่งซื้อ ไม่ว่าจะชำระเงินแล้วหรือยัง"],
        example: examples::order,
    },
    Topic {
        id: "woocommerce/order_updated",
        topic: Some("order.updated"),
        title: ["Order updated", "คำสั่งซื้อมีการเปลี่ยนแปลง"],
        about: [
            "Starts when an order changes: it is paid, cancelled, sent or refunded. Look at its status and refunds; there is \
             no topic for each.",
            "เริ่มเมื่อคำสั่งซื้อเปลี่ยน เช่น ชำระเงิน ยกเลิก จัดส่ง หรือคืนเงิน ให้ดูที่ status และ refunds เพราะไม่มีหัวข้อแยกแต่ละเรื่อง",
        ],
        example: examples::order,
    },
    Topic {
        id: "woocommerce/order_deleted",
        topic: Some("order.deleted"),
        title: ["Order deleted", "ลบคำสั่งซื้อแล้ว"],
        about: ["Starts when an order is deleted; only its id comes.", "เริ่มเมื่อคำสั่งซื้อถูกลบ โดยจะได้รับเฉพาะ id"],
        example: examples::deleted,
    },
    Topic {
        id: "woocommerce/order_restored",
        topic: Some("order.restored"),
        title: ["Order restored", "กู้คืนคำสั่งซื้อแล้ว"],
        about: ["Starts when an order is taken out of the trash.", "เริ่มเมื่อนำคำสั่งซื้อออกจากถังขยะ"],
        example: examples::order,
    },
    Topic {
        id: "woocommerce/product_created",
        topic: Some("product.created"),
        title: ["Product created", "มีสินค้าใหม่"],
        about: ["Starts when a product is added.", "เริ่มเมื่อมีการเพิ่มสินค้า"],
        example: examples::product,
    },
    Topic {
        id: "woocommerce/product_updated",
        topic: Some("product.updated"),
        title: ["Product updated", "ข้อมูลสินค้าเปลี่ยนแปลง"],
        about: [
            "Starts when a product, a variation or its stock changes, also by what a flow itself has pushed.",
            "เริ่มเมื่อสินค้า ตัวเลือกสินค้า หรือสต็อกเปลี่ยนแปลง รวมถึงการเปลี่ยนแปลงที่โฟลว์ส่งไปเอง",
        ],
        example: examples::product,
    },
    Topic {
        id: "woocommerce/product_deleted",
        topic: Some("product.deleted"),
        title: ["Product deleted", "ลบสินค้าแล้ว"],
        about: ["Starts when a product is deleted; only its id comes.", "เริ่มเมื่อสินค้าถูกลบ โดยจะได้รับเฉพาะ id"],
        example: examples::deleted,
    },
    Topic {
        id: "woocommerce/product_restored",
        topic: Some("product.restored"),
        title: ["Product restored", "กู้คืนสินค้าแล้ว"],
        about: ["Starts when a product is taken out of the trash.", "เริ่มเมื่อนำสินค้าออกจากถังขยะ"],
        example: examples::product,
    },
    Topic {
        id: "woocommerce/customer_created",
        topic: Some("customer.created"),
        title: ["Customer created", "มีลูกค้าใหม่"],
        about: ["Starts when a customer registers or is added.", "เริ่มเมื่อลูกค้าสมัครหรือถูกเพิ่ม"],
        example: examples::customer,
    },
    Topic {
        id: "woocommerce/customer_updated",
        topic: Some("customer.updated"),
        title: ["Customer updated", "ข้อมูลลูกค้าเปลี่ยนแปลง"],
        about: ["Starts when a customer's data change.", "เริ่มเมื่อข้อมูลของลูกค้าเปลี่ยน"],
        example: examples::customer,
    },
    Topic {
        id: "woocommerce/customer_deleted",
        topic: Some("customer.deleted"),
        title: ["Customer deleted", "ลบลูกค้าแล้ว"],
        about: [
            "Starts when a customer is deleted; only their id comes.",
            "เริ่มเมื่อลูกค้าถูกลบ โดยจะได้รับเฉพาะ id",
        ],
        example: examples::deleted,
    },
    Topic {
        id: "woocommerce/hook_called",
        topic: None,
        title: ["Hook called", "ฮุกถูกเรียก"],
        about: [
            "Starts when the store's code calls a hook, such as when a payment is complete. The hook's first argument comes, \
             often an order's id.",
            "เริ่มเมื่อโค้ดของร้านเรียกฮุก เช่น เมื่อชำระเงินสำเร็จ โดยจะได้รับอาร์กิวเมนต์แรกของฮุก ซึ่งมักเป็นรหัสคำสั่งซื้อ",
        ],
        example: examples::hook,
    },
];
