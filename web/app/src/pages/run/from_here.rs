//! The way from a step to a retry that begins there, and from an event to the editor.

use crate::pages::again::{From, RetryDialog};
use crate::words::{fill, words};
use api::{RunDetail, RunState};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use model::NodeId;
use run::doc::{StepDoc, StepState};
use ui::{Button, Icon, Picture};

/// A run that failed or was cancelled is retried from any step, with its data or others; one that succeeded begins anew as a whole.
#[component]
pub fn FromHere(run: Signal<RunDetail>, node: NodeId, step: Option<StepDoc>) -> impl IntoView {
    let w = words();
    let navigate = use_navigate();
    let open = RwSignal::new(false);
    let detail = run.get_untracked();
    let is_trigger = detail.trigger_node == node;
    let is_reached =
        step.as_ref().is_some_and(|step| !matches!(step.state, StepState::Pending | StepState::Skipped));
    let stopped =
        Memo::new(move |_| run.with(|run| matches!(run.run.state, RunState::Failed | RunState::Cancelled)));
    let text = if is_trigger { w.again_event } else { w.again_here };
    let label =
        detail.document.node(node.as_str()).map_or_else(|| node.to_string(), |node| node.label().to_owned());
    let title = fill(w.again_title, &[&label]);
    let from = From { node, item: step.map(|step| step.item).unwrap_or_default() };
    let started = Callback::new(move |id: String| navigate(&format!("/runs/{id}"), Default::default()));
    let editor = is_trigger.then(|| {
        let address = format!("/flows/{}/edit?event={}", detail.document.id, detail.run.id);
        view! { <A href=address attr:class="kl-button"><Picture icon=Icon::Pen/> {w.event_to_editor}</A> }
    });
    view! {
        <Show when=move || stopped.get() && (is_trigger || is_reached)>
            <div class="kl-row"><Button icon=Icon::Again on_click=move |_| open.set(true)>{text}</Button></div>
        </Show>
        {editor}
        <RetryDialog open title run from on_started=started/>
    }
}
