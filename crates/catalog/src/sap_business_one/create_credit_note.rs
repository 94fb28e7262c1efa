//! `sap_business_one/create_credit_note`: takes back an invoice or some of its lines.

use super::SYSTEM;
use super::api::Api;
use super::invoice::{self, INVOICE_TYPE, INVOICES};
use super::order;
use crate::invoice::{Amount, number};
use crate::office;
pub use crate::office::CreditNote as Input;
pub use crate::office::settle;
use crate::unchanged::nothing_done;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Map, Value, json};

const NOTES: &str = "CreditNotes";
/// What a line keeps where it cannot name the invoice's line.
const LINE: [&str; 5] = ["ItemCode", "UnitPrice", "DiscountPercent", "VatGroup", "WarehouseCode"];

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.check()?;
    invoice::must_post(input.post)?;
    let api = Api::of(cx)?;
    let reference = input.reference.as_str();
    if let Some(standing) = invoice::find(&api, NOTES, reference).await.map_err(nothing_done)? {
        return Ok(order::output(&standing, false));
    }
    let name = input.invoice.as_str();
    let missing = || office::missing(SYSTEM.name, "invoice", name);
    let entry: i64 = name.parse().map_err(|_| missing())?;
    let of = order::read(&api, INVOICES, entry).await.map_err(nothing_done)?.ok_or_else(missing)?;
    let made = order::made(api.create(NOTES, &body(&api, &input, &of)?).await?)?;
    Ok(order::output(&made, true))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let found = invoice::find(&Api::of(cx)?, NOTES, input.reference.as_str()).await?;
    Ok(found.map(|standing| order::output(&standing, true)))
}

fn body(api: &Api<'_>, input: &Input, of: &Value) -> Result<Value, Error> {
    let reference = input.reference.as_str();
    let mut body = Map::from_iter([
        ("CardCode".into(), office::text(of, "CardCode").into()),
        ("NumAtCard".into(), reference.into()),
        (api.reference().into(), reference.into()),
        ("DocumentLines".into(), lines(input, of)?.into()),
    ]);
    body.extend(input.day()?.map(|day| ("DocDate".to_owned(), day.to_string().into())));
    if !is_open(of) {
        let number = of.get("DocNum").map(Value::to_string).unwrap_or_default();
        body.insert("Comments".into(), format!("Invoice {number}").into());
    }
    Ok(Value::Object(body))
}

/// An invoice that is paid is closed, and no document can come from it any more: its note stands alone.
fn is_open(invoice: &Value) -> bool {
    office::text(invoice, "DocumentStatus") != "bost_Close"
}

fn lines(input: &Input, of: &Value) -> Result<Vec<Value>, Error> {
    let entry = order::entry(of);
    let mut ledger = input.ledger();
    let back = |row: &Value| {
        let whole: Amount = serde_json::from_value(row.get("Quantity")?.clone()).ok()?;
        let quantity = ledger.take(office::text(row, "ItemCode"), whole.0)?;
        let mut line = match is_open(of) && invoice::is_open(row) {
            true => invoice::based_on(INVOICE_TYPE, entry, row),
            false => order::kept(row, &LINE),
        };
        line.insert("Quantity".into(), number(quantity));
        Some(Value::Object(line))
    };
    let lines = order::lines(of).filter_map(back).collect();
    ledger.close().map(|()| lines)
}

pub fn spec() -> OperationSpec {
    let mut spec = SYSTEM.create_credit_note(
        json!({"id": 311, "number": 260000031, "status": "bost_Open", "total": 267.50, "created": true}),
    );
    spec.example["post"] = true.into();
    spec.about(
        "Takes back an invoice, all of it or some lines, once for each reference. It is booked at once, so Post it has to be on; the note of \
         an invoice that is paid stands alone and is reconciled by a person.",
        "ลดหนี้ใบแจ้งหนี้ทั้งใบหรือบางรายการ หนึ่งครั้งต่อเลขอ้างอิง เอกสารจะลงบัญชีทันที จึงต้องเปิดยืนยันเอกสาร ใบลดหนี้ของใบแจ้งหนี้ที่ชำระแล้วจะแยกเป็นเอกสารเดี่ยวให้คนกระทบยอดเอง",
    )
}
