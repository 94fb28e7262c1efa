//! `tryton/create_credit_note`: an invoice with negative quantities, of an invoice or some of its lines.

use super::rpc::{Rpc, id, ids};
use super::{SYSTEM, invoice, typed};
use crate::invoice::Amount;
use crate::office;
pub use crate::office::CreditNote as Input;
pub use crate::office::settle;
use connector::{ActionCx, Error};
use model::OperationSpec;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

const LINE: [&str; 10] = [
    "id",
    "type",
    "product",
    "product.code",
    "unit",
    "description",
    "quantity",
    "unit_price",
    "account",
    "taxes",
];

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.check()?;
    let rpc = Rpc::of(cx)?;
    if let Some(standing) = found(&rpc, &input).await? {
        return invoice::finish(&rpc, standing, input.post, false).await;
    }
    let name = input.invoice.as_str();
    let missing = || office::missing(SYSTEM.name, "invoice", name);
    let of = invoice::read(&rpc, name.parse().map_err(|_| missing())?).await?.ok_or_else(missing)?;
    let rows = rpc.read("account.invoice.line", &ids(&of, "lines"), &LINE).await?;
    let made = rpc.create(invoice::INVOICE, body(&rpc, &input, &of, lines(&input, &rows)?)?).await?;
    let note =
        invoice::read(&rpc, made).await?.ok_or_else(|| office::unread(SYSTEM.name, "the credit note"))?;
    invoice::finish(&rpc, note, input.post, true).await
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let found = found(&Rpc::of(cx)?, &input).await?;
    Ok(found.filter(|found| !invoice::is_open(found, input.post)).map(|found| invoice::output(&found, true)))
}

async fn found(rpc: &Rpc<'_>, input: &Input) -> Result<Option<Value>, Error> {
    let reference = json!(["reference", "=", input.reference.as_str()]);
    invoice::find(rpc, vec![reference, json!(["company", "=", rpc.company])]).await
}

fn body(rpc: &Rpc<'_>, input: &Input, of: &Value, lines: Vec<Value>) -> Result<Value, Error> {
    let same = ["party", "invoice_address", "currency", "journal", "account", "payment_term"];
    let own = |field: &str| (field.to_owned(), of.get(field).cloned().unwrap_or_default());
    let mut vals: Map<String, Value> = same.into_iter().map(own).collect();
    vals.insert("type".into(), "out".into());
    vals.insert("company".into(), rpc.company.into());
    vals.insert("reference".into(), input.reference.as_str().into());
    vals.insert("lines".into(), json!([["create", lines]]));
    vals.extend(input.day()?.map(|day| ("invoice_date".to_owned(), typed::date(day))));
    Ok(Value::Object(vals))
}

fn lines(input: &Input, rows: &[Value]) -> Result<Vec<Value>, Error> {
    let mut ledger = input.ledger();
    let back = |row: &Value| {
        let whole: Amount = serde_json::from_value(row.get("quantity")?.clone()).ok()?;
        let price: Amount = serde_json::from_value(row.get("unit_price")?.clone()).ok()?;
        let sku = row.pointer("/product./code").and_then(Value::as_str).unwrap_or_default();
        let quantity = ledger.take(sku, whole.0)?;
        Some(line(row, -quantity, price.0))
    };
    // Titles and comments are lines, too.
    let goods = rows.iter().filter(|row| office::text(row, "type") == "line");
    let lines = goods.filter_map(back).collect();
    ledger.close().map(|()| lines)
}

fn line(row: &Value, quantity: Decimal, price: Decimal) -> Value {
    let own = |field: &str| row.get(field).cloned().unwrap_or_default();
    json!({
        "type": "line", "product": own("product"), "unit": own("unit"), "description": own("description"), "account": own("account"),
        "quantity": crate::invoice::number(quantity), "unit_price": typed::decimal(price), "taxes": [["add", ids(row, "taxes")]],
        "origin": format!("account.invoice.line,{}", id(row)),
    })
}

pub fn spec() -> OperationSpec {
    SYSTEM.create_credit_note(
        json!({"id": 2, "number": "2", "status": "posted", "total": -267.50, "created": true}),
    )
}
