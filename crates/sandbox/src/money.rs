//! Money without a float: satang as a whole number, and baht with its two digits.

use serde_json::{Number, Value};

/// Reads baht with at most two digits after the point.
pub(crate) fn satang(baht: &str) -> Option<u64> {
    let (whole, part) = baht.split_once('.').unwrap_or((baht, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !digits(whole) || !digits(part) || baht.ends_with('.') {
        return None;
    }
    format!("{whole}{part:0<2}").parse().ok()
}

/// Baht as a JSON number that keeps both digits.
pub(crate) fn baht(satang: i64) -> Value {
    let text = format!("{}.{:02}", satang / 100, satang % 100);
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baht_are_written_with_both_digits() {
        assert_eq!(baht(26_750).to_string(), "267.50");
        assert_eq!(baht(5).to_string(), "0.05");
    }

    #[test]
    fn baht_are_read_to_the_satang() {
        for (baht, expected) in [("267.50", 26_750), ("267.5", 26_750), ("0.01", 1), ("12", 1_200)] {
            assert_eq!(satang(baht), Some(expected), "{baht}");
        }
        for wrong in ["", ".5", "1.", "1.005", "-1", "1,000", "1e2"] {
            assert_eq!(satang(wrong), None, "{wrong}");
        }
    }
}
