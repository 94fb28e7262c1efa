//! Runs that are picked out of the list, and what is done with them together.

use super::filter::Filter;
use crate::flow_view::is_open;
use crate::pages::jobs::Jobs;
use crate::time::now_ms;
use crate::words::{count, fill, words};
use api::{BulkAction, BulkRuns, RunList, RunState, RunSummary};
use leptos::prelude::*;
use std::collections::BTreeSet;
use ui::{Button, ButtonKind, Dialog, Icon};

/// A cheap handle.
#[derive(Clone, Copy)]
pub struct Chosen {
    runs: RwSignal<BTreeSet<String>>,
    /// Everything that the filter finds, also what is not shown.
    all: RwSignal<bool>,
}

impl Chosen {
    pub fn new(runs: BTreeSet<String>) -> Self {
        Self { runs: RwSignal::new(runs), all: RwSignal::new(false) }
    }

    pub fn holds(self, run: &str) -> bool {
        self.all.get() || self.runs.with(|runs| runs.contains(run))
    }

    pub fn is_empty(self) -> bool {
        !self.all.get() && self.runs.with(BTreeSet::is_empty)
    }

    pub fn toggle(self, run: &str) {
        self.all.set(false);
        self.runs.update(|runs| {
            if !runs.remove(run) {
                runs.insert(run.to_owned());
            }
        });
    }

    pub fn clear(self) {
        self.all.set(false);
        self.runs.update(BTreeSet::clear);
    }

    pub fn kept(self) -> BTreeSet<String> {
        self.runs.try_get_untracked().unwrap_or_default()
    }

    fn choose(self, list: &RunList) {
        self.runs.set(list.runs.iter().map(|run| run.id.clone()).collect());
    }
}

/// The box in the table's head: all that is shown, or nothing.
#[component]
pub fn ChooseShown(list: Signal<RunList>, chosen: Chosen) -> impl IntoView {
    let every = Memo::new(move |_| list.with(|list| list.runs.iter().all(|run| chosen.holds(&run.id))));
    let change = move |_| {
        if every.get_untracked() { chosen.clear() } else { list.with_untracked(|list| chosen.choose(list)) }
    };
    view! { <input type="checkbox" class="kl-check" aria-label=words().choose_shown prop:checked=move || every.get() on:change=change/> }
}

#[component]
pub fn ChooseRun(id: String, chosen: Chosen) -> impl IntoView {
    let own = StoredValue::new(id.clone());
    view! {
        <input type="checkbox" class="kl-check" aria-label=fill(words().choose_run, &[&id])
            prop:checked=move || own.with_value(|id| chosen.holds(id)) on:change=move |_| own.with_value(|id| chosen.toggle(id))/>
    }
}

/// How many of the chosen runs an action is for.
fn suitable(runs: &[RunSummary], chosen: Chosen, action: BulkAction) -> Vec<String> {
    let fits = |run: &&RunSummary| match action {
        BulkAction::Retry => run.state == RunState::Failed,
        BulkAction::Cancel => is_open(run.state),
    };
    runs.iter().filter(|run| chosen.holds(&run.id)).filter(fits).map(|run| run.id.clone()).collect()
}

#[component]
pub fn ChosenBar(list: Signal<RunList>, filter: Memo<Filter>, chosen: Chosen, jobs: Jobs) -> impl IntoView {
    let w = words();
    let asking = RwSignal::new(None::<BulkAction>);
    let number = move || match chosen.all.get() {
        true => w.chosen_all.to_owned(),
        false => count(w.chosen, chosen.runs.with(BTreeSet::len) as u64),
    };
    let more = Memo::new(move |_| {
        let every =
            list.with(|list| list.next.is_some() && list.runs.iter().all(|run| chosen.holds(&run.id)));
        every && !chosen.all.get()
    });
    let shown = Memo::new(move |_| !chosen.is_empty());
    view! {
        <Show when=move || shown.get()>
            <div class="kl-chosen" role="region" aria-label=w.chosen_region>
                <b role="status">{number}</b>
                <Show when=move || more.get()>
                    <button class="kl-link" type="button" on:click=move |_| chosen.all.set(true)>{w.choose_matching}</button>
                </Show>
                <span class="kl-spring"></span>
                <ChosenButton list filter chosen asking action=BulkAction::Retry/>
                <ChosenButton list filter chosen asking action=BulkAction::Cancel/>
                <Button kind=ButtonKind::Quiet on_click=move |_| chosen.clear()>{w.choose_none}</Button>
            </div>
        </Show>
        <Sure list filter chosen jobs asking/>
    }
}

#[component]
fn ChosenButton(
    list: Signal<RunList>,
    filter: Memo<Filter>,
    chosen: Chosen,
    asking: RwSignal<Option<BulkAction>>,
    action: BulkAction,
) -> impl IntoView {
    let w = words();
    let n = Memo::new(move |_| list.with(|list| suitable(&list.runs, chosen, action).len()));
    let (icon, kind, some, all) = match action {
        BulkAction::Retry => (Icon::Again, ButtonKind::Primary, w.retry_chosen, w.retry_matching),
        BulkAction::Cancel => (Icon::Stop, ButtonKind::Danger, w.cancel_chosen, w.cancel_matching),
    };
    // A list of finished runs has none to cancel, however long it is.
    let possible = move || match chosen.all.get() {
        true => filter.with(|filter| filter.has_state_for(action)),
        false => n.get() > 0,
    };
    let text = move || if chosen.all.get() { all.to_owned() } else { count(some, n.get() as u64) };
    view! { <Button icon kind disabled=Signal::derive(move || !possible()) on_click=move |_| asking.set(Some(action))>{text}</Button> }
}

/// Says what is about to be done, and with how many.
#[component]
fn Sure(
    list: Signal<RunList>,
    filter: Memo<Filter>,
    chosen: Chosen,
    jobs: Jobs,
    asking: RwSignal<Option<BulkAction>>,
) -> impl IntoView {
    let w = words();
    let open = RwSignal::new(false);
    // Each follows the other, and only where they differ: or neither would ever come to rest.
    Effect::new(move |_| {
        let asked = asking.get().is_some();
        if open.get_untracked() != asked {
            open.set(asked);
        }
    });
    Effect::new(move |_| {
        if !open.get() && asking.get_untracked().is_some() {
            asking.set(None);
        }
    });
    let title = Signal::derive(move || match asking.get() {
        Some(BulkAction::Cancel) => w.cancel_many_title.to_owned(),
        _ => w.retry_many_title.to_owned(),
    });
    let body = move || {
        let action = asking.get_untracked().unwrap_or_default();
        view! { <SureForm list filter chosen jobs open action title/> }
    };
    view! { <Dialog open title close=w.close>{body}</Dialog> }
}

#[component]
fn SureForm(
    list: Signal<RunList>,
    filter: Memo<Filter>,
    chosen: Chosen,
    jobs: Jobs,
    open: RwSignal<bool>,
    action: BulkAction,
    title: Signal<String>,
) -> impl IntoView {
    let w = words();
    let runs = list.with_untracked(|list| suitable(&list.runs, chosen, action));
    let all = chosen.all.get_untracked();
    let which = if all { w.many_matching.to_owned() } else { count(w.many_chosen, runs.len() as u64) };
    let (kind, icon, what) = match action {
        BulkAction::Retry => (ButtonKind::Primary, Icon::Again, w.retry_many_text),
        BulkAction::Cancel => (ButtonKind::Danger, Icon::Stop, w.cancel_many_text),
    };
    let go = move |_| {
        let bulk = match all {
            true => filter.with_untracked(|filter| filter.bulk(action, now_ms())),
            false => BulkRuns { action, runs: Some(runs.clone()), ..BulkRuns::default() },
        };
        jobs.start(bulk, move || {
            open.set(false);
            chosen.clear();
        });
    };
    view! {
        <div class="kl-stack">
            <p><b>{which}</b></p>
            <p>{what}</p>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| open.set(false)>{w.go_back}</Button>
                <Button kind icon busy=jobs.busy() on_click=go>{move || title.get()}</Button>
            </div>
        </div>
    }
}
