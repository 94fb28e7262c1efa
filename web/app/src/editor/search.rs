//! Search in the flow: what is found is brought into view, one after the other, and the place is named.

use super::desk::Desk;
use crate::focus::focus_soon;
use crate::words::{fill, language, words};
use canvas::{Input, Selection};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use model::Specs;
use model::find::{Found, Part, Place, find};
use ui::{Icon, IconButton};

#[component]
pub fn FlowSearch(desk: Desk) -> impl IntoView {
    move || desk.asking.finding.get().then(|| view! { <SearchBar desk/> })
}

#[component]
fn SearchBar(desk: Desk) -> impl IntoView {
    let w = words();
    let (searched, at) = (RwSignal::new(String::new()), RwSignal::new(0));
    let input = NodeRef::<html::Input>::new();
    input.on_load(|input| {
        let _ = input.focus();
    });
    let specs = desk.specs();
    let found = Memo::new(move |_| {
        desk.changed.track();
        let title = |operation: &str| title_of(&specs, operation);
        searched.with(|searched| find(&desk.document(), searched, title))
    });
    // Another text begins with its first place.
    Effect::new(move |_| {
        searched.track();
        at.set(0);
        look(desk, found.with_untracked(|found| found.first().cloned()));
    });
    let go = move |by: isize| {
        let many = found.with_untracked(Vec::len) as isize;
        if many > 0 {
            let next = (at.get_untracked() as isize + by).rem_euclid(many) as usize;
            at.set(next);
            look(desk, found.with_untracked(|found| found.get(next).cloned()));
        }
    };
    let leave = move || {
        desk.asking.finding.set(false);
        // One goes on where one has come to.
        if let Some(node) = desk.canvas.with_untracked(|canvas| canvas.selected().cloned()) {
            super::focus_node(node);
        }
    };
    let key = move |event: KeyboardEvent| {
        match (event.key().as_str(), event.shift_key()) {
            ("Enter", false) | ("ArrowDown", _) => go(1),
            ("Enter", true) | ("ArrowUp", _) => go(-1),
            ("Escape", _) => leave(),
            _ => return,
        }
        event.prevent_default();
    };
    let here = move || found.with(|found| found.get(at.get()).cloned());
    let count = move || match (searched.with(|text| text.trim().is_empty()), found.with(Vec::len)) {
        (true, _) => String::new(),
        (_, 0) => w.find_none.to_owned(),
        (_, many) => fill(w.find_place, &[&(at.get().min(many - 1) + 1), &many]),
    };
    let none = Signal::derive(move || found.with(Vec::is_empty));
    view! {
        <div class="kl-find" role="search" data-typing="">
            <div class="kl-find-row">
                <input node_ref=input class="kl-input" type="text" aria-label=w.find_here placeholder=w.find_here spellcheck="false" prop:value=move || searched.get() on:input=move |event| searched.set(event_target_value(&event)) on:keydown=key/>
                <span class="kl-find-count" role="status">{count}</span>
                <IconButton icon=Icon::Up label=w.find_previous disabled=none on_click=move |()| go(-1)/>
                <IconButton icon=Icon::Down label=w.find_next disabled=none on_click=move |()| go(1)/>
                <IconButton icon=Icon::Cross label=w.close on_click=move |()| leave()/>
            </div>
            <p class="kl-find-what" aria-live="polite">{move || here().map(|found| told(desk, &found))}</p>
        </div>
    }
}

/// The operation's name as people read it, in both languages.
fn title_of(specs: &Specs, operation: &str) -> String {
    let spec = specs.operation(&operation.into());
    spec.map(|spec| format!("{} {}", spec.title.en, spec.title.th)).unwrap_or_default()
}

/// Brings a place into view and chooses it. The focus stays where one types.
fn look(desk: Desk, found: Option<Found>) {
    match found.map(|found| found.place) {
        Some(Place::Node(node)) => drop(desk.handle(Input::Focus(node))),
        Some(Place::Note(note)) => {
            let centre = desk
                .canvas
                .with_untracked(|canvas| canvas.scene().note(&note).map(|note| note.area.centre()));
            desk.does(move |canvas| canvas.choose_all(Selection::of_note(note)));
            if let Some(centre) = centre {
                desk.handle(Input::CentreOn(centre));
            }
        }
        None => {}
    }
}

/// "Create sales order, field Values: …TEA-250…".
fn told(desk: Desk, found: &Found) -> impl IntoView + use<> {
    let w = words();
    let (doc, specs) = (desk.document(), desk.specs());
    let node = match &found.place {
        Place::Node(id) => doc.node(id.as_str()),
        Place::Note(_) => None,
    };
    let field = || {
        let spec = node.and_then(|node| specs.operation(&node.operation));
        let field = spec.and_then(|spec| spec.find_field(&found.field));
        field.map_or_else(|| found.field.clone(), |field| language().of(&field.title).to_owned())
    };
    let part = match found.part {
        Part::Title => w.find_in_title.to_owned(),
        Part::Operation => w.find_in_operation.to_owned(),
        Part::Connection => w.find_in_connection.to_owned(),
        Part::Note => w.find_in_note.to_owned(),
        Part::Group => w.find_in_group.to_owned(),
        Part::Field => field(),
    };
    let name = node.map(|node| node.label().to_owned());
    view! { <b>{name}</b> " " <span class="kl-find-part">{part}</span> " " <span>{found.text.clone()}</span> }
}

/// Opens the search, or leads back into it.
pub fn open(desk: Desk) {
    desk.asking.finding.set(true);
    focus_soon(".kl-find input");
}
