//! Where the keyboard is led to.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Gives the focus to the first such element; says whether there is one.
pub fn focus_on(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let element = found.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|element| element.focus().is_ok())
}

/// The same in the next frame, when what is to be drawn is drawn.
pub fn focus_soon(selector: impl Into<String>) {
    let selector = selector.into();
    soon(move || {
        focus_on(&selector);
    });
}

/// Leads the keyboard somewhere in the next frame, unless somebody has begun to write elsewhere meanwhile: a hand is faster than
/// a frame at times, and its letters would become keys of what has the focus then.
pub fn soon(lead: impl FnOnce() + 'static) {
    let before = document().active_element();
    request_animation_frame(move || {
        let now = document().active_element();
        if now == before || !now.is_some_and(|now| is_written_in(&now)) {
            lead();
        }
    });
}

/// Whether somebody is writing: what comes by itself then does not lead the keyboard away.
pub fn is_writing() -> bool {
    document().active_element().is_some_and(|now| is_written_in(&now))
}

/// Of what is inside the script editor, the page sees the element around it.
fn is_written_in(element: &Element) -> bool {
    let written = "input, select, textarea, [contenteditable=true], [data-typing]";
    element.matches(written).unwrap_or(false)
}
