//! `erpnext/create_credit_note`: an invoice with negative quantities, set against the one that it takes back.

use super::api::Api;
use super::{SYSTEM, invoice, order};
use crate::invoice::{Amount, number};
use crate::office;
pub use crate::office::CreditNote as Input;
pub use crate::office::settle;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Map, Value, json};

/// What a line and a row of taxes keep of the invoice's.
const LINE: [&str; 8] = [
    "item_code",
    "description",
    "rate",
    "uom",
    "item_tax_template",
    "income_account",
    "cost_center",
    "warehouse",
];
const TAX: [&str; 5] = ["charge_type", "account_head", "description", "rate", "included_in_print_rate"];

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.check()?;
    let api = Api::of(cx)?;
    if let Some(standing) = found(&api, &input).await? {
        return invoice::finish(&api, standing, input.post).await;
    }
    let name = input.invoice.as_str();
    let of = api
        .get(invoice::INVOICE, name)
        .await?
        .ok_or_else(|| office::missing(SYSTEM.name, "invoice", name))?;
    let body = body(&api, &input, &of)?;
    Ok(order::output(&invoice::make(&api, body, input.post).await?, true))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let found = found(&Api::of(cx)?, &input).await?;
    Ok(found
        .filter(|standing| !invoice::is_open(standing, input.post))
        .map(|standing| order::output(&standing, true)))
}

async fn found(api: &Api<'_>, input: &Input) -> Result<Option<Value>, Error> {
    let of = json!([
        [api.reference(), "=", input.reference.as_str()],
        ["is_return", "=", 1],
        ["docstatus", "!=", 2]
    ]);
    invoice::find(api, of).await
}

fn body(api: &Api<'_>, input: &Input, of: &Value) -> Result<Value, Error> {
    let items = lines(input, of)?;
    let taxes: Vec<Value> = rows(of, "taxes").map(|row| kept(row, &TAX).into()).collect();
    let mut body = kept(of, &["customer", "company", "currency"]);
    body.insert("is_return".into(), 1.into());
    body.insert("return_against".into(), input.invoice.as_str().into());
    body.insert(api.reference().into(), input.reference.as_str().into());
    body.insert("items".into(), items.into());
    body.insert("taxes".into(), taxes.into());
    if let Some(day) = input.day()? {
        body.insert("posting_date".into(), day.to_string().into());
        body.insert("set_posting_time".into(), 1.into());
    }
    Ok(Value::Object(body))
}

fn lines(input: &Input, of: &Value) -> Result<Vec<Value>, Error> {
    let mut ledger = input.ledger();
    let back = |row: &Value| {
        let whole: Amount = serde_json::from_value(row.get("qty")?.clone()).ok()?;
        let quantity = ledger.take(office::text(row, "item_code"), whole.0)?;
        let mut line = kept(row, &LINE);
        line.insert("qty".into(), number(-quantity));
        line.insert("sales_invoice_item".into(), row.get("name").cloned().unwrap_or_default());
        Some(Value::Object(line))
    };
    let lines = rows(of, "items").filter_map(back).collect();
    ledger.close().map(|()| lines)
}

fn rows<'v>(document: &'v Value, table: &str) -> impl Iterator<Item = &'v Value> {
    document.get(table).and_then(Value::as_array).into_iter().flatten()
}

fn kept(row: &Value, fields: &[&str]) -> Map<String, Value> {
    let field =
        |name: &&str| Some(((*name).to_owned(), row.get(*name).filter(|value| !value.is_null())?.clone()));
    fields.iter().filter_map(field).collect()
}

pub fn spec() -> OperationSpec {
    SYSTEM.create_credit_note(
        json!({"id": "ACC-SINV-2026-00009", "number": "ACC-SINV-2026-00009", "status": "Return", "total": -267.5, "created": true}),
    )
}
