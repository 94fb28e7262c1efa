//! `xero/create_credit_note`: a refund, set against its invoice where one is named.

use super::api::{Api, first};
use super::create_invoice::{document, example_sale, id_field};
use crate::invoice::{self, Totals, number};
use crate::values::{Text, filled};
use connector::{ActionCx, Error};
use http::Method;
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    /// What is taken back; its reference is the refund's own number.
    pub sale: invoice::Sale,
    #[serde(default)]
    pub invoice: Option<Text>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.sale.check()?;
    let api = Api::of(cx)?;
    let sale = input.sale.spread();
    let totals = Totals::of(&sale, invoice::vat_rate(api.connection)?)?;
    let mut body = document(&api, &sale)?;
    body.insert("Type".into(), "ACCRECCREDIT".into());
    body.insert("Status".into(), "AUTHORISED".into());
    body.insert("CreditNoteNumber".into(), sale.reference.as_str().into());
    let made = api.write(Method::PUT, &["CreditNotes"], &json!({"CreditNotes": [body]}), cx.step_key).await?;
    let made = first(&made, "CreditNotes");
    invoice::check_made("Xero", made.get("CreditNoteNumber"), made.get("Total"), &totals)?;
    let id = made.get("CreditNoteID").and_then(Value::as_str).unwrap_or_default();
    if let Some(invoice) = filled(input.invoice.as_ref()) {
        let amount = json!({"Amount": number(totals.sums.grand), "Invoice": {"InvoiceID": invoice}, "Date": sale.day()?.to_string()});
        let key = format!("{}/allocation", cx.step_key);
        api.write(Method::PUT, &["CreditNotes", id, "Allocations"], &json!({"Allocations": [amount]}), &key)
            .await?;
    }
    Ok(json!({"id": id, "number": made.get("CreditNoteNumber"), "total": made.get("Total")}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("xero/create_credit_note", "Make a credit note", "สร้างใบลดหนี้")
        .about(
            "Makes a credit note of what is taken back, and sets it against the invoice that is named.",
            "สร้างใบลดหนี้ของสิ่งที่คืน และหักกับใบแจ้งหนี้ที่ระบุ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(invoice::field())
        .field(id_field("invoice", "Invoice's id", "ไอดีใบแจ้งหนี้"))
        .example(
            json!({"sale": example_sale(), "invoice": "243216c5-369e-4056-ac67-05388f86dc81"}),
            json!({"id": "7df8949c-b71f-40c0-bbcf-39f2f450f286", "number": "SHOPIFY-1001-R1", "total": 267.50}),
        )
}
