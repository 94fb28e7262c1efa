//! All runs: the newest first, found by flow, state, time, key and text; moving while one looks, and retried or cancelled
//! many at a time.

mod chosen;
mod fields;
mod filter;
mod kept;
mod live;
mod rows;
mod when;

use super::jobs::{JobCards, Jobs};
use super::{query_of_page, walk};
use crate::client::{client, path as fill_path};
use crate::live::Live;
use crate::load::{self, Load};
use crate::shell::title_window;
use crate::time::now_ms;
use crate::words::words;
use api::{RunList, RunState, Started, path};
use chosen::Chosen;
use fields::Filters;
use filter::Filter;
use kept::Kept;
pub use kept::address;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use live::Fresh;
use rows::List;
use ui::{Pill, Toasts, Tone};

const PAGE_RUNS: usize = 50;
/// A list that stays open for days does not grow for days.
const SHOWN_RUNS_MAX: usize = 500;
/// As many as the server gives at once.
const ASKED_RUNS_MAX: usize = 200;

/// What the parts of the page share. A cheap handle.
#[derive(Clone, Copy)]
struct Desk {
    load: Load<RunList>,
    filter: Memo<Filter>,
    chosen: Chosen,
    fresh: Fresh,
}

#[component]
pub fn Runs() -> impl IntoView {
    let w = words();
    title_window(w.runs);
    let filter = filter_of_address();
    let kept = Kept::of(&filter.get_untracked().address());
    let chosen = Chosen::new(kept.as_ref().map(|kept| kept.chosen.clone()).unwrap_or_default());
    let load = load_runs(filter, kept.as_ref().map(|kept| kept.list.clone()));
    let desk = Desk { load, filter, chosen, fresh: Fresh::default() };
    live::follow(desk);
    kept::keep(desk, kept.map_or(0.0, |kept| kept.scroll));
    walk::walk(".kl-table-runs [data-item]", {
        let retry = retry_one();
        move |key, item| match (key, walk::item_of(item)) {
            ("r" | "R", Some(run)) => retry.run((run, item.get_attribute("data-state").unwrap_or_default())),
            ("x", Some(run)) => chosen.toggle(&run),
            _ => {}
        }
    });
    let jobs = Jobs::watch();
    view! {
        <main class="kl-page">
            <header class="kl-page-head">
                <div>
                    <h1>{w.runs}</h1>
                    <p>{w.runs_sub} " " <span class="kl-keys-hint">{w.runs_keys}</span></p>
                </div>
                <LiveMark/>
            </header>
            <Filters filter/>
            <JobCards jobs/>
            {load::draw(load, move |list| view! { <List list desk jobs/> })}
        </main>
    }
}

/// While the page is being left, the address is another page's: the list is still the one of before.
fn filter_of_address() -> Memo<Filter> {
    let (query, path) = (query_of_page(), use_location().pathname);
    Memo::new(move |last: Option<&Filter>| match last {
        Some(last) if path.with(|path| path != "/runs") => last.clone(),
        _ => Filter::of(|name| query(name).unwrap_or_default()),
    })
}

/// As many as are shown are asked for again, so that a list that was made longer stays so.
fn load_runs(filter: Memo<Filter>, known: Option<RunList>) -> Load<RunList> {
    let client = client();
    let shown = StoredValue::new(known.as_ref().map_or(0, |list| list.runs.len()));
    let load = Load::resume(known, move || {
        let limit = shown.get_value().clamp(PAGE_RUNS, ASKED_RUNS_MAX);
        let address = format!("{}?limit={limit}&{}", path::RUNS, filter.get_untracked().question(now_ms()));
        async move { client.get::<RunList>(&address).await }
    });
    Effect::new(move |_| shown.set_value(load.get().map_or(0, |list| list.runs.len())));
    load
}

/// Tries a failed run again. What it has done stays done, so nobody has to be asked.
fn retry_one() -> Callback<(String, String)> {
    let (w, client, toasts) = (words(), client(), expect_context::<Toasts>());
    let busy = RwSignal::new(false);
    Callback::new(move |(run, state): (String, String)| {
        if state != RunState::Failed.as_str() || busy.get_untracked() {
            return;
        }
        let path = fill_path(path::RUN_RETRY, &run);
        super::act(busy, async move { client.post::<Started>(&path, &()).await }, move |_| {
            toasts.push(Tone::Good, w.retry_started);
        });
    })
}

/// Says whether the list moves by itself.
#[component]
fn LiveMark() -> impl IntoView {
    let w = words();
    let connected = expect_context::<Live>().connected();
    let tone = Signal::derive(move || if connected.get() { Tone::Good } else { Tone::Warn });
    view! { <span role="status"><Pill tone dot=true>{move || if connected.get() { w.live } else { w.live_off }}</Pill></span> }
}

#[cfg(test)]
mod tests {
    use api::{RunState, RunSummary};

    pub fn run(id: &str, state: RunState, started_at: i64) -> RunSummary {
        RunSummary {
            id: id.into(),
            flow: "orders".into(),
            flow_name: "Orders".into(),
            state,
            key: None,
            started_at,
            finished_at: None,
            steps: 1,
            error_node: None,
            error_code: None,
            error: None,
            retry_of: None,
        }
    }
}
