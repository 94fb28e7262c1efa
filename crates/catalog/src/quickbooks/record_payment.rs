//! `quickbooks/record_payment`: money has arrived for an invoice.

use super::api::Api;
use super::create_sale::customer_field;
use crate::invoice::{Amount, day, number};
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub customer: Text,
    pub invoice: Text,
    pub amount: Amount,
    pub date: String,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let invoice = json!({"TxnId": input.invoice.as_str(), "TxnType": "Invoice"});
    let body = json!({
        "CustomerRef": {"value": input.customer.as_str()}, "TotalAmt": number(input.amount.0),
        "TxnDate": day(&input.date)?.to_string(),
        "Line": [{"Amount": number(input.amount.0), "LinkedTxn": [invoice]}],
    });
    let made = Api::of(cx)?.post("payment", &body, cx.step_key).await?;
    Ok(json!({"id": made.pointer("/Payment/Id"), "amount": input.amount.0.to_string()}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("quickbooks/record_payment", "Record a payment", "บันทึกรับชำระเงิน")
        .about(
            "Records that an invoice has been paid, in full or in part.",
            "บันทึกว่าใบแจ้งหนี้ได้รับชำระแล้วทั้งหมดหรือบางส่วน",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(customer_field())
        .field(
            Field::new("invoice", FieldKind::Text, "Invoice's id", "ไอดีใบแจ้งหนี้")
                .about("As making the invoice gave.", "ตามที่ได้เมื่อสร้างใบแจ้งหนี้")
                .required()
                .example("${nodes.invoice.id}"),
        )
        .field(
            Field::new("amount", FieldKind::Money(None), "Amount", "จำนวนเงิน")
                .about("What arrived, in the invoice's currency.", "ยอดที่ได้รับ เป็นสกุลเงินของใบแจ้งหนี้")
                .required()
                .at_most(1_000_000_000_000)
                .example("267.50"),
        )
        .field(
            Field::new("date", FieldKind::Text, "Date", "วันที่")
                .about("When it arrived, such as 2026-11-20.", "วันที่ได้รับเงิน เช่น 2026-11-20")
                .required()
                .example("2026-11-20"),
        )
        .example(
            json!({"customer": "58", "invoice": "145", "amount": "267.50", "date": "2026-11-20"}),
            json!({"id": "146", "amount": "267.50"}),
        )
}
