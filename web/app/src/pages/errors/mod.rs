//! The error inbox: failed runs that wait for a person, by what they have in common; mended one by one or all at once.

mod badge;
mod care;
mod filter;
mod group;
mod ignore;
mod longer;
mod record;
mod repair;

use super::jobs::{JobCards, Jobs};
use super::{on_change, query_of_page, walk};
use crate::client::{client, encode};
use crate::errors::Told;
use crate::load::{self, Load};
use crate::shell::title_window;
use crate::time::Ago;
use crate::words::{count, language, words};
use api::{BulkAction, BulkRuns, ErrorGroup, ErrorList, path};
pub use badge::{ErrorsBadge, ErrorsChanged};
use care::aside_words;
use filter::{Filter, Filters};
use group::Group;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use longer::{Length, More};
use ui::{Button, ButtonKind, Dialog, Empty, Icon, Pill, Tone};

const GROUPS_PAGE: usize = 100;

#[component]
pub fn Errors() -> impl IntoView {
    let w = words();
    title_window(w.errors);
    let client = client();
    let query = query_of_page();
    let get = move |name: &str| query(name).unwrap_or_default();
    let filter =
        Memo::new(move |_| Filter { flow: get("flow"), mine: !get("mine").is_empty(), show: get("show") });
    let chosen = Memo::new(move |_| Some(get("group")).filter(|group| !group.is_empty()));
    let length = Length::new(GROUPS_PAGE);
    let groups = Load::new(move || {
        let address = format!("{}?{}", path::ERRORS, filter.get_untracked().question());
        let wanted = length.wanted();
        async move { longer::fetch::<ErrorList>(client, &address, wanted).await }
    });
    load::follow_runs(groups, |_| true);
    on_change(filter, move || {
        length.reset();
        groups.restart();
    });
    let jobs = Jobs::watch();
    walk::walk(".kl-inbox [data-item]", |key, item| {
        if matches!(key, "r" | "R") {
            record::send_again(item);
        }
    });
    view! {
        <main class="kl-page">
            <header class="kl-page-head">
                <div><h1>{w.errors}</h1><p>{w.errors_sub} " " <span class="kl-keys-hint">{w.errors_keys}</span></p></div>
                <RetryEverything groups jobs/>
            </header>
            <Filters filter/>
            <JobCards jobs/>
            {load::draw(groups, move |list| view! { <Inbox list groups length filter chosen jobs/> })}
        </main>
    }
}

#[component]
fn Inbox(
    list: Signal<ErrorList>,
    groups: Load<ErrorList>,
    length: Length,
    filter: Memo<Filter>,
    chosen: Memo<Option<String>>,
    jobs: Jobs,
) -> impl IntoView {
    let w = words();
    // The address names one; without it, the latest is looked at, and stays while others come before it.
    let fingerprint = Memo::new(move |last: Option<&Option<String>>| {
        let first = list.with(|list| list.groups.first().map(|group| group.fingerprint.clone()))?;
        Some(chosen.get().or_else(|| last.cloned().flatten()).unwrap_or(first))
    });
    let group = looked_at(list, fingerprint);
    let nothing = move || match filter.get() == Filter::default() {
        true => {
            view! { <Empty icon=Icon::Check title=w.errors_empty_title text=w.errors_empty_text/> }.into_any()
        }
        false => view! {
            <Empty icon=Icon::Search title=w.errors_empty_title text=w.errors_none_match>
                <A href="/errors" attr:class="kl-button">{w.clear_filters}</A>
            </Empty>
        }
        .into_any(),
    };
    view! {
        <Show when=move || fingerprint.get().is_some() fallback=nothing>
            <div class="kl-inbox">
                <ol class="kl-inbox-groups" aria-label=w.errors>
                    <For each=move || list.get().groups key=|group| group.fingerprint.clone() let:group>
                        <GroupRow group list filter fingerprint/>
                    </For>
                    <li class="kl-inbox-more"><More list load=groups length rest=w.errors_groups_more/></li>
                </ol>
                {move || fingerprint.get().map(|fingerprint| view! { <Group fingerprint group groups jobs/> })}
            </div>
        </Show>
    }
}

/// The group that is looked at: as the list has it, or fetched alone where it has left the list, settled or put aside, or is
/// far down. Nothing else takes its place under whoever works on it.
fn looked_at(list: Signal<ErrorList>, fingerprint: Memo<Option<String>>) -> Memo<Option<ErrorGroup>> {
    let client = client();
    let is_it = move |group: &ErrorGroup| fingerprint.with(|it| it.as_ref() == Some(&group.fingerprint));
    let listed = Memo::new(move |_| list.with(|list| list.groups.iter().find(|group| is_it(group)).cloned()));
    let alone = RwSignal::new(None::<ErrorGroup>);
    Effect::new(move |_| {
        // With each news of the list: what happens to it is not in the list.
        list.track();
        let Some(wanted) = fingerprint.get().filter(|_| listed.with(Option::is_none)) else { return };
        let address = format!("{}?limit=1&fingerprint={}", path::ERRORS, encode(&wanted));
        leptos::task::spawn_local(async move {
            // Without an answer its records below say what is the matter.
            if let Ok(list) = client.get::<ErrorList>(&address).await {
                alone.try_set(list.groups.into_iter().next());
            }
        });
    });
    Memo::new(move |last: Option<&Option<ErrorGroup>>| {
        let fetched = || alone.get().filter(is_it);
        listed.get().or_else(fetched).or_else(|| last.cloned().flatten().filter(is_it))
    })
}

/// One group. Its row stays while its numbers change, and so does the focus in it.
#[component]
fn GroupRow(
    group: ErrorGroup,
    list: Signal<ErrorList>,
    filter: Memo<Filter>,
    fingerprint: Memo<Option<String>>,
) -> impl IntoView {
    let w = words();
    let navigate = use_navigate();
    let id = StoredValue::new(group.fingerprint.clone());
    let now = Memo::new(move |last: Option<&ErrorGroup>| {
        let found = list
            .with(|list| list.groups.iter().find(|one| id.with_value(|id| one.fingerprint == *id)).cloned());
        found.or_else(|| last.cloned()).unwrap_or_else(|| group.clone())
    });
    let is_chosen =
        move || fingerprint.with(|chosen| id.with_value(|id| chosen.as_ref() == Some(id))).to_string();
    let choose = move |_| {
        let address = filter.with_untracked(|filter| filter.address(Some(&id.get_value())));
        navigate(&address, NavigateOptions { replace: true, scroll: false, ..Default::default() });
    };
    let body = move || {
        let group = now.get();
        let told = Told::of(language(), &group.code, &group.message, "");
        let tone = if group.open > 0 { Tone::Bad } else { Tone::Mute };
        let said = (group.care.comments > 0).then(|| count(w.comments, group.care.comments.into()));
        let notes: Vec<String> =
            [group.care.assignee.clone(), aside_words(&group.care), said].into_iter().flatten().collect();
        view! {
            <span class="kl-inbox-group-head"><b>{group.flow_name}</b><Pill tone>{group.open.to_string()}</Pill></span>
            <span class="kl-inbox-group-text">{told.title}</span>
            <small>{group.node_title.clone()} " · " {w.errors_last} " " <Ago at=group.last_at/></small>
            {(!notes.is_empty()).then(|| view! { <small class="kl-inbox-group-care">{notes.join(" · ")}</small> })}
        }
    };
    view! {
        <li data-item=id.get_value()>
            <button class="kl-inbox-group kl-walk" type="button" aria-pressed=is_chosen on:click=choose>{body}</button>
        </li>
    }
}

/// Whatever waits, of every group; asked for twice, because it may be a lot.
#[component]
fn RetryEverything(groups: Load<ErrorList>, jobs: Jobs) -> impl IntoView {
    let w = words();
    let asking = RwSignal::new(false);
    let many = Memo::new(move |_| {
        groups.get().is_some_and(|list| list.groups.iter().filter(|group| group.open > 0).count() > 1)
    });
    let go = move |_| {
        let bulk = BulkRuns { action: BulkAction::Retry, all: true, ..BulkRuns::default() };
        jobs.start(bulk, move || {
            asking.set(false);
            groups.refresh();
        });
    };
    view! {
        <Show when=move || many.get()>
            <Button icon=Icon::Again on_click=move |_| asking.set(true)>{w.errors_retry_everything}</Button>
        </Show>
        <Dialog open=asking title=w.errors_retry_everything.to_owned() close=w.close>
            <div class="kl-stack">
                <p>{w.errors_retry_everything_text}</p>
                <p>{w.retry_many_text}</p>
                <div class="kl-dialog-foot">
                    <Button on_click=move |_| asking.set(false)>{w.go_back}</Button>
                    <Button kind=ButtonKind::Primary icon=Icon::Again busy=jobs.busy() on_click=go>{w.send_again}</Button>
                </div>
            </div>
        </Dialog>
    }
}
