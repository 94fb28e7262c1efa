//! `tryton/create_sales_order`: a sale of a shop becomes one in Tryton, once.
//!
//! A record that is made from outside fills in nothing by itself, so the unit, taxes, addresses and currency are all sent.

use super::rpc::{Rpc, id, ids};
use super::sale::{self, SALE};
use super::{SYSTEM, party, typed};
use crate::invoice::{self, Totals};
use crate::office;
pub use crate::office::NewOrder as Input;
pub use crate::office::settle;
use crate::values::filled;
use connector::{ActionCx, Error};
use model::OperationSpec;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const PRODUCT: [&str; 4] = ["id", "code", "sale_uom", "account_category.customer_taxes_used"];

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.check()?;
    let rpc = Rpc::of(cx)?;
    let rate = invoice::vat_rate(rpc.connection)?;
    let totals = Totals::of(&input.sale, rate)?;
    let (standing, created) = match sale::find(&rpc, input.reference()).await? {
        Some(standing) => (standing, false),
        None => (create(&rpc, &input, rate).await?, true),
    };
    invoice::check_made(SYSTEM.name, standing.get("reference"), standing.get("total_amount"), &totals)?;
    if input.confirm && is_open(&standing) {
        return confirm(&rpc, &standing, created).await;
    }
    Ok(sale::output(&standing, created))
}

/// A sale that still has to be confirmed is not done; `run` finds it and goes on from there.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let found = sale::find(&Rpc::of(cx)?, input.reference()).await?;
    let done = found.filter(|standing| !(input.confirm && is_open(standing)));
    Ok(done.map(|standing| sale::output(&standing, true)))
}

/// Whether there is a button left to press. One that people cancelled stays cancelled.
fn is_open(sale: &Value) -> bool {
    matches!(office::text(sale, "state"), "draft" | "quotation" | "confirmed")
}

/// Presses the buttons that are left. A worker may process a confirmed sale by itself.
async fn confirm(rpc: &Rpc<'_>, standing: &Value, created: bool) -> Result<Value, Error> {
    let id = id(standing);
    let left: &[&str] = match office::text(standing, "state") {
        "draft" => &["quote", "confirm", "process"],
        "quotation" => &["confirm", "process"],
        _ => &["process"],
    };
    for button in left {
        rpc.press(SALE, button, id).await?;
    }
    let sale = sale::read(rpc, id).await?.ok_or_else(|| office::unread(SYSTEM.name, "the sale"))?;
    Ok(sale::output(&sale, created))
}

async fn create(rpc: &Rpc<'_>, input: &Input, rate: Decimal) -> Result<Value, Error> {
    let (party, address) = party::of_order(rpc, input.chosen(), &input.sale.buyer).await?;
    let currency = currency(rpc, input.sale.currency.as_deref().unwrap_or("THB").trim()).await?;
    let lines = lines(rpc, input, rate).await?;
    let given = |text: Option<&str>| text.and_then(|text| text.trim().parse::<i64>().ok());
    let mut vals = Map::from_iter([
        ("company".to_owned(), json!(rpc.company)),
        ("party".to_owned(), json!(party)),
        ("invoice_address".to_owned(), json!(address)),
        ("shipment_address".to_owned(), json!(address)),
        ("currency".to_owned(), json!(currency)),
        ("reference".to_owned(), json!(input.reference())),
        ("sale_date".to_owned(), typed::date(input.sale.day()?)),
        ("lines".to_owned(), json!([["create", lines]])),
    ]);
    let warehouse = match given(input.warehouse().or_else(|| rpc.connection.text("warehouse"))) {
        Some(warehouse) => warehouse,
        None => first_warehouse(rpc).await?,
    };
    vals.insert("warehouse".into(), warehouse.into());
    vals.extend(
        given(rpc.connection.text("payment_term")).map(|term| ("payment_term".to_owned(), json!(term))),
    );
    let made = rpc.create(SALE, Value::Object(vals)).await?;
    sale::read(rpc, made).await?.ok_or_else(|| office::unread(SYSTEM.name, "the sale"))
}

async fn currency(rpc: &Rpc<'_>, code: &str) -> Result<i64, Error> {
    let found =
        rpc.search_read("currency.currency", json!([["code", "=", code]]), Value::Null, &["id"], 1).await?;
    found.first().map(id).ok_or_else(|| office::missing(SYSTEM.name, "currency", code))
}

pub async fn first_warehouse(rpc: &Rpc<'_>) -> Result<i64, Error> {
    let domain = json!([["type", "=", "warehouse"]]);
    let found = rpc.search_read("stock.location", domain, json!([["id", "ASC"]]), &["id"], 1).await?;
    found.first().map(id).ok_or_else(|| office::missing(SYSTEM.name, "location of the type", "warehouse"))
}

/// Each line with what its form would fill in: the product's unit for sales, and its taxes.
async fn lines(rpc: &Rpc<'_>, input: &Input, rate: Decimal) -> Result<Vec<Value>, Error> {
    let sale = input.sale.spread();
    let skus: Vec<&str> = sale.lines.iter().filter_map(|line| filled(line.sku.as_ref())).collect();
    let domain = json!([["code", "in", skus]]);
    let found =
        rpc.search_read("product.product", domain, json!([["id", "DESC"]]), &PRODUCT, skus.len() * 4).await?;
    let products: BTreeMap<&str, &Value> = found.iter().map(|row| (office::text(row, "code"), row)).collect();
    let line = |line: &invoice::Line| {
        let sku = filled(line.sku.as_ref()).unwrap_or_default();
        let product = products.get(sku).ok_or_else(|| office::missing(SYSTEM.name, "product", sku))?;
        let category = product.get("account_category.").filter(|_| !line.no_vat);
        let taxes = category.map(|category| ids(category, "customer_taxes_used")).unwrap_or_default();
        Ok(json!({
            "type": "line", "product": id(product), "quantity": invoice::number(line.quantity.0), "unit": product.get("sale_uom"),
            "unit_price": typed::decimal(office::net_price(line, sale.prices_include_vat, rate)),
            "description": line.name.trim(), "taxes": [["add", taxes]],
        }))
    };
    sale.lines.iter().map(line).collect()
}

pub fn spec() -> OperationSpec {
    SYSTEM.create_sales_order(
        json!({"id": 1, "number": "1", "status": "processing", "total": 535.00, "created": true}),
    )
}
