//! What a document comes to, to the satang.

use super::sale::{Line, Sale};
use crate::vat::{self, Sums, Terms};
use connector::Error;
use rust_decimal::Decimal;

/// A document's amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    pub lines: Vec<Decimal>,
    pub sums: Sums,
}

impl Totals {
    /// Computes them; `rate` is in percent. Where this is not what the sale says it comes to, it is refused.
    pub fn of(sale: &Sale, rate: Decimal) -> Result<Self, Error> {
        let totals = Self::compute(sale, rate).ok_or_else(|| Error::Input {
            message: "the amounts are too large".into(),
            advice: "Correct prices, quantities and discounts, then retry.".into(),
        })?;
        if totals.sums.after_discount < Decimal::ZERO || totals.lines.iter().any(|line| *line < Decimal::ZERO)
        {
            return Err(Error::Input {
                message: "a discount is larger than what it is off".into(),
                advice: "Correct the discount, then retry.".into(),
            });
        }
        match sale.total {
            Some(wanted) if wanted.0 != totals.sums.grand => Err(Error::Refused {
                message: format!(
                    "the lines come to {} with VAT of {}, and {} was expected: a difference of {}",
                    totals.sums.grand,
                    totals.sums.vat,
                    wanted.0,
                    totals.sums.grand - wanted.0
                ),
                advice: "Compare prices, discounts, shipping, the rate and whether prices include VAT; correct the data, then retry.".into(),
            }),
            _ => Ok(totals),
        }
    }

    fn compute(sale: &Sale, rate: Decimal) -> Option<Self> {
        let lines = sale.lines.iter().map(line_total).collect::<Option<Vec<_>>>()?;
        let terms = Terms { discount: sale.discount.0, rate, prices_include_vat: sale.prices_include_vat };
        let both = lines.iter().zip(&sale.lines).map(|(total, line)| (*total, line.no_vat));
        Some(Self { sums: Sums::of(both, terms)?, lines })
    }
}

fn line_total(line: &Line) -> Option<Decimal> {
    vat::line_total(line.quantity.0, line.price.unwrap_or_default().0, line.discount.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn totals(value: Value) -> Result<Totals, Error> {
        let mut whole = json!({"reference": "A-1", "date": "2026-11-20", "prices_include_vat": true});
        whole.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
        Totals::of(&serde_json::from_value(whole).unwrap(), Decimal::from(7))
    }

    fn line(quantity: &str, price: &str) -> Value {
        json!({"name": "ชา", "quantity": quantity, "price": price})
    }

    fn told(value: Value) -> String {
        let totals = totals(value).unwrap();
        format!("{} {} {}", totals.sums.vatable, totals.sums.vat, totals.sums.grand)
    }

    #[test]
    fn vat_inside_and_on_top_is_rounded_once_for_the_document() {
        assert_eq!(told(json!({"lines": [line("1", "267.50")]})), "250.00 17.50 267.50");
        assert_eq!(
            told(json!({"lines": [line("1", "250")], "prices_include_vat": false})),
            "250.00 17.50 267.50"
        );
        let three = json!({"lines": [line("1", "9.99"), line("1", "9.99"), line("1", "9.99")]});
        assert_eq!(told(three), "28.01 1.96 29.97");
        let mut book = line("1", "100");
        book["no_vat"] = true.into();
        let mixed = totals(json!({"lines": [line("1", "300"), book], "discount": "40"})).unwrap();
        assert_eq!(
            (mixed.sums.exempt.to_string(), mixed.sums.vat.to_string()),
            ("90.00".into(), "17.66".into())
        );
    }

    #[test]
    fn a_satang_of_difference_is_refused_with_the_difference() {
        let error = totals(json!({"lines": [line("1", "267.50")], "total": "267.51"})).unwrap_err();
        assert!(
            matches!(error, Error::Refused { .. }) && error.to_string().ends_with("a difference of -0.01"),
            "{error}"
        );
        assert!(totals(json!({"lines": [line("1", "267.50")], "total": 267.5})).is_ok());
        assert!(totals(json!({"lines": [line("1", "10")], "discount": "11"})).is_err());
        let huge = "9999999999999999999999999999";
        assert!(totals(json!({"lines": [line(huge, huge)]})).is_err());
    }
}
