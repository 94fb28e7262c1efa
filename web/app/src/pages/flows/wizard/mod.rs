//! A flow is begun: from a template that asks for connections and a few settings, from a file, or from nothing.

mod answers;
mod choose;
mod connect;
mod finish;
mod settle;

use super::import::ImportDialog;
use crate::client::client;
use crate::load::{self, Load};
use crate::shell::title_window;
use crate::words::words;
use answers::Wizard;
use api::path;
use choose::Choose;
use connect::Connect;
use finish::{Finish, Left};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use settle::Settle;
use templates::Template;
use ui::{Button, ButtonKind, Icon};

/// A piece of its own: it is fetched when somebody begins a flow.
pub struct NewFlowRoute;

#[lazy_route]
impl LazyRoute for NewFlowRoute {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let NewFlowRoute = this;
        view! { <NewFlowPage/> }.into_any()
    }
}

/// Where one is; the address says the same, so that "back" goes one step back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Connections,
    Settings,
    Check,
    /// It is made, and this is left to be done.
    Left,
}

impl Step {
    const ALL: [Step; 4] = [Step::Connections, Step::Settings, Step::Check, Step::Left];

    const fn as_str(self) -> &'static str {
        match self {
            Step::Connections => "connections",
            Step::Settings => "settings",
            Step::Check => "check",
            Step::Left => "left",
        }
    }

    fn words(self) -> &'static str {
        let w = words();
        match self {
            Step::Connections => w.connections,
            Step::Settings => w.wizard_settings,
            Step::Check => w.wizard_check,
            Step::Left => w.wizard_left,
        }
    }
}

#[component]
fn NewFlowPage() -> impl IntoView {
    let w = words();
    title_window(w.new_flow);
    let client = client();
    let load = Load::new(move || async move { client.get::<Vec<Template>>(path::TEMPLATES).await });
    let importing = RwSignal::new(false);
    view! {
        <main class="kl-page">
            <header class="kl-page-head">
                <div>
                    <h1>{w.new_flow}</h1>
                    <p class="kl-crumb"><A href="/flows">{w.flows}</A></p>
                </div>
                <Button icon=Icon::Upload on_click=move |_| importing.set(true)>{w.import_flow}</Button>
            </header>
            {load::draw(load, |templates| view! { <Begin templates=templates.get_untracked()/> })}
            <ImportDialog open=importing on_imported=|()| ()/>
        </main>
    }
}

#[component]
fn Begin(templates: Vec<Template>) -> impl IntoView {
    let query = use_query_map();
    let of =
        move |name: &'static str| Memo::new(move |_| query.with(|query| query.get(name).unwrap_or_default()));
    let (chosen, step) = (of("template"), of("step"));
    let templates = StoredValue::new(templates);
    move || {
        let chosen = chosen.get();
        let template = templates.with_value(|all| all.iter().find(|template| template.id == chosen).cloned());
        match template {
            None => view! { <Choose templates=templates.get_value()/> }.into_any(),
            Some(template) => view! { <Ask template step/> }.into_any(),
        }
    }
}

/// The questions of one template. What was answered stays while one goes back and forth.
#[component]
fn Ask(template: Template, step: Memo<String>) -> impl IntoView {
    let wizard = Wizard::new(template, step.with_untracked(|step| step == Step::Left.as_str()));
    let steps = wizard.steps();
    let first = steps[0];
    let now = Memo::new(move |_| {
        let name = step.get();
        Step::ALL.into_iter().find(|step| step.as_str() == name).unwrap_or(first)
    });
    view! {
        <div class="kl-wizard">
            <Way wizard now/>
            {move || match now.get() {
                Step::Connections => view! { <Connect wizard/> }.into_any(),
                Step::Settings => view! { <Settle wizard/> }.into_any(),
                Step::Check => view! { <Finish wizard/> }.into_any(),
                Step::Left => view! { <Left wizard/> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Way(wizard: Wizard, now: Memo<Step>) -> impl IntoView {
    let (title, name) = (wizard.title(), wizard.title());
    let one = move |(n, step): (usize, Step)| {
        let current = move || (now.get() == step).then_some("step");
        let text = move || format!("{}. {}", n + 1, step.words());
        // What is made cannot be asked again; until then every step can be gone back to.
        let reachable = step != Step::Left;
        view! {
            <li aria-current=current>
                {match reachable {
                    true => view! { <A href=wizard.address(step)>{text}</A> }.into_any(),
                    false => view! { <span>{text}</span> }.into_any(),
                }}
            </li>
        }
    };
    view! {
        <nav class="kl-wizard-way" aria-label=name>
            <h2>{title}</h2>
            <ol>{wizard.steps().into_iter().enumerate().map(one).collect_view()}</ol>
        </nav>
    }
}

/// One step back, and one on: the foot of a form, so that Enter goes on too.
#[component]
fn Foot(
    #[prop(into)] back: String,
    #[prop(into)] next: Signal<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <div class="kl-wizard-foot">
            <A href=back attr:class="kl-button">{words().wizard_back}</A>
            <Button kind=ButtonKind::Primary submit=true disabled busy>{move || next.get()}</Button>
        </div>
    }
}
