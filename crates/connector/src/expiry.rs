//! When what a connection signs in with ends, as far as that is known, and when people are told of it.

use crate::Connection;
use crate::sign_in::TokenRule;
use model::{Field, FieldKind};

/// The field in which people say when a key ends: its system does not tell us.
pub const EXPIRES: &str = "expires";
/// How long before the end people are told.
pub const WARN_MS: i64 = 14 * DAY_MS;
const DAY_MS: i64 = 86_400_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Somebody signs in again.
    SignIn,
    /// Somebody makes another key and enters it.
    Key,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    pub what: What,
    /// In milliseconds since 1970.
    pub at: i64,
}

impl Expiry {
    /// Whether people are to be told.
    pub fn is_near(&self, now: i64) -> bool {
        now >= self.at.saturating_sub(WARN_MS)
    }
}

/// What ends first, and cannot be renewed without a person; nothing where nobody knows of an end.
pub fn of(connection: &Connection, rule: TokenRule) -> Option<Expiry> {
    let tokens = connection.tokens.as_ref().filter(|_| rule == TokenRule::Consent);
    let sign_in = tokens.and_then(|tokens| match &tokens.refresh {
        Some(_) => tokens.refresh_expires_at,
        None => tokens.expires_at,
    });
    let key = connection.text(EXPIRES).and_then(read_date);
    let sign_in = sign_in.map(|at| Expiry { what: What::SignIn, at });
    let key = key.map(|at| Expiry { what: What::Key, at });
    sign_in.into_iter().chain(key).min_by_key(|expiry| expiry.at)
}

/// The beginning of a day, such as 2027-03-31, in UTC; nothing where the text is no day.
pub fn read_date(text: &str) -> Option<i64> {
    let mut parts = text.trim().splitn(3, '-');
    let mut number = |digits: usize| {
        let part = parts.next()?;
        let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i64>().ok().filter(|_| plain)
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let index = usize::try_from(month - 1).ok()?;
    if year < 1970 || !(1..=*days.get(index)?).contains(&day) {
        return None;
    }
    let before = year - 1;
    let leap_days = before / 4 - before / 100 + before / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
    let of_year: i64 = days.iter().take(index).sum();
    Some(((year - 1970) * 365 + leap_days + of_year + day - 1) * DAY_MS)
}

pub(crate) fn field() -> Field {
    Field::new(EXPIRES, FieldKind::Text, "Key ends on", "คีย์หมดอายุวันที่")
        .about(
            "The day on which the key or password ends, where it does: Khlong warns two weeks before.",
            "วันที่คีย์หรือรหัสผ่านหมดอายุ หากมี Khlong จะเตือนล่วงหน้าสองสัปดาห์",
        )
        .example("2027-03-31")
        .advanced()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign_in::Tokens;
    use serde_json::json;

    #[test]
    fn days_are_read_and_what_is_none_is_not() {
        for (text, days) in
            [("1970-01-01", 0), ("2000-02-29", 11_016), ("2000-03-01", 11_017), ("2026-11-27", 20_784)]
        {
            assert_eq!(read_date(text), Some(days * DAY_MS), "{text}");
        }
        for text in [
            "",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-1-01",
            "27.11.2026",
            "2026-11-27T00",
        ] {
            assert_eq!(read_date(text), None, "{text}");
        }
    }

    #[test]
    fn what_ends_first_is_told_and_what_renews_itself_is_not() {
        let fields = json!({ "expires": "1970-01-11" }).as_object().cloned().unwrap_or_default();
        let mut connection = Connection::new("c".into(), "http".into(), fields, Default::default());
        let key = Some(Expiry { what: What::Key, at: 10 * DAY_MS });
        assert_eq!(of(&connection, TokenRule::Consent), key);
        let tokens = Tokens { expires_at: Some(DAY_MS), ..Tokens::new("a") };
        connection.tokens = Some(tokens.clone());
        assert_eq!(of(&connection, TokenRule::Keys), key, "its own keys get another token");
        let sign_in = |at| Some(Expiry { what: What::SignIn, at });
        assert_eq!(of(&connection, TokenRule::Consent), sign_in(DAY_MS));
        let renewable = Tokens { refresh: Some("r".into()), refresh_expires_at: Some(2 * DAY_MS), ..tokens };
        connection.tokens = Some(renewable.clone());
        assert_eq!(of(&connection, TokenRule::Consent), sign_in(2 * DAY_MS));
        connection.tokens = Some(Tokens { refresh_expires_at: None, ..renewable });
        assert_eq!(of(&connection, TokenRule::Consent), key);
    }
}
