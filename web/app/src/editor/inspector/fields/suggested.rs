//! A value that is known from elsewhere: picked from a list that is searched by typing, or written by hand.

use super::edit::{Edited, Notation, as_text};
use super::editing::{EditFrame, Editing};
use super::line::ListedLine;
use super::text::edited;
use crate::client::client;
use crate::load::Load;
use crate::words::language;
use api::{FlowList, path};
use leptos::prelude::*;
use model::FieldKind;
use ui::FieldIds;

/// Choices that a plain list shows without being searched.
pub const LISTED_MAX: usize = 12;

#[component]
pub fn SuggestedEditor(editing: Editing) -> impl IntoView {
    let Edited { text, wrong } = edited(&editing, Notation::Text);
    let options = known(&editing.field.kind);
    let placeholder = as_text(&editing.field.default);
    let fixed = move |ids: FieldIds| {
        let (typed, placeholder) = (move |typed: String| text.set(typed), placeholder.clone());
        view! { <ListedLine ids text typed options placeholder/> }.into_any()
    };
    view! { <EditFrame editing wrong fixed/> }
}

/// The values that there are, with their names.
fn known(kind: &FieldKind) -> Signal<Vec<(String, String)>> {
    match kind {
        FieldKind::TimeZone => {
            Signal::stored(run::schedule::zones().map(|zone| (zone.to_owned(), String::new())).collect())
        }
        FieldKind::Choice(options) => {
            let named = options.iter().map(|one| (one.value.clone(), language().of(&one.title).to_owned()));
            Signal::stored(named.collect())
        }
        _ => flows(),
    }
}

fn flows() -> Signal<Vec<(String, String)>> {
    let client = client();
    let all = Load::new(move || async move { client.get::<FlowList>(path::FLOWS).await });
    Signal::derive(move || {
        let flows = all.get().map(|list| list.flows).unwrap_or_default();
        flows.into_iter().map(|flow| (flow.id.to_string(), flow.name)).collect()
    })
}
