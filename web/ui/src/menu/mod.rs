//! A menu that opens at a point of the window: by a right click, a long press, or the menu key.

use crate::{Icon, Picture};
use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Free space between the menu and the window's rim, in pixels.
const RIM: f64 = 8.0;

#[derive(Clone)]
pub struct MenuItem {
    pub label: String,
    /// The keys that do the same, such as `Ctrl+C`.
    pub keys: String,
    /// The same for `aria-keyshortcuts`, such as `Control+C`.
    pub announced: Option<String>,
    pub icon: Option<Icon>,
    /// One of several that exclude one another, and whether it is the one.
    pub checked: Option<bool>,
    /// A spot of colour before the words, by the name that the style sheet has for it.
    pub swatch: Option<&'static str>,
    pub danger: bool,
    pub on_choose: Callback<()>,
}

/// Items in sections, with a line between them. Arrows, Home, End and first letters walk through; Escape and Tab close it.
///
/// Whoever opens it gets `on_close` before an item does what it is for, so that the focus is back where it was by then.
#[component]
pub fn Menu(
    /// In pixels of the window.
    at: (f64, f64),
    #[prop(into)] label: String,
    sections: Vec<Vec<MenuItem>>,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let area = NodeRef::<Div>::new();
    let place = RwSignal::new(at);
    Effect::new(move |_| {
        let Some(menu) = area.get() else { return };
        place.set(within(at, &menu));
        focus(&menu, 0);
    });
    let keydown = move |event: KeyboardEvent| {
        let Some(menu) = area.get_untracked() else { return };
        // Keys mean the menu while it is open, and nothing behind it.
        event.stop_propagation();
        if key(&event, &menu) == Some(Closes) {
            on_close.run(());
        }
    };
    // A press anywhere else closes it, and does what it would have done.
    let outside = window_event_listener(leptos::ev::pointerdown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if area.get_untracked().is_some_and(|menu| !menu.contains(target.as_ref())) {
            on_close.run(());
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| on_close.run(()));
    on_cleanup(move || {
        outside.remove();
        resized.remove();
    });
    let section = |(at, items): (usize, Vec<MenuItem>)| {
        let line = (at > 0).then(|| view! { <div role="separator"></div> });
        view! { {line} {items.into_iter().map(|item| view! { <Item item on_close/> }).collect_view()} }
    };
    let filled = sections.into_iter().filter(|items| !items.is_empty()).enumerate();
    view! {
        <div
            class="kl-context"
            role="menu"
            tabindex="-1"
            aria-label=label
            node_ref=area
            style:--x=move || format!("{:.0}px", place.get().0)
            style:--y=move || format!("{:.0}px", place.get().1)
            on:keydown=keydown
            on:contextmenu=|event| event.prevent_default()
        >
            {filled.map(section).collect_view()}
        </div>
    }
}

#[component]
fn Item(item: MenuItem, on_close: Callback<()>) -> impl IntoView {
    let MenuItem { label, keys, announced, icon, checked, swatch, danger, on_choose } = item;
    let choose = move |_| {
        on_close.run(());
        on_choose.run(());
    };
    let picture = match (swatch, icon) {
        (Some(colour), _) => view! { <span class="kl-swatch" data-colour=colour></span> }.into_any(),
        (None, Some(icon)) => view! { <Picture icon/> }.into_any(),
        (None, None) => view! { <span class="kl-icon"></span> }.into_any(),
    };
    view! {
        <button
            type="button"
            role=if checked.is_some() { "menuitemradio" } else { "menuitem" }
            aria-keyshortcuts=announced
            aria-checked=checked.map(|checked| checked.to_string())
            tabindex="-1"
            data-danger=danger.then_some("")
            on:click=choose
        >
            {picture}
            <span>{label}</span>
            {(!keys.is_empty()).then(|| view! { <kbd aria-hidden="true">{keys}</kbd> })}
        </button>
    }
}

#[derive(PartialEq)]
struct Closes;

fn key(event: &KeyboardEvent, menu: &HtmlElement) -> Option<Closes> {
    let items = items(menu);
    let here =
        items.iter().position(|item| document().active_element().is_some_and(|active| active == **item));
    let next = match (event.key().as_str(), here) {
        ("Escape" | "Tab", _) => {
            event.prevent_default();
            return Some(Closes);
        }
        ("ArrowDown", Some(here)) => (here + 1) % items.len(),
        ("ArrowUp", Some(here)) => (here + items.len() - 1) % items.len(),
        ("ArrowUp" | "End", _) => items.len().saturating_sub(1),
        ("ArrowDown" | "Home", _) => 0,
        (letter, here) if letter.chars().count() == 1 && letter != " " => {
            let from = here.map_or(0, |here| here + 1);
            let begins = |at: &usize| {
                let text = items[*at].inner_text().trim().to_lowercase();
                text.starts_with(&letter.to_lowercase())
            };
            let found = (from..items.len()).chain(0..from).find(begins);
            found?
        }
        _ => return None,
    };
    event.prevent_default();
    focus(menu, next);
    None
}

fn items(menu: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(all) = menu.query_selector_all("button") else { return Vec::new() };
    (0..all.length()).filter_map(|at| all.item(at)?.dyn_into().ok()).collect()
}

fn focus(menu: &HtmlElement, at: usize) {
    if let Some(item) = items(menu).get(at) {
        let _ = item.focus();
    }
}

/// A place at which all of the menu is in the window.
fn within((x, y): (f64, f64), menu: &HtmlElement) -> (f64, f64) {
    let room = |size: Result<wasm_bindgen::JsValue, _>| size.ok().and_then(|size| size.as_f64());
    let fit = |at: f64, long: i32, room: Option<f64>| match room {
        Some(room) => at.min(room - f64::from(long) - RIM).max(RIM),
        None => at,
    };
    (
        fit(x, menu.offset_width(), room(window().inner_width())),
        fit(y, menu.offset_height(), room(window().inner_height())),
    )
}
