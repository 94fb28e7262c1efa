//! Payment of a document.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;

use super::answer::Refused;
use super::totals::{equal, optional};

/// The ways of payment, by their numbers, and how the name of each one's schema ends.
const METHODS: [(u64, &str); 4] = [(1, "Cash"), (3, "Cheque"), (5, "Transfer"), (7, "CreditCard")];

/// What must be there when a document is paid at once.
pub(super) fn check(document: &Value, inline: bool, checks_type: bool) -> Result<(), Refused> {
    let method = document["paymentMethod"].as_u64();
    let way = METHODS.iter().find(|(number, _)| Some(*number) == method);
    let (_, name) = way.ok_or_else(|| Refused::bad("paymentMethod is 1, 3, 5 or 7."))?;
    date(document, "paymentDate")?;
    let given = text(document, "documentPaymentStructureType")?;
    let structure = if inline { "Inline" } else { "Simple" };
    if checks_type && given != format!("{structure}DocumentWithPaymentReceiving{name}") {
        return Err(Refused::bad("documentPaymentStructureType does not fit paymentMethod."));
    }
    all_of_it(document, document)
}

/// What is collected is what the document comes to.
pub(super) fn all_of_it(payment: &Value, document: &Value) -> Result<(), Refused> {
    let due: Decimal = optional(document, "grandTotal")?;
    equal(payment, "collected", due)
}

pub(super) fn date(of: &Value, name: &str) -> Result<NaiveDate, Refused> {
    let given = text(of, name)?;
    NaiveDate::parse_from_str(given, "%Y-%m-%d").map_err(|_| Refused::bad(format!("{name} is not a date.")))
}

pub(super) fn text<'a>(of: &'a Value, name: &str) -> Result<&'a str, Refused> {
    let given = of[name].as_str().filter(|text| !text.is_empty());
    given.ok_or_else(|| Refused::bad(format!("{name} is required.")))
}
