//! Invoices: made, found, listed, approved, paid.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::answer::{Node, Refused};
use super::registers::Registers;
use super::totals::{self, amount};
use super::{Peak, Repeat, Values};

const PAGE_MAX: usize = 100;
const PAYMENTS_MAX: usize = 20;
const AWAITING_APPROVAL: &str = "awaiting approval";
const AWAITING_PAYMENT: &str = "awaiting payment";
const PAID: &str = "paid";

type Held = State<Arc<Peak>>;

pub(super) async fn create(peak: Held, headers: HeaderMap, body: Bytes) -> Response {
    peak.each(Node::INVOICES, &headers, &body, |asked, values| {
        let mut registers = peak.registers();
        let kept = u64::try_from(registers.of(Node::INVOICES).len()).unwrap_or(u64::MAX);
        if kept >= values.transactions_max {
            return Err(Refused::new(403, "Transaction Limit exceeded"));
        }
        let code = match asked["code"].as_str() {
            Some(code) if !code.is_empty() => code.to_owned(),
            _ => registers.next_code("INV"),
        };
        if values.repeat == Repeat::Refuse && registers.of(Node::INVOICES).get(&code).is_some() {
            return Err(Refused::bad(format!("code {code} exists already")));
        }
        let mut invoice = checked(asked, &mut registers, values)?;
        invoice["code"] = json!(code);
        peak.stand.ledger.note(peak.stand.now(), "invoice", &code, asked.clone());
        registers.add(Node::INVOICES, invoice)
    })
}

/// The invoice with its totals and what it waits for.
fn checked(asked: &Value, registers: &mut Registers, values: &Values) -> Result<Value, Refused> {
    if date(asked, "dueDate")? < date(asked, "issuedDate")? {
        return Err(Refused::bad("dueDate is before issuedDate"));
    }
    let contact = asked["contactId"].as_str().or_else(|| asked["contactCode"].as_str()).unwrap_or_default();
    registers.find(Node::CONTACTS, contact)?;
    for line in asked["products"].as_array().into_iter().flatten() {
        check_product(line, registers)?;
    }
    let totals = totals::of(&asked["products"], values)?;
    let mut invoice = asked.clone();
    if let (Some(invoice), Value::Object(shown)) = (invoice.as_object_mut(), totals.show()) {
        invoice.extend(shown);
    }
    invoice["status"] = json!(AWAITING_APPROVAL);
    let paid = &asked["paidPayments"];
    if !paid.is_null() {
        check_payments(paid, totals.net(), registers)?;
        invoice["status"] = json!(PAID);
    }
    Ok(invoice)
}

/// A line names a product that there is, or at least an account.
fn check_product(line: &Value, registers: &mut Registers) -> Result<(), Refused> {
    let product = line["productId"].as_str().or_else(|| line["productCode"].as_str());
    match (product, line["accountCode"].as_str()) {
        (Some(product), _) => registers.find(Node::PRODUCTS, product).map(|_| ()),
        (None, Some(account)) if !account.is_empty() => Ok(()),
        (None, _) => Err(Refused::bad("a line has a productCode or an accountCode")),
    }
}

/// All payments and the tax withheld come to what the invoice comes to.
fn check_payments(paid: &Value, due: Decimal, registers: &mut Registers) -> Result<(), Refused> {
    date(paid, "paymentDate")?;
    let payments = paid["payments"].as_array().map_or(&[][..], Vec::as_slice);
    if payments.is_empty() || payments.len() > PAYMENTS_MAX {
        return Err(Refused::bad(format!("payments are from 1 to {PAYMENTS_MAX}")));
    }
    let withheld = &paid["withHoldingTaxAmount"];
    let mut sum = if withheld.is_null() { Decimal::ZERO } else { amount(paid, "withHoldingTaxAmount")? };
    for payment in payments {
        match payment["paymentMethodId"].as_str() {
            Some(method) => registers.find(Node::PAYMENT_METHODS, method).map(|_| ())?,
            None if payment["accountCode"].is_string() => {}
            None => return Err(Refused::bad("a payment has a paymentMethodId or an accountCode")),
        }
        sum += amount(payment, "amount")?;
    }
    if sum == due { Ok(()) } else { Err(Refused::bad(format!("payments are {sum}, the invoice {due:.2}"))) }
}

fn date(of: &Value, name: &str) -> Result<NaiveDate, Refused> {
    let text = of[name].as_str().filter(|text| text.len() == 8).unwrap_or_default();
    NaiveDate::parse_from_str(text, "%Y%m%d").map_err(|_| Refused::bad(format!("{name} is not yyyyMMdd")))
}

pub(super) async fn find(peak: Held, asked: Query<HashMap<String, String>>, headers: HeaderMap) -> Response {
    peak.look_up(Node::INVOICES, &asked, &headers)
}

/// `?limit=20&page=1`, newest first.
pub(super) async fn list(
    peak: Held,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    peak.entered(Node::INVOICES, &headers, |_| {
        let number = |name: &str, otherwise: usize| match asked.get(name) {
            None => Ok(otherwise),
            Some(text) => text.parse().ok().filter(|number| *number > 0).ok_or(name.to_owned()),
        };
        let bad = |name: String| Refused::bad(format!("{name} is a number above 0"));
        let (limit, page) = (number("limit", 20).map_err(bad)?, number("page", 1).map_err(bad)?);
        let limit = limit.min(PAGE_MAX);
        let mut registers = peak.registers();
        let register = registers.of(Node::INVOICES);
        let skipped = (page - 1).saturating_mul(limit);
        let invoices: Vec<Value> = register.all().skip(skipped).take(limit).cloned().collect();
        Ok(Node::INVOICES.good(json!({ "total": register.len(), "page": page, "invoices": invoices })))
    })
}

/// Changes the invoice that an item names by its id or code.
fn change(
    peak: &Peak,
    headers: &HeaderMap,
    body: &[u8],
    mut change: impl FnMut(&mut Value, &Value) -> Result<(), Refused>,
) -> Response {
    peak.each(Node::INVOICES, headers, body, |asked, _| {
        let name = asked["id"].as_str().or_else(|| asked["code"].as_str()).unwrap_or_default();
        let mut registers = peak.registers();
        let invoice = registers.find(Node::INVOICES, name)?;
        change(invoice, asked)?;
        Ok(invoice.clone())
    })
}

pub(super) async fn approve(peak: Held, headers: HeaderMap, body: Bytes) -> Response {
    change(&peak, &headers, &body, |invoice, _| {
        if invoice["status"] != json!(AWAITING_APPROVAL) {
            return Err(Refused::bad("the invoice does not wait for approval"));
        }
        invoice["status"] = json!(AWAITING_PAYMENT);
        Ok(())
    })
}

pub(super) async fn pay(peak: Held, headers: HeaderMap, body: Bytes) -> Response {
    peak.each(Node::INVOICES, &headers, &body, |asked, _| {
        let name = asked["id"].as_str().or_else(|| asked["code"].as_str()).unwrap_or_default();
        let mut registers = peak.registers();
        let mut invoice = registers.find(Node::INVOICES, name)?.clone();
        if invoice["status"] == json!(PAID) {
            return Err(Refused::bad("the invoice is paid already"));
        }
        check_payments(&asked["paidPayments"], amount(&invoice, "netAmount")?, &mut registers)?;
        invoice["paidPayments"] = asked["paidPayments"].clone();
        invoice["status"] = json!(PAID);
        peak.stand.ledger.note(peak.stand.now(), "payment", name, asked["paidPayments"].clone());
        *registers.find(Node::INVOICES, name)? = invoice.clone();
        Ok(invoice)
    })
}

pub(super) async fn void_payment(peak: Held, headers: HeaderMap, body: Bytes) -> Response {
    change(&peak, &headers, &body, |invoice, _| {
        if invoice["status"] != json!(PAID) {
            return Err(Refused::bad("the invoice is not paid"));
        }
        invoice["status"] = json!(AWAITING_PAYMENT);
        invoice["paidPayments"] = Value::Null;
        Ok(())
    })
}
