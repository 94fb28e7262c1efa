//! One run: the flow coloured by what happened, and what went in and out of each step.

mod anew;
mod bars;
mod decision;
mod events;
mod from_here;
mod gantt;
mod marks;
mod needs;
mod step;

use super::act;
use super::address::load_named;
use super::order::KeyLink;
use crate::client::{client, path as fill_path};
use crate::flow_canvas::{Marks, Shown, Work};
use crate::flow_view::{faces, is_open, run_state};
use crate::live::Live;
use crate::load::{self, Load};
use crate::shell::{specs, title_window};
use crate::time::{Ago, length, now_ms};
use crate::words::{fill, language, words};
use anew::Anew;
use api::{RunDetail, RunState, Started, path};
use canvas::Scene;
use gantt::Gantt;
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use model::NodeId;
use std::sync::Arc;
use std::time::Duration;
use step::StepInspector;
use ui::{Button, ButtonKind, Icon, Pill, Toasts, Tone};

/// A run in progress is asked for at least this often: steps that wait or retry are not all told by the stream.
const REFRESH_OPEN: Duration = Duration::from_secs(5);

#[component]
pub fn Run() -> impl IntoView {
    let (load, id) = load_named::<RunDetail>(path::RUN);
    follow(load, id);
    load::draw(load, move |run| {
        let document = Memo::new(move |_| run.with(|run| (run.run.id.clone(), run.document.clone())));
        view! { {move || { document.track(); view! { <RunPage run load/> } }} }
    })
}

/// Asks again when the run changes, when the stream was interrupted, and now and then while the run is open.
fn follow(load: Load<RunDetail>, id: Memo<String>) {
    let live = expect_context::<Live>();
    live.on_runs(move |runs| {
        if runs.iter().any(|run| id.with_untracked(|id| run.id == *id)) {
            load.refresh();
        }
    });
    live.on_resumed(move || load.refresh());
    let ask = move || {
        if load.peek(|run| is_open(run.run.state)) == Some(true) {
            load.refresh();
        }
    };
    if let Ok(timer) = set_interval_with_handle(ask, REFRESH_OPEN) {
        on_cleanup(move || timer.clear());
    }
}

/// Which step of a node is looked at, where a loop has made several of it. A cheap handle.
#[derive(Clone, Copy, Default)]
pub struct Picked(RwSignal<Option<(NodeId, Vec<u32>)>>);

#[component]
fn RunPage(run: Signal<RunDetail>, load: Load<RunDetail>) -> impl IntoView {
    let w = words();
    let (specs, document) = (specs(), run.with_untracked(|run| run.document.clone()));
    let id = run.with_untracked(|run| run.run.id.clone());
    title_window(&format!("{} {id}", w.run));
    let key = run.with_untracked(|run| run.run.key.clone());
    let marks = Memo::new(move |_| Some(Arc::new(run.with(|run| marks::marks(run, words())))));
    let marks: Signal<Option<Arc<Marks>>> = marks.into();
    let shown = Shown::new(Scene::new(&document, &specs), faces(&document, &specs, language()), marks);
    shown.remember_folds(document.id.as_str());
    select_culprit(run, shown);
    let picked = Picked::default();
    view! {
        <header class="kl-top">
            <h1 class="kl-crumb">
                <A href=super::runs::address()>{w.runs}</A><span>"/"</span>
                <A href=format!("/flows/{}", document.id)><span>{document.name.clone()}</span></A><span>"/"</span>
                <b>{key.map_or_else(|| id.into_any(), |key| view! { <KeyLink key/> }.into_any())}</b>
            </h1>
            <StatePill run/>
            <Times run/>
            <span class="kl-spring"></span>
            <Actions run load/>
        </header>
        <Work shown below=move || view! { <Gantt run shown picked/> }><StepInspector run load shown picked/></Work>
    }
}

/// A failed run opens at the step that failed: that is what one came for.
fn select_culprit(run: Signal<RunDetail>, shown: Shown) {
    let culprit = run.with_untracked(|run| run.run.error_node.clone());
    if let Some(node) = culprit {
        shown.show(node);
    }
}

#[component]
fn StatePill(run: Signal<RunDetail>) -> impl IntoView {
    let state = Memo::new(move |_| run.with(|run| run.run.state));
    let tone = Signal::derive(move || run_state(state.get(), words()).0);
    view! { <span role="status" data-run-state=move || state.get().as_str()><Pill tone dot=true>{move || run_state(state.get(), words()).1}</Pill></span> }
}

#[component]
fn Times(run: Signal<RunDetail>) -> impl IntoView {
    let w = words();
    let started = Signal::derive(move || run.with(|run| run.run.started_at));
    let took = move || {
        let end = run.with(|run| run.run.finished_at).unwrap_or_else(now_ms);
        fill(w.took_time, &[&length(end - started.get(), w)])
    };
    view! { <span class="kl-muted kl-run-times"><Ago at=started/> ", " {took}</span> }
}

#[component]
fn Actions(run: Signal<RunDetail>, load: Load<RunDetail>) -> impl IntoView {
    let w = words();
    let (client, toasts, navigate) = (client(), expect_context::<Toasts>(), use_navigate());
    let busy = RwSignal::new(false);
    let id = StoredValue::new(run.with_untracked(|run| run.run.id.clone()));
    let state = Memo::new(move |_| run.with(|run| run.run.state));
    let retry = Callback::new(move |_| {
        let (path, navigate) = (fill_path(path::RUN_RETRY, &id.get_value()), navigate.clone());
        act(busy, async move { client.post::<Started>(&path, &()).await }, move |started| {
            toasts.push(Tone::Good, w.retry_started);
            navigate(&format!("/runs/{}", started.run), Default::default());
        });
    });
    let cancel = Callback::new(move |_| {
        let path = fill_path(path::RUN_CANCEL, &id.get_value());
        act(busy, async move { client.act(Method::POST, &path, None::<&()>).await }, move |()| {
            toasts.push(Tone::Good, w.run_cancelled);
            load.refresh();
        });
    });
    view! {
        {move || match state.get() {
            state if is_open(state) => view! { <Button icon=Icon::Stop kind=ButtonKind::Danger busy on_click=cancel>{w.cancel_run}</Button> }.into_any(),
            RunState::Done => view! { <Anew run=id.get_value()/> }.into_any(),
            _ => view! { <Button icon=Icon::Again kind=ButtonKind::Primary busy on_click=retry>{w.retry_run}</Button> }.into_any(),
        }}
    }
}
