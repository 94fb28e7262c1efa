//! What a flow can be made of: searched, clicked, dragged, or chosen with the keyboard alone.

use super::desk::Desk;
use super::events::{DRAGGED, after_chosen};
use crate::flow_canvas::GlyphBox;
use crate::flow_view::{family_name, family_words, glyph};
use crate::words::{language, words};
use canvas::draft::Inserted;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use model::{Family, Inputs, OperationId, OperationSpec, Specs};
use wasm_bindgen::JsCast;

/// In the order in which people build a flow.
const FAMILIES: [Family; 4] = [Family::Trigger, Family::Transform, Family::Control, Family::Action];

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    operation: OperationId,
    family: Family,
    title: String,
    system: Option<String>,
    about: String,
}

fn entry(spec: &OperationSpec, specs: &Specs) -> Entry {
    let connector = spec.id.connector();
    let system = (connector != "core").then(|| specs.connectors.get(connector)).flatten();
    Entry {
        operation: spec.id.clone(),
        family: spec.family,
        title: language().of(&spec.title).to_owned(),
        system: system.map(|system| language().of(&system.title).to_owned()),
        about: language().of(&spec.about).to_owned(),
    }
}

/// Every letter of what is searched for, in order; the better, the closer together and to the beginning.
fn fits(searched: &str, entry: &Entry, spec: &OperationSpec) -> Option<usize> {
    let system = entry.system.as_deref().unwrap_or_default();
    let text = format!("{} {system} {} {} {}", entry.title, spec.title.en, spec.title.th, entry.operation)
        .to_lowercase();
    if let Some(at) = text.find(searched) {
        return Some(at);
    }
    let mut rest = text.chars();
    let all = searched.chars().filter(|c| !c.is_whitespace()).all(|wanted| rest.any(|c| c == wanted));
    all.then_some(text.len())
}

#[component]
pub fn Palette(desk: Desk) -> impl IntoView {
    let w = words();
    let searched = RwSignal::new(String::new());
    let input = NodeRef::<html::Input>::new();
    let specs = StoredValue::new(desk.specs());
    // An edge that was let go, or a key, asks for a node: the search has the focus then.
    Effect::new(move |_| {
        if desk.wanted.with(Option::is_some)
            && let Some(input) = input.get()
        {
            searched.set(String::new());
            let _ = input.focus();
        }
    });
    let found = Memo::new(move |_| {
        let text = searched.with(|text| text.trim().to_lowercase());
        let behind = desk
            .wanted
            .with(|wanted| wanted.as_ref().is_some_and(|wanted| !matches!(wanted.place, Inserted::Alone(_))));
        specs.with_value(|specs| {
            let fitting = specs.operations.values().filter(|spec| !(behind && spec.inputs == Inputs::None));
            let mut found: Vec<(usize, Entry)> = fitting
                .filter_map(|spec| {
                    let entry = entry(spec, specs);
                    let place = if text.is_empty() { Some(0) } else { fits(&text, &entry, spec) };
                    place.map(|place| (place, entry))
                })
                .collect();
            found.sort_by(|a, b| (a.0, &a.1.title).cmp(&(b.0, &b.1.title)));
            found.into_iter().map(|(_, entry)| entry).collect::<Vec<_>>()
        })
    });
    let choose = move |operation: &OperationId| {
        let wanted = desk.wanted.get_untracked().map(|wanted| wanted.place);
        desk.wanted.set(None);
        super::insert(desk, operation, wanted.unwrap_or_else(|| after_chosen(desk)));
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            // What stands first is meant, in the order in which it is listed.
            if let Some(first) =
                found.with_untracked(|found| listed(found).next().map(|entry| entry.operation.clone()))
            {
                choose(&first);
            }
        }
        "ArrowDown" => {
            event.prevent_default();
            step(&event, 1);
        }
        "Escape" => {
            desk.wanted.set(None);
            searched.set(String::new());
        }
        _ => {}
    };
    let group = move |family: Family| {
        let entries = found
            .with(|found| found.iter().filter(|entry| entry.family == family).cloned().collect::<Vec<_>>());
        (!entries.is_empty()).then(|| {
            view! {
                <section class="kl-palette-group" aria-label=family_words(Some(family), w)>
                    <h3>{family_words(Some(family), w)}</h3>
                    {entries.into_iter().map(|entry| view! { <PaletteEntry desk entry on_choose=Callback::new(move |operation: OperationId| choose(&operation))/> }).collect_view()}
                </section>
            }
        })
    };
    let asked = move || {
        desk.wanted.with(|wanted| {
            wanted.as_ref().map(|wanted| match wanted.place {
                Inserted::Behind(..) => w.palette_behind,
                Inserted::Into(_) => w.palette_into,
                Inserted::Alone(_) => w.palette_alone,
            })
        })
    };
    view! {
        <aside class="kl-palette" aria-label=w.palette data-asked=move || desk.wanted.with(Option::is_some).then_some("")>
            <label class="kl-palette-search">
                <span class="kl-sr">{w.palette_search}</span>
                <input
                    node_ref=input
                    class="kl-input"
                    type="search"
                    placeholder=w.palette_search
                    prop:value=move || searched.get()
                    on:input=move |event| searched.set(event_target_value(&event))
                    on:keydown=key
                />
                <kbd aria-hidden="true">"N"</kbd>
            </label>
            {move || asked().map(|text| view! { <p class="kl-palette-asked">{text}</p> })}
            <div class="kl-palette-list">
                {move || FAMILIES.map(group).collect_view()}
                {move || found.with(Vec::is_empty).then(|| view! { <p class="kl-muted">{w.palette_nothing}</p> })}
            </div>
        </aside>
    }
}

fn listed(found: &[Entry]) -> impl Iterator<Item = &Entry> {
    FAMILIES.into_iter().flat_map(move |family| found.iter().filter(move |entry| entry.family == family))
}

#[component]
fn PaletteEntry(desk: Desk, entry: Entry, on_choose: Callback<OperationId>) -> impl IntoView {
    let picture = glyph(&entry.operation, &desk.specs());
    let (operation, dragged) = (entry.operation.clone(), entry.operation.to_string());
    let drag = move |event: web_sys::DragEvent| {
        if let Some(data) = event.data_transfer() {
            let _ = data.set_data(DRAGGED, &dragged);
        }
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowDown" => {
            event.prevent_default();
            step(&event, 1);
        }
        "ArrowUp" => {
            event.prevent_default();
            step(&event, -1);
        }
        _ => {}
    };
    let subtitle = entry.system.unwrap_or(entry.about.clone());
    view! {
        <button class="kl-palette-entry" type="button" draggable="true" title=entry.about on:click=move |_| on_choose.run(operation.clone()) on:dragstart=drag on:keydown=key>
            <GlyphBox glyph=picture family=family_name(Some(entry.family))/>
            <span class="kl-palette-text"><b>{entry.title}</b><small>{subtitle}</small></span>
        </button>
    }
}

/// Gives the focus to the entry so many further, or back to the search.
fn step(event: &KeyboardEvent, by: i32) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
        return;
    };
    let Some(palette) = target.closest(".kl-palette").ok().flatten() else { return };
    let Ok(all) = palette.query_selector_all("input, .kl-palette-entry") else { return };
    let elements: Vec<web_sys::HtmlElement> =
        (0..all.length()).filter_map(|at| all.item(at)?.dyn_into().ok()).collect();
    let here = elements.iter().position(|element| **element == target);
    let next = here.and_then(|here| i32::try_from(here).ok()).map(|here| here + by);
    if let Some(element) = next.and_then(|next| elements.get(usize::try_from(next).ok()?)) {
        let _ = element.focus();
    }
}
