//! Fields that several of the store's operations have, in the same words.

use model::{Field, FieldKind};

/// Records of one search.
pub const FOUND_MAX: u64 = 500;

pub fn order_id() -> Field {
    Field::new("order_id", FieldKind::Text, "Order", "คำสั่งซื้อ")
        .about(
            "The order's id, which may differ from the number that customers see.",
            "รหัส id ของคำสั่งซื้อ ซึ่งอาจต่างจากเลขที่ที่ลูกค้าเห็น",
        )
        .required()
        .example("727")
}

pub fn limit() -> Field {
    Field::new("limit", FieldKind::Number, "At most", "จำนวนสูงสุด")
        .about("How many are given; the newest come first.", "จำนวนรายการที่ต้องการ โดยรายการใหม่สุดมาก่อน")
        .at_least(1)
        .at_most(FOUND_MAX)
        .default(50)
        .example(50)
}

pub fn changed_after() -> Field {
    Field::new("changed_after", FieldKind::Text, "Changed after", "เปลี่ยนแปลงหลังจาก")
        .about("Only what was changed after this time.", "เฉพาะรายการที่เปลี่ยนแปลงหลังเวลานี้")
        .example("2026-01-05T10:00:00+07:00")
}

pub fn company() -> Field {
    Field::new("company", FieldKind::Text, "Courier", "บริษัทขนส่ง")
        .about("The courier's name, as the customer sees it.", "ชื่อบริษัทขนส่งที่ลูกค้าจะเห็น")
        .example("Flash Express")
}

pub fn number() -> Field {
    Field::new("number", FieldKind::Text, "Tracking number", "เลขพัสดุ")
        .about("The parcel's number.", "เลขติดตามพัสดุ")
        .required()
        .example("TH0001")
}

pub fn url() -> Field {
    Field::new("url", FieldKind::Url, "Tracking page", "หน้าติดตามพัสดุ")
        .about("Where the customer follows the parcel.", "ลิงก์ที่ลูกค้าใช้ติดตามพัสดุ")
        .example("https://www.flashexpress.co.th/tracking/?se=TH0001")
}

pub fn notify() -> Field {
    Field::new("notify", FieldKind::Bool, "Tell the customer", "แจ้งลูกค้า")
        .about("The customer gets the store's message about the parcel.", "ให้ร้านส่งข้อความแจ้งลูกค้าเกี่ยวกับพัสดุ")
        .default(true)
        .example(true)
}

pub fn way() -> Field {
    let ways = [
        ("note", "A note at the order", "หมายเหตุในคำสั่งซื้อ"),
        ("fulfillments", "The store's own parcels", "ระบบจัดส่งของร้าน"),
        ("shipment_tracking", "The Shipment Tracking extension", "ส่วนเสริม Shipment Tracking"),
    ];
    Field::choice("way", &ways, "Kept as", "วิธีบันทึก")
        .about(
            "Every store has notes. Its own parcels are a feature to be switched on (WooCommerce 10.1 and later); Shipment \
             Tracking is bought.",
            "ทุกร้านบันทึกเป็นหมายเหตุได้ ระบบจัดส่งของร้านต้องเปิดใช้ก่อน (WooCommerce 10.1 ขึ้นไป) ส่วน Shipment Tracking \
             เป็นส่วนเสริมที่ต้องซื้อ",
        )
        .default("note")
        .example("note")
}
