//! `flowaccount/record_payment`: money has arrived for a document.

use super::api::{Api, SETTLE};
use super::create_document::{PaidBy, bank_account_field, paid_by_field};
use super::document::{self, Kind};
use super::lookup;
use crate::invoice::{Amount, day, number};
use crate::values::Text;
use connector::{ActionCx, Connection, Error};
use model::money::Currency;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec, Span};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default = "document::usual_kind")]
    pub kind: Kind,
    pub document: Text,
    #[serde(default)]
    pub paid_by: PaidBy,
    pub amount: Amount,
    pub date: String,
    #[serde(default)]
    pub bank_account: Option<Text>,
}

pub fn settle(_: Option<&Connection>) -> Span {
    SETTLE
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = document::id(&input.document)?;
    let (code, name) = input.paid_by.code().ok_or_else(|| Error::Input {
        message: "how it was paid is not chosen".into(),
        advice: "Choose cash, transfer or credit card in the node.".into(),
    })?;
    let date = day(&input.date)?.to_string();
    let api = Api::of(cx)?;
    if let Some(done) = paid(&api, &input, id).await? {
        return Ok(done);
    }
    let mut body = Map::from_iter([
        ("paymentStructureType".into(), format!("PaymentReceiving{name}").into()),
        ("documentId".into(), id.into()),
        ("paymentMethod".into(), code.into()),
        ("paymentDate".into(), date.into()),
        ("collected".into(), number(input.amount.0)),
    ]);
    body.extend(lookup::account(&api, input.bank_account.as_ref(), input.paid_by == PaidBy::Transfer).await?);
    api.post(&[input.kind.path(), &id.to_string(), "payment"], &Value::Object(body)).await?;
    Ok(json!({"document": id, "paid": true}))
}

/// A document takes one payment: one that is paid has had it.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    paid(&Api::of(cx)?, &input, document::id(&input.document)?).await
}

async fn paid(api: &Api<'_>, input: &Input, id: i64) -> Result<Option<Value>, Error> {
    let document = api.get(&[input.kind.path(), &id.to_string()], &[]).await?;
    let status = document.get("statusString").or_else(|| document.get("status")).and_then(Value::as_str);
    let is_paid = status.is_some_and(|status| status.eq_ignore_ascii_case("paid"));
    Ok(is_paid.then(|| json!({"document": id, "paid": true})))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("flowaccount/record_payment", "Record a payment", "บันทึกรับชำระเงิน")
        .about(
            "Records that a document has been paid, unless it is marked as paid already.",
            "บันทึกว่าเอกสารได้รับชำระเงินแล้ว เว้นแต่เอกสารมีสถานะชำระแล้ว",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(document::kind_field())
        .field(document::id_field())
        .field(paid_by_field())
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
        .field(bank_account_field())
        .example(
            json!({"kind": "tax_invoice", "document": "881", "paid_by": "transfer", "amount": "267.50", "date": "2026-11-20",
                   "bank_account": 1201}),
            json!({"document": 881, "paid": true}),
        )
}
