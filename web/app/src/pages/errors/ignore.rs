//! A failed run is left as it is. Whoever decides that may say why.

use crate::words::words;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use ui::{Button, ButtonKind, Dialog, TextField};

#[component]
pub fn IgnoreDialog(
    open: RwSignal<bool>,
    busy: RwSignal<bool>,
    /// Gets the reason, which may be empty.
    on_ignore: Callback<String>,
) -> impl IntoView {
    let w = words();
    view! {
        <Dialog open title=w.ignore.to_owned() close=w.close>
            <Ignore open busy on_ignore/>
        </Dialog>
    }
}

#[component]
fn Ignore(open: RwSignal<bool>, busy: RwSignal<bool>, on_ignore: Callback<String>) -> impl IntoView {
    let w = words();
    let reason = RwSignal::new(String::new());
    let ignore = move |event: SubmitEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            on_ignore.run(reason.get_untracked());
        }
    };
    view! {
        <form class="kl-stack" on:submit=ignore>
            <TextField label=w.ignore_reason value=reason autofocus=true hint=w.ignore_reason_hint/>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| open.set(false)>{w.go_back}</Button>
                <Button kind=ButtonKind::Primary submit=true busy>{w.ignore}</Button>
            </div>
        </form>
    }
}
