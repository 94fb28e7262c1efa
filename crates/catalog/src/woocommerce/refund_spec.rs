//! The form of `woocommerce/create_refund`.

use super::push_price::PRICE_MAX;
use super::terms;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde_json::json;

/// Lines of one refund.
pub const LINES_MAX: u16 = 100;
/// Taxes of one line.
const TAXES_MAX: u64 = 20;

pub fn spec() -> OperationSpec {
    OperationSpec::action("woocommerce/create_refund", "Refund an order", "คืนเงินคำสั่งซื้อ")
        .about(
            "Refunds an amount of an order and takes back its lines. A refund with the same reference is not made again.",
            "คืนเงินของคำสั่งซื้อและรับคืนรายการสินค้า จะไม่คืนเงินซ้ำหากใช้เลขอ้างอิงเดิม",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(terms::order_id())
        .field(money("amount", "Amount", "จำนวนเงิน").about("The whole amount, with tax.", "จำนวนเงินทั้งหมดรวมภาษี").required())
        .field(
            Field::new("pay_back", FieldKind::Bool, "Pay back", "คืนเงิน")
                .about(
                    "The store asks the payment provider to pay it back. Off: it is only written down, and people pay it back.",
                    "ให้ร้านสั่งผู้ให้บริการชำระเงินคืนเงิน หากปิดจะเป็นการบันทึกเท่านั้น และต้องคืนเงินเอง",
                )
                .default(false)
                .example(false),
        )
        .field(
            Field::new("restock", FieldKind::Bool, "Restock", "คืนสต็อก")
                .about("The goods of the lines can be sold again.", "นำสินค้าตามรายการกลับเข้าสต็อกเพื่อขายต่อ")
                .default(true)
                .example(true),
        )
        .field(
            Field::new("reason", FieldKind::Text, "Reason", "เหตุผล")
                .about("Stands at the refund.", "แสดงในรายการคืนเงิน")
                .example("damaged"),
        )
        .field(lines())
        .field(
            Field::new("reference", FieldKind::Text, "Our reference", "เลขอ้างอิงของเรา")
                .about(
                    "Kept with the refund: one with it is not made twice. Empty: one of this step's own.",
                    "เก็บไว้กับรายการคืนเงินเพื่อป้องกันการคืนซ้ำ หากเว้นว่างจะใช้รหัสของขั้นตอนนี้",
                )
                .example("RMA-2026-0001"),
        )
        .example(
            json!({"order_id": "727", "amount": "214.00", "reason": "damaged",
                "lines": [{"sku": "ABC-1", "quantity": 1}], "reference": "RMA-2026-0001"}),
            json!({"id": 726, "amount": "214.00", "created": true}),
        )
}

fn money(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Money(None), en, th).at_most(PRICE_MAX).example("214.00")
}

fn lines() -> Field {
    let tax = vec![
        Field::new("id", FieldKind::Text, "Tax", "ภาษี")
            .about("The id of the tax at the line.", "รหัสภาษีของรายการ")
            .required()
            .example("12"),
        money("total", "Amount", "จำนวนเงิน").about("How much of it.", "จำนวนภาษีที่คืน").required(),
    ];
    let line = vec![
        Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
            .about("The SKU of a line of the order.", "รหัสสินค้าของรายการในคำสั่งซื้อ")
            .example("ABC-1"),
        Field::new("line_id", FieldKind::Text, "Line", "รายการ")
            .about(
                "The line's id, where the order has several with that SKU.",
                "รหัสรายการ ใช้เมื่อคำสั่งซื้อมี SKU นี้หลายรายการ",
            )
            .example("315"),
        Field::new("quantity", FieldKind::Number, "Quantity", "จำนวน")
            .about("How many of it.", "จำนวนที่คืน")
            .required()
            .at_least(1)
            .at_most(1_000_000)
            .example(1),
        money("total", "Total", "ยอดรวม").about(
            "Without tax. Empty: the line's own, where all of it comes back.",
            "ไม่รวมภาษี หากเว้นว่างจะใช้ยอดของรายการเมื่อคืนทั้งรายการ",
        ),
        Field::new("taxes", FieldKind::List(tax), "Taxes", "ภาษี")
            .about("Of the total, where it is given.", "ภาษีของยอดรวม หากระบุยอดรวม")
            .at_most(TAXES_MAX)
            .example(json!([{"id": "12", "total": "14.00"}])),
    ];
    Field::new("lines", FieldKind::List(line), "Lines", "รายการ")
        .about("What is taken back. Empty: nothing but money.", "รายการสินค้าที่รับคืน หากเว้นว่างจะคืนเฉพาะเงิน")
        .at_most(u64::from(LINES_MAX))
        .example(json!([{"sku": "ABC-1", "quantity": 1}]))
}
