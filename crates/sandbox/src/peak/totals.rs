//! What an invoice comes to, VAT rounded once for the whole of it.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use super::Values;
use super::answer::Refused;

const LINES_MAX: usize = 500;

#[derive(Debug, PartialEq)]
pub(super) struct Totals {
    /// Without VAT.
    pub base: Decimal,
    pub vat: Decimal,
}

impl Totals {
    pub(super) fn net(&self) -> Decimal {
        self.base + self.vat
    }

    /// As PEAK shows them: from the returned totals a caller sees which reading of `vatType` is meant.
    pub(super) fn show(&self) -> Value {
        json!({
            "preTaxAmount": text(self.base),
            "vatAmount": text(self.vat),
            "netAmount": text(self.net()),
        })
    }
}

fn text(amount: Decimal) -> String {
    format!("{amount:.2}")
}

pub(super) fn of(lines: &Value, values: &Values) -> Result<Totals, Refused> {
    let lines = lines.as_array().map_or(&[][..], Vec::as_slice);
    if lines.is_empty() || lines.len() > LINES_MAX {
        return Err(Refused::bad(format!("products are from 1 to {LINES_MAX}")));
    }
    let (mut on_top, mut included, mut without) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for line in lines {
        let amount = line_amount(line)?;
        match line["vatType"].as_u64() {
            Some(kind) if kind == values.vat_on_top => on_top += amount,
            Some(kind) if kind == values.vat_included => included += amount,
            Some(_) => without += amount,
            None => return Err(Refused::bad("vatType is required")),
        }
    }
    let (rate, hundred) = (Decimal::from(values.vat_rate), Decimal::ONE_HUNDRED);
    let (added, inside) = (rounded(on_top * rate / hundred), rounded(included * rate / (hundred + rate)));
    Ok(Totals { base: on_top + included - inside + without, vat: added + inside })
}

fn line_amount(line: &Value) -> Result<Decimal, Refused> {
    let quantity = amount(line, "quantity")?;
    let discount = if line["discount"].is_null() { Decimal::ZERO } else { amount(line, "discount")? };
    let amount = rounded(quantity * amount(line, "price")?) - discount;
    if quantity <= Decimal::ZERO || amount < Decimal::ZERO {
        return Err(Refused::bad("quantity is more than 0 and the discount not more than the price"));
    }
    Ok(amount)
}

/// A number or a text.
pub(super) fn amount(of: &Value, name: &str) -> Result<Decimal, Refused> {
    let text = match &of[name] {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return Err(Refused::bad(format!("{name} is required"))),
    };
    Decimal::from_str_exact(&text).map_err(|_| Refused::bad(format!("{name} is not an amount")))
}

fn rounded(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}
