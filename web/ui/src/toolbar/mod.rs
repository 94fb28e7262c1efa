//! Buttons that belong together: one stop for Tab, and arrows go from one to the next.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The buttons are there from the start and stay.
#[component]
pub fn Toolbar(
    #[prop(into)] label: String,
    #[prop(into)] class: String,
    children: Children,
) -> impl IntoView {
    let area = NodeRef::<Div>::new();
    area.on_load(|area| stop_at(&buttons(&area), 0));
    let entered = move |event: FocusEvent| {
        let Some(buttons) = area.get_untracked().map(|area| buttons(&area)) else { return };
        let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        if let Some(at) = buttons.iter().position(|button| Some(button) == target.as_ref()) {
            stop_at(&buttons, at);
        }
    };
    let keydown = move |event: KeyboardEvent| {
        let Some(buttons) = area.get_untracked().map(|area| buttons(&area)) else { return };
        let active = document().active_element();
        let here = buttons.iter().position(|button| active.as_ref() == Some(button.as_ref()));
        let next = here.and_then(|here| next(&event.key(), here, buttons.len()));
        if let Some(button) = next.and_then(|next| buttons.get(next)) {
            event.prevent_default();
            let _ = button.focus();
        }
    };
    view! {
        <div class=class role="toolbar" aria-label=label node_ref=area on:focusin=entered on:keydown=keydown>
            {children()}
        </div>
    }
}

fn next(key: &str, here: usize, many: usize) -> Option<usize> {
    match key {
        "ArrowRight" => Some((here + 1) % many),
        "ArrowLeft" => Some((here + many - 1) % many),
        "Home" => Some(0),
        "End" => many.checked_sub(1),
        _ => None,
    }
}

fn buttons(area: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(all) = area.query_selector_all("button") else { return Vec::new() };
    (0..all.length()).filter_map(|at| all.item(at)?.dyn_into().ok()).collect()
}

fn stop_at(buttons: &[HtmlElement], at: usize) {
    for (here, button) in buttons.iter().enumerate() {
        button.set_tab_index(if here == at { 0 } else { -1 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_around_the_ends() {
        assert_eq!([next("ArrowRight", 2, 3), next("ArrowLeft", 0, 3)], [Some(0), Some(2)]);
        assert_eq!([next("End", 0, 3), next("Home", 2, 3), next("ArrowUp", 0, 3)], [Some(2), Some(0), None]);
    }
}
