//! `xero/create_invoice`: a sale becomes an invoice, once: its number is unique in Xero.

use super::api::{Api, first};
use crate::failure::Failure;
use crate::invoice::{self, Amount, Line, Sale, Totals, number};
use crate::values::{Text, filled};
use connector::{ActionCx, Connection, Error};
use http::Method;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub sale: Sale,
    #[serde(default)]
    pub draft: bool,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.sale.check()?;
    let api = Api::of(cx)?;
    let sale = input.sale.spread();
    let totals = Totals::of(&sale, invoice::vat_rate(api.connection)?)?;
    let status = if input.draft { "DRAFT" } else { "AUTHORISED" };
    let number = sale.reference.as_str();
    let mut body = document(&api, &sale)?;
    body.insert("Type".into(), "ACCREC".into());
    body.insert("Status".into(), status.into());
    body.insert("InvoiceNumber".into(), number.into());
    body.insert("DueDate".into(), sale.due_day()?.to_string().into());
    let body = json!({"Invoices": [body]});
    match api.write(Method::PUT, &["Invoices"], &body, cx.step_key).await {
        Ok(made) => told(&first(&made, "Invoices"), &totals, true),
        // The key of an earlier attempt may have been forgotten; the number is not.
        Err(Failure::Taken(error)) => told(&find(&api, number).await?.ok_or(error)?, &totals, false),
        Err(failure) => Err(failure.into()),
    }
}

async fn find(api: &Api<'_>, number: &str) -> Result<Option<Value>, Error> {
    let found = api.get("Invoices", &[("InvoiceNumbers", number)], None).await?;
    Ok(Some(first(&found, "Invoices"))
        .filter(|found| found.get("InvoiceNumber").and_then(Value::as_str) == Some(number)))
}

/// What invoices and credit notes have in common.
pub fn document(api: &Api<'_>, sale: &Sale) -> Result<Map<String, Value>, Error> {
    let contact = match filled(sale.buyer.code.as_ref()) {
        Some(code) => json!({"ContactNumber": code}),
        None => json!({"Name": sale.name()}),
    };
    let kind = if sale.prices_include_vat { "Inclusive" } else { "Exclusive" };
    let lines: Vec<Value> = sale.lines.iter().map(|row| line(api.connection, row)).collect();
    Ok(Map::from_iter([
        ("Contact".into(), contact),
        ("Reference".into(), sale.reference.as_str().into()),
        ("Date".into(), sale.day()?.to_string().into()),
        ("CurrencyCode".into(), sale.currency.as_deref().unwrap_or("THB").trim().into()),
        ("LineAmountTypes".into(), kind.into()),
        ("LineItems".into(), lines.into()),
    ]))
}

fn line(connection: &Connection, line: &Line) -> Value {
    let tax = match line.no_vat {
        true => connection.text("tax_type_none").unwrap_or("NONE"),
        false => connection.text("tax_type").unwrap_or("OUTPUT"),
    };
    let mut row = Map::from_iter([
        ("Description".into(), line.name.trim().into()),
        ("Quantity".into(), number(line.quantity.0)),
        ("UnitAmount".into(), number(line.price.0)),
        ("AccountCode".into(), connection.text("account").unwrap_or("200").into()),
        ("TaxType".into(), tax.into()),
    ]);
    row.extend(filled(line.sku.as_ref()).map(|sku| ("ItemCode".into(), sku.into())));
    let discount = line.discount.filter(|Amount(discount)| !discount.is_zero());
    row.extend(discount.map(|Amount(discount)| ("DiscountAmount".into(), number(discount))));
    Value::Object(row)
}

/// What Xero made has to come to what was computed here.
fn told(made: &Value, totals: &Totals, created: bool) -> Result<Value, Error> {
    let field = |name: &str| made.get(name).cloned().unwrap_or_default();
    invoice::check_made("Xero", made.get("InvoiceNumber"), made.get("Total"), totals)?;
    Ok(json!({
        "id": field("InvoiceID"), "number": field("InvoiceNumber"), "status": field("Status"), "total": field("Total"),
        "tax": field("TotalTax"), "created": created,
    }))
}

pub fn example_sale() -> Value {
    json!({
        "reference": "SHOPIFY-1001", "date": "2026-11-20", "currency": "THB", "prices_include_vat": true, "total": "267.50",
        "buyer": {"code": "shopify:8891", "name": "สมชาย ใจดี (8891)"},
        "lines": [{"name": "ชาเขียว 100 g", "quantity": 1, "price": "267.50"}]
    })
}

/// An id of something in Xero.
pub fn id_field(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th)
        .about("Xero's id of it, as making it gave.", "ไอดีใน Xero ตามที่ได้เมื่อสร้าง")
        .example("${nodes.invoice.id}")
}

/// The id itself.
pub fn id(name: &Text) -> Result<&str, Error> {
    name.filled().ok_or_else(|| Error::Input {
        message: "the invoice's id is empty".into(),
        advice: "Give the id that making the invoice gave.".into(),
    })
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("xero/create_invoice", "Make an invoice", "สร้างใบแจ้งหนี้")
        .about(
            "Makes an invoice of a sale; its number is the shop's reference, so that there is one. Where Xero comes to another total than \
             was computed, a person looks at it.",
            "สร้างใบแจ้งหนี้จากการขาย ใช้เลขอ้างอิงของร้านเป็นเลขที่จึงมีเพียงใบเดียว หาก Xero คำนวณยอดต่างออกไปจะให้คนตรวจสอบ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(invoice::field())
        .field(
            Field::new("draft", FieldKind::Bool, "Only a draft", "เป็นฉบับร่าง")
                .about("A person approves it in Xero.", "ให้คนอนุมัติใน Xero")
                .default(false)
                .example(false),
        )
        .example(
            json!({"sale": example_sale()}),
            json!({"id": "243216c5-369e-4056-ac67-05388f86dc81", "number": "SHOPIFY-1001", "status": "AUTHORISED", "total": 267.50,
                   "tax": 17.50, "created": true}),
        )
}
