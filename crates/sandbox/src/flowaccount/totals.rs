//! The caller computes all totals; here they are computed again, and a satang of difference is refused.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use super::answer::Refused;
use super::products::TYPES;

const ITEMS_MAX: usize = 500;

/// How VAT is computed on a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vat {
    /// Percent.
    pub rate: u32,
    /// Each line says its own rate and its own discount.
    pub inline: bool,
}

/// What the lines come to.
struct Lines {
    total: Decimal,
    /// Of lines without VAT.
    exempt: Decimal,
}

pub(super) fn check(document: &Value, vat: Vat) -> Result<(), Refused> {
    let lines = lines(document, vat)?;
    if !document["subTotal"].is_null() {
        equal(document, "subTotal", lines.total)?;
    }
    equal(document, "total", lines.total)?;
    let after = lines.total - optional(document, "discountAmount")?;
    equal(document, "totalAfterDiscount", after)?;
    if !is_true(&document["isVat"]) {
        return equal(document, "grandTotal", after);
    }
    let exempt = if vat.inline { lines.exempt } else { optional(document, "exemptAmount")? };
    if vat.inline && optional(document, "exemptAmount")? != exempt {
        return Err(differs("exemptAmount", exempt));
    }
    let (taxable, tax) = tax(after - exempt, vat.rate, is_true(&document["isVatInclusive"]));
    equal(document, "vatableAmount", taxable)?;
    equal(document, "vatAmount", tax)?;
    equal(document, "grandTotal", taxable + tax + exempt)
}

/// The base without VAT and the VAT on it, rounded once for the document.
fn tax(base: Decimal, rate: u32, inclusive: bool) -> (Decimal, Decimal) {
    let (rate, hundred) = (Decimal::from(rate), Decimal::ONE_HUNDRED);
    if inclusive {
        let tax = rounded(base * rate / (hundred + rate));
        (base - tax, tax)
    } else {
        (base, rounded(base * rate / hundred))
    }
}

fn lines(document: &Value, vat: Vat) -> Result<Lines, Refused> {
    let items = document["items"].as_array().map_or(&[][..], Vec::as_slice);
    if items.is_empty() || items.len() > ITEMS_MAX {
        return Err(Refused::bad(format!("items are from 1 to {ITEMS_MAX}.")));
    }
    let mut lines = Lines { total: Decimal::ZERO, exempt: Decimal::ZERO };
    for item in items {
        let total = line(item, vat.inline)?;
        lines.total += total;
        if vat.inline && is_exempt(item, vat.rate)? {
            lines.exempt += total;
        }
    }
    Ok(lines)
}

fn line(item: &Value, inline: bool) -> Result<Decimal, Refused> {
    if item["name"].as_str().is_none_or(str::is_empty) {
        return Err(Refused::bad("items: name is required."));
    }
    if !item["type"].as_u64().is_some_and(|kind| TYPES.contains(&kind)) {
        return Err(Refused::bad(format!("items: type is one of {TYPES:?}.")));
    }
    let quantity = number(item, "quantity")?;
    if quantity <= Decimal::ZERO {
        return Err(Refused::bad("items: quantity is more than 0."));
    }
    let discount = if inline { optional(item, "discountAmount")? } else { Decimal::ZERO };
    let total = rounded(quantity * number(item, "pricePerUnit")?) - discount;
    equal(item, "total", total)?;
    Ok(total)
}

fn is_exempt(item: &Value, rate: u32) -> Result<bool, Refused> {
    let given = number(item, "vatRate")?;
    if given > Decimal::ZERO && given != Decimal::from(rate) {
        return Err(Refused::bad(format!("items: vatRate is {rate}, or not above 0.")));
    }
    Ok(given <= Decimal::ZERO)
}

fn is_true(value: &Value) -> bool {
    value.as_bool() == Some(true)
}

fn number(of: &Value, name: &str) -> Result<Decimal, Refused> {
    let text = match &of[name] {
        Value::Number(number) => number.to_string(),
        _ => return Err(Refused::bad(format!("{name} is required."))),
    };
    Decimal::from_str_exact(&text).map_err(|_| Refused::bad(format!("{name} is not an amount.")))
}

/// Zero if it is not there.
pub(super) fn optional(of: &Value, name: &str) -> Result<Decimal, Refused> {
    if of[name].is_null() { Ok(Decimal::ZERO) } else { number(of, name) }
}

pub(super) fn equal(of: &Value, name: &str, expected: Decimal) -> Result<(), Refused> {
    if number(of, name)? == expected { Ok(()) } else { Err(differs(name, expected)) }
}

fn differs(name: &str, expected: Decimal) -> Refused {
    Refused::bad(format!("{name} does not add up: it is {expected}."))
}

/// Half a satang goes up.
fn rounded(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const INLINE: Vat = Vat { rate: 7, inline: true };

    fn tea() -> Value {
        serde_json::from_str(
            r#"{"isVat":true,"isVatInclusive":true,
                "items":[{"type":5,"name":"ชาเขียว 100 g","quantity":1,"pricePerUnit":267.50,"discountAmount":0,"vatRate":7,"total":267.50}],
                "subTotal":267.50,"total":267.50,"totalAfterDiscount":267.50,"exemptAmount":0,"vatableAmount":250.00,"vatAmount":17.50,"grandTotal":267.50}"#,
        )
        .unwrap()
    }

    #[test]
    fn what_adds_up_is_taken() {
        assert_eq!(check(&tea(), INLINE), Ok(()));
    }

    #[test]
    fn a_satang_of_difference_is_refused_and_named() {
        for name in ["subTotal", "total", "totalAfterDiscount", "vatableAmount", "vatAmount", "grandTotal"] {
            let mut document = tea();
            document[name] = serde_json::from_str("267.51").unwrap();
            let refused = check(&document, INLINE).unwrap_err();
            assert!(format!("{refused:?}").contains(&format!("{name} does not add up")), "{refused:?}");
        }
    }

    #[test]
    fn vat_is_rounded_once_half_up() {
        let amount = |text: &str| Decimal::from_str_exact(text).unwrap();
        assert_eq!(tax(amount("550.00"), 7, true), (amount("514.02"), amount("35.98")));
        assert_eq!(tax(amount("267.50"), 7, true), (amount("250.00"), amount("17.50")));
        assert_eq!(tax(amount("250.00"), 7, false), (amount("250.00"), amount("17.50")));
        assert_eq!(tax(amount("0.50"), 7, false).1, amount("0.04"));
    }

    #[test]
    fn lines_without_vat_are_the_exempt_amount() {
        let mut document = tea();
        let fruit = json!({ "type": 3, "name": "มะม่วง", "quantity": 2, "pricePerUnit": 50, "vatRate": 0, "total": 100 });
        document["items"].as_array_mut().unwrap().push(fruit);
        for (name, value) in [
            ("subTotal", "367.50"),
            ("total", "367.50"),
            ("totalAfterDiscount", "367.50"),
            ("exemptAmount", "100"),
            ("grandTotal", "367.50"),
        ] {
            document[name] = serde_json::from_str(value).unwrap();
        }
        assert_eq!(check(&document, INLINE), Ok(()));
        document["exemptAmount"] = json!(0);
        assert!(check(&document, INLINE).is_err());
    }
}
