//! Where the focus goes: between sources and fields, and from field to field.

use super::state::Mapper;
use canvas::mapper::next_open;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The attribute of the one input that gives a field its source.
pub const INPUT: &str = "data-mapper-input";
const SOURCE: &str = "data-source";

/// The elements with an attribute, in the order in which they are drawn.
fn all(attribute: &str) -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all(&format!(".kl-mapper [{attribute}]")) else {
        return Vec::new();
    };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

fn find(attribute: &str, value: &str) -> Option<HtmlElement> {
    all(attribute).into_iter().find(|element| element.get_attribute(attribute).as_deref() == Some(value))
}

fn focus(element: Option<HtmlElement>) -> bool {
    element.is_some_and(|element| element.focus().is_ok())
}

pub fn focus_source(path: &str) -> bool {
    focus(find(SOURCE, path))
}

pub fn focus_input(target: &str) -> bool {
    focus(find(INPUT, target))
}

/// The field where the focus is.
pub fn here() -> Option<String> {
    let line = document().active_element()?.closest("[data-mapper-target]").ok()??;
    line.get_attribute("data-mapper-target")
}

/// Goes to where a chosen source is most likely to be put.
pub fn next_input(mapper: Mapper) {
    if !jump(mapper) {
        focus(all(INPUT).into_iter().next());
    }
}

/// Goes to the next field that is required and still open; says whether there is one.
pub fn jump(mapper: Mapper) -> bool {
    let missing = mapper.coverage.with_untracked(|coverage| {
        coverage.as_ref().map(|coverage| coverage.missing.clone()).unwrap_or_default()
    });
    let next = mapper.rows.with_untracked(|rows| next_open(rows, &missing, here().as_deref()));
    next.is_some_and(|next| focus_input(&next))
}

/// Goes to the field above or below; says whether there is one.
pub fn step(target: &str, down: bool) -> bool {
    let mut inputs = all(INPUT);
    if !down {
        inputs.reverse();
    }
    let mut rest = inputs
        .into_iter()
        .skip_while(|element| element.get_attribute(INPUT).as_deref() != Some(target))
        .skip(1);
    focus(rest.next())
}
