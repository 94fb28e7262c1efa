//! One failed run of a group: what can be done with it, and what became of it.

use super::super::act;
use super::super::order::address as order_address;
use super::care::CareOf;
use super::ignore::IgnoreDialog;
use super::repair::RepairDialog;
use crate::client::{client, path as fill_path};
use crate::time::Ago;
use crate::words::{count, fill, words};
use api::{InboxList, InboxRecord, InboxState, SetInboxState, Started, path};
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos_router::components::A;
use ui::{Button, ButtonKind, Icon, Toasts, Tone};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// One record. Its row stays while the list says something else of who takes care of it.
#[component]
pub fn RecordRow(
    record: InboxRecord,
    list: Signal<InboxList>,
    changed: Callback<()>,
    /// Somebody takes care of it, or has said something about it.
    cared: Callback<()>,
) -> impl IntoView {
    let title = record.key.clone().unwrap_or_else(|| record.run.clone());
    let story = record.key.as_deref().map(order_address);
    let repairing = RwSignal::new(false);
    let (run, address) = (record.run.clone(), format!("/runs/{}", record.run));
    view! {
        <li class="kl-inbox-record" data-item=run>
            <div class="kl-inbox-record-text">
                <A href=address attr:class="kl-walk">{title}</A>
                {story.map(|href| view! { <A href>{words().today_all_happened}</A> })}
                <span class="kl-muted"><Ago at=record.failed_at/></span>
                <WhatBecame record=record.clone()/>
                <p>{record.message.clone()}</p>
            </div>
            <Deeds record=record.clone() repairing changed/>
            <MoreOf record=record.clone() list cared/>
            <RepairDialog open=repairing record changed/>
        </li>
    }
}

/// The run that put it right, the one that goes on with it, or who settled it and why.
#[component]
fn WhatBecame(record: InboxRecord) -> impl IntoView {
    let w = words();
    let by_run = match (&record.repaired_by, &record.retried_by) {
        (Some(run), _) => Some((format!("/runs/{run}"), fill(w.repaired_by, &[run]))),
        (None, Some(run)) => Some((format!("/runs/{run}"), w.errors_goes_on.to_owned())),
        (None, None) => None,
    };
    let who = record.changed_by.clone().filter(|_| record.state != InboxState::Open);
    view! {
        {by_run.map(|(address, text)| view! { <A href=address>{text}</A> })}
        {who.map(|who| view! { <span class="kl-muted">{who} " " {record.reason.clone()}</span> })}
    }
}

/// By a key, as by the record's button: that one shows that it is under way, and is not pressed twice. What does not wait has
/// none.
pub fn send_again(record: &Element) {
    let button = record.query_selector("[data-again] button").ok().flatten();
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        button.click();
    }
}

#[component]
fn Deeds(record: InboxRecord, repairing: RwSignal<bool>, changed: Callback<()>) -> impl IntoView {
    let w = words();
    let (busy, ignoring) = (RwSignal::new(false), RwSignal::new(false));
    let run = StoredValue::new(record.run.clone());
    let (client, toasts) = (client(), expect_context::<Toasts>());
    // As it was: what the run has written stays, so nobody has to be asked.
    let again = move |_| {
        let path = fill_path(path::RUN_RETRY, &run.get_value());
        act(busy, async move { client.post::<Started>(&path, &()).await }, move |_| {
            toasts.push(Tone::Good, w.retry_started);
            // The record may have gone with its page before the answer came.
            changed.try_run(());
        });
    };
    let set = move |state: InboxState, reason: String| {
        let path = fill_path(path::INBOX_STATE, &run.get_value());
        let body = SetInboxState { state, reason };
        act(busy, async move { client.act(Method::PUT, &path, Some(&body)).await }, move |()| {
            ignoring.try_set(false);
            // The page may have gone before the answer came.
            changed.try_run(());
        });
    };
    let settle = move |state: InboxState| set(state, String::new());
    let buttons = match record.state {
        InboxState::Open => view! {
            <span data-again=""><Button kind=ButtonKind::Primary icon=Icon::Again busy on_click=again>{w.send_again}</Button></span>
            <Button icon=Icon::Pen on_click=move |_| repairing.set(true)>{w.repair}</Button>
            <Button kind=ButtonKind::Quiet busy on_click=move |_| settle(InboxState::Resolved)>{w.resolve}</Button>
            <Button kind=ButtonKind::Quiet busy on_click=move |_| ignoring.set(true)>{w.ignore}</Button>
            <IgnoreDialog open=ignoring busy on_ignore=Callback::new(move |reason| set(InboxState::Ignored, reason))/>
        }
        .into_any(),
        InboxState::Ignored => {
            view! { <Button busy on_click=move |_| settle(InboxState::Open)>{w.reopen}</Button> }.into_any()
        }
        // What a person settled a person takes up again; what a run put right stays so.
        InboxState::Resolved if record.changed_by.is_some() => {
            view! { <Button busy on_click=move |_| settle(InboxState::Open)>{w.reopen}</Button> }.into_any()
        }
        InboxState::Retried | InboxState::Resolved => ().into_any(),
    };
    view! { <div class="kl-row">{buttons}</div> }
}

/// Who takes care of this one alone. Asked for only when somebody looks.
#[component]
fn MoreOf(record: InboxRecord, list: Signal<InboxList>, cared: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    let subject = StoredValue::new(format!("run-{}", record.run));
    let text = Memo::new(move |last: Option<&String>| {
        let found = list.with(|list| list.records.iter().find(|one| one.run == record.run).map(care_words));
        found.or_else(|| last.cloned()).unwrap_or_else(|| care_words(&record))
    });
    view! {
        <div class="kl-inbox-record-more">
            <button class="kl-link" type="button" aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|open| *open = !*open)>{move || text.get()}</button>
            <Show when=move || open.get()>
                <CareOf subject=subject.get_value() changed=cared once=true/>
            </Show>
        </div>
    }
}

/// Who takes care of it and how much was said about it; where that is nothing, what can be done about that.
fn care_words(record: &InboxRecord) -> String {
    let w = words();
    let said = (record.comments > 0).then(|| count(w.comments, record.comments.into()));
    let notes: Vec<String> = record.assignee.clone().into_iter().chain(said).collect();
    if notes.is_empty() { w.record_care.to_owned() } else { notes.join(" · ") }
}
