//! What a flow can be made of: searched, clicked, dragged, or chosen with the keyboard alone. For Tab it is one stop, the search;
//! the arrows go through the list.

mod entries;

use super::desk::{Desk, Wanted};
use super::events::{DRAGGED, after_chosen};
use crate::flow_canvas::GlyphBox;
use crate::flow_view::{family_name, family_words, glyph};
use crate::storage;
use crate::words::{count, words};
use canvas::draft::Inserted;
use entries::{Entry, Item, first, fitting, listed, recent};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use model::{Family, OperationId};
use std::collections::BTreeSet;
use ui::{Icon, Picture};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

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
    let specs = StoredValue::new(desk.specs());
    let here = Memo::new(move |_| {
        let wanted = desk.wanted.get();
        let has_input = matches!(&wanted, Some(Wanted::Replace(node)) if is_led_to(desk, node));
        specs.with_value(|specs| fitting(specs, wanted.as_ref(), has_input))
    });
    let list = Memo::new(move |_| here.with(|here| searched.with(|text| listed(text, here.clone()))));
    // Where a node is asked for, what was used lately is likely to be meant.
    let lately = Memo::new(move |_| {
        let offered = desk.wanted.with(Option::is_some) && searched.with(|text| text.trim().is_empty());
        if offered { here.with(|here| lately.with(|ids| recent(here, ids))) } else { Vec::new() }
    });
    let first = Signal::derive(move || {
        let recent = lately.with(|lately| lately.first().map(|entry| entry.operation.clone()));
        recent.or_else(|| list.with(|list| first(list)))
    });
    let group = move |(family, items): (Family, Vec<Item>)| {
        let name = family_words(Some(family), w);
        view! {
            <section class="kl-palette-group" aria-label=name>
                <h3>{name}</h3>
                {items.into_iter().map(|item| view! { <PaletteItem shelf item/> }).collect_view()}
            </section>
        }
    };
    let lately_group = move || {
        let entries = lately.get();
        (!entries.is_empty()).then(|| {
            view! {
                <section class="kl-palette-group" aria-label=w.palette_recent>
                    <h3>{w.palette_recent}</h3>
                    {entries.into_iter().map(|entry| view! { <PaletteEntry shelf entry/> }).collect_view()}
                </section>
            }
        })
    };
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            leave(shelf);
        }
    };
    view! {
        <aside class="kl-palette" aria-label=w.palette on:keydown=escape data-asked=move || desk.wanted.with(Option::is_some).then_some("")>
            <PaletteSearch shelf first/>
            {move || desk.wanted.with(|wanted| wanted.as_ref().map(asked)).map(|text| view! { <p class="kl-palette-asked">{text}</p> })}
            // A click between the entries leaves the focus where it is.
            <div class="kl-palette-list" on:mousedown=keep_focus>
                {lately_group}
                {move || list.get().into_iter().map(group).collect_view()}
                {move || list.with(Vec::is_empty).then(|| view! { <p class="kl-muted">{w.palette_nothing}</p> })}
            </div>
        </aside>
    }
}

fn keep_focus(event: MouseEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if target.is_some_and(|target| target.closest("button").ok().flatten().is_none()) {
        event.prevent_default();
    }
}

fn put(desk: Desk, operation: &OperationId) {
    let wanted = desk.wanted.get_untracked();
    desk.wanted.set(None);
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
        if desk.wanted.with(Option::is_some)
            && let Some(input) = input.get()
        {
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
    let asked = shelf.desk.wanted.try_update(Option::take).flatten().is_some();
    let searched = shelf.searched.try_update(std::mem::take).unwrap_or_default();
    if asked || searched.is_empty() {
        super::parts::focus_drawing(shelf.desk);
    }
}

#[component]
fn PaletteItem(shelf: Shelf, item: Item) -> impl IntoView {
    match item {
        Item::One(entry) => view! { <PaletteEntry shelf entry/> }.into_any(),
        Item::System { name, family, entries } => {
            view! { <PaletteSystem shelf name family entries/> }.into_any()
        }
    }
}

/// What one system can do. The right arrow opens the list, the left one closes it.
#[component]
fn PaletteSystem(shelf: Shelf, name: String, family: Family, entries: Vec<Entry>) -> impl IntoView {
    let key = StoredValue::new(Item::key(&name, family));
    let is_open = Memo::new(move |_| shelf.open.with(|open| key.with_value(|key| open.contains(key))));
    let set = move |wanted: bool| {
        shelf.open.update(|open| match wanted {
            true => drop(open.insert(key.get_value())),
            false => drop(open.remove(&key.get_value())),
        });
    };
    let picture = entries.first().map(|entry| glyph(&entry.operation, &shelf.desk.specs()));
    let picture = picture.map(|glyph| view! { <GlyphBox glyph family=family_name(Some(family))/> });
    let titles: Vec<String> = entries.iter().map(|entry| entry.title.clone()).collect();
    let (about, many) = (titles.join(", "), count(words().palette_operations, titles.len() as u64));
    let entries = StoredValue::new(entries);
    let press = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowRight" if is_open.get_untracked() => step(&event, 1),
        "ArrowRight" => set(true),
        "ArrowLeft" => set(false),
        other => walk(&event, other),
    };
    let list = move || {
        let entry = move |entry: Entry| view! { <PaletteEntry shelf entry inner=true/> };
        is_open.get().then(|| {
            view! { <div class="kl-palette-inner">{entries.get_value().into_iter().map(entry).collect_view()}</div> }
        })
    };
    view! {
        <button class="kl-palette-entry" type="button" tabindex="-1" title=many aria-expanded=move || is_open.get().to_string() on:click=move |_| set(!is_open.get_untracked()) on:keydown=press>
            {picture}
            <span class="kl-palette-text"><b>{name}</b><small>{about}</small></span>
            <Picture icon=Icon::Next/>
        </button>
        {list}
    }
}

#[component]
fn PaletteEntry(shelf: Shelf, entry: Entry, #[prop(optional)] inner: bool) -> impl IntoView {
    let picture = glyph(&entry.operation, &shelf.desk.specs());
    let (operation, dragged) = (entry.operation.clone(), entry.operation.to_string());
    let drag = move |event: web_sys::DragEvent| {
        if let Some(data) = event.data_transfer() {
            let _ = data.set_data(DRAGGED, &dragged);
        }
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowLeft" if inner => to_system(&event),
        other => walk(&event, other),
    };
    let subtitle = if inner { entry.about.clone() } else { entry.system.unwrap_or(entry.about.clone()) };
    view! {
        <button class="kl-palette-entry" type="button" tabindex="-1" draggable="true" title=entry.about on:click=move |_| shelf.choose.run(operation.clone()) on:dragstart=drag on:keydown=key>
            {(!inner).then(|| view! { <GlyphBox glyph=picture family=family_name(Some(entry.family))/> })}
            <span class="kl-palette-text"><b>{entry.title}</b><small>{subtitle}</small></span>
        </button>
    }
}

fn walk(event: &KeyboardEvent, key: &str) {
    let by = match key {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    event.prevent_default();
    step(event, by);
}

/// From one of a system's operations to the system.
fn to_system(event: &KeyboardEvent) {
    let inner = element_of(event).and_then(|element| element.closest(".kl-palette-inner").ok().flatten());
    let system = inner.and_then(|inner| inner.previous_element_sibling());
    if let Some(system) = system.and_then(|system| system.dyn_into::<HtmlElement>().ok()) {
        let _ = system.focus();
    }
}

fn element_of(event: &KeyboardEvent) -> Option<Element> {
    // The button, whatever of it was pressed.
    event.current_target().or_else(|| event.target())?.dyn_into().ok()
}

/// Gives the focus to the entry so many further, or back to the search.
fn step(event: &KeyboardEvent, by: i32) {
    let Some(target) = element_of(event) else { return };
    let Some(palette) = target.closest(".kl-palette").ok().flatten() else { return };
    let Ok(all) = palette.query_selector_all("input, .kl-palette-entry") else { return };
    let elements: Vec<HtmlElement> =
        (0..all.length()).filter_map(|at| all.item(at)?.dyn_into().ok()).collect();
    let here = elements.iter().position(|element| **element == target);
    let next = here.and_then(|here| i32::try_from(here).ok()).map(|here| here + by);
    if let Some(element) = next.and_then(|next| elements.get(usize::try_from(next).ok()?)) {
        let _ = element.focus();
    }
}
