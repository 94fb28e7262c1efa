//! `peak/void_document`: a receipt, or an invoice's payment, is taken back.

use super::api::{Api, INVOICES, RECEIPTS};
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub what: What,
    pub document: Text,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum What {
    #[default]
    Receipt,
    InvoicePayment,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = input.document.as_str();
    let (topic, verb) = match input.what {
        What::Receipt => (RECEIPTS, "void"),
        What::InvoicePayment => (INVOICES, "voidpayment"),
    };
    Api::of(cx)?.post(topic, &[verb], json!({"id": id})).await?;
    Ok(json!({"document": id, "void": true}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("peak/void_document", "Void a document", "ยกเลิกเอกสาร")
        .about(
            "Voids a receipt, or the payment of an invoice; tax law allows no deleting.",
            "ยกเลิกใบเสร็จ หรือยกเลิกการรับชำระของใบแจ้งหนี้ กฎหมายภาษีไม่ให้ลบ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::choice(
                "what",
                &[
                    ("receipt", "Receipt", "ใบเสร็จรับเงิน"),
                    ("invoice_payment", "Invoice's payment", "การรับชำระของใบแจ้งหนี้"),
                ],
                "What",
                "สิ่งที่ยกเลิก",
            )
            .about("What is taken back.", "เลือกสิ่งที่จะยกเลิก")
            .default("receipt")
            .example("receipt"),
        )
        .field(
            Field::new("document", FieldKind::Text, "Document's id", "ไอดีเอกสาร")
                .about("As making the document gave.", "ตามที่ได้เมื่อสร้างเอกสาร")
                .required()
                .example("${nodes.receipt.id}"),
        )
        .example(
            json!({"what": "receipt", "document": "7d1f0a11-0000-4000-8000-000000000002"}),
            json!({"document": "7d1f0a11-0000-4000-8000-000000000002", "void": true}),
        )
}
