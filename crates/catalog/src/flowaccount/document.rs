//! Documents: which kinds there are, how they are found again, and what is told of them.

use super::api::{Api, List};
use crate::values::Text;
use connector::Error;
use model::{Field, FieldKind};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    CashInvoice,
    TaxInvoice,
    Receipt,
    BillingNote,
    Quotation,
}

impl Kind {
    pub fn path(self) -> &'static str {
        match self {
            Self::CashInvoice => "cash-invoices",
            Self::TaxInvoice => "tax-invoices",
            Self::Receipt => "receipts",
            Self::BillingNote => "billing-notes",
            Self::Quotation => "quotations",
        }
    }
}

pub fn kind_field() -> Field {
    Field::choice(
        "kind",
        &[
            ("cash_invoice", "Tax invoice and receipt (paid sale)", "ใบกำกับภาษี/ใบเสร็จรับเงิน (ขายเงินสด)"),
            ("tax_invoice", "Tax invoice", "ใบกำกับภาษี"),
            ("receipt", "Receipt", "ใบเสร็จรับเงิน"),
            ("billing_note", "Billing note", "ใบวางบิล"),
            ("quotation", "Quotation", "ใบเสนอราคา"),
        ],
        "Document",
        "เอกสาร",
    )
    .about("Which kind of document it is.", "ประเภทของเอกสาร")
    .default("cash_invoice")
    .example("cash_invoice")
}

pub fn usual_kind() -> Kind {
    Kind::CashInvoice
}

pub fn id_field() -> Field {
    Field::new("document", FieldKind::Text, "Document's id", "ไอดีเอกสาร")
        .about("As making it gave.", "ตามที่ได้เมื่อสร้างเอกสาร")
        .required()
        .example("${nodes.invoice.id}")
}

/// The document with our reference that has not been voided.
pub async fn find(api: &Api<'_>, kind: Kind, buyer: &str, reference: &str) -> Result<Option<Value>, Error> {
    let list = List { filter: Some(("Contact.NameLocal", buyer)), newest: Some("documentSerial") };
    let is = |row: &Value| {
        row.get("reference").and_then(Value::as_str).map(str::trim) == Some(reference) && !is_void(row)
    };
    api.find(kind.path(), list, is).await
}

fn is_void(row: &Value) -> bool {
    let status = row.get("statusString").or_else(|| row.get("status")).and_then(Value::as_str);
    status.is_some_and(|status| status.eq_ignore_ascii_case("void"))
}

/// A number that FlowAccount keeps a document under.
pub fn id(name: &Text) -> Result<i64, Error> {
    name.as_str().parse().ok().filter(|id| *id > 0).ok_or_else(|| Error::Input {
        message: format!("\"{}\" is no id of a document", connector::http::shorten(name.as_str())),
        advice: "Give the id that making the document gave, such as 881.".into(),
    })
}

/// What operations give of a document.
pub fn output(document: &Value, created: bool) -> Value {
    let first =
        |names: &[&str]| names.iter().find_map(|name| document.get(*name)).cloned().unwrap_or_default();
    json!({
        "id": first(&["documentId", "recordId"]),
        "number": first(&["documentSerial"]),
        "status": first(&["statusString", "status"]),
        "grand_total": first(&["grandTotal"]),
        "created": created,
    })
}

pub fn example() -> Value {
    json!({"id": 881, "number": "CA2026110001", "status": "paid", "grand_total": 267.50, "created": true})
}
