//! What a plain word of YAML is: nothing, true or false, a number, or a text (the core schema of YAML 1.2).

use serde_json::{Number, Value};

pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

/// A number with the digits that it is written with.
///
/// `0812345678` stays a text: it is a telephone number or a postcode somebody forgot to quote, and its zero counts.
fn number(text: &str) -> Option<Number> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some(number) = whole(digits, "0x", 16).or_else(|| whole(digits, "0o", 8)) {
        return sign.is_empty().then_some(number);
    }
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (int, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let only_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_zero_led = int.len() > 1 && int.starts_with('0');
    if !only_digits(int) || !only_digits(fraction) || int.len() + fraction.len() == 0 || is_zero_led {
        return None;
    }
    let mut written = format!("{sign}{}", if int.is_empty() { "0" } else { int });
    if !fraction.is_empty() {
        written.push('.');
        written.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        let power = exponent.trim_start_matches(['+', '-']);
        if power.is_empty() || power.len() > 3 || !only_digits(power) || exponent.len() > power.len() + 1 {
            return None;
        }
        written.push('e');
        written.push_str(exponent);
    }
    serde_json::from_str(&written).ok()
}

fn whole(digits: &str, prefix: &str, radix: u32) -> Option<Number> {
    let digits = digits.strip_prefix(prefix).filter(|digits| !digits.starts_with('+'))?;
    u64::from_str_radix(digits, radix).ok().map(Number::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_yaml_1_2_says() {
        let read = |text: &str| plain(text).to_string();
        for (text, json) in [
            ("~", "null"),
            ("", "null"),
            ("True", "true"),
            ("no", "\"no\""),
            ("on", "\"on\""),
            ("12", "12"),
            ("-0", "-0"),
            ("+1.50", "1.50"),
            (".5", "0.5"),
            ("1.", "1"),
            ("6.02e23", "6.02e+23"),
            ("0x1F", "31"),
            ("0o17", "15"),
            ("18446744073709551616123", "18446744073709551616123"),
        ] {
            assert_eq!(read(text), json, "{text}");
        }
        for text in [
            "0812345678",
            "10110x",
            ".",
            "-",
            "1e",
            "1e99999",
            "2026-11-27",
            "3.0.3",
            "1_000",
            ".inf",
            "0x",
            "e5",
            "--1",
        ] {
            assert_eq!(plain(text), Value::String(text.to_owned()), "{text}");
        }
    }
}
