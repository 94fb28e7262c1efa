//! What of a document could not be taken as it stands, by how much it asks of its reader.

use crate::words::{fill, language, words};
use api::ConnectorNote;
use leptos::prelude::*;

/// In the order in which people want to know.
const WEIGHTS: [&str; 4] = ["person", "left_out", "changed", "assumed"];

#[component]
pub fn NotesCard(notes: Vec<ConnectorNote>) -> impl IntoView {
    let w = words();
    let is_empty = notes.is_empty();
    let group = |weight: &'static str| {
        let own: Vec<ConnectorNote> = notes.iter().filter(|note| note.weight == weight).cloned().collect();
        (!own.is_empty()).then(|| view! { <Notes weight notes=own/> })
    };
    let groups = WEIGHTS.map(group).into_iter().flatten().collect_view();
    view! {
        <section class="kl-card">
            <h2>{w.api_notes}</h2>
            <div class="kl-api-notes">{groups}</div>
            {is_empty.then(|| view! { <p class="kl-muted">{w.api_notes_none}</p> })}
        </section>
    }
}

#[component]
fn Notes(weight: &'static str, notes: Vec<ConnectorNote>) -> impl IntoView {
    let w = words();
    let title = match weight {
        "person" => w.api_note_person,
        "left_out" => w.api_note_left_out,
        "changed" => w.api_note_changed,
        _ => w.api_note_assumed,
    };
    let title = fill(title, &[&notes.len()]);
    let note = |note: ConnectorNote| {
        let place = if note.at.is_empty() { words().api_note_all.to_owned() } else { readable(&note.at) };
        view! { <li>{language().of(&note.message).to_owned()}<code title=note.at>{place}</code></li> }
    };
    view! {
        <details data-weight=weight open={weight == "person"}>
            <summary>{title.clone()}</summary>
            <ul tabindex="0" aria-label=title.clone()>{notes.into_iter().map(note).collect_view()}</ul>
        </details>
    }
}

/// A JSON pointer as people read a place: `/paths/~1orders/get` is `paths › /orders › get`.
fn readable(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    steps.collect::<Vec<_>>().join(" › ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_without_the_signs_of_a_pointer() {
        assert_eq!(
            readable("/paths/~1orders~1{id}/get/parameters/0"),
            "paths › /orders/{id} › get › parameters › 0"
        );
    }
}
