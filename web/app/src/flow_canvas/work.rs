//! The middle of a page about a flow: the drawing or the list, and an inspector beside it.

use super::{FlowCanvas, Outline, Shown};
use crate::words::words;
use leptos::prelude::*;
use ui::Tabs;
use wasm_bindgen::JsCast;

/// The id of the inspector's element.
pub const INSPECTOR: &str = "inspector";

#[component]
pub fn Work(
    shown: Shown,
    /// What lies below the drawing, where something does.
    #[prop(optional, into)]
    below: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let w = words();
    let chosen = RwSignal::new("canvas");
    let tabs = vec![("canvas", w.canvas.to_owned()), ("outline", w.outline.to_owned())];
    let drawing = move || match chosen.get() {
        "outline" => view! { <Outline shown/> }.into_any(),
        _ => view! { <FlowCanvas shown on_open=Callback::new(move |_| focus_inspector())/> }.into_any(),
    };
    view! {
        <main class="kl-work">
            <div class="kl-work-canvas">
                <div class="kl-work-tabs"><Tabs label=w.canvas tabs=Signal::stored(tabs) selected=chosen small=true/></div>
                {drawing}
                {below.map(|below| below.run())}
            </div>
            {children()}
        </main>
    }
}

/// Enter on a node leads to what is in it.
fn focus_inspector() {
    let found = document()
        .get_element_by_id(INSPECTOR)
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(inspector) = found {
        let _ = inspector.focus();
    }
}
