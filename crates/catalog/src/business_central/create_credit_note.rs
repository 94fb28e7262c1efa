//! `business_central/create_credit_note`: a credit memo of an invoice or some of its lines.

use super::api::{Api, record};
use super::company::is_id;
use super::invoice::{self, INVOICES};
use super::{SYSTEM, order};
use crate::invoice::{Amount, number};
use crate::odata::quoted;
use crate::office;
pub use crate::office::CreditNote as Input;
pub use crate::office::settle;
use crate::unchanged::nothing_done;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Map, Value, json};

const MEMOS: &str = "salesCreditMemos";
const INVOICE_LINES: &str = "salesInvoiceLines";
const MEMO_LINES: &str = "salesCreditMemoLines";
/// What a line keeps of the invoice's.
const LINE: [&str; 7] = [
    "lineType",
    "lineObjectNumber",
    "description",
    "unitPrice",
    "discountPercent",
    "taxCode",
    "unitOfMeasureCode",
];

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.check()?;
    let api = Api::of(cx).await?;
    if let Some(standing) = find(&api, &input).await.map_err(nothing_done)? {
        return invoice::finish(&api, MEMOS, standing, input.post, false).await;
    }
    let of = of(&api, input.invoice.as_str()).await.map_err(nothing_done)?;
    let made = api.create(MEMOS, &body(&input, &of)?).await?;
    if order::id(&made).is_empty() {
        return Err(office::unread(SYSTEM.name, "the credit memo"));
    }
    invoice::finish(&api, MEMOS, made, input.post, true).await
}

/// A draft that has to be posted is not done; `run` finds it and goes on from there.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let found = find(&Api::of(cx).await?, &input).await?;
    let done = found.filter(|standing| !(input.post && invoice::is_draft(standing)));
    Ok(done.map(|standing| order::output(&standing, true)))
}

async fn find(api: &Api<'_>, input: &Input) -> Result<Option<Value>, Error> {
    api.first(MEMOS, order::of_reference(input.reference.as_str())).await
}

/// The invoice that is meant, by its id or its number, with its lines.
async fn of(api: &Api<'_>, name: &str) -> Result<Value, Error> {
    let missing = || office::missing(SYSTEM.name, "invoice", name);
    let id = match is_id(name) {
        true => name.to_owned(),
        false => {
            let found = api.first(INVOICES, format!("number eq {}", quoted(name))).await?;
            order::id(&found.ok_or_else(missing)?).to_owned()
        }
    };
    api.get(&record(INVOICES, &id), INVOICE_LINES).await?.ok_or_else(missing)
}

fn body(input: &Input, of: &Value) -> Result<Value, Error> {
    let mut body = Map::from_iter([
        ("customerNumber".into(), office::text(of, "customerNumber").into()),
        ("externalDocumentNumber".into(), input.reference.as_str().into()),
        ("invoiceNumber".into(), office::text(of, "number").into()),
        (MEMO_LINES.into(), lines(input, of)?.into()),
    ]);
    let currency = office::text(of, "currencyCode");
    if !currency.is_empty() {
        body.insert("currencyCode".into(), currency.into());
    }
    body.extend(input.day()?.map(|day| ("creditMemoDate".to_owned(), day.to_string().into())));
    Ok(Value::Object(body))
}

fn lines(input: &Input, of: &Value) -> Result<Vec<Value>, Error> {
    let mut ledger = input.ledger();
    let rows = of.get(INVOICE_LINES).and_then(Value::as_array).into_iter().flatten();
    let back = |row: &Value| {
        let whole: Amount = serde_json::from_value(row.get("quantity")?.clone()).ok()?;
        let quantity = ledger.take(office::text(row, "lineObjectNumber"), whole.0)?;
        let kept = |name: &&str| {
            Some(((*name).to_owned(), row.get(*name).filter(|value| !value.is_null())?.clone()))
        };
        let mut line: Map<String, Value> = LINE.iter().filter_map(kept).collect();
        line.insert("quantity".into(), number(quantity));
        Some(Value::Object(line))
    };
    // Comments have no number, and nothing to take back.
    let goods = rows.filter(|row| !office::text(row, "lineObjectNumber").is_empty());
    let lines = goods.filter_map(back).collect();
    ledger.close().map(|()| lines)
}

pub fn spec() -> OperationSpec {
    SYSTEM.create_credit_note(
        json!({"id": "9d3f5e6b-5d4e-ed11-946f-000d3a2feca1", "number": "PSCM-104011", "status": "Open", "total": 267.50, "created": true}),
    )
}
