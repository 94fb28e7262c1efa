//! All flows: what they are called, whether they run, how they fare.

mod import;
mod new;
mod problems;

use crate::client::client;
use crate::flow_canvas::GlyphBox;
use crate::flow_view::{family_name, glyph, run_state};
use crate::live::Live;
use crate::load::{self, Load};
use crate::shell::{specs, title_window};
use crate::time::Ago;
use crate::words::{fill, grouped, words};
use api::{FlowList, FlowState, FlowSummary, path};
use import::ImportDialog;
use leptos::prelude::*;
use leptos_router::components::A;
use model::OperationId;
use new::NewFlow;
pub use problems::Problems;
use ui::{Button, ButtonKind, Empty, Icon, Pill, Tone};

/// Glyphs in a row of the list; a longer flow shows its first ones.
const GLYPHS_MAX: usize = 5;

#[component]
pub fn Flows() -> impl IntoView {
    let w = words();
    title_window(w.flows);
    let client = client();
    let load = Load::new(move || async move { client.get::<FlowList>(path::FLOWS).await });
    let live = expect_context::<Live>();
    live.on_flows(move |flows| load.update(|list| merge(list, flows)));
    Effect::new(move |last: Option<u32>| {
        let times = live.resumed().get();
        if last.is_some_and(|last| last > 0) {
            load.refresh();
        }
        times
    });
    let (importing, beginning) = (RwSignal::new(false), RwSignal::new(false));
    view! {
        <main class="kl-page">
            <header class="kl-page-head">
                <div>
                    <h1>{w.flows}</h1>
                    <p>{w.flows_sub}</p>
                </div>
                <div class="kl-row">
                    <Button icon=Icon::Upload on_click=move |_| importing.set(true)>{w.import_flow}</Button>
                    <Button kind=ButtonKind::Primary icon=Icon::Plus on_click=move |_| beginning.set(true)>{w.new_flow}</Button>
                </div>
            </header>
            {load::draw(load, move |list| view! { <List list importing/> })}
            <ImportDialog open=importing on_imported=move |()| load.refresh()/>
            <NewFlow open=beginning/>
        </main>
    }
}

/// Takes over what changed; a flow that is not in the list yet comes to its end.
fn merge(list: &mut FlowList, changed: Vec<FlowSummary>) {
    for flow in changed {
        match list.flows.iter_mut().find(|old| old.id == flow.id) {
            Some(old) => *old = flow,
            None => list.flows.push(flow),
        }
    }
}

#[component]
fn List(list: Signal<FlowList>, importing: RwSignal<bool>) -> impl IntoView {
    let w = words();
    let empty = Memo::new(move |_| list.with(|list| list.flows.is_empty() && list.drafts.is_empty()));
    // Those of flows that are there show in their rows.
    let unborn = move || {
        list.with(|list| {
            let is_new = |draft: &&api::DraftSummary| list.flows.iter().all(|flow| flow.id != draft.id);
            list.drafts.iter().filter(is_new).cloned().collect::<Vec<_>>()
        })
    };
    let drafted = move |id: &model::FlowId| list.with(|list| list.drafts.iter().any(|draft| draft.id == *id));
    let nothing = move || {
        view! {
            <Empty icon=Icon::Flows title=w.flows_empty_title text=w.flows_empty_text>
                <Button kind=ButtonKind::Primary icon=Icon::Upload on_click=move |_| importing.set(true)>{w.import_flow}</Button>
            </Empty>
        }
    };
    view! {
        <Show when=move || !empty.get() fallback=nothing>
            <div class="kl-card kl-list-card">
                <table class="kl-table kl-table-stacked">
                    <thead><tr>
                        <th scope="col">{w.flow}</th>
                        <th scope="col">{w.state}</th>
                        <th scope="col">{w.last_run}</th>
                        <th scope="col">{w.runs}</th>
                        <th scope="col">{w.changed}</th>
                    </tr></thead>
                    <tbody>
                        <For each=move || list.get().flows key=|flow| (flow.id.clone(), flow.version, flow.updated_at, flow.state, flow.totals.clone().last_run_at, flow.totals.open, flow.totals.failed) let:flow>
                            <FlowRow drafted={let id = flow.id.clone(); Signal::derive(move || drafted(&id))} flow/>
                        </For>
                        <For each=unborn key=|draft| (draft.id.clone(), draft.saved_at) let:draft><DraftRow draft/></For>
                    </tbody>
                </table>
            </div>
        </Show>
    }
}

/// A flow that was never published.
#[component]
fn DraftRow(draft: api::DraftSummary) -> impl IntoView {
    let w = words();
    let name = if draft.name.is_empty() { draft.id.to_string() } else { draft.name };
    view! {
        <tr>
            <td>
                <A href=format!("/flows/{}/edit", draft.id) attr:class="kl-flow-link">
                    <span class="kl-flow-name"><b>{name}</b><small>{draft.id.to_string()}</small></span>
                </A>
            </td>
            <td data-label=w.state><Pill tone=Tone::Mute>{w.draft}</Pill></td>
            <td data-label=w.last_run><span class="kl-muted">{w.never_run}</span></td>
            <td data-label=w.runs></td>
            <td data-label=w.changed class="kl-muted"><Ago at=draft.saved_at/></td>
        </tr>
    }
}

#[component]
fn FlowRow(flow: FlowSummary, drafted: Signal<bool>) -> impl IntoView {
    let w = words();
    let totals = flow.totals.clone();
    let last = totals.last_run_at.zip(totals.last_state).map(|(at, state)| {
        let (tone, words) = run_state(state, w);
        view! { <Pill tone>{words}</Pill> <span class="kl-muted"><Ago at/></span> }
    });
    view! {
        <tr>
            <td>
                <A href=format!("/flows/{}", flow.id) attr:class="kl-flow-link">
                    <Glyphs operations=flow.operations/>
                    <span class="kl-flow-name"><b>{flow.name}</b><small>{flow.id.to_string()}</small></span>
                </A>
            </td>
            <td data-label=w.state><span class="kl-row"><FlowPill state=flow.state version=flow.version/> {move || drafted.get().then(|| view! { <Pill tone=Tone::Mute>{w.draft}</Pill> })}</span></td>
            <td data-label=w.last_run><span class="kl-row">{last.map(IntoAny::into_any).unwrap_or_else(|| view! { <span class="kl-muted">{w.never_run}</span> }.into_any())}</span></td>
            <td data-label=w.runs><Counts totals/></td>
            <td data-label=w.changed class="kl-muted"><Ago at=flow.updated_at/></td>
        </tr>
    }
}

#[component]
pub fn FlowPill(#[prop(into)] state: Signal<FlowState>, #[prop(into)] version: Signal<u32>) -> impl IntoView {
    let w = words();
    let tone = Signal::derive(move || if state.get() == FlowState::Live { Tone::Good } else { Tone::Warn });
    let text = move || match state.get() {
        FlowState::Live => fill(w.flow_live, &[&version.get()]),
        FlowState::Paused => w.flow_paused.to_owned(),
        FlowState::Held => w.flow_held.to_owned(),
    };
    view! { <Pill tone dot=true>{text}</Pill> }
}

#[component]
fn Glyphs(operations: Vec<String>) -> impl IntoView {
    let specs = specs();
    let one = |operation: &String| {
        let id = OperationId::from(operation.as_str());
        let family = family_name(specs.operation(&id).map(|spec| spec.family));
        view! { <GlyphBox glyph=glyph(&id, &specs) family/> }
    };
    view! { <span class="kl-glyphs">{operations.iter().take(GLYPHS_MAX).map(one).collect_view()}</span> }
}

#[component]
fn Counts(totals: api::Totals) -> impl IntoView {
    let w = words();
    let count = |n: u64, text: &str, tone: &'static str| {
        (n > 0).then(|| view! { <span class="kl-count" data-tone=tone>{fill(text, &[&grouped(n)])}</span> })
    };
    view! {
        <span class="kl-row">
            {count(totals.done, w.runs_done, "good")}
            {count(totals.open, w.runs_open, "info")}
            {count(totals.failed, w.runs_failed, "bad")}
        </span>
    }
}
