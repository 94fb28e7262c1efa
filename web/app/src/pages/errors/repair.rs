//! What a failed run was to send is put right, and sent again.

use super::super::again::{From, RetryForm};
use crate::client::{client, path as fill_path};
use crate::load::{self, Load};
use crate::words::words;
use api::{InboxRecord, RunDetail, path};
use leptos::prelude::*;
use model::NodeId;
use run::doc::StepState;
use ui::Dialog;

#[component]
pub fn RepairDialog(open: RwSignal<bool>, record: InboxRecord, changed: Callback<()>) -> impl IntoView {
    let w = words();
    let record = StoredValue::new(record);
    view! {
        <Dialog open title=w.repair.to_owned() close=w.close wide=true>
            {move || open.get().then(|| view! { <Repair open record=record.get_value() changed/> })}
        </Dialog>
    }
}

#[component]
fn Repair(open: RwSignal<bool>, record: InboxRecord, changed: Callback<()>) -> impl IntoView {
    let client = client();
    let address = fill_path(path::RUN, &record.run);
    let load = Load::new(move || {
        let address = address.clone();
        async move { client.get::<RunDetail>(&address).await }
    });
    let started = Callback::new(move |_: String| {
        changed.try_run(());
    });
    load::draw(load, move |run| {
        let from = run.with_untracked(|run| failed_step(run, &record.node));
        view! { <RetryForm open run from on_started=started/> }
    })
}

/// Where the run failed; where no step is known for it, at what arrived.
fn failed_step(run: &RunDetail, node: &NodeId) -> From {
    let failed = |step: &&run::doc::StepDoc| step.node == *node && step.state == StepState::Failed;
    match run.steps.iter().find(failed) {
        Some(step) => From { node: step.node.clone(), item: step.item.clone() },
        None => From { node: run.trigger_node.clone(), item: Vec::new() },
    }
}
