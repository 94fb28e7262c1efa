//! How often an operation may be called, as far as documents have words for it.

use super::answer::Answer;
use crate::call::Limit;
use crate::document::Document;
use crate::node::Node;
use crate::note;
use model::{Rate, Span};
use serde_json::{Value, json};

/// What is said of the operation, or else of its path, and which headers of its answers tell more.
pub(super) fn read(document: &Document<'_>, holders: [&Node<'_>; 2], answer: &Answer<'_>) -> Limit {
    let rate = holders.into_iter().find_map(|holder| rate(document, holder));
    let all = answer.headers.iter().chain(&answer.refusal_headers);
    let mut told_by: Vec<String> = all
        .filter(|name| *name == "retry-after" || name.contains("ratelimit") || name.contains("rate-limit"))
        .cloned()
        .collect();
    told_by.sort();
    told_by.dedup();
    Limit { rate, told_by }
}

/// An extension such as `x-ratelimit: {limit: 100, period: 60}` or `x-rate-limit: 2/second`.
pub(super) fn rate(document: &Document<'_>, holder: &Node<'_>) -> Option<Rate> {
    let is_about_rate = |name: &str| {
        let letters: String = name.chars().filter(char::is_ascii_alphabetic).collect();
        name.starts_with("x-") && letters.to_ascii_lowercase().contains("ratelimit")
    };
    let (name, node) = holder.entries().find(|(name, _)| is_about_rate(name))?;
    let rate = match node.value {
        Value::Object(_) => of_object(&node),
        Value::String(text) => of_text(text),
        Value::Number(calls) => unit_in(name).and_then(|per| made(&calls.to_string(), per, None)),
        _ => None,
    }?;
    document.note(&note::RATE, &node.at, &[&rate.calls.to_string(), &rate.per.to_string()]);
    Some(rate)
}

fn of_object(node: &Node<'_>) -> Option<Rate> {
    let said = |names: &[&str]| names.iter().find_map(|name| node.get(name)).map(|node| node.value);
    let number = |value: &Value| value.as_number().map(ToString::to_string);
    let calls = said(&["calls", "limit", "requests", "rate", "max", "maximum", "quota", "count"])?;
    if let (Value::String(text), None) = (calls, said(&["per", "period", "window", "interval", "unit"])) {
        return of_text(text);
    }
    let per = match said(&["per", "period", "window", "interval", "unit", "seconds"])? {
        Value::Number(seconds) => format!("{seconds}s").parse().ok()?,
        Value::String(text) => span(text)?,
        _ => return None,
    };
    made(&number(calls)?, per, said(&["burst"]).and_then(number))
}

/// `2/second`, `100 per minute`, `60 requests per 1m`, `100/10s`.
fn of_text(text: &str) -> Option<Rate> {
    let text = text.to_ascii_lowercase();
    let (calls, per) = text.split_once('/').or_else(|| text.split_once(" per "))?;
    let calls: String = calls.trim().chars().take_while(char::is_ascii_digit).collect();
    made(&calls, span(per)?, None)
}

fn span(text: &str) -> Option<Span> {
    let text = text.trim().to_ascii_lowercase();
    let joined: String = text.split_whitespace().collect();
    let digits = joined.chars().take_while(char::is_ascii_digit).count();
    let (number, unit) = joined.split_at(digits);
    let number = if number.is_empty() { "1" } else { number };
    joined.parse().ok().or_else(|| format!("{number}{}", letter(unit)?).parse().ok())
}

fn letter(unit: &str) -> Option<&'static str> {
    Some(match unit.trim_end_matches('s') {
        "" if unit == "s" => "s",
        "second" | "sec" => "s",
        "m" | "minute" | "min" => "m",
        "h" | "hour" => "h",
        "d" | "day" => "d",
        _ => return None,
    })
}

/// `x-ratelimit-per-minute`
fn unit_in(name: &str) -> Option<Span> {
    name.to_ascii_lowercase().rsplit('-').next().and_then(span)
}

/// Within what a budget may be; without a word about bursts, calls go out one by one.
fn made(calls: &str, per: Span, burst: Option<String>) -> Option<Rate> {
    let calls: u32 = calls.parse().ok()?;
    let burst: u32 = burst.and_then(|burst| burst.parse().ok()).unwrap_or(1);
    Rate::read(&json!({"calls": calls, "per": per.to_string(), "burst": burst})).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_in_the_words_of_many() {
        let read = |value: Value| {
            let root = json!({"openapi": "3.0.0", "x-rate-limit": value});
            let document = Document::new(&root).expect("a document");
            rate(&document, &document.root).map(|rate| (rate.calls, rate.per.to_string(), rate.burst))
        };
        let said = |calls, per: &str, burst| Some((calls, per.to_owned(), burst));
        assert_eq!(read(json!("2/second")), said(2, "1s", 1));
        assert_eq!(read(json!("100 per minute")), said(100, "1m", 1));
        assert_eq!(read(json!("60 requests per 1m")), said(60, "1m", 1));
        assert_eq!(read(json!({"limit": 100, "period": 60})), said(100, "1m", 1));
        assert_eq!(read(json!({"calls": 2, "per": "1s", "burst": 40})), said(2, "1s", 40));
        assert_eq!(read(json!({"requests": 10, "window": "10 seconds"})), said(10, "10s", 1));
        for unclear in [
            json!(100),
            json!("plenty"),
            json!({"limit": 100}),
            json!({"limit": 0, "period": 1}),
            json!(null),
        ] {
            assert_eq!(read(unclear.clone()), None, "{unclear}");
        }
    }
}
