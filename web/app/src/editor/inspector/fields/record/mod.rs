//! A record of the connected system: searched while typing, chosen from a list, or written by its id.

mod picker;

use super::editing::{EditFrame, Editing};
use crate::words::{fill, words};
use api::FoundRecord;
use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use model::{FieldKind, Value};
use picker::{Asking, Picker, typed_id};
use ui::{FieldIds, Icon, IconButton};
use wasm_bindgen::JsCast;

/// A pause in typing after which the system is asked.
const PAUSE_MS: f64 = 300.0;

#[component]
pub fn RecordEditor(editing: Editing) -> impl IntoView {
    let FieldKind::Record(kind) = editing.field.kind.clone() else { return ().into_any() };
    let picker = Picker::new(&editing, kind);
    let fixed = {
        let editing = editing.clone();
        move |ids: FieldIds| view! { <Combobox editing=editing.clone() picker ids/> }.into_any()
    };
    view! { <EditFrame editing fixed/> }.into_any()
}

/// One row of the list.
#[derive(Clone, PartialEq)]
enum Row {
    Record(FoundRecord),
    /// What is typed, as an id.
    Typed(String),
    More,
}

fn rows(picker: Picker) -> Vec<Row> {
    let records = picker.found.get().into_iter().map(Row::Record);
    let more = picker.next.get().map(|_| Row::More);
    let typed = picker.typed.get().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    records.chain(more).chain(typed.map(Row::Typed)).collect()
}

#[component]
fn Combobox(editing: Editing, picker: Picker, ids: FieldIds) -> impl IntoView {
    let w = words();
    let frame = NodeRef::<html::Div>::new();
    let all = Memo::new(move |_| rows(picker));
    let write = {
        let editing = editing.clone();
        Callback::new(move |value: Option<Value>| editing.write(value))
    };
    let pick = Callback::new(move |value: Option<Value>| editing.pick(value));
    let choose = Callback::new(move |row: Row| match row {
        Row::More => picker.more(),
        Row::Record(record) => {
            picker.chosen.set(Some(Some(record.clone())));
            close(picker);
            pick.run(Some(record.id));
        }
        Row::Typed(text) => {
            close(picker);
            pick.run(typed_id(&text));
        }
    });
    let search = leptos_use::use_debounce_fn(
        move || {
            // Something was chosen meanwhile, or given up.
            if picker.open.try_get_untracked() == Some(true) {
                picker.search();
            }
        },
        PAUSE_MS,
    );
    let typing = move |text: String| {
        let is_empty = text.trim().is_empty();
        if is_empty || !picker.is_usable() {
            write.run(typed_id(&text));
        }
        picker.typed.set(Some(text));
        picker.open.set(true);
        search();
    };
    let begin = move || {
        picker.open.set(true);
        if picker.asking.with_untracked(|asking| *asking != Asking::Busy) {
            picker.search();
        }
    };
    let key = move |event: KeyboardEvent| on_key(&event, picker, &all.get_untracked(), choose, begin);
    // A browser says so of a field that is taken away, too, when its frame is not known any more.
    let left = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        let frame = frame.try_get_untracked().flatten();
        let stays = frame.is_some_and(|frame| to.is_some() && frame.contains(to.as_ref()));
        if !stays {
            close(picker);
        }
    };
    let list = format!("{}-list", ids.input);
    let option_id = {
        let list = list.clone();
        move |at: usize| format!("{list}-{at}")
    };
    let active = {
        let option_id = option_id.clone();
        move || picker.active.get().filter(|_| picker.open.get()).map(&option_id)
    };
    let is_open = move || picker.open.get() && picker.connection.with(Option::is_some);
    let placeholder =
        move || if picker.connection.with(Option::is_some) { w.record_search } else { w.record_id };
    let has_connection = move || picker.connection.with(Option::is_some);
    view! {
        <div class="kl-record" node_ref=frame on:focusout=left>
            <div class="kl-record-line">
                <input
                    class="kl-input"
                    id=ids.input
                    type="text"
                    role="combobox"
                    aria-autocomplete="list"
                    aria-expanded=move || is_open().to_string()
                    aria-controls=list.clone()
                    aria-activedescendant=active
                    aria-describedby=ids.note
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=placeholder
                    data-entry=""
                    prop:value=move || picker.shown()
                    on:input=move |event| typing(event_target_value(&event))
                    on:click=move |_| begin()
                    on:keydown=key
                />
                <Show when=has_connection><IconButton icon=Icon::Again label=w.record_refresh on_click=move |()| picker.refresh()/></Show>
            </div>
            <div class="kl-record-list" id=list role="listbox" aria-label=w.record_list hidden=move || !is_open()>
                {move || all.get().into_iter().enumerate().map(|(at, row)| view! { <Choice id=option_id(at) at row picker choose/> }).collect_view()}
            </div>
            <State picker/>
        </div>
    }
}

/// What is typed and not chosen is given up: the field shows the chosen record again.
fn close(picker: Picker) {
    picker.open.set(false);
    picker.typed.set(None);
    picker.active.set(None);
}

fn on_key(event: &KeyboardEvent, picker: Picker, all: &[Row], choose: Callback<Row>, begin: impl Fn()) {
    let is_open = picker.open.get_untracked();
    let at = picker.active.get_untracked();
    match event.key().as_str() {
        "ArrowDown" | "ArrowUp" if !is_open => begin(),
        "ArrowDown" if !all.is_empty() => {
            picker.active.set(Some(at.map_or(0, |at| (at + 1) % all.len())));
        }
        "ArrowUp" if !all.is_empty() => {
            picker.active.set(Some(at.map_or(all.len() - 1, |at| (at + all.len() - 1) % all.len())));
        }
        "Enter" if is_open => {
            if let Some(row) = at.and_then(|at| all.get(at)) {
                choose.run(row.clone());
            }
        }
        "Escape" if is_open => close(picker),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

#[component]
fn Choice(id: String, at: usize, row: Row, picker: Picker, choose: Callback<Row>) -> impl IntoView {
    let w = words();
    let is_active = move || picker.active.get() == Some(at);
    let element = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if is_active()
            && let Some(element) = element.get()
        {
            reveal(&element);
        }
    });
    let body = match &row {
        Row::Record(record) => {
            let (label, detail) = (record.label.clone(), record.detail.clone());
            view! { <span>{label}</span><span class="kl-record-detail">{detail}</span> }.into_any()
        }
        Row::Typed(text) => {
            view! { <span class="kl-muted">{fill(w.record_take_id, &[text])}</span> }.into_any()
        }
        Row::More => view! { <span class="kl-record-more">{w.load_more}</span> }.into_any(),
    };
    view! {
        <div
            class="kl-record-option"
            node_ref=element
            id=id
            role="option"
            aria-selected=move || is_active().to_string()
            // The field keeps the focus.
            on:mousedown=move |event| event.prevent_default()
            on:click=move |_| choose.run(row.clone())
        >
            {body}
        </div>
    }
}

/// Scrolls the list as far as it has to be, and nothing around it.
fn reveal(option: &web_sys::Element) {
    let Some(list) = option.parent_element() else { return };
    let (own, seen) = (option.get_bounding_client_rect(), list.get_bounding_client_rect());
    let by = (own.bottom() - seen.bottom()).max(0.0) - (seen.top() - own.top()).max(0.0);
    list.set_scroll_top(list.scroll_top() + by as i32);
}

/// Which record is chosen, or why there is none to choose.
#[component]
fn State(picker: Picker) -> impl IntoView {
    let w = words();
    let state = move || {
        if picker.connection.with(Option::is_none) {
            return Some((w.record_no_connection.to_owned(), "mute"));
        }
        let is_open = picker.open.get();
        match picker.asking.get() {
            Asking::Failed(told) => {
                Some((format!("{} {}", told.text(), told.detail).trim().to_owned(), "bad"))
            }
            Asking::Busy if is_open => Some((w.record_busy.to_owned(), "mute")),
            Asking::Answered if is_open && picker.found.with(Vec::is_empty) => {
                Some((w.record_nothing.to_owned(), "mute"))
            }
            _ if is_open => None,
            _ => told_of_chosen(picker),
        }
    };
    view! { <p class="kl-record-state" role="status" data-tone=move || state().map(|(_, tone)| tone)>{move || state().map(|(text, _)| text)}</p> }
}

fn told_of_chosen(picker: Picker) -> Option<(String, &'static str)> {
    match picker.chosen.get()? {
        Some(record) => {
            let id = super::edit::as_text(&record.id);
            let detail =
                if record.detail.is_empty() { String::new() } else { format!(" · {}", record.detail) };
            Some((format!("#{id}{detail}"), "mute"))
        }
        None => Some((words().record_gone.to_owned(), "bad")),
    }
}
