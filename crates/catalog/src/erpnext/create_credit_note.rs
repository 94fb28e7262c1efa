//! `erpnext/create_credit_note`: an invoice with negative quantities, set against the one that it takes back.
//!
//! An order's discounts are one off the whole document here, so that a note without its share of them would pay back too much.

use super::api::Api;
use super::{SYSTEM, invoice};
use crate::invoice::{Amount, number};
use crate::office;
pub use crate::office::CreditNote as Input;
pub use crate::office::settle;
use connector::{ActionCx, Error};
use model::OperationSpec;
use rust_decimal::Decimal;
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
/// More than any document has of anything.
const AMOUNT_MAX: u64 = 1_000_000_000_000;
const TAX: [&str; 5] = ["charge_type", "account_head", "description", "rate", "included_in_print_rate"];

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    input.check()?;
    let api = Api::of(cx)?;
    let (standing, created) = match found(&api, &input).await? {
        Some(standing) => (standing, false),
        None => (make(&api, &input).await?, true),
    };
    check_total(&input, &standing)?;
    invoice::finish(&api, standing, input.post, created).await
}

/// A note whose total is to be compared is made as a draft, which takes no number that a wrong one would use up.
async fn make(api: &Api<'_>, input: &Input) -> Result<Value, Error> {
    let name = input.invoice.as_str();
    let of = api.get(invoice::INVOICE, name).await?;
    let of = of.ok_or_else(|| office::missing(SYSTEM.name, "invoice", name))?;
    invoice::make(api, body(api, input, &of)?, input.post && input.total.is_none()).await
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let found = found(&Api::of(cx)?, &input).await?;
    let done = found.filter(|standing| !invoice::is_open(standing, input.post));
    // One that comes to something else is told by `run`.
    let done = done.filter(|standing| check_total(&input, standing).is_ok());
    Ok(done.map(|standing| invoice::output(&standing, true)))
}

fn check_total(input: &Input, standing: &Value) -> Result<(), Error> {
    input.check_total(SYSTEM.name, standing.get("grand_total"))
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
    let lines = lines(input, of)?;
    let mut body = kept(of, &["customer", "company", "currency"]);
    body.insert("is_return".into(), 1.into());
    body.insert("return_against".into(), input.invoice.as_str().into());
    body.insert(api.reference().into(), input.reference.as_str().into());
    body.extend(discount(input, of, &lines));
    body.insert("items".into(), lines.into_iter().map(|line| line.row).collect());
    body.insert("taxes".into(), taxes(input, of).into());
    body.extend(input.reason().map(|reason| ("remarks".into(), reason.into())));
    if let Some(day) = input.day()? {
        body.insert("posting_date".into(), day.to_string().into());
        body.insert("set_posting_time".into(), 1.into());
    }
    Ok(Value::Object(body))
}

/// A line of the note, and what it is worth at the invoice's price: nothing where it has a price of its own.
struct Back {
    row: Value,
    worth: Decimal,
}

fn lines(input: &Input, of: &Value) -> Result<Vec<Back>, Error> {
    let mut ledger = input.ledger();
    let mut lines = Vec::new();
    for row in rows(of, "items") {
        let whole = amount(row, "qty");
        if input.is_whole() {
            lines.push(back(row, whole, None));
            continue;
        }
        let taken = ledger.take_by_line(office::text(row, "item_code"), whole);
        for (price, quantity) in by_price(input, taken) {
            lines.push(back(row, quantity, price));
        }
    }
    ledger.close().map(|()| lines)
}

/// What is taken of one row, once for each price.
fn by_price(input: &Input, taken: Vec<(usize, Decimal)>) -> Vec<(Option<Amount>, Decimal)> {
    let mut together: Vec<(Option<Amount>, Decimal)> = Vec::new();
    for (index, quantity) in taken {
        let price = input.named_lines()[index].price;
        match together.iter_mut().find(|(same, _)| *same == price) {
            Some((_, sum)) => *sum += quantity,
            None => together.push((price, quantity)),
        }
    }
    together
}

fn back(of: &Value, quantity: Decimal, price: Option<Amount>) -> Back {
    let mut row = kept(of, &LINE);
    row.insert("qty".into(), number(-quantity));
    row.insert("sales_invoice_item".into(), of.get("name").cloned().unwrap_or_default());
    row.extend(price.map(|price| ("rate".to_owned(), number(price.0))));
    let worth = if price.is_some() { Decimal::ZERO } else { quantity * amount(of, "rate") };
    Back { row: Value::Object(row), worth }
}

/// A charge that is an amount, such as shipping, goes back with the whole invoice only.
fn taxes(input: &Input, of: &Value) -> Vec<Value> {
    let is_amount = |row: &Value| office::text(row, "charge_type") == "Actual";
    let taxes = rows(of, "taxes").filter(|row| input.is_whole() || !is_amount(row));
    let back = |row: &Value| {
        let mut tax = kept(row, &TAX);
        if is_amount(row) {
            tax.insert("tax_amount".into(), number(-amount(row, "tax_amount")));
        }
        Value::Object(tax)
    };
    taxes.map(back).collect()
}

/// What is off the note, below zero as everything of it.
fn discount(input: &Input, of: &Value, lines: &[Back]) -> Vec<(String, Value)> {
    let off = match input.discount {
        Some(off) => off.0,
        None => share(of, lines),
    };
    if off.is_zero() {
        return Vec::new();
    }
    let usual = if rows(of, "taxes").any(is_included) { "Grand Total" } else { "Net Total" };
    let on = Some(office::text(of, "apply_discount_on")).filter(|on| !on.is_empty()).unwrap_or(usual);
    vec![("apply_discount_on".into(), on.into()), ("discount_amount".into(), number(-off))]
}

fn is_included(tax: &Value) -> bool {
    !amount(tax, "included_in_print_rate").is_zero()
}

/// The lines' share of the invoice's discount, by what they are worth.
fn share(of: &Value, lines: &[Back]) -> Decimal {
    let all: Decimal = rows(of, "items").map(|row| amount(row, "qty") * amount(row, "rate")).sum();
    let back: Decimal = lines.iter().map(|line| line.worth).sum();
    let off = amount(of, "discount_amount");
    if all == back {
        return off;
    }
    let share = back.checked_div(all).and_then(|part| off.checked_mul(part));
    share.unwrap_or_default().round_dp(2)
}

/// A number of a document. What no document has counts as none, so that nothing computed here leaves the digits.
fn amount(row: &Value, field: &str) -> Decimal {
    let read = |value: &Value| serde_json::from_value::<Amount>(value.clone()).ok();
    let amount = row.get(field).and_then(read).unwrap_or_default().0;
    if amount.abs() > Decimal::from(AMOUNT_MAX) { Decimal::ZERO } else { amount }
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
    let mut note = invoice::example(true);
    note["id"] = "ACC-SINV-2026-00009".into();
    note["number"] = "ACC-SINV-2026-00009".into();
    note["status"] = "Return".into();
    note["total"] = (-267.5).into();
    note["outstanding"] = (-267.5).into();
    let mut spec = SYSTEM.create_checked_credit_note(note);
    spec.example["lines"] = json!([{"sku": "TEA-100", "quantity": 1}]);
    spec.example["reason"] = "ลูกค้าคืนสินค้า".into();
    spec.example["total"] = "267.50".into();
    spec.example["post"] = true.into();
    spec
}
