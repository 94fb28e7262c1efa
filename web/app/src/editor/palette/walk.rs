//! Through the palette with the arrows.

use leptos::ev::KeyboardEvent;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

/// A click between the entries leaves the focus where it is.
pub fn keep_focus(event: MouseEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if target.is_some_and(|target| target.closest("button, a").ok().flatten().is_none()) {
        event.prevent_default();
    }
}

pub fn walk(event: &KeyboardEvent, key: &str) {
    let by = match key {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    event.prevent_default();
    step(event, by);
}

/// Gives the focus to the entry so many further, or back to the search.
pub fn step(event: &KeyboardEvent, by: i32) {
    let Some((elements, here)) = around(event) else { return };
    let next = i32::try_from(here).ok().and_then(|here| usize::try_from(here + by).ok());
    if let Some(element) = next.and_then(|next| elements.get(next)) {
        let _ = element.focus();
    }
}

/// From one of a system's operations to the system, and from there to what it is for.
pub fn to_level_above(event: &KeyboardEvent) {
    let Some((elements, here)) = around(event) else { return };
    let level = |element: &HtmlElement| element.get_attribute("data-level").unwrap_or_default();
    let Some(own) = elements.get(here).map(level) else { return };
    let above = elements[..here].iter().rev().find(|element| {
        let level = level(element);
        !level.is_empty() && level < own
    });
    // A system that stands above all purposes has nothing above it.
    if let Some(above) = above {
        let _ = above.focus();
    }
}

/// The search and all entries, and which of them the event is about.
fn around(event: &KeyboardEvent) -> Option<(Vec<HtmlElement>, usize)> {
    // The button, whatever of it was pressed.
    let target: Element = event.current_target().or_else(|| event.target())?.dyn_into().ok()?;
    let palette = target.closest(".kl-palette").ok()??;
    let all = palette.query_selector_all("input, .kl-palette-entry").ok()?;
    let elements: Vec<HtmlElement> =
        (0..all.length()).filter_map(|at| all.item(at)?.dyn_into().ok()).collect();
    let here = elements.iter().position(|element| **element == target)?;
    Some((elements, here))
}
