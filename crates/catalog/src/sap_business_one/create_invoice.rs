//! `sap_business_one/create_invoice`: what is left of an order is invoiced, once: what was delivered by its delivery, the rest by the
//! order itself.

use super::api::Api;
use super::invoice::{self, DELIVERY_TYPE, INVOICES};
use super::order::{self, ORDER_TYPE};
use super::shipments_changed::NOTES;
use super::{REFERENCE, SYSTEM};
use crate::odata::{Query, quoted};
use crate::office;
pub use crate::office::InvoiceOrder as Input;
pub use crate::office::settle;
use crate::unchanged::nothing_done;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Map, Value, json};

/// Deliveries of one order that are looked at.
const NOTES_MAX: usize = 50;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    invoice::must_post(input.post)?;
    let api = Api::of(cx)?;
    let order = order::meant(&api, &input.of()).await.map_err(nothing_done)?;
    if let Some(standing) = invoiced(&api, &order).await.map_err(nothing_done)? {
        return Ok(order::output(&standing, false));
    }
    let lines = open_lines(&api, &order).await.map_err(nothing_done)?;
    if lines.is_empty() {
        return Err(Error::Refused {
            message: format!(
                "nothing of sales order {} is left to invoice",
                order.get("DocNum").unwrap_or(&Value::Null)
            ),
            advice: "Look at the order in SAP Business One: it is closed, or was invoiced by hand.".into(),
        });
    }
    let mut body = Map::from_iter([
        ("CardCode".into(), office::text(&order, "CardCode").into()),
        ("DocumentLines".into(), lines.into()),
    ]);
    let number = office::text(&order, "NumAtCard");
    if !number.is_empty() {
        body.insert("NumAtCard".into(), number.into());
    }
    body.insert(api.reference().into(), reference(&api, &order).into());
    let made = order::made(api.create(INVOICES, &Value::Object(body)).await?)?;
    Ok(order::output(&made, true))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let api = Api::of(cx)?;
    let order = order::meant(&api, &input.of()).await?;
    Ok(invoiced(&api, &order).await?.map(|standing| order::output(&standing, true)))
}

async fn invoiced(api: &Api<'_>, order: &Value) -> Result<Option<Value>, Error> {
    invoice::find(api, INVOICES, &reference(api, order)).await
}

/// An order that a person made has no number of a shop, and is known by its own.
fn reference(api: &Api<'_>, order: &Value) -> String {
    let own = [api.reference(), REFERENCE].into_iter().map(|field| office::text(order, field));
    own.into_iter()
        .find(|text| !text.is_empty())
        .map_or_else(|| format!("order:{}", order::entry(order)), str::to_owned)
}

async fn open_lines(api: &Api<'_>, order: &Value) -> Result<Vec<Value>, Error> {
    let entry = order::entry(order);
    let ordered = order::lines(order).filter(|line| invoice::is_open(line));
    let mut lines: Vec<Value> =
        ordered.map(|line| invoice::based_on(ORDER_TYPE, entry, line).into()).collect();
    let number = office::text(order, "NumAtCard");
    if number.is_empty() {
        return Ok(lines);
    }
    let filter = format!(
        "CardCode eq {} and NumAtCard eq {} and DocumentStatus eq 'bost_Open'",
        quoted(office::text(order, "CardCode")),
        quoted(number)
    );
    let query = Query {
        entity: NOTES,
        select: "DocEntry,DocumentLines",
        filter,
        order: "DocEntry",
        most: NOTES_MAX,
        ..Query::default()
    };
    let is_of_order = |line: &&Value| {
        let number = |field: &str| line.get(field).and_then(Value::as_i64);
        number("BaseType") == Some(ORDER_TYPE) && number("BaseEntry") == Some(entry)
    };
    for note in api.list(&query).await? {
        let delivered = order::lines(&note).filter(is_of_order).filter(|line| invoice::is_open(line));
        lines.extend(
            delivered.map(|line| Value::from(invoice::based_on(DELIVERY_TYPE, order::entry(&note), line))),
        );
    }
    Ok(lines)
}

pub fn spec() -> OperationSpec {
    SYSTEM
        .create_invoice(json!({"id": 7001, "number": 260000777, "status": "bost_Open", "total": 535.00, "created": true}))
        .about(
            "Invoices what is left of a sales order, delivered or not, unless it has an invoice already. It is booked at once, so Post it has \
             to be on.",
            "ออกใบแจ้งหนี้สำหรับส่วนที่เหลือของคำสั่งขาย ทั้งที่ส่งแล้วและยังไม่ส่ง เว้นแต่มีใบแจ้งหนี้แล้ว เอกสารจะลงบัญชีทันที จึงต้องเปิดยืนยันเอกสาร",
        )
}
