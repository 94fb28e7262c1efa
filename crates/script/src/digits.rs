//! Numbers between JSON and Rhai without losing a digit.

use rhai::Dynamic;
use rust_decimal::Decimal;
use serde_json::{Number, Value};
use std::{fmt, sync::Arc};

/// A number with more digits than a script can compute with. It keeps them and gives them back.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Digits(Arc<str>);

/// What errors call [`Digits`]; [`crate::error`] looks for it.
pub(crate) const DIGITS_TYPE: &str = "very long number";

/// Digits that a [`Decimal`] holds for certain: 96 bits are a little over 28 of them.
const DECIMAL_DIGITS_MAX: usize = 28;

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An integer becomes an integer, a fraction a decimal with the same scale ("1070.0" stays "1070.0"), and what fits
/// neither keeps its text.
pub(crate) fn number_in(number: &Number) -> Dynamic {
    let text = number.as_str();
    if let Ok(int) = text.parse::<i64>() {
        return int.into();
    }
    match decimal(text) {
        Some(decimal) => decimal.into(),
        None => Dynamic::from(Digits(text.into())),
    }
}

/// The decimal that is exactly `text`, or nothing.
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    if !text.contains(['e', 'E']) {
        return Decimal::from_str_exact(text).ok();
    }
    // `from_scientific` rounds what is too long, so count first.
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let exponent: i32 = exponent.parse().ok()?;
    let scale = i32::try_from(fraction).ok()?.checked_sub(exponent)?;
    let fits = digits <= DECIMAL_DIGITS_MAX && (0..=DECIMAL_DIGITS_MAX as i32).contains(&scale)
        || (scale < 0 && digits as i32 - scale <= DECIMAL_DIGITS_MAX as i32);
    if fits { Decimal::from_scientific(text).ok() } else { None }
}

/// Writes digits that are known to be a JSON number.
pub(crate) fn number_out(digits: String) -> Value {
    Value::Number(Number::from_string_unchecked(digits))
}
