//! What a flow can be made of: searched, clicked, dragged, or chosen with the keyboard alone. For Tab it is one stop, the search;
//! the arrows go through the list. On a phone it is a sheet above the drawing, which closes.

mod entries;
mod lines;
mod synonyms;
mod walk;

use super::desk::{Desk, Wanted};
use super::events::after_chosen;
use crate::client::client;
use crate::flow_view::family_words;
use crate::load::Load;
use crate::purposes::purpose_name;
use crate::storage;
use crate::words::{fill, language, words};
use api::{ConnectionList, path};
use canvas::draft::Inserted;
use entries::{AtHand, Heading, Item, Section, first, fitting, found, recent, shelved};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::A;
use lines::{PaletteItem, PalettePurpose};
use model::OperationId;
use std::collections::BTreeSet;
use ui::{Icon, IconButton, Skeleton};
use walk::{keep_focus, step};

/// How many that were used lately stand first.
const RECENT_MAX: usize = 4;

/// What is open and searched for: a cheap handle.
#[derive(Clone, Copy)]
struct Shelf {
    desk: Desk,
    searched: RwSignal<String>,
    open: RwSignal<BTreeSet<String>>,
    choose: Callback<OperationId>,
}

#[component]
pub fn Palette(desk: Desk) -> impl IntoView {
    let w = words();
    let lately = RwSignal::new(storage::read_list(storage::RECENT_NODES));
    let searched = RwSignal::new(String::new());
    let choose = Callback::new(move |operation: OperationId| {
        storage::put_first(storage::RECENT_NODES, operation.as_str(), RECENT_MAX);
        lately.set(storage::read_list(storage::RECENT_NODES));
        searched.set(String::new());
        put(desk, &operation);
    });
    let shelf = Shelf { desk, searched, open: RwSignal::default(), choose };
    let all = StoredValue::new(entries::all(&desk.specs()));
    let (hand, is_known) = at_hand(desk);
    let here = Memo::new(move |_| {
        let wanted = desk.wanted.get();
        let has_input = matches!(&wanted, Some(Wanted::Replace(node)) if is_led_to(desk, node));
        all.with_value(|all| fitting(all, wanted.as_ref(), has_input))
    });
    let list = Memo::new(move |_| {
        let text = searched.get();
        here.with(|here| {
            hand.with(|hand| match text.trim().is_empty() {
                true => (shelved(here, hand), 0),
                false => found(&text, here, hand),
            })
        })
    });
    // Where a node is asked for, what was used lately is likely to be meant.
    let lately = Memo::new(move |_| {
        let offered = desk.wanted.with(Option::is_some) && searched.with(|text| text.trim().is_empty());
        if offered { here.with(|here| lately.with(|ids| recent(here, ids))) } else { Vec::new() }
    });
    let first = Signal::derive(move || {
        let recent = lately.with(|lately| lately.first().map(|entry| entry.operation.clone()));
        recent.or_else(|| list.with(|(sections, _)| first(sections)))
    });
    let lately_group = move || {
        let items: Vec<Item> = lately.get().into_iter().map(Item::One).collect();
        (!items.is_empty()).then(|| group(shelf, w.palette_recent, items))
    };
    let more = move || list.with(|(_, more)| (*more > 0).then(|| fill(w.palette_more, &[more])));
    let nothing = move || list.with(|(sections, _)| sections.is_empty());
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            leave(shelf);
        }
    };
    let is_asked = move || desk.wanted.with(Option::is_some);
    let is_open = move || desk.shelf.get() || is_asked();
    view! {
        <div class="kl-palette-veil" data-open=move || is_open().then_some("") on:click=move |_| close(shelf)></div>
        <aside class="kl-palette" aria-label=w.palette on:keydown=escape data-asked=move || is_asked().then_some("") data-open=move || is_open().then_some("")>
            <header class="kl-palette-head">
                <h2>{w.palette}</h2>
                <IconButton icon=Icon::Cross label=w.close on_click=move |()| close(shelf)/>
            </header>
            <PaletteSearch shelf first/>
            {move || desk.wanted.with(|wanted| wanted.as_ref().map(asked)).map(|text| view! { <p class="kl-palette-asked">{text}</p> })}
            // A click between the entries leaves the focus where it is.
            <div class="kl-palette-list" on:mousedown=keep_focus>
                // What is known later would move the entries under the pointer that is about to click one.
                <Show when=move || is_known.get() fallback=move || view! { <Skeleton lines=8 label=w.loading/> }>
                    {lately_group}
                    {move || list.with(|(sections, _)| sections.clone()).into_iter().map(|part| section(shelf, part)).collect_view()}
                </Show>
                {move || more().map(|text| view! { <p class="kl-muted kl-palette-note">{text}</p> })}
                {move || nothing().then(|| view! { <p class="kl-muted kl-palette-note">{w.palette_nothing}</p> })}
                <p class="kl-palette-note"><A href="/connectors" attr:tabindex="-1">{w.palette_import}</A></p>
            </div>
        </aside>
    }
}

/// Systems that the flow uses, and those that there are connections to; and whether these are known by now.
fn at_hand(desk: Desk) -> (Memo<AtHand>, Signal<bool>) {
    let client = client();
    let connections = Load::new(move || async move { client.get::<ConnectionList>(path::CONNECTIONS).await });
    let used = Memo::new(move |_| {
        desk.changed.track();
        desk.canvas.with_untracked(|canvas| {
            let nodes = canvas.draft().into_iter().flat_map(|draft| &draft.doc().nodes);
            nodes.map(|node| node.operation.connector().to_owned()).collect::<BTreeSet<_>>()
        })
    });
    let hand = Memo::new(move |_| {
        let list = connections.get().map(|list| list.connections).unwrap_or_default();
        let connected = list.into_iter().map(|connection| connection.connector).collect();
        AtHand { used: used.get(), connected }
    });
    (hand, Signal::derive(move || connections.is_answered()))
}

fn section(shelf: Shelf, section: Section) -> AnyView {
    let w = words();
    let name = match section.heading {
        Heading::Purpose(purpose) => {
            return view! { <PalettePurpose shelf purpose name=purpose_name(purpose, language()) items=section.items/> }
                .into_any();
        }
        Heading::Used => w.palette_used,
        Heading::Connected => w.palette_connected,
        Heading::Family(family) => family_words(Some(family), w),
    };
    group(shelf, name, section.items).into_any()
}

fn group(shelf: Shelf, name: &'static str, items: Vec<Item>) -> impl IntoView {
    view! {
        <section class="kl-palette-group" aria-label=name>
            <h3>{name}</h3>
            {items.into_iter().map(|item| view! { <PaletteItem shelf item list=name/> }).collect_view()}
        </section>
    }
}

fn put(desk: Desk, operation: &OperationId) {
    let wanted = desk.wanted.get_untracked();
    desk.wanted.set(None);
    desk.shelf.set(false);
    match wanted {
        Some(Wanted::Replace(node)) => super::replace(desk, &node, operation),
        Some(Wanted::Put(place)) => super::insert(desk, operation, place),
        None => super::insert(desk, operation, after_chosen(desk)),
    }
}

fn is_led_to(desk: Desk, node: &model::NodeId) -> bool {
    desk.canvas.with_untracked(|canvas| canvas.scene().edges_at(node.as_str()).any(|edge| edge.to == *node))
}

fn asked(wanted: &Wanted) -> &'static str {
    let w = words();
    match wanted {
        Wanted::Put(Inserted::Behind(..)) => w.palette_behind,
        Wanted::Put(Inserted::Before(..)) => w.palette_before,
        Wanted::Put(Inserted::Into(_)) => w.palette_into,
        Wanted::Put(Inserted::Alone(_)) => w.palette_alone,
        Wanted::Replace(_) => w.palette_replace,
    }
}

#[component]
fn PaletteSearch(shelf: Shelf, first: Signal<Option<OperationId>>) -> impl IntoView {
    let w = words();
    let Shelf { desk, searched, choose, .. } = shelf;
    let input = NodeRef::<html::Input>::new();
    // An edge that was let go, or a key, asks for a node: the search has the focus then.
    Effect::new(move |_| {
        let is_wanted = desk.wanted.with(Option::is_some) || desk.shelf.get();
        if is_wanted && let Some(input) = input.get() {
            searched.set(String::new());
            let _ = input.focus();
        }
    });
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.is_composing() => {
            event.prevent_default();
            // What stands first is meant, in the order in which it is listed.
            if let Some(first) = first.get_untracked() {
                choose.run(first);
            }
        }
        "ArrowDown" => {
            event.prevent_default();
            step(&event, 1);
        }
        _ => {}
    };
    view! {
        <label class="kl-palette-search">
            <span class="kl-sr">{w.palette_search}</span>
            <input
                node_ref=input
                class="kl-input"
                type="search"
                placeholder=w.palette_search
                aria-description=w.palette_keys
                prop:value=move || searched.get()
                on:input=move |event| searched.set(event_target_value(&event))
                on:keydown=key
            />
            <kbd aria-hidden="true">"/"</kbd>
        </label>
    }
}

/// Empties the search, or leads back to the drawing; at once where a node was asked for.
fn leave(shelf: Shelf) {
    let is_sheet = shelf.desk.shelf.try_update(std::mem::take).unwrap_or_default();
    let asked = shelf.desk.wanted.try_update(Option::take).flatten().is_some();
    let searched = shelf.searched.try_update(std::mem::take).unwrap_or_default();
    if asked || is_sheet || searched.is_empty() {
        super::parts::focus_drawing(shelf.desk);
    }
}

/// The sheet goes, whatever was searched for.
fn close(shelf: Shelf) {
    shelf.searched.set(String::new());
    leave(shelf);
}

/// Opens the palette where it is a sheet; elsewhere it is there anyway.
#[component]
pub fn OpenPalette(desk: Desk) -> impl IntoView {
    view! {
        <span class="kl-palette-open"><ui::Button kind=ui::ButtonKind::Primary icon=Icon::Plus on_click=move |_| desk.shelf.set(true)>{words().palette_add}</ui::Button></span>
    }
}
