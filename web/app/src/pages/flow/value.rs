//! The value of a field, as its kind wants to be read. Expressions are chips, wherever they are.

use crate::words::{language, words};
use leptos::prelude::*;
use model::template::{Part, parts};
use model::{FieldKind, Value};
use ui::Code;

/// Values nested deeper are shown as JSON.
const DEPTH_MAX: usize = 6;

#[component]
pub fn FieldValue(kind: FieldKind, value: Value, label: String) -> impl IntoView {
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
