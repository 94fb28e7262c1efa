//! Values as people, scripts and other systems write them: a postcode that came as a number, an amount that came as a text.
//!
//! Texts and numbers are taken for each other without losing a digit: no id and no amount ever becomes a binary number.

mod id;
mod money;
mod number;
mod rows;
mod text;

pub use id::{IDS_MAX, Id, Ids};
pub use money::{Amount, BAHT_MAX, Baht, Money, baht};
pub use number::{Digits, Limit, Quantity, Whole, whole};
pub use rows::{records, rows, rows_or_none};
pub use text::{Filled, Text, Texts, filled, parts, text};

use serde::{Deserialize, Deserializer};

/// A field whose form was left empty says what its absence says.
pub fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
