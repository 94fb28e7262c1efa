//! What a connection says of VAT, and whether a system made what it was told.

use super::totals::Totals;
use connector::{Connection, Error};
use rust_decimal::Decimal;
use serde_json::Value;

/// Today's rate in Thailand in percent, where a connection says no other: decrees renew it from year to year.
pub const VAT_RATE: &str = "7";

/// The rate of VAT in percent.
pub fn vat_rate(connection: &Connection) -> Result<Decimal, Error> {
    let text = connection.text("vat_rate").unwrap_or(VAT_RATE).trim();
    let rate = text.parse::<Decimal>().ok();
    rate.filter(|rate| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(rate)).ok_or_else(|| {
        Error::Connection {
            message: format!("\"{text}\" is no rate of VAT"),
            advice: "Write it in the connection in percent, such as 7.".into(),
        }
    })
}

/// Refuses a document that came to another total than was computed. It is made, and a person has to look at it.
pub fn check_made(
    system: &str,
    number: Option<&Value>,
    total: Option<&Value>,
    totals: &Totals,
) -> Result<(), Error> {
    let wanted = totals.sums.grand.to_string();
    match total.filter(|total| total.is_number()).map(Value::to_string) {
        Some(total) if !model::money::is_same(&total, &wanted) => Err(Error::Refused {
            message: format!(
                "{system} made {} with a total of {total}, and {wanted} was expected",
                number.and_then(Value::as_str).unwrap_or("the document")
            ),
            advice: format!(
                "Compare the rate of VAT in {system} with the connection's; void the document if it is wrong, then retry."
            ),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with(rate: &str) -> Result<String, Error> {
        let fields = json!({"vat_rate": rate}).as_object().cloned().unwrap_or_default();
        let connection = Connection::new("c".into(), "xero".into(), fields, Default::default());
        vat_rate(&connection).map(|rate| rate.to_string())
    }

    #[test]
    fn a_rate_is_a_percentage_and_today_s_where_nothing_is_said() {
        assert_eq!(with("").unwrap(), "7");
        assert_eq!(with(" 10 ").unwrap(), "10");
        for wrong in ["-7", "107", "seven"] {
            assert!(matches!(with(wrong), Err(Error::Connection { .. })), "{wrong}");
        }
    }
}
