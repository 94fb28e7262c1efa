//! `peak/record_payment`: money has arrived for an invoice.

use super::api::{Api, INVOICES};
use super::lookup::PAYMENT_METHOD;
use crate::invoice::{Amount, day};
use crate::values::Text;
use connector::{ActionCx, Error};
use model::money::Currency;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub invoice: Text,
    pub payment_method: Text,
    pub amount: Amount,
    pub date: String,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let date = day(&input.date)?.format("%Y%m%d").to_string();
    let record = json!({
        "id": input.invoice.as_str(),
        "paidPayments": {
            "paymentDate": date, "withHoldingTaxAmount": "0",
            "payments": [{"paymentMethodId": input.payment_method.as_str(), "amount": input.amount.0.to_string()}]
        }
    });
    Api::of(cx)?.post(INVOICES, &["paidpayment"], record).await?;
    Ok(json!({"invoice": input.invoice.as_str(), "paid": input.amount.0.to_string()}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("peak/record_payment", "Record a payment", "บันทึกรับชำระเงิน")
        .about(
            "Records that an invoice has been paid, in full or in part. After a lost answer a person looks whether it is there.",
            "บันทึกว่าใบแจ้งหนี้ได้รับชำระแล้วทั้งหมดหรือบางส่วน หากไม่ได้รับคำตอบจะให้คนตรวจสอบว่าบันทึกแล้วหรือไม่",
        )
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(
            Field::new("invoice", FieldKind::Text, "Invoice's id", "ไอดีใบแจ้งหนี้")
                .about("As making the invoice gave.", "ตามที่ได้เมื่อสร้างใบแจ้งหนี้")
                .required()
                .example("${nodes.invoice.id}"),
        )
        .field(
            Field::new("payment_method", FieldKind::Record(PAYMENT_METHOD.into()), "Paid by", "ช่องทางชำระเงิน")
                .about("Where the money arrived.", "ช่องทางที่ได้รับเงิน")
                .required()
                .example("5f0c2a9e-1111-4222-8333-944455556666"),
        )
        .field(
            Field::new("amount", FieldKind::Money(Some(Currency::Fixed("THB".into()))), "Amount", "จำนวนเงิน")
                .about("What arrived.", "ยอดที่ได้รับ")
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
            json!({"invoice": "7d1f0a11-0000-4000-8000-000000000002", "payment_method": "5f0c2a9e-1111-4222-8333-944455556666",
                   "amount": "267.50", "date": "2026-11-20"}),
            json!({"invoice": "7d1f0a11-0000-4000-8000-000000000002", "paid": "267.50"}),
        )
}
