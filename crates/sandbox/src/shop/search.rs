//! The search syntax, as far as pulls use it: `updated_at:>='…'`, `created_at:<…`, `financial_status:paid`, `sku:TEA-100`.

use chrono::{DateTime, Utc};

use super::schema::{Refused, refused};

/// Alternatives, each of terms that must all fit.
pub(super) struct Search(Vec<Vec<Term>>);

enum Term {
    Time { field: String, later: bool, or_equal: bool, than: DateTime<Utc> },
    Text { field: String, value: String },
}

impl Search {
    /// Words without a field are ignored here.
    pub(super) fn parse(text: &str) -> Result<Self, Refused> {
        let mut alternatives = vec![Vec::new()];
        for word in words(text).iter().filter(|word| !word.eq_ignore_ascii_case("and")) {
            if word.eq_ignore_ascii_case("or") {
                alternatives.push(Vec::new());
                continue;
            }
            let Some(terms) = alternatives.last_mut() else { continue };
            let Some((name, value)) = word.split_once(':') else {
                continue;
            };
            if name.ends_with("_at") {
                terms.push(time_term(name, value)?);
            } else {
                // An order is found with and without the mark before its number.
                let value = unquote(value).trim_start_matches('#').to_owned();
                terms.push(Term::Text { field: name.to_owned(), value });
            }
        }
        Ok(Self(alternatives))
    }

    /// `text` gives the value of a field, `None` for a field that is not searched by and so ignored, as Shopify does.
    pub(super) fn fits(
        &self,
        time: impl Fn(&str) -> Option<DateTime<Utc>>,
        text: impl Fn(&str) -> Option<String>,
    ) -> bool {
        let is = |term: &Term| match term {
            // Kept and compared to the second: that is all an answer shows.
            Term::Time { field, later, or_equal, than } => time(field).is_none_or(|time| {
                let (time, than) = (time.timestamp(), than.timestamp());
                let beyond = if *later { time > than } else { time < than };
                beyond || (*or_equal && time == than)
            }),
            Term::Text { field, value } => text(field).is_none_or(|had| had.eq_ignore_ascii_case(value)),
        };
        self.0.iter().any(|terms| terms.iter().all(&is))
    }
}

/// Splits at spaces outside quotes.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for next in text.chars() {
        match (next, quote) {
            ('\'' | '"', None) => quote = Some(next),
            (_, Some(open)) if next == open => quote = None,
            (_, None) if next.is_whitespace() => words.push(std::mem::take(&mut word)),
            _ => {}
        }
        if quote.is_some() || !next.is_whitespace() {
            word.push(next);
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn unquote(text: &str) -> &str {
    text.trim_matches(['\'', '"'])
}

fn time_term(field: &str, value: &str) -> Result<Term, Refused> {
    let (later, or_equal, text) = match value.as_bytes() {
        [b'>', b'=', ..] => (true, true, &value[2..]),
        [b'<', b'=', ..] => (false, true, &value[2..]),
        [b'>', ..] => (true, false, &value[1..]),
        [b'<', ..] => (false, false, &value[1..]),
        _ => (true, true, value),
    };
    let text = unquote(text);
    let full = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let than = DateTime::parse_from_rfc3339(&full)
        .map_err(|_| refused(format!("invalid time {text:?}"), "BAD_USER_INPUT"))?;
    Ok(Term::Time { field: field.to_owned(), later, or_equal, than: than.to_utc() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(search: &str) -> bool {
        let now: DateTime<Utc> = "2026-11-20T03:10:00Z".parse().unwrap();
        let time = |field: &str| (field == "updated_at").then_some(now);
        let text = |field: &str| (field == "name").then(|| "1001 A".to_owned());
        Search::parse(search).ok().unwrap().fits(time, text)
    }

    #[test]
    fn all_terms_must_fit_and_unknown_fields_are_ignored() {
        assert!(fits("") && fits("name:'#1001 a' AND updated_at:>=2026-11-20 colour:red"));
        assert!(fits("updated_at:<=2026-11-20T03:10:00Z created_at:<2020-01-01"));
        assert!(!fits("updated_at:>'2026-11-20T03:10:00Z'") && !fits("name:#1002"));
        assert!(Search::parse("updated_at:>yesterday").is_err());
    }
}
