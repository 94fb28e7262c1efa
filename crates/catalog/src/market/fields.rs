//! Fields that the marketplaces' operations have in common, in the same words.

use crate::pushed::ITEMS_MAX;
use model::money::Currency;
use model::{Field, FieldKind};
use serde_json::{Value, json};

/// More than anything costs in baht.
pub const MONEY_MAX: u64 = 1_000_000_000;
/// More pieces than any warehouse holds.
const QUANTITY_MAX: u64 = 1_000_000_000;

pub fn text(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th)
}

pub fn money(name: &str, en: &str, th: &str) -> Field {
    let baht = Currency::Fixed("THB".into());
    Field::new(name, FieldKind::Money(Some(baht)), en, th).at_most(MONEY_MAX)
}

pub fn number(name: &str, en: &str, th: &str, most: u64) -> Field {
    Field::new(name, FieldKind::Number, en, th).at_most(most)
}

pub fn flag(name: &str, en: &str, th: &str, default: bool) -> Field {
    Field::new(name, FieldKind::Bool, en, th).default(default).example(default)
}

/// A list of ids, which an expression may compute.
pub fn ids(name: &str, en: &str, th: &str, example: Value) -> Field {
    Field::new(name, FieldKind::Json, en, th).example(example)
}

pub fn order(name: &str, example: &str) -> Field {
    text(name, "Order", "คำสั่งซื้อ")
        .about("The order's number at the marketplace.", "เลขคำสั่งซื้อในมาร์เก็ตเพลส")
        .required()
        .example(example)
}

pub fn sku() -> Field {
    text("sku", "SKU", "รหัสสินค้า (SKU)")
        .about("The SKU that the seller gave the product.", "SKU ที่ผู้ขายกำหนดให้สินค้า")
        .required()
        .example("ABC-1")
}

pub fn quantity() -> Field {
    number("quantity", "Quantity", "จำนวน", QUANTITY_MAX)
        .about("How many pieces.", "จำนวนชิ้น")
        .required()
        .example(12)
}

pub fn price() -> Field {
    money("price", "Price", "ราคา")
        .about(
            "The price before discounts, with VAT, as decimal text.",
            "ราคาก่อนส่วนลด รวมภาษีมูลค่าเพิ่ม เขียนเป็นตัวเลขทศนิยม",
        )
        .example("590.00")
}

/// The SKUs of a push, with what is pushed of each.
pub fn items(inner: Vec<Field>, example: Value) -> Field {
    Field::new("items", FieldKind::List(inner), "Items", "รายการสินค้า")
        .about("What is pushed of each SKU, 1,000 at most.", "ค่าที่จะส่งของแต่ละ SKU ไม่เกิน 1,000 รายการ")
        .at_most(ITEMS_MAX as u64)
        .required()
        .example(example)
}

/// What a push gives.
pub fn pushed() -> Value {
    json!({"updated": 2, "failed": []})
}

/// Where a trigger that asks may be told besides.
pub fn pushes(vendor: &str, example: &str) -> Field {
    Field::new("path", FieldKind::Path, "Path for pushes", "พาธสำหรับรับแจ้งเตือน")
        .about(
            &format!(
                "Where {vendor} may send its pushes: /hooks/ and this. A push that is signed makes the trigger look at \
                 once. Empty: it only asks."
            ),
            &format!(
                "ที่อยู่ที่ {vendor} ส่งแจ้งเตือนมา คือ /hooks/ ตามด้วยค่านี้ เมื่อได้รับแจ้งเตือนที่ลงลายเซ็นถูกต้อง \
                 ตัวเริ่มจะดึงข้อมูลทันที หากเว้นว่างจะดึงข้อมูลตามรอบเท่านั้น"
            ),
        )
        .example(example)
}

/// From when on records are looked for.
pub fn updated_since() -> Field {
    text("since", "Changed since", "เปลี่ยนแปลงตั้งแต่")
        .about(
            "A time such as 2026-01-05T10:00:00+07:00, or a date, which begins at midnight in Bangkok.",
            "เวลา เช่น 2026-01-05T10:00:00+07:00 หรือวันที่ ซึ่งเริ่มที่เที่ยงคืนเวลากรุงเทพฯ",
        )
        .required()
        .example("2026-01-05T10:00:00+07:00")
}

pub fn updated_until() -> Field {
    text("until", "Changed until", "เปลี่ยนแปลงถึง")
        .about("The end of the time. Empty: now.", "เวลาสิ้นสุด หากเว้นว่างคือขณะนี้")
        .example("2026-01-06T10:00:00+07:00")
}

pub fn limit(most: u64) -> Field {
    number("limit", "At most", "จำนวนสูงสุด", most)
        .at_least(1)
        .about(
            "How many records are brought at most; `more` in the output says whether there are more.",
            "จำนวนรายการสูงสุดที่ดึง โดย `more` ในผลลัพธ์บอกว่ายังมีอีกหรือไม่",
        )
        .default(50)
        .example(50)
}
