//! The form of `shopify/create_refund`.

use super::lookup::LOCATION;
use super::terms;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde_json::json;

/// Lines of one refund.
pub const LINES_MAX: u16 = 100;
/// More than any order comes to.
const AMOUNT_MAX: u64 = 1_000_000_000;

const RESTOCK: [(&str, &str, &str); 3] = [
    ("RETURN", "They come back", "ลูกค้าส่งคืน"),
    ("CANCEL", "They were not sent", "ยังไม่ได้จัดส่ง"),
    ("NO_RESTOCK", "They are not stocked again", "ไม่นำกลับเข้าสต็อก"),
];

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopify/create_refund", "Refund an order", "คืนเงินคำสั่งซื้อ")
        .about(
            "Takes back lines of an order and pays back for them. A refund with the same reference is not made again.",
            "รับคืนสินค้าและคืนเงินตามรายการในคำสั่งซื้อ จะไม่คืนเงินซ้ำหากใช้เลขอ้างอิงเดิม",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(terms::order_id())
        .field(lines())
        .field(money("shipping", "Shipping", "ค่าจัดส่ง").about(
            "How much of the shipping is paid back as well.",
            "จำนวนค่าจัดส่งที่คืนให้ลูกค้าด้วย",
        ))
        .field(
            Field::new("pay_back", FieldKind::Bool, "Pay back", "คืนเงิน")
                .about(
                    "The money goes back the way it came. Off: the lines are taken back and no money moves.",
                    "คืนเงินตามช่องทางที่ลูกค้าชำระ หากปิดจะรับคืนรายการสินค้าโดยไม่มีการคืนเงิน",
                )
                .default(false)
                .example(true),
        )
        .field(money("amount", "Amount", "จำนวนเงิน").about(
            "Where another amount is paid back than Shopify computes from the lines.",
            "ระบุเมื่อต้องการคืนเงินต่างจากที่ Shopify คำนวณจากรายการสินค้า",
        ))
        .field(
            Field::choice("restock", &RESTOCK, "The goods", "สินค้า")
                .about("What becomes of the goods.", "จัดการกับสินค้าอย่างไร")
                .default("RETURN")
                .example("RETURN"),
        )
        .field(
            Field::new("location", FieldKind::Record(LOCATION.into()), "Location", "สถานที่")
                .about("Where the goods are stocked again. Empty: Shopify's choice.", "สถานที่ที่นำสินค้ากลับเข้าสต็อก หากเว้นว่าง Shopify จะเลือกให้")
                .example("gid://shopify/Location/124656943"),
        )
        .field(
            Field::new("note", FieldKind::Text, "Reason", "เหตุผล")
                .about("Stands in the refund's note.", "แสดงในหมายเหตุของการคืนเงิน")
                .example("damaged"),
        )
        .field(
            Field::new("reference", FieldKind::Text, "Our reference", "เลขอ้างอิงของเรา")
                .about(
                    "Stands in the note, in brackets: a refund with it is not made twice. Empty: one of this step's own.",
                    "แสดงในวงเล็บของหมายเหตุ และใช้ป้องกันการคืนเงินซ้ำ หากเว้นว่างจะใช้รหัสของขั้นตอนนี้",
                )
                .example("RMA-2026-0001"),
        )
        .field(terms::notify("The customer gets Shopify's message.", "ให้ Shopify ส่งข้อความแจ้งลูกค้า"))
        .example(
            json!({"order_id": "gid://shopify/Order/5551", "lines": [{"sku": "TEA-100", "quantity": 1}], "pay_back": true,
                "note": "damaged", "reference": "RMA-2026-0001"}),
            json!({"id": "gid://shopify/Refund/929", "created": true,
                "totalRefundedSet": {"shopMoney": {"amount": "214.0", "currencyCode": "THB"}}}),
        )
}

fn money(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Money(None), en, th).at_most(AMOUNT_MAX).example("214.00")
}

fn lines() -> Field {
    let line = vec![
        Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
            .about("The SKU of a line of the order.", "รหัสสินค้าของรายการในคำสั่งซื้อ")
            .example("TEA-100"),
        Field::new("line_id", FieldKind::Text, "Line", "รายการ")
            .about(
                "The line's id, where the order has several with that SKU.",
                "รหัสรายการ ใช้เมื่อคำสั่งซื้อมี SKU นี้หลายรายการ",
            )
            .example("gid://shopify/LineItem/315"),
        Field::new("quantity", FieldKind::Number, "Quantity", "จำนวน")
            .about("How many of it.", "จำนวนที่คืน")
            .required()
            .at_least(1)
            .at_most(1_000_000)
            .example(1),
    ];
    Field::new("lines", FieldKind::List(line), "Lines", "รายการ")
        .about("What is taken back. Empty: nothing but money.", "รายการสินค้าที่รับคืน หากเว้นว่างจะคืนเฉพาะเงิน")
        .at_most(u64::from(LINES_MAX))
        .example(json!([{"sku": "TEA-100", "quantity": 1}]))
}
