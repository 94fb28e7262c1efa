//! All flows: what they are called, where they are found, whether they run, how they fare.

mod copied;
mod filters;
mod find;
mod import;
mod inside;
mod new;
mod problems;
mod rows;
mod several;
mod shelf;
mod wizard;

use super::query_of_page;
use crate::client::client;
use crate::live::Live;
use crate::load::{self, Load};
use crate::shell::title_window;
use crate::words::{fill, words};
use api::{FlowList, FlowState, FlowSummary, path};
use filters::Filters;
use find::Query;
use import::ImportDialog;
use inside::Inside;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
pub use new::id_of;
pub use problems::Problems;
use rows::Rows;
use several::{Bar, Dialogs};
use shelf::Shelf;
use ui::{Button, ButtonKind, Empty, Icon, Picture, Pill, Tone};
pub use wizard::NewFlowRoute;

#[component]
pub fn Flows() -> impl IntoView {
    let w = words();
    title_window(w.flows);
    let client = client();
    let load = Load::new(move || async move { client.get::<FlowList>(path::FLOWS).await });
    let live = expect_context::<Live>();
    live.on_flows(move |flows| load.update(|list| merge(list, flows)));
    live.on_resumed(move || load.refresh());
    let query = query_of_page();
    let query = Memo::new(move |_| Query::read(query));
    let importing = RwSignal::new(false);
    let navigate = use_navigate();
    let begin = move |_| navigate("/flows/new", Default::default());
    view! {
        <main class="kl-page">
            <header class="kl-page-head">
                <div>
                    <h1>{w.flows}</h1>
                    <p>{w.flows_sub}</p>
                </div>
                <div class="kl-row">
                    <Button icon=Icon::Upload on_click=move |_| importing.set(true)>{w.import_flow}</Button>
                    <Button kind=ButtonKind::Primary icon=Icon::Plus on_click=begin>{w.new_flow}</Button>
                </div>
            </header>
            {load::draw(load, move |list| view! { <List list load query importing/> })}
            <ImportDialog open=importing on_imported=move |()| load.refresh()/>
        </main>
    }
}

/// Takes over what changed; a flow that is not in the list yet comes to its end. What only the whole list tells stays.
fn merge(list: &mut FlowList, changed: Vec<FlowSummary>) {
    for mut flow in changed {
        match list.flows.iter_mut().find(|old| old.id == flow.id) {
            Some(old) => {
                if flow.spark.is_empty() {
                    flow.spark = std::mem::take(&mut old.spark);
                }
                *old = flow;
            }
            None => list.flows.push(flow),
        }
    }
}

#[component]
fn List(
    list: Signal<FlowList>,
    load: Load<FlowList>,
    query: Memo<Query>,
    importing: RwSignal<bool>,
) -> impl IntoView {
    let w = words();
    let shelf = Shelf::new(load, list, query);
    let empty = Memo::new(move |_| shelf.entries.with(Vec::is_empty));
    let nothing = move || {
        view! {
            <Empty icon=Icon::Flows title=w.flows_empty_title text=w.flows_empty_text>
                <A href="/flows/new" attr:class="kl-button" attr:data-kind="primary"><Picture icon=Icon::Plus/>{w.begin_with_template}</A>
                <Button icon=Icon::Upload on_click=move |_| importing.set(true)>{w.import_flow}</Button>
            </Empty>
        }
    };
    view! {
        <Show when=move || !empty.get() fallback=nothing>
            <Filters shelf/>
            <Bar shelf/>
            <Rows shelf/>
            <Inside shelf/>
        </Show>
        <Dialogs shelf/>
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
