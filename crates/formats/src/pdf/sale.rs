//! What a document is made of: the sale, as accounting systems are told of it, and who sells.

use crate::given;
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};

/// Thailand has one time zone and no summer time.
const BANGKOK_SECS: i32 = 7 * 3_600;

/// An exact amount, written as a text or a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub Decimal);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = given::trimmed(from)?;
        Decimal::from_str_exact(&text)
            .map(Self)
            .map_err(|_| de::Error::custom("an amount is expected, such as 267.50"))
    }
}

/// A company or a person on a document.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Party {
    #[serde(deserialize_with = "given::trimmed")]
    pub code: String,
    #[serde(deserialize_with = "given::trimmed")]
    pub name: String,
    #[serde(deserialize_with = "given::or_default")]
    pub company: bool,
    #[serde(deserialize_with = "given::trimmed")]
    pub tax_id: String,
    #[serde(deserialize_with = "given::trimmed")]
    pub branch: String,
    #[serde(deserialize_with = "given::trimmed")]
    pub address: String,
    #[serde(deserialize_with = "given::trimmed")]
    pub zip: String,
    #[serde(deserialize_with = "given::trimmed")]
    pub email: String,
    #[serde(deserialize_with = "given::trimmed")]
    pub phone: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    #[serde(default, deserialize_with = "given::trimmed")]
    pub sku: String,
    #[serde(deserialize_with = "given::trimmed")]
    pub name: String,
    pub quantity: Amount,
    #[serde(default, deserialize_with = "given::trimmed")]
    pub unit: String,
    /// Of one; a delivery note may be without.
    #[serde(default, deserialize_with = "given::or_default")]
    pub price: Option<Amount>,
    /// Off the line.
    #[serde(default, deserialize_with = "given::or_default")]
    pub discount: Amount,
    #[serde(default, deserialize_with = "given::or_default")]
    pub no_vat: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Sale {
    #[serde(default, deserialize_with = "given::trimmed")]
    pub reference: String,
    #[serde(deserialize_with = "given::trimmed")]
    pub date: String,
    #[serde(default, deserialize_with = "given::trimmed")]
    pub due_date: String,
    #[serde(default, deserialize_with = "given::trimmed")]
    pub currency: String,
    #[serde(default, deserialize_with = "given::or_default")]
    pub buyer: Party,
    pub lines: Vec<Line>,
    #[serde(default, deserialize_with = "given::or_default")]
    pub prices_include_vat: bool,
    /// Off the whole document, in the same terms as the prices.
    #[serde(default, deserialize_with = "given::or_default")]
    pub discount: Amount,
    /// What the document has to come to.
    #[serde(default, deserialize_with = "given::or_default")]
    pub total: Option<Amount>,
    #[serde(default, deserialize_with = "given::trimmed")]
    pub note: String,
}

impl Sale {
    pub fn is_baht(&self) -> bool {
        self.currency.is_empty() || self.currency.eq_ignore_ascii_case("THB")
    }
}

/// The day of a time in Thailand; a date alone is that day. Whoever writes years of the Buddhist era means another year than
/// is read here.
pub fn day(text: &str) -> Option<NaiveDate> {
    let bangkok = FixedOffset::east_opt(BANGKOK_SECS);
    let with_zone = DateTime::parse_from_rfc3339(text).ok().zip(bangkok);
    let day = match with_zone {
        Some((time, bangkok)) => Some(time.with_timezone(&bangkok).date_naive()),
        None => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok(),
    };
    day.filter(|day| (1900..2400).contains(&day.year()))
}
