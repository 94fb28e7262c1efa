//! `xero/record_payment`: money has arrived for an invoice.

use super::api::{Api, first};
use super::create_invoice::{id, id_field};
use crate::invoice::{Amount, day, number};
use crate::values::Text;
use connector::{ActionCx, Error};
use http::Method;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub invoice: Text,
    pub account: Text,
    pub amount: Amount,
    pub date: String,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let body = json!({
        "Invoice": {"InvoiceID": id(&input.invoice)?}, "Account": {"Code": input.account.as_str()},
        "Date": day(&input.date)?.to_string(), "Amount": number(input.amount.0),
    });
    let made = Api::of(cx)?.write(Method::PUT, &["Payments"], &body, cx.step_key).await?;
    Ok(json!({"id": first(&made, "Payments").get("PaymentID"), "amount": input.amount.0.to_string()}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("xero/record_payment", "Record a payment", "บันทึกรับชำระเงิน")
        .about("Records that an invoice has been paid, in full or in part.", "บันทึกว่าใบแจ้งหนี้ได้รับชำระแล้วทั้งหมดหรือบางส่วน")
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(id_field("invoice", "Invoice's id", "ไอดีใบแจ้งหนี้").required())
        .field(
            Field::new("account", FieldKind::Text, "Account", "บัญชี")
                .about("The code of the bank account that it arrived at, such as 090.", "รหัสบัญชีธนาคารที่ได้รับเงิน เช่น 090")
                .required()
                .example("090"),
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
            json!({"invoice": "243216c5-369e-4056-ac67-05388f86dc81", "account": "090", "amount": "267.50", "date": "2026-11-20"}),
            json!({"id": "b26fd49a-cbae-470a-a8f8-bcbc119e0379", "amount": "267.50"}),
        )
}
