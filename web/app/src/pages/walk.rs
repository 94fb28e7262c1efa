//! Going through a list by keyboard: j or down for the next, k or up for the one before. Enter opens it by itself, because
//! what has the focus is a link or a button.

use leptos::ev;
use leptos::prelude::*;
use leptos_use::use_event_listener;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// Where keys are typed or mean something else.
const TAKES_KEYS: &str =
    "input:not([type=checkbox]), textarea, select, [contenteditable], [role=tablist], dialog, .kl-canvas";

/// Listens as long as the calling component lives. Other letters go to `on_key`, with the item that has the focus.
pub fn walk(items: &'static str, on_key: impl Fn(&str, &Element) + 'static) {
    // What a key does may ask for what the page provides, as a click may. Held weakly: the listener belongs to the page, and
    // would keep it from ever being left.
    let owner = Owner::current().map(|owner| owner.downgrade());
    let on_key = move |key: &str, item: &Element| match owner.as_ref().and_then(|owner| owner.upgrade()) {
        Some(owner) => owner.with(|| on_key(key, item)),
        None => on_key(key, item),
    };
    let _ = use_event_listener(window(), ev::keydown, move |event: KeyboardEvent| {
        let focused = document().active_element();
        let busy =
            focused.as_ref().is_some_and(|element| element.closest(TAKES_KEYS).ok().flatten().is_some());
        let changed = event.ctrl_key() || event.meta_key() || event.alt_key();
        if busy || changed || document().query_selector("dialog[open]").ok().flatten().is_some() {
            return;
        }
        let here = focused.and_then(|element| element.closest("[data-item]").ok().flatten());
        match (step(&event.key()), here) {
            (Some(by), here) => {
                event.prevent_default();
                go(items, here.as_ref(), by);
            }
            // A key that is held goes on through the list, and does nothing twice.
            (None, Some(here)) if !event.repeat() => on_key(&event.key(), &here),
            (None, _) => {}
        }
    });
}

fn step(key: &str) -> Option<isize> {
    match key {
        "j" | "ArrowDown" => Some(1),
        "k" | "ArrowUp" => Some(-1),
        _ => None,
    }
}

/// Each item says which it is by `data-item`, and holds one element of the class `kl-walk` that takes the focus.
fn go(items: &str, here: Option<&Element>, by: isize) {
    let Ok(all) = document().query_selector_all(items) else { return };
    let all: Vec<Element> = (0..all.length()).filter_map(|n| all.item(n)?.dyn_into().ok()).collect();
    let at = here.and_then(|here| all.iter().position(|item| item.is_same_node(Some(here))));
    let next = at.map_or(0, |at| (at as isize + by).clamp(0, all.len() as isize - 1)) as usize;
    let found = all.get(next).and_then(|item| item.query_selector(".kl-walk").ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

pub fn item_of(element: &Element) -> Option<String> {
    element.get_attribute("data-item")
}
