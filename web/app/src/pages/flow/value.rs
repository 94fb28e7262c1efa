//! The value of a field, as its kind wants to be read. Expressions are chips, wherever they are.

use crate::words::{language, words};
use leptos::prelude::*;
use model::money::{Amount, Currency, grouped};
use model::template::{Part, parts};
use model::{FieldKind, Value};
use ui::Code;

/// Values nested deeper are shown as JSON.
const DEPTH_MAX: usize = 6;

#[component]
pub fn FieldValue(kind: FieldKind, value: Value, label: String) -> impl IntoView {
    if let Some(amount) = amount(&kind, &value) {
        return view! { <div class="kl-value">{amount}</div> }.into_any();
    }
    match (kind, value) {
        (FieldKind::Code, Value::String(script)) => view! { <Code text=script label/> }.into_any(),
        (FieldKind::Choice(choices), Value::String(value)) => {
            let title = choices
                .iter()
                .find(|choice| choice.value == value)
                .map(|choice| language().of(&choice.title).to_owned());
            view! { <div class="kl-value">{title.unwrap_or(value)}</div> }.into_any()
        }
        (_, value) => view! { <div class="kl-value">{nested(&value, 0)}</div> }.into_any(),
    }
}

/// An amount of money for people to read; nothing where it is computed.
fn amount(kind: &FieldKind, value: &Value) -> Option<String> {
    let FieldKind::Money(currency) = kind else { return None };
    let digits = match value {
        Value::String(text) => text.trim(),
        Value::Number(number) => number.as_str(),
        _ => return None,
    };
    Amount::read(digits).ok()?;
    Some(match currency {
        Some(Currency::Fixed(code)) => format!("{} {code}", grouped(digits)),
        _ => grouped(digits),
    })
}

fn nested(value: &Value, depth: usize) -> AnyView {
    match value {
        Value::Null => view! { <span class="kl-muted">{words().not_set}</span> }.into_any(),
        Value::String(text) => pieces(text),
        Value::Array(items) if depth < DEPTH_MAX => {
            let item = |item: &Value| view! { <li>{nested(item, depth + 1)}</li> };
            view! { <ol class="kl-value-list">{items.iter().map(item).collect_view()}</ol> }.into_any()
        }
        Value::Object(fields) if depth < DEPTH_MAX => {
            let field = |(name, value): (&String, &Value)| view! { <dt>{name.clone()}</dt> <dd>{nested(value, depth + 1)}</dd> };
            view! { <dl class="kl-value-fields">{fields.iter().map(field).collect_view()}</dl> }.into_any()
        }
        other => view! { <code>{other.to_string()}</code> }.into_any(),
    }
}

fn pieces(text: &str) -> AnyView {
    let Ok(parts) = parts(text) else { return text.to_owned().into_any() };
    let piece = |part: Part<'_>| match part {
        Part::Text(text) => text.to_owned().into_any(),
        Part::Expression(source) => {
            view! { <code class="kl-chip">{source.trim().to_owned()}</code> }.into_any()
        }
    };
    view! { <span class="kl-pieces">{parts.into_iter().map(piece).collect_view()}</span> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_amount_is_read_with_its_commas_and_its_currency_and_an_expression_is_none() {
        let baht = FieldKind::Money(Some(Currency::Fixed("THB".into())));
        assert_eq!(amount(&baht, &json!("1234567.50")).as_deref(), Some("1,234,567.50 THB"));
        assert_eq!(amount(&FieldKind::Money(None), &json!(1000)).as_deref(), Some("1,000"));
        assert_eq!(
            (amount(&baht, &json!("${input.total}")), amount(&FieldKind::Number, &json!(5))),
            (None, None)
        );
    }
}
