//! Asks before something is gone for good.

use crate::words::words;
use leptos::prelude::*;
use ui::{Button, ButtonKind, Dialog, Icon};

#[component]
pub fn ConfirmDialog(
    open: RwSignal<bool>,
    /// What is done, as the button and the title say it.
    verb: &'static str,
    #[prop(into)] question: Signal<String>,
    busy: RwSignal<bool>,
    #[prop(into)] on_yes: Callback<()>,
) -> impl IntoView {
    let w = words();
    view! {
        <Dialog open title=verb.to_owned() close=w.close>
            <div class="kl-stack">
                <p>{move || question.get()}</p>
                <div class="kl-dialog-foot">
                    <Button on_click=move |_| open.set(false)>{w.cancel}</Button>
                    <Button kind=ButtonKind::Danger icon=Icon::Bin busy on_click=move |_| on_yes.run(())>{verb}</Button>
                </div>
            </div>
        </Dialog>
    }
}
