//! `sap_business_one/create_sales_order`: a sale becomes a sales order, once.
//!
//! An order is open as soon as it is made. What can be held back is its approval, without which nothing of it is delivered: it is
//! made unapproved, its total compared, and then approved where that is wanted.

use super::api::{Api, numbered};
use super::order::{self, ORDERS};
use super::{SYSTEM, upsert_customer};
use crate::invoice::{self, Line, Sale, Totals, number};
use crate::office;
pub use crate::office::NewOrder as Input;
pub use crate::office::settle;
use crate::unchanged::nothing_done;
use crate::values::filled;
use connector::{ActionCx, Connection, Error};
use model::OperationSpec;
use serde_json::{Map, Value, json};

/// As much as a line's description holds.
const DESCRIPTION_CHARS_MAX: usize = 100;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.check()?;
    let api = Api::of(cx)?;
    let totals = Totals::of(&input.sale, invoice::vat_rate(api.connection)?)?;
    // Nothing in SAP Business One refuses a second order with the same number.
    let (mut standing, created) = match order::find(&api, input.reference()).await.map_err(nothing_done)? {
        Some(standing) => (standing, false),
        None => (create(&api, &input).await?, true),
    };
    let told = standing.get("DocNum").map(|number| Value::from(number.to_string()));
    invoice::check_made(SYSTEM.name, told.as_ref(), order::total(&standing), &totals)?;
    if is_open(&standing, &input) {
        let record = numbered(ORDERS, order::entry(&standing));
        api.update(&record, &json!({"Confirmed": "tYES"})).await?;
        standing["Confirmed"] = "tYES".into();
    }
    Ok(order::output(&standing, created))
}

/// An order that still has to be approved is not done; `run` finds it and goes on from there.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let found = order::find(&Api::of(cx)?, input.reference()).await?;
    Ok(found.filter(|standing| !is_open(standing, &input)).map(|standing| order::output(&standing, true)))
}

/// One that people cancelled stays cancelled.
fn is_open(standing: &Value, input: &Input) -> bool {
    input.confirm && office::text(standing, "Confirmed") == "tNO" && !order::is(standing, "Cancelled")
}

async fn create(api: &Api<'_>, input: &Input) -> Result<Value, Error> {
    let customer = match input.chosen() {
        Some(chosen) => chosen.to_owned(),
        None => upsert_customer::found(api, &input.sale.buyer).await?,
    };
    let sale = input.sale.spread();
    let warehouse = input.warehouse().or_else(|| api.connection.text("warehouse"));
    let lines: Vec<Value> =
        sale.lines.iter().map(|row| line(api.connection, &sale, row, warehouse)).collect::<Result<_, _>>()?;
    let mut body = Map::from_iter([
        ("CardCode".into(), customer.into()),
        ("DocDate".into(), sale.day()?.to_string().into()),
        ("DocDueDate".into(), input.delivery_day()?.to_string().into()),
        ("NumAtCard".into(), input.reference().into()),
        (api.reference().into(), input.reference().into()),
        ("Confirmed".into(), "tNO".into()),
        ("DocumentLines".into(), lines.into()),
    ]);
    let note = sale.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    body.extend(note.map(|note| ("Comments".into(), note.into())));
    body.extend(foreign_currency(api.connection, &sale).map(|code| ("DocCurrency".into(), code.into())));
    // Where one customer stands for all, the address is the order's own.
    body.extend(input.chosen().and_then(|_| address(&sale)).map(|text| ("Address2".into(), text.into())));
    order::made(api.create(ORDERS, &Value::Object(body)).await?)
}

fn foreign_currency<'s>(connection: &Connection, sale: &'s Sale) -> Option<&'s str> {
    let local = connection.text("currency").unwrap_or("THB");
    sale.currency
        .as_deref()
        .map(str::trim)
        .filter(|code| !code.is_empty() && !code.eq_ignore_ascii_case(local))
}

fn address(sale: &Sale) -> Option<String> {
    let street = sale.buyer.address.as_deref().map(str::trim).filter(|street| !street.is_empty())?;
    let parts = [
        sale.buyer.name.as_deref(),
        Some(street),
        filled(sale.buyer.zip.as_ref()),
        filled(sale.buyer.phone.as_ref()),
    ];
    Some(parts.into_iter().flatten().map(str::trim).collect::<Vec<_>>().join("\r"))
}

/// Prices with VAT are told as such: a price without it would lose satangs where the company keeps two digits.
fn line(connection: &Connection, sale: &Sale, line: &Line, warehouse: Option<&str>) -> Result<Value, Error> {
    let rate = invoice::vat_rate(connection)?;
    let description: String = line.name.trim().chars().take(DESCRIPTION_CHARS_MAX).collect();
    let mut row = Map::from_iter([
        ("ItemCode".into(), filled(line.sku.as_ref()).unwrap_or_default().into()),
        ("ItemDescription".into(), description.into()),
        ("Quantity".into(), number(line.quantity.0)),
    ]);
    match sale.prices_include_vat {
        true => row.insert("PriceAfterVAT".into(), number(office::gross_price(line, true, rate))),
        false => row.insert("UnitPrice".into(), number(office::net_price(line, false, rate))),
    };
    let group = match line.no_vat {
        true => Some(connection.need("vat_group_none")?),
        false => connection.text("vat_group"),
    };
    row.extend(group.map(|group| ("VatGroup".into(), group.into())));
    row.extend(warehouse.map(|warehouse| ("WarehouseCode".into(), warehouse.into())));
    Ok(Value::Object(row))
}

pub fn spec() -> OperationSpec {
    SYSTEM.create_sales_order(
        json!({"id": 5012, "number": 260001234, "status": "bost_Open", "total": 535.00, "created": true}),
    )
}
