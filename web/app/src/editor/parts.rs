//! The parts of the editor's page, each a key away: F6 leads to the next one, another key to what is set, and Escape from there
//! back to the drawing.

use super::desk::Desk;
use super::inspector::fields::focus_entry;
use super::{draw, focus_node, menu};
use crate::flow_canvas::INSPECTOR;
use crate::focus::{focus_on, soon};
use canvas::Under;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Head,
    Palette,
    Drawing,
    Test,
    Setup,
}

impl Part {
    /// As one reads the page.
    const ALL: [Part; 5] = [Part::Head, Part::Palette, Part::Drawing, Part::Test, Part::Setup];

    const fn selector(self) -> &'static str {
        match self {
            Part::Head => ".kl-top",
            Part::Palette => ".kl-palette",
            Part::Drawing => ".kl-sheet",
            Part::Test => ".kl-test",
            Part::Setup => ".kl-inspector",
        }
    }

    fn enter(self, desk: Desk) {
        if self == Part::Palette && first_shown(".kl-palette input").is_none() {
            return desk.shelf.set(true);
        }
        let first = match self {
            Part::Head => ".kl-top button:not(:disabled)",
            Part::Palette => ".kl-palette input",
            Part::Test => ".kl-test button:not(:disabled)",
            Part::Drawing => return focus_drawing(desk),
            Part::Setup => return focus_setup(desk),
        };
        focus_on(first);
    }
}

/// Goes so many parts further, around the ends; from nowhere to the drawing.
pub fn go(desk: Desk, by: isize) {
    let is_there = |part: &Part| document().query_selector(part.selector()).ok().flatten().is_some();
    let parts: Vec<Part> = Part::ALL.into_iter().filter(is_there).collect();
    let here = document().active_element().and_then(|active| {
        parts.iter().position(|part| active.closest(part.selector()).ok().flatten().is_some())
    });
    next(&parts, here, by).enter(desk);
}

fn next(parts: &[Part], here: Option<usize>, by: isize) -> Part {
    let next = here.map(|here| (here as isize + by).rem_euclid(parts.len() as isize) as usize);
    next.and_then(|next| parts.get(next)).copied().unwrap_or(Part::Drawing)
}

/// The first field of what is chosen, or what stands there in its place.
pub fn focus_setup(desk: Desk) {
    desk.look.tab.set("setup");
    // What is chosen may have changed just now: its fields are drawn only after this.
    soon(|| {
        let places = [
            ".kl-setup :is(input, textarea, select, [data-entry])",
            ".kl-inspector-body :is(input, textarea, select, [data-entry], button)",
            ":is(input, button)",
        ];
        let found = places.iter().find_map(|place| first_shown(&format!("#{INSPECTOR} {place}")));
        if let Some(entry) = found {
            focus_entry(&entry);
        }
    });
}

/// The first that can take the focus: an editor that is still loaded is there, and hidden.
fn first_shown(selector: &str) -> Option<HtmlElement> {
    let all = document().query_selector_all(selector).ok()?;
    let mut elements = (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<HtmlElement>().ok());
    let is_shown = |element: &HtmlElement| {
        element.offset_parent().is_some() && !element.matches(":disabled").unwrap_or(false)
    };
    elements.find(is_shown)
}

/// Back to what is chosen, else to where Tab comes into the drawing.
pub fn focus_drawing(desk: Desk) {
    match desk.canvas.with_untracked(menu::chosen) {
        Under::Node(node) => focus_node(node),
        Under::Note(note, _) => draw::focus_note(&note),
        Under::Edge(edge) => draw::focus_edge(&edge),
        _ => {
            let is_there =
                focus_on(".kl-outline [data-node]") || focus_on(".kl-canvas .kl-node[tabindex=\"0\"]");
            let active = document().active_element().and_then(|active| active.dyn_into::<HtmlElement>().ok());
            // Nothing is drawn yet. With nothing in focus, keys are for the drawing.
            if let Some(active) = active.filter(|_| !is_there) {
                let _ = active.blur();
            }
        }
    }
}

/// Escape leads from what is set back to the drawing, unless it has ended something smaller.
pub fn leave_setup(desk: Desk, event: &KeyboardEvent) {
    if event.key() == "Escape" && !event.default_prevented() && !event.is_composing() && !empties(event) {
        event.prevent_default();
        focus_drawing(desk);
    }
}

/// The browser empties a search at Escape.
fn empties(event: &KeyboardEvent) -> bool {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    input.is_some_and(|input| input.type_() == "search" && !input.value().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_that_are_there_are_gone_through_in_a_circle() {
        let parts = [Part::Head, Part::Palette, Part::Drawing, Part::Setup];
        assert_eq!([next(&parts, Some(2), 1), next(&parts, Some(3), 1)], [Part::Setup, Part::Head]);
        assert_eq!(next(&parts, Some(0), -1), Part::Setup);
        assert_eq!(next(&parts, None, -1), Part::Drawing);
    }
}
