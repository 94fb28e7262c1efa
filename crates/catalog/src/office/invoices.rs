//! An invoice that was made earlier, by the shop's order or by its own number.

use super::{System, lacks, missing};
use crate::values::Text;
use connector::Error;
use model::{EffectRule, Field, FieldKind, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

/// Invoices of one order: more are told apart by nobody.
pub const INVOICES_MAX: usize = 50;
/// So many are named where there are several.
const NAMED_MAX: usize = 5;

#[derive(Debug, Deserialize)]
pub struct GetInvoice {
    pub invoice: Text,
    #[serde(default)]
    pub by: InvoiceBy,
    #[serde(default)]
    pub if_several: IfSeveral,
    #[serde(default)]
    pub if_missing: IfMissing,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceBy {
    #[default]
    Reference,
    Order,
    Number,
    Id,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum IfSeveral {
    #[default]
    Fail,
    Latest,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum IfMissing {
    #[default]
    Fail,
    Nothing,
}

impl GetInvoice {
    pub fn wanted(&self) -> Result<&str, Error> {
        self.invoice.filled().ok_or_else(|| lacks("number of the invoice"))
    }

    /// The invoice among those that were found, the oldest first, with its name; what a node gives where there is none.
    pub fn only(&self, system: &str, mut found: Vec<(String, Value)>) -> Result<Value, Error> {
        if found.len() > 1 && self.if_several == IfSeveral::Fail {
            let names: Vec<&str> = found.iter().take(NAMED_MAX).map(|(name, _)| name.as_str()).collect();
            return Err(Error::Refused {
                message: format!(
                    "{system} has several invoices of \"{}\": {}",
                    self.invoice,
                    names.join(", ")
                ),
                advice: "Name the invoice by its number, or let the node take the latest.".into(),
            });
        }
        match (found.pop(), self.if_missing) {
            (Some((_, invoice)), _) => Ok(invoice),
            (None, IfMissing::Nothing) => Ok(json!({"id": null})),
            (None, IfMissing::Fail) => Err(missing(system, "invoice", self.invoice.as_str())),
        }
    }
}

impl System {
    /// Where an invoice's number is its id, it is found by either.
    pub fn get_invoice(self, output: Value) -> OperationSpec {
        let order = format!("Order's number in {}", self.name);
        let order_th = format!("เลขที่คำสั่งขายใน {}", self.name);
        self.action("get_invoice", "Get an invoice", "ดึงใบแจ้งหนี้", EffectRule::Read)
            .about(
                "Reads an invoice with its number, date, due date and what is still to be paid. Cancelled ones are left out.",
                "อ่านใบแจ้งหนี้พร้อมเลขที่ วันที่ วันครบกำหนด และยอดค้างชำระ ไม่รวมใบที่ยกเลิกแล้ว",
            )
            .field(
                Field::new("invoice", FieldKind::Text, "Invoice", "ใบแจ้งหนี้")
                    .about(
                        "The shop's reference of the order, or what Found by says.",
                        "เลขอ้างอิงคำสั่งซื้อของร้าน หรือค่าตามที่เลือกใน ค้นหาด้วย",
                    )
                    .required()
                    .example("SHOPIFY-1001"),
            )
            .field(
                Field::choice(
                    "by",
                    &[
                        ("reference", "The shop's reference", "เลขอ้างอิงของร้าน"),
                        ("order", &order, &order_th),
                        ("number", "Invoice's number", "เลขที่ใบแจ้งหนี้"),
                        ("id", "Id", "ไอดี"),
                    ],
                    "Found by",
                    "ค้นหาด้วย",
                )
                .about(
                    "What the invoice is named by. By its own number or id, a credit note is found as well.",
                    "ค่าที่ใช้ระบุใบแจ้งหนี้ หากใช้เลขที่หรือไอดี จะพบใบลดหนี้ด้วย",
                )
                .default("reference")
                .example("reference"),
            )
            .field(
                Field::choice(
                    "if_several",
                    &[("fail", "Fail", "ถือว่าผิดพลาด"), ("latest", "Take the latest", "ใช้ใบล่าสุด")],
                    "If there are several",
                    "หากมีหลายใบ",
                )
                .about(
                    "An order that is invoiced in parts has several invoices.",
                    "คำสั่งขายที่แบ่งออกใบแจ้งหนี้จะมีหลายใบ",
                )
                .default("fail")
                .example("latest"),
            )
            .field(
                Field::choice(
                    "if_missing",
                    &[("fail", "Fail", "ถือว่าผิดพลาด"), ("nothing", "Give an empty id", "ให้ไอดีว่าง")],
                    "If there is none",
                    "หากไม่พบ",
                )
                .about("What is to be done where there is no such invoice.", "ให้ทำอย่างไรหากไม่มีใบแจ้งหนี้นี้")
                .default("fail")
                .example("nothing"),
            )
            .example(json!({"invoice": "SHOPIFY-1001"}), output)
    }
}
