//! Flow data as the pages show it.

use crate::words::{count, words};
use leptos::prelude::*;
use model::Value;
use std::sync::Arc;
use ui::{JsonTree, JsonWords};

/// Any JSON value, as a tree or as text.
#[component]
pub fn Data(#[prop(into)] label: String, value: Value) -> impl IntoView {
    let w = words();
    let words = JsonWords {
        label,
        tree: w.tree.to_owned(),
        json: w.json.to_owned(),
        more: w.load_more.to_owned(),
        copy: w.copy.to_owned(),
        copied: w.copied.to_owned(),
        items: |n| count(words().items, n as u64),
        fields: |n| count(words().fields, n as u64),
    };
    view! { <JsonTree value=Arc::new(value) words/> }
}
