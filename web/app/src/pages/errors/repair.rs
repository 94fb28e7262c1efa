//! What a run received is put right, and sent again.

use super::super::act;
use crate::client::{client, path as fill_path};
use crate::load::{self, Load};
use crate::words::{fill, words};
use api::{RetryRun, RunDetail, Started, path};
use leptos::prelude::*;
use model::Value;
use ui::{Button, ButtonKind, Dialog, Icon, TextArea, Toasts, Tone};

#[component]
pub fn RepairDialog(open: RwSignal<bool>, run: String, changed: Callback<()>) -> impl IntoView {
    let w = words();
    let run = StoredValue::new(run);
    view! {
        <Dialog open title=w.repair.to_owned() close=w.close>
            {move || open.get().then(|| view! { <Repair open run=run.get_value() changed/> })}
        </Dialog>
    }
}

#[component]
fn Repair(open: RwSignal<bool>, run: String, changed: Callback<()>) -> impl IntoView {
    let client = client();
    let address = fill_path(path::RUN, &run);
    let load = Load::new(move || {
        let address = address.clone();
        async move { client.get::<RunDetail>(&address).await }
    });
    load::draw(
        load,
        move |detail| view! { <RepairForm open run=run.clone() trigger=detail.get_untracked().trigger changed/> },
    )
}

#[component]
fn RepairForm(open: RwSignal<bool>, run: String, trigger: Value, changed: Callback<()>) -> impl IntoView {
    let w = words();
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let body = trigger.get("body").cloned().unwrap_or(trigger);
    let text = RwSignal::new(serde_json::to_string_pretty(&body).unwrap_or_default());
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let send = move |_| {
        let trigger = match serde_json::from_str::<Value>(&text.get_untracked()) {
            Ok(trigger) => trigger,
            Err(reason) => return error.set(Some(fill(w.not_json, &[&reason]))),
        };
        let body = RetryRun { trigger: Some(trigger), ..RetryRun::default() };
        let path = fill_path(path::RUN_RETRY, &run);
        act(busy, async move { client.post::<Started>(&path, &body).await }, move |_| {
            toasts.push(Tone::Good, w.retry_started);
            open.set(false);
            changed.run(());
        });
    };
    view! {
        <div class="kl-stack">
            <p class="kl-muted">{w.repair_text}</p>
            <TextArea label=w.trigger_event value=text error rows=16 mono=true/>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| open.set(false)>{w.cancel}</Button>
                <Button kind=ButtonKind::Primary icon=Icon::Again busy on_click=send>{w.send_again}</Button>
            </div>
        </div>
    }
}
