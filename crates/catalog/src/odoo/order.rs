//! The order that a flow hands over, before Odoo is asked anything.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use connector::Error;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Number, Value};

/// Odoo takes some hundreds of rows in one call with ease.
pub const LINES_MAX: usize = 1_000;

#[derive(Debug, Deserialize)]
pub struct Order {
    /// The shop's own number of the order: what Odoo is asked for before anything is made.
    pub reference: String,
    #[serde(default)]
    pub date: Option<String>,
    #[serde(default)]
    pub currency: Option<String>,
    pub partner: Partner,
    pub lines: Vec<Line>,
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Partner {
    #[serde(rename = "ref")]
    pub reference: Option<Name>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub vat: Option<String>,
    pub street: Option<String>,
    pub city: Option<String>,
    pub zip: Option<Name>,
}

#[derive(Debug, Deserialize)]
pub struct Line {
    pub sku: Name,
    /// What stands on the order; without it, Odoo's own description of the product.
    #[serde(default)]
    pub name: Option<String>,
    pub quantity: Decimal,
    #[serde(default)]
    pub price: Option<Decimal>,
    /// In percent.
    #[serde(default)]
    pub discount: Option<Decimal>,
    /// Whether the price contains the tax. Compared with the product's tax in Odoo, which decides.
    #[serde(default)]
    pub tax_included: Option<bool>,
}

/// A number with its digits. Shops write money as text, so a text that is a number is one too.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Decimal(pub Number);

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = match Value::deserialize(deserializer)? {
            Value::Number(number) => Some(number),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.map(Decimal).ok_or_else(|| de::Error::custom("a number is expected, such as 535.00"))
    }
}

/// A text that some systems write as a number, such as a customer's id or a postcode.
#[derive(Clone, Debug, PartialEq)]
pub struct Name(pub String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            _ => Err(de::Error::custom("a text is expected")),
        }
    }
}

impl Order {
    pub fn check(&self) -> Result<(), Error> {
        if self.reference.trim().is_empty() {
            return Err(mistake("the order has no reference".into()));
        }
        if self.lines.is_empty() {
            return Err(mistake(format!("order {} has no lines", self.reference)));
        }
        if self.lines.len() > LINES_MAX {
            return Err(mistake(format!("order {} has more than {LINES_MAX} lines", self.reference)));
        }
        match self.lines.iter().position(|line| line.sku.0.trim().is_empty()) {
            Some(index) => Err(mistake(format!("line {} of order {} has no SKU", index + 1, self.reference))),
            None => Ok(()),
        }
    }

    /// The date as Odoo writes it: UTC, without a zone.
    pub fn date_utc(&self) -> Result<Option<String>, Error> {
        let Some(text) = self.date.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let with_zone = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc).naive_utc());
        // Noon keeps the date in nearly every time zone.
        let time = with_zone
            .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S"))
            .ok()
            .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(12, 0, 0));
        match time {
            Some(time) => Ok(Some(time.format("%Y-%m-%d %H:%M:%S").to_string())),
            None => {
                Err(mistake(format!("\"{text}\" is not a date; write it like 2026-11-20T10:10:00+07:00")))
            }
        }
    }
}

fn mistake(message: String) -> Error {
    Error::Input { message, advice: "Correct the data or the script before this node, then retry.".into() }
}
