//! A question or a form above the page. The browser's own `<dialog>` keeps the focus inside and closes on Escape.

use crate::{Icon, IconButton};
use leptos::prelude::*;
use web_sys::HtmlDialogElement;

#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// The name of the button that closes it.
    #[prop(into)]
    close: String,
    #[prop(optional)] wide: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = element.get() else { return };
        show(&dialog, open.get());
    });
    let children = StoredValue::new(children);
    // The event comes a moment after the dialog was closed, which may be open again by then.
    let closed = move |_| {
        if element.try_get_untracked().flatten().is_some_and(|dialog| !dialog.open()) {
            open.try_set(false);
        }
    };
    view! {
        <dialog
            class="kl-dialog"
            node_ref=element
            data-wide=wide.then_some("")
            aria-label=move || title.get()
            on:close=closed
        >
            <header class="kl-dialog-head">
                <h2>{move || title.get()}</h2>
                <IconButton icon=Icon::Cross label=close on_click=move |()| open.set(false)/>
            </header>
            // Drawn anew each time, so that a form opens empty.
            <div class="kl-dialog-body">{move || open.get().then(|| children.with_value(|children| children()))}</div>
        </dialog>
    }
}

fn show(dialog: &HtmlDialogElement, open: bool) {
    if open && !dialog.open() {
        // Refused only if the element has left the page, and then there is nothing to show.
        let _ = dialog.show_modal();
    } else if !open && dialog.open() {
        dialog.close();
    }
}
