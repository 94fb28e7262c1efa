//! Money without a float: satang as a whole number, and how they are written.

use serde_json::{Number, Value};

/// `"1070.00"`
pub(crate) fn money(satang: i64) -> String {
    let sign = if satang < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", satang.unsigned_abs() / 100, satang.unsigned_abs() % 100)
}

/// The same as a JSON number with its two digits: `1070.00`, never through a float.
pub(crate) fn number(satang: i64) -> Value {
    money(satang).parse::<Number>().map_or(Value::Null, Value::Number)
}

/// The same without zeros that say nothing: `1070`, `149.25`, `99.5`.
pub(crate) fn short(satang: i64) -> Value {
    let text = money(satang);
    let text = text.strip_suffix(".00").or(text.strip_suffix('0')).unwrap_or(&text);
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

/// Reads an amount that a caller wrote as text or number, with at most two decimals.
pub(crate) fn satang(value: &Value) -> Option<i64> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    match text.strip_prefix('-') {
        Some(rest) => read(rest).map(|satang| -satang),
        None => read(&text),
    }
}

/// Reads baht as the couriers take them: nothing below nothing, and no more than two digits written after the point.
pub(crate) fn plain_satang(baht: &str) -> Option<u64> {
    let places = baht.split_once('.').map(|(_, part)| part.len());
    match places {
        None | Some(1 | 2) => read(baht)?.try_into().ok(),
        Some(_) => None,
    }
}

fn read(digits: &str) -> Option<i64> {
    let (baht, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if baht.is_empty() || part.len() > 2 || !plain(baht) || !plain(part) {
        return None;
    }
    let baht: i64 = baht.parse().ok()?;
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    baht.checked_mul(100)?.checked_add(part)
}

/// The VAT inside a gross amount, half up.
pub(crate) fn vat_within(satang: i64) -> i64 {
    (satang * 14 + 107) / 214 // satang * 7 / 107, rounded
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn amounts_are_written_and_read_back_to_the_satang() {
        for (amount, text) in [(107_000, "1070.00"), (5, "0.05"), (0, "0.00"), (-1_050, "-10.50")] {
            assert_eq!(money(amount), text);
            assert_eq!(satang(&json!(text)), Some(amount));
            assert_eq!(number(amount).to_string(), text);
        }
        let shorter = [107_000, 14_925, 9_950, 0].map(|amount| short(amount).to_string());
        assert_eq!(shorter, ["1070", "149.25", "99.5", "0"]);
        assert_eq!(satang(&json!("590")), Some(59_000));
        assert_eq!(satang(&json!("590.5")), Some(59_050));
        assert_eq!(satang(&json!("590.5000")), Some(59_050));
        for wrong in [json!(""), json!("1.005"), json!("1,000"), json!(null), json!("x"), json!("1.2.3")] {
            assert_eq!(satang(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_vat_inside_a_price_is_rounded_half_up() {
        assert_eq!(vat_within(10_700), 700);
        assert_eq!(vat_within(10_000), 654);
        assert_eq!(vat_within(0), 0);
    }

    #[test]
    fn couriers_take_baht_with_two_places_at_most() {
        for (baht, expected) in [("267.50", 26_750), ("267.5", 26_750), ("0.01", 1), ("12", 1_200)] {
            assert_eq!(plain_satang(baht), Some(expected), "{baht}");
        }
        for wrong in ["", ".5", "1.", "1.005", "1.500", "-1", "1,000", "1e2"] {
            assert_eq!(plain_satang(wrong), None, "{wrong}");
        }
    }
}
