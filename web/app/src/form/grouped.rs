//! A form whose fields stand in groups, as an order's lines and its customer do.

use super::parts::{Leaf, Part, leaves};
use super::{Field, Form};
use crate::words::language;
use leptos::prelude::*;

/// Inputs in their groups. Where something is wrong, only what leads there is unfolded; `more` folds what few need.
#[component]
pub fn GroupedFields(form: Form, parts: Vec<Part>, #[prop(into)] more: String) -> impl IntoView {
    let is_advanced = |part: &Part| matches!(part, Part::Leaf(leaf) if leaf.field.advanced);
    let (folded, open): (Vec<_>, Vec<_>) = parts.into_iter().partition(is_advanced);
    let is_anything_wrong = form.wrong.with_untracked(|wrong| !wrong.is_empty());
    let draw = move |parts: Vec<Part>| {
        parts.into_iter().filter_map(|part| drawn(form, part, !is_anything_wrong)).collect::<Vec<_>>()
    };
    let folded = (!folded.is_empty()).then(|| {
        view! { <details class="kl-details"><summary>{more}</summary><div class="kl-stack">{draw(folded)}</div></details> }
    });
    view! { {draw(open)} {folded} }
}

/// As a form keeps it: by where it stands.
pub fn field_of(leaf: &Leaf) -> Field {
    Field { name: leaf.at.clone(), ..leaf.field.clone() }
}

fn drawn(form: Form, part: Part, open_all: bool) -> Option<AnyView> {
    let (title, parts) = match part {
        Part::Leaf(leaf) => return form.input(field_of(&leaf)),
        Part::Group { title, parts } => (title, parts),
    };
    let leads_to_wrong =
        form.wrong.with_untracked(|wrong| leaves(&parts).iter().any(|leaf| wrong.contains_key(&leaf.at)));
    let inside: Vec<AnyView> = parts.into_iter().filter_map(|part| drawn(form, part, open_all)).collect();
    let view = view! {
        <details class="kl-form-group" open=open_all || leads_to_wrong>
            <summary>{language().of(&title).to_owned()}</summary>
            <div class="kl-stack">{inside}</div>
        </details>
    };
    Some(view.into_any())
}
