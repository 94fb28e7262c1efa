//! Where a text is inside of flows: in which node, in which field. Each place leads there.

use super::shelf::Shelf;
use crate::client::{client, encode};
use crate::shell::specs;
use crate::words::{Words, count, language, words};
use api::{FoundPart, FoundPlace, FoundPlaces, path};
use leptos::prelude::*;
use leptos_router::components::A;
use ui::{Pill, Tone};

/// A shorter text is everywhere.
const LETTERS_MIN: usize = 2;
/// Places that are drawn before somebody asks for all of them.
const SHOWN: usize = 8;

/// Below the list of flows, where something is looked for. Names and tags are the list's own.
#[component]
pub fn Inside(shelf: Shelf) -> impl IntoView {
    let client = client();
    let found = RwSignal::new(None::<FoundPlaces>);
    let text = Memo::new(move |_| shelf.query.with(|query| searched(&query.text)));
    Effect::new(move |_| {
        let Some(wanted) = text.get() else { return found.set(None) };
        let address = format!("{}?text={}", path::FIND, encode(&wanted));
        leptos::task::spawn_local(async move {
            let answer = client.get::<FoundPlaces>(&address).await;
            // Another text may have been typed meanwhile. Without an answer the list of flows is still there.
            if text.try_get_untracked().flatten().as_ref() == Some(&wanted) {
                found.try_set(answer.ok());
            }
        });
    });
    move || found.get().filter(|found| !found.places.is_empty()).map(|found| view! { <Places found/> })
}

/// What is looked for inside of flows: not what narrows the list by a tag or a system.
fn searched(text: &str) -> Option<String> {
    let text = text.trim();
    let is_plain = !text.split_whitespace().any(|word| word.starts_with("uses:") || word.starts_with("tag:"));
    (is_plain && text.chars().count() >= LETTERS_MIN).then(|| text.to_owned())
}

#[component]
fn Places(found: FoundPlaces) -> impl IntoView {
    let w = words();
    let all = RwSignal::new(false);
    let many = found.places.len();
    let title = match found.more {
        true => count(w.found_inside_more, many as u64),
        false => count(w.found_inside, many as u64),
    };
    let label = title.clone();
    let places = StoredValue::new(found.places);
    let shown = move || {
        let most = if all.get() { many } else { SHOWN };
        places.with_value(|places| {
            places.iter().take(most).cloned().map(|place| view! { <Row place/> }).collect_view()
        })
    };
    view! {
        <section class="kl-card kl-inside" aria-label=label>
            <h2>{title}</h2>
            <ul class="kl-bare">{shown}</ul>
            <Show when=move || !all.get() && SHOWN < many>
                <button class="kl-more" type="button" on:click=move |_| all.set(true)>{w.load_more}</button>
            </Show>
        </section>
    }
}

#[component]
fn Row(place: FoundPlace) -> impl IntoView {
    let w = words();
    let part = part_words(w, &place);
    let flow = if place.flow_name.is_empty() { place.flow.to_string() } else { place.flow_name.clone() };
    let href = match &place.node {
        Some(node) => format!("/flows/{}/edit?node={}", encode(place.flow.as_str()), encode(node.as_str())),
        None => format!("/flows/{}/edit", encode(place.flow.as_str())),
    };
    view! {
        <li>
            <A href><b>{flow}</b> " " {place.label}</A>
            " " <span class="kl-muted">{part}</span> " " <code>{place.text}</code>
            {place.draft.then(|| view! { " " <Pill tone=Tone::Mute>{w.found_in_draft}</Pill> })}
        </li>
    }
}

fn part_words(w: &Words, place: &FoundPlace) -> String {
    match place.part {
        FoundPart::Title => w.find_in_title.to_owned(),
        FoundPart::Operation => w.find_in_operation.to_owned(),
        FoundPart::Connection => w.find_in_connection.to_owned(),
        FoundPart::Note => w.find_in_note.to_owned(),
        FoundPart::Group => w.find_in_group.to_owned(),
        FoundPart::Field => field_words(place),
    }
}

/// As the form calls the field; its own name where several operations have one.
fn field_words(place: &FoundPlace) -> String {
    let specs = specs();
    let mut titles = specs.operations.values().filter_map(|spec| spec.find_field(&place.field));
    let first = titles.next().map(|field| language().of(&field.title).to_owned());
    match first {
        Some(title) if titles.all(|field| language().of(&field.title) == title) => title,
        _ => place.field.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::searched;

    #[test]
    fn what_narrows_the_list_is_not_looked_for_inside() {
        assert_eq!(searched(" TEA-250 "), Some("TEA-250".into()));
        for text in ["", "T", "uses:odoo", "tea tag:erp"] {
            assert_eq!(searched(text), None, "{text}");
        }
    }
}
