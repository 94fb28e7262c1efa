//! `sap_business_one/record_payment`: money has arrived for an invoice, by bank transfer.

use super::SYSTEM;
use super::api::Api;
use super::invoice::INVOICES;
use super::order;
use crate::invoice::{Amount, day, number};
use crate::odata::{Query, quoted};
use crate::office;
pub use crate::office::settle;
use crate::unchanged::nothing_done;
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const PAYMENTS: &str = "IncomingPayments";
/// Where the payment's own number is kept, unless the connection says otherwise.
pub const PAYMENT_FIELD: &str = "CounterReference";

#[derive(Debug, Deserialize)]
pub struct Input {
    pub invoice: Text,
    pub reference: Text,
    pub account: Text,
    pub amount: Amount,
    pub date: String,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    if input.amount <= Amount::default() {
        return Err(office::lacks("amount above zero"));
    }
    let (api, day) = (Api::of(cx)?, day(&input.date)?.to_string());
    if let Some(standing) = find(&api, &input).await.map_err(nothing_done)? {
        return Ok(output(&standing, &input, false));
    }
    let name = input.invoice.filled().ok_or_else(|| office::lacks("number of the invoice"))?;
    let missing = || office::missing(SYSTEM.name, "invoice", name);
    let entry: i64 = name.parse().map_err(|_| missing())?;
    let invoice = order::read(&api, INVOICES, entry).await.map_err(nothing_done)?.ok_or_else(missing)?;
    let amount = number(input.amount.0);
    let mut body = Map::from_iter([
        ("CardCode".into(), office::text(&invoice, "CardCode").into()),
        ("DocDate".into(), day.clone().into()),
        ("CashSum".into(), 0.into()),
        ("TransferSum".into(), amount.clone()),
        ("TransferDate".into(), day.into()),
        ("TransferAccount".into(), input.account.as_str().into()),
        (
            "PaymentInvoices".into(),
            json!([{"DocEntry": entry, "SumApplied": amount, "InvoiceType": "it_Invoice"}]),
        ),
    ]);
    body.insert(field(&api).into(), input.reference.as_str().into());
    let made = order::made(api.create(PAYMENTS, &Value::Object(body)).await?)?;
    Ok(output(&made, &input, true))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    Ok(find(&Api::of(cx)?, &input).await?.map(|standing| output(&standing, &input, true)))
}

fn field<'a>(api: &Api<'a>) -> &'a str {
    api.connection.text("payment_field").unwrap_or(PAYMENT_FIELD)
}

async fn find(api: &Api<'_>, input: &Input) -> Result<Option<Value>, Error> {
    let reference = input.reference.filled().ok_or_else(|| office::lacks("reference of the payment"))?;
    let filter = format!("{} eq {} and Cancelled eq 'tNO'", field(api), quoted(reference));
    let (select, order) = ("DocEntry,DocNum,Cancelled", "DocEntry desc");
    let query = Query { entity: PAYMENTS, select, filter, order, most: 1, ..Query::default() };
    Ok(api.list(&query).await?.into_iter().next())
}

fn output(payment: &Value, input: &Input, created: bool) -> Value {
    let field = |name: &str| payment.get(name).cloned().unwrap_or_default();
    json!({"id": field("DocEntry"), "number": field("DocNum"), "amount": input.amount.0.to_string(), "created": created})
}

pub fn spec() -> OperationSpec {
    OperationSpec::action(&SYSTEM.operation("record_payment"), "Record a payment", "บันทึกรับชำระเงิน")
        .about(
            "Records that an invoice has been paid by transfer, in full or in part, once for each reference.",
            "บันทึกว่าใบแจ้งหนี้ได้รับชำระด้วยการโอน ทั้งหมดหรือบางส่วน หนึ่งครั้งต่อเลขอ้างอิง",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(
            Field::new("invoice", FieldKind::Text, "Invoice", "ใบแจ้งหนี้")
                .about("Its id, as making it gave.", "ไอดีตามที่ได้เมื่อสร้าง")
                .required()
                .example("${nodes.invoice.id}"),
        )
        .field(
            Field::new("reference", FieldKind::Text, "Payment's number", "เลขที่การชำระเงิน")
                .about("A second payment with it is not recorded.", "จะไม่บันทึกซ้ำด้วยเลขเดียวกัน")
                .required()
                .example("SHOPIFY-1001-P1"),
        )
        .field(
            Field::new("account", FieldKind::Text, "Account", "บัญชี")
                .about("The code of the account that it arrived at.", "รหัสบัญชีที่ได้รับเงิน")
                .required()
                .example("111200"),
        )
        .field(
            Field::new("amount", FieldKind::Money(None), "Amount", "จำนวนเงิน")
                .about("What arrived, in the invoice's currency.", "ยอดที่ได้รับ เป็นสกุลเงินของใบแจ้งหนี้")
                .required()
                .at_most(1_000_000_000_000)
                .example("535.00"),
        )
        .field(
            Field::new("date", FieldKind::Text, "Date", "วันที่")
                .about("When it arrived, such as 2026-11-20.", "วันที่ได้รับเงิน เช่น 2026-11-20")
                .required()
                .example("2026-11-20"),
        )
        .example(
            json!({"invoice": "7001", "reference": "SHOPIFY-1001-P1", "account": "111200", "amount": "535.00", "date": "2026-11-20"}),
            json!({"id": 9001, "number": 260000900, "amount": "535.00", "created": true}),
        )
}
