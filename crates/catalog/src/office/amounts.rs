//! Prices and discounts in the terms of systems that know them in one way only.

use crate::invoice::{Line, Sale};
use rust_decimal::Decimal;
use serde_json::{Number, Value};

/// Systems keep so many digits of a price without VAT; fewer lose satangs of a line.
const NET_PLACES: u32 = 4;
/// And so many of a price with VAT, where a discount had to be shared among pieces.
const GROSS_PLACES: u32 = 6;

/// Everything that is off a sale: of its lines, and of the whole.
pub fn gross_off(sale: &Sale) -> Decimal {
    let of_lines = sale.lines.iter().filter_map(|line| line.discount).map(|amount| amount.0);
    of_lines.chain(sale.discount.map(|amount| amount.0)).sum()
}

/// The price of one without VAT and with its line's discount taken off. `rate` is in percent.
pub fn net_price(line: &Line, include_vat: bool, rate: Decimal) -> Decimal {
    let discount = line.discount.unwrap_or_default().0;
    let one = (line.quantity.0 * line.price.0 - discount) / line.quantity.0;
    let net = match include_vat && !line.no_vat {
        true => one * Decimal::ONE_HUNDRED / (Decimal::ONE_HUNDRED + rate),
        false => one,
    };
    net.round_dp(NET_PLACES).normalize()
}

/// The price of one with VAT and with its line's discount taken off. `rate` is in percent.
pub fn gross_price(line: &Line, include_vat: bool, rate: Decimal) -> Decimal {
    let discount = line.discount.unwrap_or_default().0;
    let one = (line.quantity.0 * line.price.0 - discount) / line.quantity.0;
    let gross = match include_vat || line.no_vat {
        true => one,
        false => one * (Decimal::ONE_HUNDRED + rate) / Decimal::ONE_HUNDRED,
    };
    gross.round_dp(GROSS_PLACES).normalize()
}

/// What is left of a number after others are taken off, as JSON's number. What is no number counts as none; null is more than can be
/// reckoned with.
pub fn less(of: Option<&Value>, off: &[Option<&Value>]) -> Value {
    let left = off.iter().try_fold(read(of), |left, off| left.checked_sub(read(*off)));
    let number = left.and_then(|left| left.normalize().to_string().parse::<Number>().ok());
    number.map_or(Value::Null, Value::Number)
}

fn read(value: Option<&Value>) -> Decimal {
    let text = match value {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text.clone(),
        _ => return Decimal::ZERO,
    };
    text.parse().or_else(|_| Decimal::from_scientific(&text)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sale() -> Sale {
        serde_json::from_value(json!({
            "reference": "A", "date": "2026-11-20", "discount": "5",
            "lines": [{"name": "ชา", "quantity": 2, "price": "267.50", "discount": "53.50"},
                      {"name": "หนังสือ", "quantity": 1, "price": "100", "no_vat": true}]
        }))
        .unwrap()
    }

    #[test]
    fn a_price_loses_its_vat_and_its_share_of_the_discount() {
        let sale = sale();
        assert_eq!(net_price(&sale.lines[0], true, Decimal::from(7)).normalize().to_string(), "225");
        assert_eq!(net_price(&sale.lines[0], false, Decimal::from(7)).normalize().to_string(), "240.75");
        assert_eq!(net_price(&sale.lines[1], true, Decimal::from(7)).normalize().to_string(), "100");
        assert_eq!(gross_off(&sale).to_string(), "58.50");
    }

    #[test]
    fn a_price_gains_its_vat_unless_it_has_it_or_bears_none() {
        let (sale, seven) = (sale(), Decimal::from(7));
        assert_eq!(gross_price(&sale.lines[0], true, seven).to_string(), "240.75");
        assert_eq!(gross_price(&sale.lines[0], false, seven).to_string(), "257.6025");
        assert_eq!(gross_price(&sale.lines[1], false, seven).to_string(), "100");
    }

    #[test]
    fn what_is_free_keeps_its_digits() {
        assert_eq!(less(Some(&json!(40.0)), &[Some(&json!(2)), None]).to_string(), "38");
        assert_eq!(less(Some(&json!("0.3")), &[Some(&json!(0.1))]).to_string(), "0.2");
        assert_eq!(less(None, &[]).to_string(), "0");
        let most = json!(Decimal::MAX.to_string());
        assert_eq!(less(Some(&json!("-1")), &[Some(&most)]), Value::Null);
    }
}
