//! Fields that several of Shopify's operations have, in the same words.

use model::{Field, FieldKind};

/// Records of one search.
pub const FOUND_MAX: u64 = 250;

pub fn order_id() -> Field {
    Field::new("order_id", FieldKind::Text, "Order", "คำสั่งซื้อ")
        .about(
            "The order's id: the number in a webhook, or the one that begins with gid://.",
            "รหัสคำสั่งซื้อ คือตัวเลขที่มากับเว็บฮุค หรือรหัสที่ขึ้นต้นด้วย gid://",
        )
        .required()
        .example("gid://shopify/Order/5551")
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
        .about("Only what was changed at this time or later.", "เฉพาะรายการที่เปลี่ยนแปลงตั้งแต่เวลานี้เป็นต้นไป")
        .example("2026-11-20T00:00:00+07:00")
}

pub fn search() -> Field {
    Field::new("query", FieldKind::Text, "Shopify search", "คำค้นแบบ Shopify")
        .about(
            "A search in Shopify's own words, such as financial_status:paid; it narrows what the other fields say.",
            "คำค้นตามรูปแบบของ Shopify เช่น financial_status:paid ใช้ร่วมกับช่องอื่นเพื่อให้ผลแคบลง",
        )
        .example("financial_status:paid")
        .advanced()
}

pub fn notify(en: &str, th: &str) -> Field {
    Field::new("notify", FieldKind::Bool, "Tell the customer", "แจ้งลูกค้า")
        .about(en, th)
        .default(false)
        .example(true)
}

pub fn company() -> Field {
    Field::new("company", FieldKind::Text, "Courier", "บริษัทขนส่ง")
        .about("The courier's name, as the customer sees it.", "ชื่อบริษัทขนส่งที่ลูกค้าจะเห็น")
        .example("Kerry Express")
}

pub fn number() -> Field {
    Field::new("number", FieldKind::Text, "Tracking number", "เลขพัสดุ")
        .about("The parcel's number.", "เลขติดตามพัสดุ")
        .example("KEX0001")
}

pub fn url() -> Field {
    Field::new("url", FieldKind::Url, "Tracking page", "หน้าติดตามพัสดุ")
        .about("Where the customer follows the parcel.", "ลิงก์ที่ลูกค้าใช้ติดตามพัสดุ")
        .example("https://th.kerryexpress.com/track?KEX0001")
}
