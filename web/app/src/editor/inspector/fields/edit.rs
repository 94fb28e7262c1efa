//! A value and its text. What is typed goes into the document at once; what somebody takes back comes out again.

use crate::editor::desk::Desk;
use crate::editor::inspector::expression::as_field;
use crate::words::{fill, words};
use canvas::draft::Stroke;
use leptos::prelude::*;
use model::money::{Amount, plain};
use model::template::only_expression;
use model::{FlowDocument, NodeId, Value};

/// A text that is edited: it follows the document, and the document follows it. Without a stroke each change is a step of its
/// own, as where it is picked from a list.
pub fn edit_text(
    desk: Desk,
    stroke: impl Into<Option<Stroke>>,
    read: impl Fn(&FlowDocument) -> String + Send + Sync + 'static,
    write: impl Fn(&mut FlowDocument, &str) + Clone + Send + Sync + 'static,
) -> RwSignal<String> {
    let stroke: Option<Stroke> = stroke.into();
    let held = desk.of_document(read);
    let text = RwSignal::new(held.get_untracked());
    Effect::new(move |_| {
        let held = held.get();
        if text.with_untracked(|text| *text != held) {
            text.set(held);
        }
    });
    Effect::new(move |_| {
        let typed = text.get();
        if held.with_untracked(|held| *held == typed) {
            return;
        }
        let (stroke, write) = (stroke.clone(), write.clone());
        let make = move |doc: &mut FlowDocument| write(doc, &typed);
        desk.does(move |canvas| match stroke {
            Some(stroke) => canvas.stroke(stroke, make),
            None => canvas.change(make),
        });
    });
    text
}

/// A switch that follows what is held, and tells when somebody turns it.
pub fn edit_switch(held: Memo<bool>, turn: impl Fn(bool) + 'static) -> RwSignal<bool> {
    let value = RwSignal::new(held.get_untracked());
    Effect::new(move |_| value.set(held.get()));
    Effect::new(move |_| {
        let wanted = value.get();
        if held.get_untracked() != wanted {
            turn(wanted);
        }
    });
    value
}

/// How a value stands in the text that it is edited as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// As it is; an empty text is no value.
    Text,
    /// A number where it is one, else as it is: the validator says what is wrong with it.
    Number,
    /// Digits, also of an amount with commas or Thai digits; what is no amount is as it is.
    Money,
    Json,
    /// What stands between `${` and `}`.
    Expression,
}

impl Notation {
    pub fn write(self, value: Option<&Value>) -> String {
        match (self, value) {
            (_, None) => String::new(),
            (Self::Expression, Some(value)) => {
                value.as_str().and_then(only_expression).unwrap_or_default().to_owned()
            }
            (Self::Text | Self::Number | Self::Money, Some(value)) => as_text(value),
            (Self::Json, Some(value)) => serde_json::to_string_pretty(value).unwrap_or_default(),
        }
    }

    pub fn read(self, text: &str) -> Result<Option<Value>, String> {
        match self {
            Self::Text => Ok((!text.is_empty()).then(|| Value::from(text))),
            Self::Number => {
                let number = text.trim().parse::<serde_json::Number>().ok().map(Value::Number);
                Ok(number.or_else(|| (!text.trim().is_empty()).then(|| Value::from(text))))
            }
            Self::Money => {
                let digits = plain(text).filter(|digits| Amount::read(digits).is_ok());
                let typed = digits.unwrap_or_else(|| text.to_owned());
                Ok((!typed.trim().is_empty()).then(|| Value::from(typed)))
            }
            Self::Json if text.trim().is_empty() => Ok(None),
            Self::Json => {
                serde_json::from_str(text).map(Some).map_err(|error| fill(words().not_json, &[&error]))
            }
            Self::Expression if text.trim().is_empty() => Ok(None),
            Self::Expression => as_field(text)
                .map(|field| Some(Value::from(field)))
                .ok_or_else(|| words().expression_open.to_owned()),
        }
    }
}

pub fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A value that is edited as text.
#[derive(Clone, Copy)]
pub struct Edited {
    /// What is typed.
    pub text: RwSignal<String>,
    /// Why the document does not hold what is typed.
    pub wrong: Signal<Option<String>>,
}

/// As [`edit_text`]; what cannot be read stays in the input alone, and the document as it was.
pub fn edit_value(
    desk: Desk,
    notation: Notation,
    stroke: Stroke,
    held: Memo<Option<Value>>,
    write: impl Fn(&mut FlowDocument, Option<Value>) + Clone + Send + Sync + 'static,
) -> Edited {
    let text = RwSignal::new(held.with_untracked(|held| notation.write(held.as_ref())));
    let wrong = RwSignal::new(None::<String>);
    Effect::new(move |started: Option<()>| {
        let held = held.get();
        if started.is_some() && notation.read(&text.get_untracked()).is_ok_and(|typed| typed != held) {
            text.set(notation.write(held.as_ref()));
        }
    });
    // Looking at a value is no change of it, however it would be written here.
    Effect::new(move |started: Option<()>| match notation.read(&text.get()) {
        Ok(value) => {
            wrong.set(None);
            let is_other = |held: &Option<Value>| {
                *held != value && notation.write(held.as_ref()) != text.get_untracked()
            };
            if started.is_some() && held.with_untracked(is_other) {
                let (stroke, write) = (stroke.clone(), write.clone());
                desk.does(move |canvas| canvas.stroke(stroke, move |doc| write(doc, value)));
            }
        }
        Err(error) => wrong.set(Some(error)),
    });
    Edited { text, wrong: wrong.into() }
}

/// A node's sample as JSON, with what is wrong with that.
pub fn edit_sample(desk: Desk, node: NodeId) -> (RwSignal<String>, Signal<Option<String>>) {
    let stroke = Stroke::Typing { node: Some(node.clone()), field: "/sample".into() };
    let read_node = node.clone();
    let held = desk.of_document(move |doc| doc.samples.get(&read_node).cloned());
    let Edited { text, wrong } =
        edit_value(desk, Notation::Json, stroke, held, move |doc, sample| match sample {
            Some(sample) => drop(doc.samples.insert(node.clone(), sample)),
            None => drop(doc.samples.shift_remove(&node)),
        });
    (text, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_typed_is_what_is_held_and_back() {
        for (notation, text, value) in [
            (Notation::Text, "Order ${input.name}", json!("Order ${input.name}")),
            (Notation::Number, "10.50", serde_json::from_str("10.50").expect("a number")),
            (Notation::Number, "${input.qty}", json!("${input.qty}")),
            (Notation::Money, "1070.50", json!("1070.50")),
            (Notation::Money, "about 10", json!("about 10")),
            (Notation::Expression, "input.qty * 2", json!("${input.qty * 2}")),
        ] {
            assert_eq!(notation.read(text), Ok(Some(value.clone())));
            assert_eq!(notation.write(Some(&value)), text);
            assert_eq!(notation.read(""), Ok(None));
        }
    }

    #[test]
    fn an_amount_is_held_as_digits_however_it_is_typed() {
        for typed in ["1,234.50", "฿1,234.50", "๑,๒๓๔.๕๐", " 1234.50 "] {
            assert_eq!(Notation::Money.read(typed), Ok(Some(json!("1234.50"))), "{typed}");
        }
        assert_eq!(Notation::Money.read("${input.total}"), Ok(Some(json!("${input.total}"))));
    }

    #[test]
    fn an_expression_that_is_not_closed_is_not_held() {
        assert!(Notation::Expression.read("items[\"a").is_err());
        assert!(Notation::Json.read("{").is_err());
    }
}
