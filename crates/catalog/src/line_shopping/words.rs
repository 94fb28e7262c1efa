//! Fields that several operations of LINE SHOPPING have.

use model::{Field, FieldKind};

pub const ORDER: &str = "2026010500001";

pub fn order_number() -> Field {
    Field::new("order_number", FieldKind::Text, "Order number", "เลขคำสั่งซื้อ")
        .about("The order's orderNumber.", "ค่า orderNumber ของคำสั่งซื้อ")
        .required()
        .at_most(64)
        .example(ORDER)
}

pub fn tracking_number() -> Field {
    Field::new("tracking_number", FieldKind::Text, "Tracking number", "เลขพัสดุ")
        .about(
            "One number for the whole order; the buyer is told it by LINE.",
            "หนึ่งเลขสำหรับทั้งคำสั่งซื้อ LINE จะแจ้งผู้ซื้อ",
        )
        .required()
        .at_most(200)
        .example("TH0101ABCD0A")
}

pub fn tracking_url() -> Field {
    Field::new("tracking_url", FieldKind::Text, "Tracking address", "ลิงก์ติดตามพัสดุ")
        .about("Where the buyer follows the parcel.", "ที่อยู่เว็บที่ผู้ซื้อใช้ติดตามพัสดุ")
        .at_most(200)
        .example("https://www.flashexpress.com/fle/tracking?se=TH0101ABCD0A")
}

pub fn sku() -> Field {
    Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
        .about("The SKU of the variant in LINE SHOPPING.", "รหัส SKU ของตัวเลือกสินค้าใน LINE SHOPPING")
        .required()
        .at_most(200)
        .example("TEA-100")
}
