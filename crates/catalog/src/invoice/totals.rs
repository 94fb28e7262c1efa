//! What a sale comes to.

use super::input::{Line, Sale};
use connector::Error;
use formats::vat::{self, Sums, Terms};
use rust_decimal::Decimal;
use serde_json::{Number, Value};

/// What one line comes to, before the document's own discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineTotal {
    pub discount: Decimal,
    pub total: Decimal,
}

/// A document's amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    pub lines: Vec<LineTotal>,
    pub sums: Sums,
}

impl Totals {
    /// Computes them; `rate` is in percent. Where the sale says what it has to come to and this is something else, it is refused.
    pub fn of(sale: &Sale, rate: Decimal) -> Result<Self, Error> {
        let totals = Self::compute(sale, rate).ok_or_else(|| Error::Input {
            message: format!("the amounts of sale {} are too large", sale.reference),
            advice: "Correct prices, quantities and discounts, then retry.".into(),
        })?;
        if totals.sums.after_discount < Decimal::ZERO {
            return Err(Error::Input {
                message: format!("the discount of sale {} is larger than the sale", sale.reference),
                advice: "Correct the discount, then retry.".into(),
            });
        }
        match sale.total {
            Some(wanted) if wanted.0 != totals.sums.grand => Err(Error::Refused {
                message: format!(
                    "sale {} comes to {} with VAT, and {} was expected: a difference of {}",
                    sale.reference,
                    totals.sums.grand,
                    wanted.0,
                    totals.sums.grand - wanted.0
                ),
                advice: "Compare prices, discounts, shipping and whether prices include VAT; correct the data, then retry.".into(),
            }),
            _ => Ok(totals),
        }
    }

    fn compute(sale: &Sale, rate: Decimal) -> Option<Self> {
        let lines = sale.lines.iter().map(line_total).collect::<Option<Vec<_>>>()?;
        let discount = sale.discount.map_or(Decimal::ZERO, |discount| discount.0);
        let terms = Terms { discount, rate, prices_include_vat: sale.prices_include_vat };
        let both = lines.iter().zip(&sale.lines).map(|(total, line)| (total.total, line.no_vat));
        Some(Self { sums: Sums::of(both, terms)?, lines })
    }
}

fn line_total(line: &Line) -> Option<LineTotal> {
    let discount = line.discount.map_or(Decimal::ZERO, |discount| vat::round(discount.0));
    let total = vat::line_total(line.quantity.0, line.price.0, discount)?;
    Some(LineTotal { discount, total })
}

/// An amount as JSON's number, with its digits.
pub fn number(amount: Decimal) -> Value {
    amount.to_string().parse::<Number>().map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sale(value: Value) -> Sale {
        let mut whole = json!({"reference": "A-1", "date": "2026-11-20", "prices_include_vat": true});
        whole.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
        serde_json::from_value(whole).unwrap()
    }

    fn line(quantity: &str, price: &str) -> Value {
        json!({"name": "ชา", "quantity": quantity, "price": price})
    }

    /// Net, VAT and total at 7 %.
    fn told(value: Value) -> String {
        let totals = Totals::of(&sale(value), Decimal::from(7)).unwrap();
        format!("{} {} {}", totals.sums.vatable, totals.sums.vat, totals.sums.grand)
    }

    #[test]
    fn vat_inside_and_on_top_comes_out_as_the_revenue_department_rounds_it() {
        assert_eq!(told(json!({"lines": [line("1", "267.50")]})), "250.00 17.50 267.50");
        assert_eq!(told(json!({"lines": [line("1", "550.00")]})), "514.02 35.98 550.00");
        let on_top = json!({"lines": [line("1", "250")], "prices_include_vat": false});
        assert_eq!(told(on_top), "250.00 17.50 267.50");
        let half = json!({"lines": [line("1", "0.50")], "prices_include_vat": false});
        assert_eq!(told(half), "0.50 0.04 0.54", "0.035 is rounded up");
    }

    #[test]
    fn vat_is_rounded_once_for_the_document_and_not_for_each_line() {
        let three = json!({"lines": [line("1", "9.99"), line("1", "9.99"), line("1", "9.99")]});
        // Line by line it would be 3 × 0.65 = 1.95.
        assert_eq!(told(three), "28.01 1.96 29.97");
    }

    #[test]
    fn discounts_come_off_before_vat_and_what_bears_none_takes_its_share() {
        let mut discounted = line("2", "150.00");
        discounted["discount"] = "32.50".into();
        assert_eq!(told(json!({"lines": [discounted.clone()]})), "250.00 17.50 267.50");
        let mut book = line("1", "100");
        book["no_vat"] = true.into();
        let mixed = sale(json!({"lines": [line("1", "300"), book], "discount": "40"}));
        let totals = Totals::of(&mixed, Decimal::from(7)).unwrap();
        assert_eq!(
            (totals.sums.exempt.to_string(), totals.sums.after_discount.to_string()),
            ("90.00".into(), "360.00".into())
        );
        assert_eq!(
            (totals.sums.vat.to_string(), totals.sums.grand.to_string()),
            ("17.66".into(), "360.00".into())
        );
    }

    #[test]
    fn a_satang_of_difference_is_refused_with_the_difference() {
        let wrong = sale(json!({"lines": [line("1", "267.50")], "total": "267.51"}));
        let error = Totals::of(&wrong, Decimal::from(7)).unwrap_err();
        assert!(matches!(error, Error::Refused { .. }) && error.to_string().contains("-0.01"), "{error}");
        let right = sale(json!({"lines": [line("1", "267.50")], "total": 267.5}));
        assert!(Totals::of(&right, Decimal::from(7)).is_ok());
        let much_off = sale(json!({"lines": [line("1", "10")], "discount": "11"}));
        assert!(matches!(Totals::of(&much_off, Decimal::from(7)), Err(Error::Input { .. })));
    }
}
