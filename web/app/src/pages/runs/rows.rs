//! The runs that were found, as rows, or on a phone as cards.

use super::chosen::{ChooseRun, ChooseShown, Chosen, ChosenBar};
use super::filter::Filter;
use super::live::FreshButton;
use super::{Desk, PAGE_RUNS, SHOWN_RUNS_MAX};
use crate::client::{client, encode};
use crate::errors::Told;
use crate::flow_view::run_state;
use crate::load::Load;
use crate::pages::jobs::Jobs;
use crate::pages::order::KeyLink;
use crate::pages::{act, restart_on};
use crate::time::{Ago, length, now_ms};
use crate::words::{count, fill, grouped, language, words};
use api::{RunCount, RunList, RunSummary, path};
use leptos::prelude::*;
use leptos_router::components::A;
use ui::{Button, Empty, Icon, Pill};

#[component]
pub fn List(list: Signal<RunList>, desk: Desk, jobs: Jobs) -> impl IntoView {
    let w = words();
    let empty = Memo::new(move |_| list.with(|list| list.runs.is_empty()));
    let narrowed = move || !desk.filter.with(Filter::is_empty);
    let nothing = move || match narrowed() {
        true => view! {
            <Empty icon=Icon::Search title=w.runs_empty_title text=w.runs_none_match>
                <A href="/runs" attr:class="kl-button">{w.clear_filters}</A>
            </Empty>
        }
        .into_any(),
        false => {
            view! { <Empty icon=Icon::Runs title=w.runs_empty_title text=w.runs_empty_text/> }.into_any()
        }
    };
    let chosen = desk.chosen;
    view! {
        <Show when=move || !empty.get() fallback=nothing>
            <div class="kl-list-head">
                <HowMany list filter=desk.filter/>
                <FreshButton desk/>
            </div>
            <ChosenBar list filter=desk.filter chosen jobs/>
            <div class="kl-card kl-list-card">
                <table class="kl-table kl-table-stacked kl-table-runs">
                    <thead><tr>
                        <th scope="col" class="kl-check-cell"><ChooseShown list chosen/></th>
                        <th scope="col">{w.run}</th>
                        <th scope="col">{w.state}</th>
                        <th scope="col">{w.key}</th>
                        <th scope="col">{w.started}</th>
                        <th scope="col" class="kl-number">{w.took}</th>
                    </tr></thead>
                    <tbody>
                        <For each=move || list.get().runs key=|run| run.id.clone() let:run>
                            <RunRow run list chosen/>
                        </For>
                    </tbody>
                </table>
                <Older list desk/>
            </div>
        </Show>
    }
}

/// How many runs match. The server counts, where the list does not show them all, and only so far.
#[component]
fn HowMany(list: Signal<RunList>, filter: Memo<Filter>) -> impl IntoView {
    let w = words();
    let client = client();
    let counted = Load::new(move || {
        let address = format!("{}?{}", path::RUNS_COUNT, filter.get_untracked().question(now_ms()));
        async move { client.get::<RunCount>(&address).await }
    });
    restart_on(counted, filter);
    let text = move || {
        let (shown, whole) = list.with(|list| (list.runs.len() as u64, list.next.is_none()));
        match counted.get() {
            _ if whole => count(w.runs_count, shown),
            Some(RunCount { count, more: true }) => fill(w.runs_shown_more, &[&shown, &grouped(count)]),
            Some(RunCount { count, .. }) => fill(w.runs_shown_of, &[&shown, &grouped(count.max(shown))]),
            None => String::new(),
        }
    };
    view! { <p class="kl-muted" role="status">{text}</p> }
}

#[component]
fn Older(list: Signal<RunList>, desk: Desk) -> impl IntoView {
    let client = client();
    let busy = RwSignal::new(false);
    let more = Callback::new(move |_| {
        let Some(before) = list.with_untracked(|list| list.next.clone()) else { return };
        let filter = desk.filter.get_untracked();
        let question = filter.question(now_ms());
        let address = format!("{}?limit={PAGE_RUNS}&before={}&{question}", path::RUNS, encode(&before));
        act(busy, async move { client.get::<RunList>(&address).await }, move |older| {
            // Something else may be looked for by now, or the list may end elsewhere: these runs are not what comes next.
            if desk.filter.try_get_untracked().as_ref() != Some(&filter) {
                return;
            }
            desk.load.update(|list| {
                if list.next.as_ref() == Some(&before) {
                    list.runs.extend(older.runs);
                    list.next = older.next;
                }
            });
        });
    });
    let room = move || list.with(|list| list.next.is_some() && list.runs.len() < SHOWN_RUNS_MAX);
    view! {
        <Show when=room>
            <div class="kl-list-more"><Button busy on_click=more>{words().load_more}</Button></div>
        </Show>
    }
}

/// One run. Its row stays while the run changes, and so does the focus in it.
#[component]
fn RunRow(run: RunSummary, list: Signal<RunList>, chosen: Chosen) -> impl IntoView {
    let w = words();
    let id = run.id.clone();
    let first = run.clone();
    let now = Memo::new(move |last: Option<&RunSummary>| {
        let found = list.with(|list| list.runs.iter().find(|run| run.id == first.id).cloned());
        found.or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    });
    let state = move || {
        let (tone, state) = run_state(now.with(|run| run.state), w);
        view! { <Pill tone dot=true>{state}</Pill> {now.with(error_of)} }
    };
    let took = move || now.with(|run| run.finished_at.map(|end| length(end - run.started_at, w)));
    let (own, number) = (id.clone(), id.clone());
    let is_chosen = move || chosen.holds(&own).then_some("true");
    view! {
        <tr data-item=id.clone() data-state=move || now.with(|run| run.state.as_str()) aria-selected=is_chosen>
            <td class="kl-check-cell"><ChooseRun id=id.clone() chosen/></td>
            <td>
                <A href=format!("/runs/{id}") attr:class="kl-run-link kl-walk">
                    <b>{run.flow_name}</b>
                    <small>{number}</small>
                </A>
            </td>
            <td data-label=w.state><span class="kl-run-state">{state}</span></td>
            <td data-label=w.key>{run.key.map(|key| view! { <KeyLink key/> })}</td>
            <td data-label=w.started class="kl-muted"><Ago at=run.started_at/></td>
            <td data-label=w.took class="kl-number kl-muted">{took}</td>
        </tr>
    }
}

fn error_of(run: &RunSummary) -> Option<AnyView> {
    let message = run.error.as_deref()?;
    let told = Told::of(language(), run.error_code.as_deref().unwrap_or_default(), message, "");
    let detail = (!told.detail.is_empty())
        .then(|| view! { <small class="kl-error-detail" lang="en">{told.detail}</small> });
    Some(view! { <span class="kl-run-error">{told.title} " " {detail}</span> }.into_any())
}
