//! What a flow hands over to have an invoice taken back, and what the credit note may come to.

use super::input::ITEMS_MAX;
use super::{Ledger, lacks};
use crate::invoice::{Amount, day};
use crate::values::Text;
use chrono::NaiveDate;
use connector::Error;
use model::money;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub struct CreditNote {
    pub invoice: Text,
    /// The refund's own number.
    pub reference: Text,
    #[serde(default)]
    pub date: Option<String>,
    /// Left out: all of the invoice.
    #[serde(default, deserialize_with = "named")]
    pub lines: Option<Vec<Returned>>,
    #[serde(default)]
    pub reason: Option<String>,
    /// Off the whole note; without it, its share of the invoice's discount.
    #[serde(default)]
    pub discount: Option<Amount>,
    /// What the note has to come to.
    #[serde(default)]
    pub total: Option<Amount>,
    #[serde(default)]
    pub post: bool,
}

#[derive(Debug, Deserialize)]
pub struct Returned {
    pub sku: Text,
    pub quantity: Amount,
    /// Of one; without it, the invoice's own.
    #[serde(default)]
    pub price: Option<Amount>,
}

/// A list that is there, empty where an expression gave nothing. Only a list that a flow does not speak of is `None`: what is
/// missing in the data must not turn a part into the whole.
pub fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Vec<T>>, D::Error> {
    Option::<Vec<T>>::deserialize(from).map(|list| Some(list.unwrap_or_default()))
}

/// Says what an empty list of lines must not mean.
pub fn no_lines() -> Error {
    Error::Input {
        message: "the list of lines to be taken back is empty".into(),
        advice: "Give the lines, or leave the field out where the whole invoice is meant, then retry.".into(),
    }
}

impl CreditNote {
    pub fn check(&self) -> Result<(), Error> {
        let lines = self.named_lines();
        let is_below = |amount: Option<Amount>| amount.is_some_and(|amount| amount < Amount::default());
        let wrong = match (self.invoice.filled(), self.reference.filled()) {
            (None, _) => "number of the invoice",
            (_, None) => "reference of the refund",
            _ if self.lines.as_ref().is_some_and(Vec::is_empty) => return Err(no_lines()),
            _ if lines.len() > ITEMS_MAX => "room for so many lines",
            _ if lines.iter().any(|line| line.quantity <= Amount::default()) => "quantity above zero",
            _ if lines.iter().any(|line| is_below(line.price)) || is_below(self.discount) => {
                "price and discount from zero on"
            }
            _ => return self.day().map(drop),
        };
        Err(lacks(wrong))
    }

    /// The lines that are named; none where all of the invoice is meant.
    pub fn named_lines(&self) -> &[Returned] {
        self.lines.as_deref().unwrap_or_default()
    }

    pub fn is_whole(&self) -> bool {
        self.lines.is_none()
    }

    pub fn day(&self) -> Result<Option<NaiveDate>, Error> {
        self.date.as_deref().filter(|text| !text.trim().is_empty()).map(day).transpose()
    }

    pub fn ledger(&self) -> Ledger<'_> {
        Ledger::new(self.named_lines().iter().map(|line| (line.sku.as_str(), line.quantity.0)))
    }

    /// The reason as it was given, if one was.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty())
    }

    pub fn check_total(&self, system: &str, total: Option<&Value>) -> Result<(), Error> {
        check_total(system, total, self.total.map(|amount| amount.0.to_string()).as_deref())
    }
}

/// Refuses a note that came to another total than was expected, before it is posted. Some systems write it below zero.
pub fn check_total(system: &str, total: Option<&Value>, wanted: Option<&str>) -> Result<(), Error> {
    let is = match total {
        Some(Value::String(text)) => text.clone(),
        Some(total) => total.to_string(),
        None => String::new(),
    };
    let amount = |text: &str| text.trim().trim_start_matches('-').to_owned();
    match wanted {
        Some(wanted) if !money::is_same(&amount(wanted), &amount(&is)) => Err(Error::Refused {
            message: format!(
                "the credit note comes to {} in {system}, and {} was expected",
                amount(&is),
                amount(wanted)
            ),
            advice: format!(
                "Compare lines, prices, discount and taxes; correct or delete the draft in {system}, then retry."
            ),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(lines: Option<Value>) -> Result<bool, Error> {
        let mut input = json!({"invoice": "7", "reference": "R-1"});
        if let Some(lines) = lines {
            input["lines"] = lines;
        }
        let note: CreditNote = serde_json::from_value(input).unwrap();
        note.check().map(|()| note.is_whole())
    }

    #[test]
    fn only_lines_that_nobody_speaks_of_mean_the_whole_invoice() {
        assert_eq!(check(None), Ok(true));
        assert_eq!(check(Some(json!([{"sku": "TEA-100", "quantity": 1}]))), Ok(false));
        for nothing in [json!([]), Value::Null] {
            let error = check(Some(nothing)).unwrap_err();
            assert!(error.to_string().contains("lines to be taken back is empty"), "{error}");
        }
        assert!(check(Some(json!([{"sku": "TEA-100", "quantity": 1, "price": -1}]))).is_err());
    }

    #[test]
    fn a_total_below_zero_is_compared_by_its_amount() {
        let compare = |total: Value, wanted: &str| check_total("ERPNext", Some(&total), Some(wanted));
        assert_eq!(compare(json!(-267.5), "267.50"), Ok(()));
        assert_eq!(compare(json!("267.50"), "267.5"), Ok(()));
        let error = compare(json!(-267.5), "250.00").unwrap_err();
        assert!(error.to_string().contains("comes to 267.5 in ERPNext, and 250.00 was expected"), "{error}");
        assert!(check_total("ERPNext", None, Some("1")).is_err(), "a total that cannot be read is not right");
        assert_eq!(check_total("ERPNext", None, None), Ok(()));
    }
}
