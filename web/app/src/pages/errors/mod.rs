//! The error inbox: failed runs that wait for a person, by what they have in common; mended one by one or all at once.

mod repair;

use super::act;
use crate::client::{Client, client, encode, path as fill_path};
use crate::errors::{ErrorWords, Told};
use crate::live::Live;
use crate::load::{self, Load};
use crate::shell::title_window;
use crate::time::Ago;
use crate::words::{count, fill, language, words};
use api::{
    BulkAction, BulkRuns, ErrorGroup, ErrorList, InboxList, InboxRecord, InboxState, JobInfo, SetInboxState,
    Started, path,
};
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_query_map};
use repair::RepairDialog;
use ui::{Button, ButtonKind, Empty, Icon, Pill, Select, Toasts, Tone};

const GROUPS_MAX: usize = 100;
const RECORDS_MAX: usize = 50;

#[component]
pub fn Errors() -> impl IntoView {
    let w = words();
    title_window(w.errors);
    let client = client();
    let query = use_query_map();
    let chosen = Memo::new(move |_| query.with(|query| query.get("group")));
    let groups = Load::new(move || async move {
        client.get::<ErrorList>(&format!("{}?open=true&limit={GROUPS_MAX}", path::ERRORS)).await
    });
    // What runs do changes the inbox: it is looked at anew, and the old list stays meanwhile.
    expect_context::<Live>().on_runs(move |_| groups.refresh());
    view! {
        <main class="kl-page">
            <header class="kl-page-head"><div><h1>{w.errors}</h1><p>{w.errors_sub}</p></div></header>
            {load::draw(groups, move |list| view! { <Inbox list groups chosen/> })}
        </main>
    }
}

#[component]
fn Inbox(list: Signal<ErrorList>, groups: Load<ErrorList>, chosen: Memo<Option<String>>) -> impl IntoView {
    let w = words();
    // The address names one; without it, the latest is looked at.
    let group = Memo::new(move |_| {
        list.with(|list| {
            let named =
                chosen.get().and_then(|name| list.groups.iter().find(|group| group.fingerprint == name));
            named.or(list.groups.first()).cloned()
        })
    });
    let fingerprint =
        Memo::new(move |_| group.with(|group| group.as_ref().map(|group| group.fingerprint.clone())));
    let nothing =
        move || view! { <Empty icon=Icon::Check title=w.errors_empty_title text=w.errors_empty_text/> };
    view! {
        <Show when=move || fingerprint.get().is_some() fallback=nothing>
            <div class="kl-inbox">
                <ol class="kl-inbox-groups" aria-label=w.errors>
                    <For each=move || list.get().groups key=|group| (group.fingerprint.clone(), group.open, group.last_at) let:group>
                        <GroupRow group fingerprint/>
                    </For>
                </ol>
                {move || fingerprint.get().map(|fingerprint| view! { <Group fingerprint group groups/> })}
            </div>
        </Show>
    }
}

#[component]
fn GroupRow(group: ErrorGroup, fingerprint: Memo<Option<String>>) -> impl IntoView {
    let w = words();
    let navigate = use_navigate();
    let own = group.fingerprint.clone();
    let address = format!("/errors?group={}", encode(&group.fingerprint));
    let is_chosen = move || fingerprint.with(|chosen| chosen.as_ref() == Some(&own)).to_string();
    let told = Told::of(language(), &group.code, &group.message, "");
    view! {
        <li>
            <button class="kl-inbox-group" type="button" aria-pressed=is_chosen on:click=move |_| navigate(&address, NavigateOptions { replace: true, ..Default::default() })>
                <span class="kl-inbox-group-head"><b>{group.flow_name}</b><Pill tone=Tone::Bad>{group.open.to_string()}</Pill></span>
                <span class="kl-inbox-group-text">{told.title}</span>
                <small>{group.node.to_string()} " · " {w.errors_last} " " <Ago at=group.last_at/></small>
            </button>
        </li>
    }
}

#[component]
fn Group(fingerprint: String, group: Memo<Option<ErrorGroup>>, groups: Load<ErrorList>) -> impl IntoView {
    let w = words();
    let client = client();
    let state = RwSignal::new("open".to_owned());
    let address = {
        let fingerprint = fingerprint.clone();
        move || {
            format!(
                "{}?fingerprint={}&state={}&limit={RECORDS_MAX}",
                path::INBOX,
                encode(&fingerprint),
                state.get_untracked()
            )
        }
    };
    let records = Load::new(move || {
        let address = address();
        async move { client.get::<InboxList>(&address).await }
    });
    expect_context::<Live>().on_runs(move |_| records.refresh());
    Effect::new(move |last: Option<String>| {
        let now = state.get();
        if last.is_some_and(|last| last != now) {
            records.restart();
        }
        now
    });
    let states = vec![
        ui::Choice::new("open", w.inbox_open),
        ui::Choice::new("retried", w.inbox_retried),
        ui::Choice::new("ignored", w.inbox_ignored),
        ui::Choice::new("resolved", w.inbox_resolved),
    ];
    let head = move || {
        group.get().map(|group| {
            let told = Told::of(language(), &group.code, &group.message, "");
            let counts = fill(w.errors_counts, &[&group.open, &group.runs]);
            view! {
                <ErrorWords code=group.code told/>
                <p class="kl-muted">
                    <A href=format!("/flows/{}", group.flow)>{group.flow_name}</A> " · " {group.node.to_string()} " · " {counts}
                    " · " {w.errors_first} " " <Ago at=group.first_at/>
                </p>
            }
        })
    };
    view! {
        <section class="kl-inbox-detail">
            {head}
            <div class="kl-row">
                <RetryAll fingerprint group groups records/>
                <span class="kl-spring"></span>
                <Select label=w.state label_hidden=true value=state choices=Signal::stored(states)/>
            </div>
            {load::draw(records, move |list| view! { <Records list groups records/> })}
        </section>
    }
}

/// All of a group at once. How far it is, its job says; the list moves as the runs end.
#[component]
fn RetryAll(
    fingerprint: String,
    group: Memo<Option<ErrorGroup>>,
    groups: Load<ErrorList>,
    records: Load<InboxList>,
) -> impl IntoView {
    let w = words();
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let busy = RwSignal::new(false);
    let open = Memo::new(move |_| group.with(|group| group.as_ref().map_or(0, |group| group.open)));
    let retry = move |_| {
        let body = BulkRuns {
            action: BulkAction::Retry,
            fingerprint: Some(fingerprint.clone()),
            ..BulkRuns::default()
        };
        act(busy, async move { client.post::<JobInfo>(path::RUNS_BULK, &body).await }, move |_| {
            toasts.push(Tone::Good, w.errors_retrying_all);
            groups.refresh();
            records.refresh();
        });
    };
    view! {
        <Button kind=ButtonKind::Primary icon=Icon::Again busy disabled=Signal::derive(move || open.get() == 0) on_click=retry>
            {move || count(w.errors_retry_all, open.get())}
        </Button>
    }
}

#[component]
fn Records(list: Signal<InboxList>, groups: Load<ErrorList>, records: Load<InboxList>) -> impl IntoView {
    let w = words();
    let changed = Callback::new(move |()| {
        groups.refresh();
        records.refresh();
    });
    let more = move || {
        list.with(|list| list.next.is_some()).then(|| view! { <p class="kl-muted">{w.errors_more}</p> })
    };
    let none = move || {
        list.with(|list| list.records.is_empty())
            .then(|| view! { <p class="kl-muted">{w.errors_none_here}</p> })
    };
    view! {
        <ul class="kl-inbox-records">
            <For each=move || list.get().records key=|record| (record.run.clone(), record.state, record.changed_at) let:record>
                <RecordRow record changed/>
            </For>
        </ul>
        {none}
        {more}
    }
}

#[component]
fn RecordRow(record: InboxRecord, changed: Callback<()>) -> impl IntoView {
    let w = words();
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let (busy, repairing) = (RwSignal::new(false), RwSignal::new(false));
    let run = StoredValue::new(record.run.clone());
    let retry = move |_| {
        let path = fill_path(path::RUN_RETRY, &run.get_value());
        act(busy, async move { client.post::<Started>(&path, &()).await }, move |_| {
            toasts.push(Tone::Good, w.retry_started);
            changed.run(());
        });
    };
    let set =
        Callback::new(move |state: InboxState| set_state(client, busy, run.get_value(), state, changed));
    let buttons = match record.state {
        InboxState::Open => view! {
            <Button kind=ButtonKind::Primary icon=Icon::Again busy on_click=retry>{w.send_again}</Button>
            <Button icon=Icon::Pen on_click=move |_| repairing.set(true)>{w.repair}</Button>
            <Button kind=ButtonKind::Quiet busy on_click=move |_| set.run(InboxState::Ignored)>{w.ignore}</Button>
        }
        .into_any(),
        InboxState::Ignored | InboxState::Resolved => view! { <Button busy on_click=move |_| set.run(InboxState::Open)>{w.reopen}</Button> }.into_any(),
        InboxState::Retried => ().into_any(),
    };
    let next =
        record.retried_by.clone().map(|run| view! { <A href=format!("/runs/{run}")>{w.errors_goes_on}</A> });
    let who = record
        .changed_by
        .clone()
        .map(|who| view! { <span class="kl-muted">{who} " " {record.reason.clone()}</span> });
    let title = record.key.clone().unwrap_or_else(|| record.run.clone());
    view! {
        <li class="kl-inbox-record">
            <div class="kl-inbox-record-text">
                <A href=format!("/runs/{}", record.run)>{title}</A>
                <span class="kl-muted"><Ago at=record.failed_at/></span>
                {next}
                {who}
                <p>{record.message}</p>
            </div>
            <div class="kl-row">{buttons}</div>
            <RepairDialog open=repairing run=record.run changed/>
        </li>
    }
}

fn set_state(client: Client, busy: RwSignal<bool>, run: String, state: InboxState, changed: Callback<()>) {
    let path = fill_path(path::INBOX_STATE, &run);
    let body = SetInboxState { state, reason: String::new() };
    act(busy, async move { client.act(Method::PUT, &path, Some(&body)).await }, move |()| changed.run(()));
}
