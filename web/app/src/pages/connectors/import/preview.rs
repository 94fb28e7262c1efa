//! What a document would become, and the choice of what of it is wanted.

use super::changes_view::ChangesCard;
use super::notes::NotesCard;
use super::operations::OperationsCard;
use super::state::Importing;
use crate::pages::act;
use crate::words::{count, words};
use api::ConnectorPreview;
use leptos::prelude::*;
use std::sync::Arc;
use ui::{Button, ButtonKind, Icon, TextField};

/// A pause in the typing of an id, after which the document is read under it.
const ID_PAUSE_MS: f64 = 500.0;

#[component]
pub fn Preview(importing: Importing, shown: Arc<ConnectorPreview>) -> impl IntoView {
    let w = words();
    let busy = RwSignal::new(false);
    let changes = Memo::new(move |_| importing.changes());
    let is_known = Memo::new(move |_| importing.is_known());
    let chosen = Memo::new(move |_| importing.chosen.with(|chosen| chosen.len() as u64));
    let is_refused = move || chosen.get() == 0 || changes.with(|changes| changes.is_refused());
    let go = move |_| {
        act(busy, importing.save(), move |saved| drop(importing.saved.try_set(Some(saved))));
    };
    let label = move || {
        let text = if is_known.get() { w.api_do_replace } else { w.api_do_import };
        count(text, chosen.get())
    };
    view! {
        <section class="kl-card kl-stack">
            <Names importing/>
            <Facts shown=shown.clone()/>
        </section>
        <Show when=move || is_known.get()><ChangesCard changes/></Show>
        <NotesCard notes=shown.notes.clone()/>
        <OperationsCard importing shown changes/>
        <div class="kl-api-foot">
            <Button kind=ButtonKind::Primary icon=Icon::Check busy disabled=Signal::derive(is_refused) on_click=go>{label}</Button>
        </div>
    }
}

#[component]
fn Names(importing: Importing) -> impl IntoView {
    let w = words();
    let is_fixed = importing.replaces.with_value(Option::is_some);
    let look = leptos_use::use_debounce_fn(
        move || {
            if let Some(id) = importing.id.try_get_untracked() {
                importing.look_under(id.trim());
            }
        },
        ID_PAUSE_MS,
    );
    Effect::new(move |last: Option<String>| {
        let id = importing.id.get();
        if last.is_some_and(|last| last != id) && !id.trim().is_empty() {
            look();
        }
        id
    });
    view! {
        <div class="kl-api-names">
            <TextField label=w.api_name value=importing.title hint=w.api_name_hint/>
            {(!is_fixed).then(|| view! { <TextField label=w.api_id value=importing.id hint=w.api_id_hint/> })}
        </div>
    }
}

#[component]
fn Facts(shown: Arc<ConnectorPreview>) -> impl IntoView {
    let w = words();
    let ways: Vec<&str> = shown.sign_in.iter().map(|way| way_words(way)).collect();
    let ways = if ways.is_empty() { w.api_sign_in_none.to_owned() } else { ways.join(", ") };
    let address =
        if shown.servers.is_empty() { w.api_address_none.to_owned() } else { shown.servers.join(", ") };
    view! {
        <dl class="kl-facts">
            <dt>{w.api_address}</dt> <dd>{address}</dd>
            <dt>{w.api_sign_in}</dt> <dd>{ways}</dd>
        </dl>
    }
}

fn way_words(way: &str) -> &str {
    let w = words();
    match way {
        "key" => w.api_key,
        "basic" => w.api_basic,
        "bearer" => w.api_bearer,
        "oauth_keys" => w.api_oauth_keys,
        "oauth_person" => w.api_oauth_person,
        other => other,
    }
}
