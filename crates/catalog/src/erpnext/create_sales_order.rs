//! `erpnext/create_sales_order`: a sale becomes a sales order, once.

use super::api::Api;
use super::order::{self, ORDER};
use super::{SYSTEM, upsert_customer};
use crate::invoice::{self, Line, Sale, Totals, number};
use crate::office;
pub use crate::office::NewOrder as Input;
pub use crate::office::settle;
use crate::values::filled;
use connector::{ActionCx, Connection, Error};
use model::OperationSpec;
use serde_json::{Map, Value, json};

/// The field that a note is written into, unless the connection names another.
pub const TERMS: &str = "terms";

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.check()?;
    let api = Api::of(cx)?;
    let totals = Totals::of(&input.sale, invoice::vat_rate(api.connection)?)?;
    let (standing, created) = match order::find(&api, input.reference()).await? {
        Some(standing) => (standing, false),
        None => (create(&api, &input).await?, true),
    };
    invoice::check_made(SYSTEM.name, standing.get("name"), standing.get("grand_total"), &totals)?;
    if input.confirm && order::docstatus(&standing) == 0 {
        let confirmed = api.update(ORDER, office::text(&standing, "name"), &json!({"docstatus": 1})).await?;
        return Ok(order::output(&confirmed, created));
    }
    Ok(order::output(&standing, created))
}

/// An order that still has to be confirmed is not done; `run` finds it and goes on from there.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let found = order::find(&Api::of(cx)?, input.reference()).await?;
    let done = found.filter(|standing| !(input.confirm && order::docstatus(standing) == 0));
    Ok(done.map(|standing| order::output(&standing, true)))
}

async fn create(api: &Api<'_>, input: &Input) -> Result<Value, Error> {
    let customer = match input.chosen() {
        Some(chosen) => chosen.to_owned(),
        None => upsert_customer::found(api, &input.sale.buyer).await?,
    };
    let sale = &input.sale;
    let delivery = input.delivery_day()?.to_string();
    let items: Vec<Value> =
        sale.lines.iter().map(|row| line(api.connection, row, &delivery)).collect::<Result<_, _>>()?;
    let mut body = Map::from_iter([
        ("customer".into(), customer.into()),
        ("company".into(), api.connection.need("company")?.into()),
        ("transaction_date".into(), sale.day()?.to_string().into()),
        ("delivery_date".into(), delivery.into()),
        ("currency".into(), sale.currency.as_deref().unwrap_or("THB").trim().into()),
        ("po_no".into(), input.reference().into()),
        (api.reference().into(), input.reference().into()),
        // A shop's price stands: no rule of ERPNext's computes another.
        ("ignore_pricing_rule".into(), 1.into()),
        ("items".into(), items.into()),
    ]);
    let warehouse = input.warehouse().or_else(|| api.connection.text("warehouse"));
    body.extend(warehouse.map(|warehouse| ("set_warehouse".into(), warehouse.into())));
    body.extend(taxes(api.connection, sale)?.map(|taxes| ("taxes".into(), taxes)));
    body.extend(discount(sale));
    body.extend(note(api.connection, sale));
    let made = api.create(ORDER, &Value::Object(body)).await?;
    match office::text(&made, "name") {
        "" => Err(office::unread(SYSTEM.name, "the order")),
        _ => Ok(made),
    }
}

/// The shop's note goes with the order itself, so that it is there once however often the step is tried. A sales order has no
/// remarks; its terms are printed, and go on to its delivery notes and invoices.
fn note(connection: &Connection, sale: &Sale) -> Option<(String, Value)> {
    let note = sale.note.as_deref().map(str::trim).filter(|note| !note.is_empty())?;
    let field = connection.text("note_field").unwrap_or(TERMS);
    let note = if field == TERMS { as_html(note) } else { note.to_owned() };
    Some((field.to_owned(), note.into()))
}

/// The terms are kept as HTML, where a line's end and a `<` of a buyer's note would be lost.
fn as_html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.lines().collect::<Vec<_>>().join("<br>")
}

fn line(connection: &Connection, line: &Line, delivery: &str) -> Result<Value, Error> {
    let mut row = Map::from_iter([
        ("item_code".into(), filled(line.sku.as_ref()).unwrap_or_default().into()),
        ("qty".into(), number(line.quantity.0)),
        ("rate".into(), number(line.price.0)),
        ("description".into(), line.name.trim().into()),
        ("delivery_date".into(), delivery.into()),
    ]);
    if line.no_vat {
        row.insert("item_tax_template".into(), connection.need("exempt_template")?.into());
    }
    Ok(Value::Object(row))
}

/// The row of VAT. Templates are applied by ERPNext's own form only, so it is sent whole.
fn taxes(connection: &Connection, sale: &Sale) -> Result<Option<Value>, Error> {
    let Some(account) = connection.text("vat_account") else { return Ok(None) };
    let rate = invoice::vat_rate(connection)?;
    Ok(Some(json!([{
        "charge_type": "On Net Total", "account_head": account, "description": format!("VAT {rate}%"), "rate": number(rate),
        "included_in_print_rate": i32::from(sale.prices_include_vat),
    }])))
}

/// All discounts are one off the whole document: exact, where a rate of one piece would have to be rounded.
fn discount(sale: &Sale) -> Vec<(String, Value)> {
    let off = office::gross_off(sale);
    let of = if sale.prices_include_vat { "Grand Total" } else { "Net Total" };
    match off.is_zero() {
        true => Vec::new(),
        false => vec![("apply_discount_on".into(), of.into()), ("discount_amount".into(), number(off))],
    }
}

pub fn spec() -> OperationSpec {
    SYSTEM.create_sales_order(
        json!({"id": "SAL-ORD-2026-00012", "number": "SAL-ORD-2026-00012", "status": "To Deliver and Bill", "total": 535.0, "created": true}),
    )
}
