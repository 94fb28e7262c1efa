//! How a trigger is getting on that asks its system now and then, or that a queue hands messages to.

use super::inspector::Facts;
use crate::client::{client, path as fill_path};
use crate::errors::{ErrorWords, Told};
use crate::load::Load;
use crate::pages::act;
use crate::time::date_time;
use crate::words::{count, fill, language, words};
use api::{FlowDetail, LookNow, SourceFailing, SourceInfo, path};
use leptos::prelude::*;
use model::NodeId;
use std::time::Duration;
use ui::{Button, Icon, Picture, Toasts, Tone};

/// How often what is shown is asked for again.
const AGAIN: Duration = Duration::from_secs(15);
/// What a look brings is there soon after it.
const SOON: Duration = Duration::from_secs(2);

/// Nothing where the node is no such trigger, or nobody serves it.
#[component]
pub fn SourceCard(flow: Signal<FlowDetail>, load: Load<FlowDetail>, node: NodeId) -> impl IntoView {
    let source =
        Memo::new(move |_| flow.with(|flow| flow.sources.iter().find(|source| source.node == node).cloned()));
    let is_served = Memo::new(move |_| source.with(Option::is_some));
    view! {
        <Show when=move || is_served.get()>
            <Served flow load source/>
        </Show>
    }
}

#[component]
fn Served(
    flow: Signal<FlowDetail>,
    load: Load<FlowDetail>,
    source: Memo<Option<SourceInfo>>,
) -> impl IntoView {
    let w = words();
    let (client, toasts, busy) = (client(), expect_context::<Toasts>(), RwSignal::new(false));
    if let Ok(again) = set_interval_with_handle(move || load.refresh(), AGAIN) {
        on_cleanup(move || again.clear());
    }
    let look = move |_| {
        let Some(node) = source.with_untracked(|source| source.as_ref().map(|source| source.node.clone()))
        else {
            return;
        };
        let path = fill_path(path::FLOW_LOOK, flow.with_untracked(|flow| flow.summary.id.clone()).as_str());
        let work = async move { client.post::<SourceInfo>(&path, &LookNow { node }).await };
        act(busy, work, move |_| {
            toasts.push(Tone::Good, w.source_looking);
            set_timeout(move || load.refresh(), SOON);
        });
    };
    // A queue hands on what comes: nobody has to look.
    let is_asked =
        Memo::new(move |_| source.with(|source| source.as_ref().is_some_and(|one| one.next_at.is_some())));
    view! {
        <section class="kl-source" aria-label=w.source_looks>
            {move || source.get().map(|source| view! { <How source/> })}
            <Show when=move || is_asked.get()>
                <div><Button icon=Icon::Again busy on_click=look>{w.source_look}</Button></div>
            </Show>
        </section>
    }
}

#[component]
fn How(source: SourceInfo) -> impl IntoView {
    let w = words();
    let facts = vec![
        (w.source_answered, source.answered_at.map_or_else(|| w.source_never.to_owned(), date_time)),
        (w.source_next, source.next_at.map_or_else(|| w.source_pushed.to_owned(), date_time)),
        (w.source_events, count(w.source_events_count, source.events)),
    ];
    view! {
        {source.failing.map(|failing| view! { <Failing failing/> })}
        <Facts facts/>
    }
}

#[component]
fn Failing(failing: SourceFailing) -> impl IntoView {
    let SourceFailing { since, tries, code, message, advice } = failing;
    let told = Told::of(language(), &code, &message, &advice);
    let since = fill(words().source_failing, &[&date_time(since), &tries]);
    view! {
        <div class="kl-callout kl-error" data-tone="bad">
            <Picture icon=Icon::Warning/>
            <div><p><b>{since}</b></p><ErrorWords code told/></div>
        </div>
    }
}
