//! A link that was pasted onto the drawing: asked about, fetched, and put in where it was pasted.

use super::desk::Desk;
use super::foreign::paste_workflow;
use crate::fetching::FetchLink;
use crate::words::words;
use leptos::prelude::*;
use ui::{Dialog, Tone};

#[component]
pub fn Linked(desk: Desk) -> impl IntoView {
    let w = words();
    let open = desk.asking.fetching;
    let form = move || {
        let (url, at) = desk.asking.link.get_untracked();
        let put_in = move |text: String| {
            open.set(false);
            let pasted = desk.canvas.try_update(|canvas| canvas.paste(&text, Some(at)));
            if !matches!(pasted, Some(Ok(_))) && !paste_workflow(desk, desk.toasts, text, at) {
                desk.toasts.push(Tone::Warn, words().fetch_no_flow);
            }
        };
        view! { <FetchLink url on_text=put_in/> }
    };
    view! { <Dialog open title=w.fetch.to_owned() close=w.close>{form()}</Dialog> }
}
