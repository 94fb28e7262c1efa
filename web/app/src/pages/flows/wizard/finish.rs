//! What comes of the answers: in words and as a drawing; and what is left to be done once it is made.

use super::super::super::act;
use super::super::Problems;
use super::answers::{Wizard, free_number, numbered, told};
use super::settle::taken;
use super::{Foot, Step};
use crate::client::{client, path as fill_path};
use crate::flow_canvas::{FlowCanvas, Shown};
use crate::flow_view::faces;
use crate::load::{self, Load};
use crate::shell::specs;
use crate::words::{language, words};
use api::{FlowDetail, FlowList, Imported, PublishDraft, SaveDraft, SavedDraft, path};
use canvas::Scene;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use model::{FlowDocument, FlowId, Problem};
use ui::{Button, ButtonKind, CopyButton, Icon, Picture};

#[component]
pub fn Finish(wizard: Wizard) -> impl IntoView {
    let client = client();
    let load = Load::new(move || async move { client.get::<FlowList>(path::FLOWS).await });
    load::draw(load, move |list| {
        let taken = list.with_untracked(taken);
        let id =
            wizard.template.with_value(|template| numbered(&template.id, free_number(&template.id, &taken)));
        let answers = wizard.answers(FlowId::from(id.as_str()));
        match wizard.template.with_value(|template| template.apply(&answers)) {
            Ok(document) => view! { <Summary wizard document/> }.into_any(),
            // An address that was kept from another day: the questions come first.
            Err(_) => view! { <Unanswered wizard/> }.into_any(),
        }
    })
}

#[component]
fn Unanswered(wizard: Wizard) -> impl IntoView {
    let w = words();
    view! {
        <p class="kl-callout" data-tone="warn"><Picture icon=Icon::Warning/><span>{w.wizard_unanswered} " " <A href=wizard.address(Step::Settings)>{w.wizard_settings}</A></span></p>
    }
}

#[component]
fn Summary(wizard: Wizard, document: FlowDocument) -> impl IntoView {
    let w = words();
    let (client, busy, navigate) = (client(), RwSignal::new(false), use_navigate());
    let problems = RwSignal::new(Vec::<Problem>::new());
    let text = document.to_text();
    // What only the server knows, such as whether another flow listens at the address, is said before anything is made.
    leptos::task::spawn_local(async move {
        if let Ok(found) = client.post_text::<Vec<Problem>>(path::FLOW_CHECK, text).await {
            problems.try_set(found);
        }
    });
    let specs = specs();
    let shown =
        Shown::new(Scene::new(&document, &specs), faces(&document, &specs, language()), Signal::stored(None));
    let id = document.id.clone();
    let document = StoredValue::new(document);
    let make = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (path, navigate) = (fill_path(path::FLOW_DRAFT, id.as_str()), navigate.clone());
        let body = SaveDraft { document: document.get_value(), revision: 0, based_on: 0 };
        let (id, left) = (id.to_string(), wizard.address(Step::Left));
        act(busy, async move { client.put::<SavedDraft>(&path, &body).await }, move |saved| {
            wizard.said.update(|said| (said.made, said.revision) = (Some(id), saved.revision));
            navigate(&left, Default::default());
        });
    };
    view! {
        <form class="kl-stack kl-wizard-step" data-wide="" on:submit=make>
            <div class="kl-card"><h2>{w.wizard_said}</h2><Answered wizard/></div>
            <div class="kl-wizard-drawing"><FlowCanvas shown on_open=Callback::new(|_| ())/></div>
            {move || (!problems.with(Vec::is_empty)).then(|| view! { <Problems problems/> })}
            <Foot back=wizard.before(Step::Check) next=w.wizard_make.to_owned() busy/>
        </form>
    }
}

/// Every answer in words, beside its question.
#[component]
fn Answered(wizard: Wizard) -> impl IntoView {
    let w = words();
    let line = |question: String, answer: String| view! { <dt>{question}</dt><dd>{answer}</dd> };
    let name = line(w.flow_name.to_owned(), wizard.said.with_untracked(|said| said.name.clone()));
    let slots = wizard.template.with_value(|template| template.manifest.connections.clone());
    let connections = slots.into_iter().map(|slot| {
        let chosen =
            wizard.said.with_untracked(|said| said.connections.get(&slot.name).cloned().unwrap_or_default());
        line(language().of(&slot.title).to_owned(), chosen)
    });
    let settings = wizard.settings().into_iter().map(|setting| {
        let answer = wizard.answer(&setting).map(|answer| told(&setting, &answer)).unwrap_or_default();
        line(language().of(&setting.title).to_owned(), answer)
    });
    view! { <dl class="kl-answered">{name}{connections.collect_view()}{settings.collect_view()}</dl> }
}

/// It is made. What is left: publishing it, and what only a person can do elsewhere.
#[component]
pub fn Left(wizard: Wizard) -> impl IntoView {
    let w = words();
    match wizard.said.with_untracked(|said| said.made.clone()) {
        Some(made) => view! { <Checklist wizard made/> }.into_any(),
        None => view! { <p class="kl-callout" data-tone="warn"><span>{w.wizard_not_made} " " <A href=wizard.address(Step::Check)>{w.wizard_check}</A></span></p> }.into_any(),
    }
}

#[component]
fn Checklist(wizard: Wizard, made: String) -> impl IntoView {
    let w = words();
    let (client, busy) = (client(), RwSignal::new(false));
    let live = RwSignal::new(None::<FlowDetail>);
    let flow = fill_path(path::FLOW, &made);
    let look = Callback::new(move |()| {
        let flow = flow.clone();
        leptos::task::spawn_local(async move {
            // Until it is published there is no such flow, and nothing to show.
            if let Ok(detail) = client.get::<FlowDetail>(&flow).await {
                live.try_set(Some(detail));
            }
        });
    });
    look.run(());
    let publish_path = fill_path(path::FLOW_PUBLISH, &made);
    let publish = move |_| {
        let path = publish_path.clone();
        let body = PublishDraft { revision: wizard.said.with_untracked(|said| said.revision), over: None };
        act(busy, async move { client.post::<Imported>(&path, &body).await }, move |_| {
            look.try_run(());
        });
    };
    let after = wizard.template.with_value(|template| template.manifest.after.clone());
    let after = after.iter().map(|words| view! { <li data-done="no">{language().of(words).to_owned()}</li> });
    let hooks = move || {
        let hooks = live.get().map(|flow| flow.webhooks).unwrap_or_default();
        let hook = |hook: api::WebhookInfo| {
            view! { <p class="kl-row"><code class="kl-clip">{hook.url.clone()}</code><CopyButton text=Signal::stored(hook.url) label=w.copy done=w.copied/></p> }
        };
        hooks.into_iter().map(hook).collect_view()
    };
    let edit = format!("/flows/{made}/edit");
    let page = format!("/flows/{made}");
    view! {
        <section class="kl-card kl-wizard-step">
            <h2>{w.wizard_made}</h2>
            <ul class="kl-checklist">
                <li data-done="yes">{w.wizard_drawn} " " <A href=edit>{w.open_editor}</A></li>
                <li data-done=move || if live.get().is_some() { "yes" } else { "no" }>
                    {move || match live.get() {
                        Some(_) => view! { <span>{w.wizard_published} " " <A href=page.clone()>{w.open}</A></span> }.into_any(),
                        None => view! { <span>{w.wizard_publish}</span> <Button kind=ButtonKind::Primary busy on_click=publish.clone()>{w.publish}</Button> }.into_any(),
                    }}
                    {hooks}
                </li>
                {after.collect_view()}
            </ul>
        </section>
    }
}
