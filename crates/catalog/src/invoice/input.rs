//! What a flow hands over.

use crate::values::{self, Text};
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use connector::Error;
use formats::vat;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};

pub const LINES_MAX: usize = 500;
/// More than any line comes to; below it, nothing that is computed here leaves the digits that are computed with.
const AMOUNT_MAX: u64 = 1_000_000_000_000;
/// Thailand has one time zone and no summer time.
const BANGKOK_SECS: i32 = 7 * 3_600;

/// An exact amount, written as a text or a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub Decimal);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = values::text(from).unwrap_or_default();
        let amount = Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text));
        amount.map(Self).map_err(|_| de::Error::custom("an amount is expected, such as 267.50"))
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Sale {
    /// The shop's own number: what the system is asked for before anything is made.
    pub reference: Text,
    pub date: String,
    #[serde(default)]
    pub due_date: Option<String>,
    #[serde(default)]
    pub currency: Option<String>,
    #[serde(default)]
    pub buyer: Buyer,
    pub lines: Vec<Line>,
    #[serde(default)]
    pub prices_include_vat: bool,
    /// Off the whole document, in the same terms as the prices.
    #[serde(default)]
    pub discount: Option<Amount>,
    /// What the document has to come to.
    #[serde(default)]
    pub total: Option<Amount>,
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Buyer {
    pub code: Option<Text>,
    pub name: Option<String>,
    pub company: bool,
    pub tax_id: Option<Text>,
    pub branch: Option<Text>,
    pub address: Option<String>,
    pub zip: Option<Text>,
    pub email: Option<String>,
    pub phone: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    #[serde(default)]
    pub sku: Option<Text>,
    pub name: String,
    pub quantity: Amount,
    #[serde(default)]
    pub unit: Option<String>,
    /// Of one.
    pub price: Amount,
    /// Off the line.
    #[serde(default)]
    pub discount: Option<Amount>,
    #[serde(default)]
    pub no_vat: bool,
}

impl Line {
    fn is_sound(&self) -> bool {
        let most = Decimal::from(AMOUNT_MAX);
        let is_amount = |amount: Decimal| amount >= Decimal::ZERO && amount <= most;
        let total = self.quantity.0.checked_mul(self.price.0);
        self.quantity.0 > Decimal::ZERO
            && self.price.0 >= Decimal::ZERO
            && total.is_some_and(is_amount)
            && is_amount(self.discount.unwrap_or_default().0)
            && !self.name.trim().is_empty()
    }

    /// What the line comes to; nothing where its own discount takes more than that.
    fn total(&self) -> Decimal {
        let discount = self.discount.unwrap_or_default().0;
        let total = vat::line_total(self.quantity.0, self.price.0, discount).unwrap_or_default();
        total.max(Decimal::ZERO)
    }
}

impl Sale {
    pub fn check(&self) -> Result<(), Error> {
        let reference = self.reference.filled().ok_or_else(|| mistake("the sale has no reference".into()))?;
        if self.lines.is_empty() || self.lines.len() > LINES_MAX {
            return Err(mistake(format!(
                "sale {reference} has {} lines; 1 to {LINES_MAX} are possible",
                self.lines.len()
            )));
        }
        let wrong = self.lines.iter().position(|line| !line.is_sound());
        if let Some(index) = wrong {
            return Err(mistake(format!(
                "line {} of sale {reference} needs a name, a quantity above zero and amounts from 0 to {AMOUNT_MAX}",
                index + 1
            )));
        }
        let discount = self.discount.unwrap_or_default().0;
        if discount < Decimal::ZERO || discount > Decimal::from(AMOUNT_MAX) {
            return Err(mistake(format!("the discount of sale {reference} is not from 0 to {AMOUNT_MAX}")));
        }
        self.day().and_then(|_| self.due_day()).map(drop)
    }

    pub fn day(&self) -> Result<NaiveDate, Error> {
        day(&self.date)
    }

    /// When it has to be paid: at once, unless said otherwise.
    pub fn due_day(&self) -> Result<NaiveDate, Error> {
        match self.due_date.as_deref().filter(|text| !text.trim().is_empty()) {
            Some(text) => day(text),
            None => self.day(),
        }
    }

    pub fn credit_days(&self) -> Result<i64, Error> {
        Ok((self.due_day()? - self.day()?).num_days().max(0))
    }

    /// The same sale with the document's discount taken off its lines, each in its share: some systems know no other discounts
    /// where VAT is told by line.
    pub fn spread(&self) -> Self {
        let totals: Vec<Decimal> = self.lines.iter().map(Line::total).collect();
        let Some(discount) = self.discount.filter(|_| totals.iter().any(|total| !total.is_zero())) else {
            return self.clone();
        };
        let mut sale = Self { discount: None, ..self.clone() };
        for (line, share) in sale.lines.iter_mut().zip(shares(discount.0, &totals)) {
            line.discount = Some(Amount(line.discount.unwrap_or_default().0 + share));
        }
        sale
    }

    pub fn name(&self) -> &str {
        self.buyer.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or("ลูกค้าทั่วไป")
    }
}

/// What each line bears of a discount by its total. No line comes below zero by its share: the last one that costs anything takes
/// the rest, and those before it what that one cannot bear. A discount above all of them stays on the last one, so that it is
/// refused where totals are computed.
fn shares(discount: Decimal, totals: &[Decimal]) -> Vec<Decimal> {
    let all: Decimal = totals.iter().sum();
    let mut left = discount;
    let share = |total: &Decimal| {
        let share = (discount * total / all).round_dp(2).min(*total).min(left);
        left -= share;
        share
    };
    let mut shares: Vec<Decimal> = totals.iter().map(share).collect();
    for (share, total) in shares.iter_mut().zip(totals).rev() {
        let more = left.min(total - *share);
        left -= more;
        *share += more;
    }
    if let Some(last) = totals.iter().rposition(|total| !total.is_zero()) {
        shares[last] += left;
    }
    shares
}

/// The day of a time in Thailand; a date alone is that day.
pub fn day(text: &str) -> Result<NaiveDate, Error> {
    let text = text.trim();
    let bangkok = FixedOffset::east_opt(BANGKOK_SECS);
    let with_zone = DateTime::parse_from_rfc3339(text).ok().zip(bangkok);
    let day = match with_zone {
        Some((time, bangkok)) => Some(time.with_timezone(&bangkok).date_naive()),
        None => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok(),
    };
    // Whoever writes years of the Buddhist era means another year than systems read here.
    day.filter(|day| (1900..2400).contains(&day.year())).ok_or_else(|| {
        mistake(format!("\"{}\" is not a date; write it like 2026-11-20", connector::http::shorten(text)))
    })
}

fn mistake(message: String) -> Error {
    Error::Input { message, advice: "Correct the data or the script before this node, then retry.".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_that_of_thailand() {
        assert_eq!(day("2026-11-20T20:00:00Z").unwrap().to_string(), "2026-11-21");
        assert_eq!(day(" 2026-11-20 ").unwrap().to_string(), "2026-11-20");
        for wrong in ["20/11/2026", "2569-11-20", "", "soon"] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_sale_that_cannot_be_computed_with_is_refused_at_once() {
        let check = |line: serde_json::Value, discount: &str| {
            let sale = serde_json::json!({"reference": "A", "date": "2026-11-20", "discount": discount, "lines": [line]});
            serde_json::from_value::<Sale>(sale).unwrap().check()
        };
        let line = |quantity: &str, price: &str| serde_json::json!({"name": "ชา", "quantity": quantity, "price": price});
        assert_eq!(check(line("1", "267.50"), "0"), Ok(()));
        let huge = "9999999999999999999999999999";
        for (quantity, price, discount) in [
            ("0", "1", "0"),
            ("-1", "1", "0"),
            ("1", "-1", "0"),
            (huge, huge, "0"),
            ("1", huge, "0"),
            ("1", "1", "-5"),
            ("1", "1", huge),
        ] {
            assert!(check(line(quantity, price), discount).is_err(), "{quantity} {price} {discount}");
        }
    }

    #[test]
    fn a_discount_off_everything_is_spread_to_the_last_satang() {
        let line =
            |price: &str| serde_json::json!({"name": "ชา", "quantity": 1, "price": price, "discount": "1"});
        let sale = serde_json::json!({"reference": "A", "date": "2026-11-20", "discount": "10.00",
            "lines": [line("100"), line("100"), line("100")]});
        let spread = serde_json::from_value::<Sale>(sale).unwrap().spread();
        let off: Vec<String> =
            spread.lines.iter().map(|line| line.discount.unwrap().0.normalize().to_string()).collect();
        assert_eq!((off, spread.discount), (vec!["4.33".into(), "4.33".into(), "4.34".into()], None));
    }

    #[test]
    fn a_gift_bears_nothing_of_a_discount_and_no_line_comes_below_zero() {
        let off = |discount: &str, lines: &[(&str, &str)]| {
            let line = |(price, discount): &(&str, &str)| serde_json::json!({"name": "ชา", "quantity": 1, "price": price, "discount": discount});
            let lines: Vec<serde_json::Value> = lines.iter().map(line).collect();
            let sale = serde_json::json!({"reference": "A", "date": "2026-11-20", "discount": discount, "lines": lines});
            let sale = serde_json::from_value::<Sale>(sale).unwrap();
            let (lines, own) = (sale.spread().lines, sale.lines);
            let shares =
                lines.iter().zip(own).map(|(line, own)| line.discount.unwrap().0 - own.discount.unwrap().0);
            shares.map(|share| share.normalize().to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(off("10", &[("100", "0"), ("50", "0"), ("0", "0")]), "6.67 3.33 0");
        assert_eq!(off("10", &[("100", "0"), ("50", "50"), ("50", "60")]), "10 0 0");
        // What rounding takes from every line or leaves of all is more than the last one has.
        assert_eq!(off("0.03", &[("0.01", "0"); 7]), "0 0 0 0 0.01 0.01 0.01");
        assert_eq!(off("0.04", &[("0.01", "0"); 7]), "0.01 0.01 0.01 0.01 0 0 0");
        assert_eq!(off("0.07", &[("0.01", "0"); 7]), "0.01 0.01 0.01 0.01 0.01 0.01 0.01");
        assert_eq!(
            off("20", &[("10", "0"), ("5", "0"), ("0", "0")]),
            "10 10 0",
            "a person has to look at it"
        );
    }

    #[test]
    fn amounts_are_texts_or_numbers_and_keep_their_digits() {
        let read = |text: &str| serde_json::from_str::<Amount>(text).map(|amount| amount.0.to_string()).ok();
        assert_eq!(read("\"267.50\"").as_deref(), Some("267.50"));
        assert_eq!(read("0.1").as_deref(), Some("0.1"));
        assert_eq!(read("\"cheap\""), None);
    }
}
