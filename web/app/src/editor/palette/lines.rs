//! The lines of the palette: an operation, a system, and what systems are for.

use super::Shelf;
use super::entries::{Entry, Item, System};
use super::walk::{step, to_level_above, walk};
use crate::editor::events::DRAGGED;
use crate::flow_canvas::GlyphBox;
use crate::flow_view::{family_name, family_words, glyph};
use crate::words::{count, words};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use model::{Family, Purpose};
use std::sync::Arc;
use ui::{Icon, Picture};

#[component]
pub fn PaletteItem(
    shelf: Shelf,
    item: Item,
    /// The list that it stands in: a system may stand in two, and is opened in one.
    list: &'static str,
) -> impl IntoView {
    match item {
        Item::One(entry) => view! { <PaletteEntry shelf entry/> }.into_any(),
        Item::System(system) => view! { <PaletteSystem shelf system list/> }.into_any(),
    }
}

/// Whether one of the lists is open, and how to open and close it with the mouse and the arrows.
#[derive(Clone, Copy)]
struct Fold {
    shelf: Shelf,
    key: StoredValue<String>,
    is_open: Memo<bool>,
}

impl Fold {
    fn new(shelf: Shelf, key: String) -> Self {
        let key = StoredValue::new(key);
        let is_open = Memo::new(move |_| shelf.open.with(|open| key.with_value(|key| open.contains(key))));
        Self { shelf, key, is_open }
    }

    fn set(self, wanted: bool) {
        self.shelf.open.update(|open| match wanted {
            true => drop(open.insert(self.key.get_value())),
            false => drop(open.remove(&self.key.get_value())),
        });
    }

    fn turn(self) {
        self.set(!self.is_open.get_untracked());
    }

    /// The right arrow opens the list, the left one closes it.
    fn press(self, event: &KeyboardEvent) {
        match event.key().as_str() {
            "ArrowRight" if self.is_open.get_untracked() => step(event, 1),
            "ArrowRight" => self.set(true),
            "ArrowLeft" if self.is_open.get_untracked() => self.set(false),
            "ArrowLeft" => to_level_above(event),
            other => walk(event, other),
        }
    }
}

/// All systems for one thing. They are drawn when somebody opens it, and each one's operations when that is opened.
#[component]
pub fn PalettePurpose(shelf: Shelf, purpose: Purpose, name: &'static str, items: Vec<Item>) -> impl IntoView {
    let fold = Fold::new(shelf, format!("{purpose:?}"));
    let names: Vec<String> = items.iter().map(name_of).collect();
    let about = names.join(", ");
    let items = StoredValue::new(items);
    let list = move || {
        let item = move |item: Item| view! { <PaletteItem shelf item list=name/> };
        fold.is_open.get().then(|| items.get_value().into_iter().map(item).collect_view())
    };
    view! {
        <section class="kl-palette-group kl-palette-purpose" aria-label=name>
            <button class="kl-palette-entry" type="button" tabindex="-1" data-level="0" title=about.clone() aria-expanded=move || fold.is_open.get().to_string() on:click=move |_| fold.turn() on:keydown=move |event| fold.press(&event)>
                <span class="kl-palette-text"><b>{name}</b><small>{about.clone()}</small></span>
                <span class="kl-palette-count">{names.len()}</span>
                <Picture icon=Icon::Next/>
            </button>
            {list}
        </section>
    }
}

fn name_of(item: &Item) -> String {
    match item {
        Item::One(entry) => entry.system.clone().unwrap_or_else(|| entry.title.clone()),
        Item::System(system) => system.name.clone(),
    }
}

/// What one system can do.
#[component]
fn PaletteSystem(shelf: Shelf, system: System, list: &'static str) -> impl IntoView {
    let System { name, entries } = system;
    let fold = Fold::new(shelf, format!("{list}/{name}"));
    let picture = entries.first().map(|entry| glyph(&entry.operation, &shelf.desk.specs()));
    let picture = picture.map(|glyph| view! { <GlyphBox glyph family=family_name(Some(Family::Action))/> });
    let titles: Vec<&str> = entries.iter().map(|entry| entry.title.as_str()).collect();
    let (about, many) = (titles.join(", "), count(words().palette_operations, titles.len() as u64));
    let entries = StoredValue::new(entries);
    let inner = move || {
        let entry = move |entry: Arc<Entry>| view! { <PaletteEntry shelf entry inner=true/> };
        fold.is_open.get().then(|| {
            view! { <div class="kl-palette-inner">{entries.get_value().into_iter().map(entry).collect_view()}</div> }
        })
    };
    view! {
        <button class="kl-palette-entry" type="button" tabindex="-1" data-level="1" title=many aria-expanded=move || fold.is_open.get().to_string() on:click=move |_| fold.turn() on:keydown=move |event| fold.press(&event)>
            {picture}
            <span class="kl-palette-text"><b>{name}</b><small>{about}</small></span>
            <Picture icon=Icon::Next/>
        </button>
        {inner}
    }
}

#[component]
pub fn PaletteEntry(shelf: Shelf, entry: Arc<Entry>, #[prop(optional)] inner: bool) -> impl IntoView {
    let picture = glyph(&entry.operation, &shelf.desk.specs());
    let (operation, dragged) = (entry.operation.clone(), entry.operation.to_string());
    let drag = move |event: web_sys::DragEvent| {
        if let Some(data) = event.data_transfer() {
            let _ = data.set_data(DRAGGED, &dragged);
        }
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowLeft" => to_level_above(&event),
        other => walk(&event, other),
    };
    let family = entry.family;
    // Among what a system can do, what begins a flow is told from what goes on with one.
    let subtitle = match (&entry.system, inner) {
        (_, true) if family == Family::Trigger => {
            format!("{} · {}", family_words(Some(family), words()), entry.about)
        }
        (Some(system), false) => system.clone(),
        _ => entry.about.clone(),
    };
    let level = if inner { "2" } else { "1" };
    view! {
        <button class="kl-palette-entry" type="button" tabindex="-1" data-level=level draggable="true" title=entry.about.clone() on:click=move |_| shelf.choose.run(operation.clone()) on:dragstart=drag on:keydown=key>
            {(!inner).then(|| view! { <GlyphBox glyph=picture family=family_name(Some(family))/> })}
            <span class="kl-palette-text"><b>{entry.title.clone()}</b><small>{subtitle}</small></span>
        </button>
    }
}
