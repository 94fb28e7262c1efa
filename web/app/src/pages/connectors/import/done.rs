//! After an import: what is there now, and the two steps that are left.

use super::state::Importing;
use crate::focus::{focus_on, soon};
use crate::pages::{ConnectionDialog, Editing};
use crate::words::{count, fill, words};
use api::SavedConnector;
use leptos::prelude::*;
use leptos_router::components::A;
use ui::{Button, ButtonKind, Empty, Icon, Picture};

#[component]
pub fn Done(importing: Importing, saved: SavedConnector) -> impl IntoView {
    let w = words();
    let editing = RwSignal::new(None::<Editing>);
    let title = fill(w.api_imported_title, &[&importing.title.get_untracked()]);
    let is_connected = importing
        .preview
        .with_untracked(|shown| shown.as_ref().is_some_and(|shown| !shown.connections.is_empty()));
    let there = count(w.api_imported_text, saved.operations);
    let text = if is_connected { there } else { format!("{there} {}", w.api_imported_next) };
    let id = saved.id;
    // Whoever came by keys goes on from here.
    soon(|| {
        focus_on(".kl-api-done .kl-button");
    });
    let connect = (!is_connected).then(|| {
        view! { <Button kind=ButtonKind::Primary icon=Icon::Plus on_click=move |_| editing.set(Some(Editing::NewOf(id.clone())))>{w.api_connect}</Button> }
    });
    view! {
        <section class="kl-card kl-api-done" aria-live="polite">
            <Empty icon=Icon::Check title text>
                {connect}
                <A href="/flows/new" attr:class="kl-button"><Picture icon=Icon::Flows/>{w.api_use_in_flow}</A>
                <A href="/connectors" attr:class="kl-button">{w.api_to_list}</A>
            </Empty>
        </section>
        <ConnectionDialog editing on_saved=move |()| ()/>
    }
}
