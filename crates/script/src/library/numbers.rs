//! Reading, writing and dividing numbers.

use super::{Answer, Doc, Shelf, wrong};
use crate::digits::{Digits, decimal};
use model::money::grouped;
use rhai::{Dynamic, EvalAltResult};
use rust_decimal::{Decimal, MathematicalOps, RoundingStrategy, prelude::ToPrimitive};
use std::cmp::Ordering;

/// Digits after the point that a decimal can have.
const SCALE_MAX: i64 = 28;

pub(crate) fn register(shelf: &mut Shelf) {
    shelf
        .add(
            Doc("decimal(value)", "Makes a number of a text such as a shop's price. Spaces around it are fine; anything else that is no number is an error.", r#"decimal("1070.00") + 5"#, "1075.00"),
            |value: Dynamic| decimal_of(&value),
        )
        .add(
            Doc("parse_number(text)", "Reads a number as people write it: with commas between thousands, Thai digits, a currency sign.", r#"parse_number("฿ 1,234.50")"#, "1234.50"),
            parse_number,
        )
        .add(
            Doc("format_number(number, digits)", "Writes a number with commas between thousands and so many digits after the point, rounded half up.", "format_number(1234567.5, 2)", r#""1,234,567.50""#),
            |value: Dynamic, digits: i64| Ok::<_, Box<EvalAltResult>>(with_commas(round(decimal_of(&value)?, digits)?)),
        )
        .add(
            Doc("div(a, b)", "Divides exactly, where `/` between two whole numbers drops the remainder: 7 / 2 is 3.", "div(7, 2)", "3.5"),
            |a: Dynamic, b: Dynamic| Answer::Ok(div(decimal_of(&a)?, decimal_of(&b)?)?.normalize()),
        )
        .add(
            Doc("round_to(number, digits)", "Rounds half up (away from zero) to so many digits after the point.", "round_to(2.345, 2)", "2.35"),
            |value: Dynamic, digits: i64| round(decimal_of(&value)?, digits),
        )
        .add(
            Doc("percent_of(percent, number)", "So many percent of a number.", "percent_of(15, 250)", "37.5"),
            |percent: Dynamic, value: Dynamic| {
                let parts = multiply(decimal_of(&percent)?, decimal_of(&value)?)?;
                Answer::Ok(div(parts, Decimal::ONE_HUNDRED)?.normalize())
            },
        )
        .add(
            Doc("whole(number)", "The whole number that a value is. A fraction, or a text that is no number, is an error.", r#"whole("12")"#, "12"),
            whole,
        )
        .add(
            Doc("is_number(value)", "Is it a number, or a text that is one?", r#"is_number("12.50")"#, "true"),
            |value: Dynamic| decimal_of(&value).is_ok(),
        )
        .of_rhai(Doc("abs(number)", "The number without its sign.", "abs(-3)", "3"))
        .of_rhai(Doc("min(a, b)", "The smaller of two numbers.", "min(2, 5)", "2"))
        .of_rhai(Doc("max(a, b)", "The larger of two numbers.", "max(2, 5)", "5"))
        // Rhai's own panic where the result has no end.
        .more("sin", |x: Decimal| x.checked_sin().ok_or_else(too_large))
        .more("cos", |x: Decimal| x.checked_cos().ok_or_else(too_large))
        .more("tan", |x: Decimal| x.checked_tan().ok_or_else(too_large))
        .more("==", |a: Digits, b: Digits| a == b)
        .more("!=", |a: Digits, b: Digits| a != b)
        .more("to_string", |digits: Digits| digits.to_string())
        .more("to_debug", |digits: Digits| digits.to_string());
    shelf.rhai.register_type_with_name::<Digits>(crate::digits::DIGITS_TYPE);
}

/// The number in a value: a whole number, a decimal, or a text that is nothing but a number.
pub(crate) fn decimal_of(value: &Dynamic) -> Answer<Decimal> {
    if let Ok(int) = value.as_int() {
        return Ok(Decimal::from(int));
    }
    if let Ok(decimal) = value.as_decimal() {
        return Ok(decimal);
    }
    if value.is_unit() {
        return Err(wrong("A number is missing here. Give one to use instead: `(line.price ?? 0)`."));
    }
    let text = value.as_immutable_string_ref().map_err(|_| wrong("A number is needed here."))?;
    decimal(text.trim()).ok_or_else(|| {
        wrong("This text is no number. `parse_number` reads numbers with commas and currency signs.")
    })
}

/// Orders numbers by value, whatever their kind.
pub(crate) fn compare_numbers(a: &Dynamic, b: &Dynamic) -> Option<Ordering> {
    if let (Ok(a), Ok(b)) = (a.as_int(), b.as_int()) {
        return Some(a.cmp(&b));
    }
    let number = |value: &Dynamic| value.as_int().map(Decimal::from).or_else(|_| value.as_decimal()).ok();
    Some(number(a)?.cmp(&number(b)?))
}

pub(crate) fn too_large() -> Box<EvalAltResult> {
    let message = "The number becomes too large: there are 28 digits in all".to_owned();
    EvalAltResult::ErrorArithmetic(message, rhai::Position::NONE).into()
}

pub(crate) fn add(a: Decimal, b: Decimal) -> Answer<Decimal> {
    a.checked_add(b).ok_or_else(too_large)
}

pub(crate) fn multiply(a: Decimal, b: Decimal) -> Answer<Decimal> {
    a.checked_mul(b).ok_or_else(too_large)
}

pub(crate) fn div(a: Decimal, b: Decimal) -> Answer<Decimal> {
    if b.is_zero() {
        let message = "Nothing can be divided by 0".to_owned();
        return Err(EvalAltResult::ErrorArithmetic(message, rhai::Position::NONE).into());
    }
    a.checked_div(b).ok_or_else(too_large)
}

/// Rounds half up and writes all the digits asked for: 2 becomes 2.00.
pub(crate) fn round(value: Decimal, digits: i64) -> Answer<Decimal> {
    round_by(value, digits, RoundingStrategy::MidpointAwayFromZero)
}

pub(crate) fn round_by(value: Decimal, digits: i64, strategy: RoundingStrategy) -> Answer<Decimal> {
    if !(0..=SCALE_MAX).contains(&digits) {
        return Err(wrong("Digits after the point can be 0 to 28."));
    }
    let mut rounded = value.round_dp_with_strategy(digits as u32, strategy);
    rounded.rescale(digits as u32);
    // `rescale` keeps a smaller scale where the digits have no room.
    if rounded.scale() == digits as u32 { Ok(rounded) } else { Err(too_large()) }
}

fn parse_number(text: &str) -> Answer<Decimal> {
    let digits = super::thai::arabic_digits(text);
    let kept: String =
        digits.chars().filter(|letter| !letter.is_whitespace() && !",฿$€£¥".contains(*letter)).collect();
    let kept = kept.trim_end_matches("บาท").trim_end_matches("THB");
    decimal(kept).ok_or_else(|| wrong("There is no number in this text."))
}

pub(crate) fn with_commas(value: Decimal) -> String {
    // A rounded amount may be minus nothing.
    let value = if value.is_zero() { value.abs() } else { value };
    grouped(&value.to_string())
}

fn whole(value: Dynamic) -> Answer<i64> {
    let number = decimal_of(&value)?;
    if !number.fract().is_zero() {
        return Err(wrong("This number has a fraction. Round it first: `round_to(x, 0)`."));
    }
    number.to_i64().ok_or_else(too_large)
}
