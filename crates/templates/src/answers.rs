//! What somebody says to a template's questions, and what is wrong with it.

use crate::{Kind, Setting, Template};
use model::{FlowId, Value};
use std::collections::BTreeMap;

const TEXT_CHARS_MAX: usize = 500;
const PATH_CHARS_MAX: usize = 128;

#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// What the new flow is called, and its permanent id.
    pub id: FlowId,
    pub name: String,
    /// The chosen connection, by the slot's name. A slot that is left out keeps its own name.
    pub connections: BTreeMap<String, String>,
    /// By the setting's id. What is left out has its default.
    pub settings: BTreeMap<String, Value>,
}

/// Why an answer cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Missing,
    TooLong,
    NotAChoice,
    NotAPath,
    NotAnAddress,
    NotBelow,
    OutOfBounds,
}

impl Template {
    /// What is wrong with the answers, by setting; nothing where a flow can be made of them.
    pub fn wrong(&self, answers: &Answers) -> BTreeMap<String, Wrong> {
        let wrong = |setting: &Setting| {
            let answer = answers.settings.get(&setting.id).or(setting.default.as_ref());
            Some((setting.id.clone(), check(&setting.kind, answer)?))
        };
        self.manifest.settings.iter().filter_map(wrong).collect()
    }
}

fn check(kind: &Kind, answer: Option<&Value>) -> Option<Wrong> {
    let Some(answer) = answer.filter(|answer| answer.as_str().is_none_or(|text| !text.trim().is_empty()))
    else {
        return Some(Wrong::Missing);
    };
    match kind {
        Kind::YesNo => (!answer.is_boolean()).then_some(Wrong::NotAChoice),
        Kind::Number { least, most } => {
            let fits = answer.as_i64().is_some_and(|number| (*least..=*most).contains(&number));
            (!fits).then_some(Wrong::OutOfBounds)
        }
        Kind::Choice(choices) => {
            let offered = choices.iter().any(|choice| Some(choice.value.as_str()) == answer.as_str());
            (!offered).then_some(Wrong::NotAChoice)
        }
        Kind::Text | Kind::Path | Kind::Address | Kind::Below => match answer.as_str() {
            Some(answer) => text(kind, answer),
            None => Some(Wrong::Missing),
        },
    }
}

fn text(kind: &Kind, text: &str) -> Option<Wrong> {
    let visible = text.chars().all(|c| !c.is_control());
    match kind {
        _ if text.chars().count() > TEXT_CHARS_MAX => Some(Wrong::TooLong),
        Kind::Path => (!is_path(text)).then_some(Wrong::NotAPath),
        Kind::Address => (!is_address(text)).then_some(Wrong::NotAnAddress),
        Kind::Below => (!is_below(text)).then_some(Wrong::NotBelow),
        // In a field, `${` begins an expression: an answer is a text and nothing else.
        _ => (!visible || text.contains("${")).then_some(Wrong::NotAChoice),
    }
}

fn is_path(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~/".contains(c);
    let parts = text.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    parts && text.chars().all(plain) && text.len() <= PATH_CHARS_MAX && !text.starts_with("resume/")
}

fn is_address(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    is_plain(text) && host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
}

fn is_below(text: &str) -> bool {
    is_plain(text) && text.starts_with('/') && !text.starts_with("//")
}

fn is_plain(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() && !c.is_whitespace() && !"<>\"{}\\^`".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wrong(kind: Kind, answer: Value) -> Option<Wrong> {
        check(&kind, Some(&answer))
    }

    #[test]
    fn an_address_is_whole_or_goes_on_from_a_connection() {
        for fine in ["https://erp.example.com/in", "http://10.0.0.1:8069/x?once=1"] {
            assert_eq!(wrong(Kind::Address, json!(fine)), None, "{fine}");
        }
        for not in ["orders", "/orders", "https://", "https://a b", "ftp://x", "https://x/${y}"] {
            assert_eq!(wrong(Kind::Address, json!(not)), Some(Wrong::NotAnAddress), "{not}");
        }
        assert_eq!(wrong(Kind::Below, json!("/orders?once=1")), None);
        for not in ["orders", "//other.example.com", "https://other.example.com/", "/${x}"] {
            assert_eq!(wrong(Kind::Below, json!(not)), Some(Wrong::NotBelow), "{not}");
        }
    }

    #[test]
    fn a_path_stays_below_the_hooks() {
        assert_eq!(wrong(Kind::Path, json!("shopify/order-created-2")), None);
        for not in ["/orders", "a//b", "../x", "ก", "resume/x"] {
            assert_eq!(wrong(Kind::Path, json!(not)), Some(Wrong::NotAPath), "{not}");
        }
    }

    #[test]
    fn a_text_cannot_bring_in_an_expression() {
        assert_eq!(wrong(Kind::Text, json!("ส่งด่วน \"A\"")), None);
        assert!(wrong(Kind::Text, json!("${trigger}")).is_some());
        assert_eq!(wrong(Kind::Text, json!("  ")), Some(Wrong::Missing));
        assert_eq!(check(&Kind::Text, None), Some(Wrong::Missing));
    }

    #[test]
    fn numbers_and_choices_stay_within_what_is_offered() {
        let number = Kind::Number { least: 1, most: 64 };
        assert_eq!(wrong(number.clone(), json!(64)), None);
        assert_eq!(wrong(number.clone(), json!(65)), Some(Wrong::OutOfBounds));
        assert_eq!(wrong(number, json!("")), Some(Wrong::Missing), "emptied, not out of bounds");
        assert_eq!(wrong(Kind::YesNo, json!("yes")), Some(Wrong::NotAChoice));
    }
}
