//! One flow: drawn, listed, and with the set-up of each node beside it.

mod inspector;
mod source;
mod value;

use super::act;
use super::address::load_named;
use super::confirm::ConfirmDialog;
use super::flows::FlowPill;
use crate::client::{client, path as fill_path};
use crate::flow_canvas::{Shown, Work};
use crate::flow_view::faces;
use crate::live::Live;
use crate::load::{self, Load};
use crate::shell::{specs, title_window};
use crate::words::{fill, language, words};
use api::{FlowDetail, FlowState, SetFlowState, StartRun, Started, path};
use canvas::Scene;
use gloo_net::http::Method;
use inspector::Inspector;
pub use inspector::{InspectorHead, NodeFields, NodeHead};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use model::{Family, Mode, Value};
use ui::{Button, ButtonKind, Dialog, Icon, IconButton, Picture, Pill, TextArea, Toasts, Tone};

#[component]
pub fn Flow() -> impl IntoView {
    let (load, id) = load_named::<FlowDetail>(path::FLOW);
    follow(load, id);
    load::draw(load, move |flow| {
        // The canvas belongs to one document: another one is drawn anew.
        let document = Memo::new(move |_| flow.with(|flow| flow.document.clone()));
        view! { {move || { document.track(); view! { <FlowPage flow load/> } }} }
    })
}

/// Takes over what somebody changed, and fetches anew where it is more than the state.
fn follow(load: Load<FlowDetail>, id: Memo<String>) {
    let live = expect_context::<Live>();
    live.on_flows(move |flows| {
        let Some(news) = flows.into_iter().rfind(|flow| id.with_untracked(|id| flow.id.as_str() == id))
        else {
            return;
        };
        load.update(|flow| {
            if flow.summary.version == news.version {
                flow.summary = news;
            } else {
                load.refresh();
            }
        });
    });
}

#[component]
fn FlowPage(flow: Signal<FlowDetail>, load: Load<FlowDetail>) -> impl IntoView {
    let w = words();
    let (specs, document) = (specs(), flow.with_untracked(|flow| flow.document.clone()));
    title_window(&document.name);
    let shown =
        Shown::new(Scene::new(&document, &specs), faces(&document, &specs, language()), Signal::stored(None));
    shown.remember_view(document.id.as_str());
    shown.remember_folds(document.id.as_str());
    view! {
        <header class="kl-top">
            <h1 class="kl-crumb"><A href="/flows">{w.flows}</A><span>"/"</span><b>{document.name.clone()}</b></h1>
            <FlowPill state=Signal::derive(move || flow.with(|flow| flow.summary.state)) version=Signal::derive(move || flow.with(|flow| flow.summary.version))/>
            {(document.settings.mode == Mode::Shadow).then(|| view! { <Pill tone=Tone::Warn dot=true>{w.mode_shadow}</Pill> })}
            <span class="kl-spring"></span>
            <Actions flow load/>
        </header>
        <Work shown><Inspector flow load shown/></Work>
    }
}

#[component]
fn Actions(flow: Signal<FlowDetail>, load: Load<FlowDetail>) -> impl IntoView {
    let w = words();
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let (busy, running, deleting) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let id = flow.with_untracked(|flow| flow.summary.id.to_string());
    let live = move || flow.with(|flow| flow.summary.state == FlowState::Live);
    let state_path = fill_path(path::FLOW_STATE, &id);
    let turn = Callback::new(move |state| {
        let (path, body) = (state_path.clone(), SetFlowState { state });
        act(busy, async move { client.act(Method::PUT, &path, Some(&body)).await }, move |()| {
            let said = match state {
                FlowState::Live => w.resumed,
                FlowState::Paused => w.paused,
                FlowState::Held => w.held,
            };
            toasts.push(Tone::Good, said);
            load.refresh();
        });
    });
    let runs_by_hand = has_trigger_by_hand(flow);
    view! {
        <A href=format!("/flows/{id}/edit") attr:class="kl-button"><Picture icon=Icon::Pen/>{w.edit}</A>
        <A href=format!("/flows/{id}/versions") attr:class="kl-button"><Picture icon=Icon::List/>{w.versions}</A>
        <A href=format!("/runs?flow={id}") attr:class="kl-button"><Picture icon=Icon::Runs/>{w.see_runs}</A>
        <a class="kl-button" href=fill_path(path::FLOW_EXPORT, &id) download=format!("{id}.json")><Picture icon=Icon::Download/>{w.export}</a>
        <IconButton icon=Icon::Bin label=w.delete on_click=move |()| deleting.set(true)/>
        {move || {
            let button = |state, icon, text, kind| {
                view! { <Button kind icon busy on_click=move |_| turn.run(state)>{text}</Button> }
            };
            match live() {
                true => view! {
                    {button(FlowState::Held, Icon::Pause, w.hold, ButtonKind::Plain)}
                    {button(FlowState::Paused, Icon::Pause, w.pause, ButtonKind::Plain)}
                }.into_any(),
                false => button(FlowState::Live, Icon::Play, w.resume, ButtonKind::Primary).into_any(),
            }
        }}
        {runs_by_hand.then(|| view! { <Button kind=ButtonKind::Primary icon=Icon::Play on_click=move |_| running.set(true)>{w.run_now}</Button> })}
        <RunDialog open=running flow/>
        <DeleteFlow open=deleting flow/>
    }
}

/// A trigger that somebody starts by hand: it belongs to Khlong itself and listens to nothing.
fn has_trigger_by_hand(flow: Signal<FlowDetail>) -> bool {
    let specs = specs();
    flow.with_untracked(|flow| {
        flow.document.nodes.iter().any(|node| {
            let trigger = specs.operation(&node.operation).is_some_and(|spec| spec.family == Family::Trigger);
            trigger && node.operation.as_str() == "core/manual"
        })
    })
}

#[component]
fn RunDialog(open: RwSignal<bool>, flow: Signal<FlowDetail>) -> impl IntoView {
    let w = words();
    view! { <Dialog open title=w.run_now.to_owned() close=w.close><RunForm open flow/></Dialog> }
}

#[component]
fn RunForm(open: RwSignal<bool>, flow: Signal<FlowDetail>) -> impl IntoView {
    let w = words();
    let (client, toasts, navigate) = (client(), expect_context::<Toasts>(), use_navigate());
    let busy = RwSignal::new(false);
    let node = flow.with_untracked(|flow| {
        flow.document
            .nodes
            .iter()
            .find(|node| node.operation.as_str() == "core/manual")
            .map(|node| node.id.clone())
    });
    let sample =
        flow.with_untracked(|flow| node.as_ref().and_then(|node| flow.document.samples.get(node).cloned()));
    let text = RwSignal::new(
        serde_json::to_string_pretty(&sample.unwrap_or_else(|| Value::Object(Default::default())))
            .unwrap_or_default(),
    );
    let error = RwSignal::new(None::<String>);
    let path = fill_path(path::FLOW_RUNS, flow.with_untracked(|flow| flow.summary.id.clone()).as_str());
    let start = move |_| {
        let input = match serde_json::from_str::<Value>(&text.get_untracked()) {
            Ok(input) => input,
            Err(reason) => return error.set(Some(fill(w.not_json, &[&reason]))),
        };
        let (path, body, navigate) = (path.clone(), StartRun { node: node.clone(), input }, navigate.clone());
        act(busy, async move { client.post::<Started>(&path, &body).await }, move |started| {
            toasts.push(Tone::Good, fill(w.run_started, &[&started.run]));
            navigate(&format!("/runs/{}", started.run), Default::default());
        });
    };
    view! {
        <div class="kl-stack">
            <TextArea label=w.run_input value=text hint=w.run_input_hint error rows=10 mono=true/>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| open.set(false)>{w.cancel}</Button>
                <Button kind=ButtonKind::Primary icon=Icon::Play busy on_click=start>{w.run_now}</Button>
            </div>
        </div>
    }
}

#[component]
fn DeleteFlow(open: RwSignal<bool>, flow: Signal<FlowDetail>) -> impl IntoView {
    let w = words();
    let (client, toasts, navigate) = (client(), expect_context::<Toasts>(), use_navigate());
    let busy = RwSignal::new(false);
    let delete = Callback::new(move |_| {
        let (id, name) = flow.with_untracked(|flow| (flow.summary.id.clone(), flow.summary.name.clone()));
        let (path, navigate) = (fill_path(path::FLOW, id.as_str()), navigate.clone());
        act(busy, async move { client.delete(&path).await }, move |()| {
            toasts.push(Tone::Good, fill(w.deleted, &[&name]));
            navigate("/flows", Default::default());
        });
    });
    let question = Signal::derive(move || flow.with(|flow| fill(w.delete_flow_sure, &[&flow.summary.name])));
    view! { <ConfirmDialog open verb=w.delete question busy on_yes=delete/> }
}
