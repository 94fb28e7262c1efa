//! All runs: the newest first, found by flow, state and text, and moving while one looks.

use crate::client::{client, encode};
use crate::errors::Told;
use crate::flow_view::run_state;
use crate::live::Live;
use crate::load::{self, Load};
use crate::shell::title_window;
use crate::time::{Ago, length};
use crate::words::{language, words};
use api::{FlowList, RunList, RunState, RunSummary, path};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_query_map};
use std::time::Duration;
use ui::{Button, Choice, Empty, Icon, Pill, Select, TextField, TextKind, Tone};

const PAGE_RUNS: usize = 50;
/// A list that stays open for days does not grow for days.
const SHOWN_RUNS_MAX: usize = 500;
/// How long typing pauses before the search begins.
const TYPING_PAUSE: Duration = Duration::from_millis(250);

/// What the list is narrowed to; the page's address says the same.
#[derive(Clone, Debug, Default, PartialEq)]
struct Filter {
    flow: String,
    state: String,
    text: String,
}

impl Filter {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn query(&self) -> String {
        let parts = [("flow", &self.flow), ("state", &self.state), ("text", &self.text)];
        let set = parts.iter().filter(|(_, value)| !value.is_empty());
        set.map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
    }

    /// Whether a run that changes belongs to the list. A search by text is the server's: what it looks in is not all here.
    fn takes(&self, run: &RunSummary) -> bool {
        let flow = self.flow.is_empty() || run.flow.as_str() == self.flow;
        let state = self.state.is_empty() || run.state.as_str() == self.state;
        flow && state && self.text.is_empty()
    }
}

#[component]
pub fn Runs() -> impl IntoView {
    let w = words();
    title_window(w.runs);
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        query.with(|query| {
            let get = |name: &str| query.get(name).unwrap_or_default();
            Filter { flow: get("flow"), state: get("state"), text: get("text") }
        })
    });
    let client = client();
    let load = Load::new(move || {
        let address = format!("{}?limit={PAGE_RUNS}&{}", path::RUNS, filter.get_untracked().query());
        async move { client.get::<RunList>(&address).await }
    });
    follow(load, filter);
    view! {
        <main class="kl-page">
            <header class="kl-page-head">
                <div>
                    <h1>{w.runs}</h1>
                    <p>{w.runs_sub}</p>
                </div>
                <LiveMark/>
            </header>
            <Filters filter/>
            {load::draw(load, move |list| view! { <List list load filter/> })}
        </main>
    }
}

fn follow(load: Load<RunList>, filter: Memo<Filter>) {
    let live = expect_context::<Live>();
    live.on_runs(move |runs| {
        load.update(|list| filter.with_untracked(|filter| merge(&mut list.runs, runs, filter)))
    });
    Effect::new(move |last: Option<(Filter, u32)>| {
        let now = (filter.get(), live.resumed().get());
        match last {
            Some((filter, _)) if filter != now.0 => load.restart(),
            Some((_, resumed)) if resumed > 0 && resumed != now.1 => load.refresh(),
            _ => {}
        }
        now
    });
}

/// Takes over what changed: known runs in place, new ones at the top, and those that no longer belong leave.
fn merge(list: &mut Vec<RunSummary>, changed: Vec<RunSummary>, filter: &Filter) {
    for run in changed {
        match list.iter().position(|old| old.id == run.id) {
            Some(at) if filter.takes(&run) || !filter.text.is_empty() => list[at] = run,
            Some(at) => drop(list.remove(at)),
            None if filter.takes(&run) => list.insert(0, run),
            None => {}
        }
    }
    list.sort_by_key(|run| std::cmp::Reverse(run.started_at));
    list.truncate(SHOWN_RUNS_MAX);
}

/// Says whether the list moves by itself.
#[component]
fn LiveMark() -> impl IntoView {
    let w = words();
    let connected = expect_context::<Live>().connected();
    let tone = Signal::derive(move || if connected.get() { Tone::Good } else { Tone::Warn });
    view! { <span role="status"><Pill tone dot=true>{move || if connected.get() { w.live } else { w.live_off }}</Pill></span> }
}

#[component]
fn Filters(filter: Memo<Filter>) -> impl IntoView {
    let w = words();
    let client = client();
    let flows = Load::new(move || async move { client.get::<FlowList>(path::FLOWS).await });
    let start = filter.get_untracked();
    let (flow, state, text) =
        (RwSignal::new(start.flow), RwSignal::new(start.state), RwSignal::new(start.text));
    let navigate = use_navigate();
    let go = debounced(move |wanted: Filter| {
        let to = format!("/runs?{}", wanted.query());
        navigate(to.trim_end_matches('?'), NavigateOptions { replace: true, ..Default::default() });
    });
    Effect::new(move |last: Option<Filter>| {
        let wanted = Filter { flow: flow.get(), state: state.get(), text: text.get().trim().to_owned() };
        if last.is_some_and(|last| last != wanted) {
            go(wanted.clone());
        }
        wanted
    });
    // A link to another filter, or "back", is taken over by the fields.
    Effect::new(move |_| {
        let now = filter.get();
        for (field, value) in [(flow, now.flow), (state, now.state)] {
            if field.get_untracked() != value {
                field.set(value);
            }
        }
        if text.get_untracked().trim() != now.text {
            text.set(now.text);
        }
    });
    let flow_choices = Signal::derive(move || {
        let all = Choice::new("", w.all_flows);
        let each = flows.get().map(|list| list.flows).unwrap_or_default();
        [all]
            .into_iter()
            .chain(each.into_iter().map(|flow| Choice::new(flow.id.to_string(), flow.name)))
            .collect::<Vec<_>>()
    });
    let states = RunState::ALL.iter().map(|state| Choice::new(state.as_str(), run_state(*state, w).1));
    let state_choices: Vec<Choice> = [Choice::new("", w.all_states)].into_iter().chain(states).collect();
    view! {
        <form class="kl-filters" role="search" on:submit=|event| event.prevent_default()>
            <TextField label=w.search_runs value=text kind=TextKind::Search placeholder=w.search_runs label_hidden=true/>
            <Select label=w.flow value=flow choices=flow_choices label_hidden=true/>
            <Select label=w.state value=state choices=Signal::stored(state_choices) label_hidden=true/>
        </form>
    }
}

/// Calls with the last of several values, once they have stopped coming.
fn debounced<T: Send + Sync + 'static>(call: impl Fn(T) + Clone + 'static) -> impl Fn(T) {
    let turn = StoredValue::new(0u64);
    move |value| {
        let mine = turn.get_value() + 1;
        turn.set_value(mine);
        let call = call.clone();
        set_timeout(
            move || {
                if turn.try_get_value() == Some(mine) {
                    call(value);
                }
            },
            TYPING_PAUSE,
        );
    }
}

#[component]
fn List(list: Signal<RunList>, load: Load<RunList>, filter: Memo<Filter>) -> impl IntoView {
    let w = words();
    let empty = Memo::new(move |_| list.with(|list| list.runs.is_empty()));
    let narrowed = move || !filter.with(Filter::is_empty);
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
    view! {
        <Show when=move || !empty.get() fallback=nothing>
            <div class="kl-card kl-list-card">
                <table class="kl-table kl-table-stacked kl-table-runs">
                    <thead><tr>
                        <th scope="col">{w.run}</th>
                        <th scope="col">{w.state}</th>
                        <th scope="col">{w.key}</th>
                        <th scope="col">{w.started}</th>
                        <th scope="col" class="kl-number">{w.took}</th>
                    </tr></thead>
                    <tbody>
                        <For each=move || list.get().runs key=|run| (run.id.clone(), run.state, run.steps, run.finished_at) let:run>
                            <RunRow run/>
                        </For>
                    </tbody>
                </table>
                <Older list load filter/>
            </div>
        </Show>
    }
}

#[component]
fn Older(list: Signal<RunList>, load: Load<RunList>, filter: Memo<Filter>) -> impl IntoView {
    let client = client();
    let busy = RwSignal::new(false);
    let more = Callback::new(move |_| {
        let Some(before) = list.with_untracked(|list| list.next.clone()) else { return };
        let address = format!(
            "{}?limit={PAGE_RUNS}&before={}&{}",
            path::RUNS,
            encode(&before),
            filter.get_untracked().query()
        );
        super::act(busy, async move { client.get::<RunList>(&address).await }, move |older| {
            load.update(|list| {
                list.runs.extend(older.runs);
                list.next = older.next;
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

#[component]
fn RunRow(run: RunSummary) -> impl IntoView {
    let w = words();
    let (tone, state) = run_state(run.state, w);
    let took = run.finished_at.map(|end| length(end - run.started_at, w));
    let error = run.error.map(|message| {
        let told = Told::of(language(), run.error_code.as_deref().unwrap_or_default(), &message, "");
        let detail = (!told.detail.is_empty())
            .then(|| view! { <small class="kl-error-detail" lang="en">{told.detail}</small> });
        view! { <span class="kl-run-error">{told.title} " " {detail}</span> }
    });
    view! {
        <tr>
            <td>
                <A href=format!("/runs/{}", run.id) attr:class="kl-run-link">
                    <b>{run.flow_name}</b>
                    <small>{run.id}</small>
                </A>
            </td>
            <td data-label=w.state><span class="kl-run-state"><Pill tone dot=true>{state}</Pill>{error}</span></td>
            <td data-label=w.key><span class="kl-mono">{run.key.unwrap_or_default()}</span></td>
            <td data-label=w.started class="kl-muted"><Ago at=run.started_at/></td>
            <td data-label=w.took class="kl-number kl-muted">{took}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str, state: RunState, started_at: i64) -> RunSummary {
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

    fn ids(runs: &[RunSummary]) -> Vec<&str> {
        runs.iter().map(|run| run.id.as_str()).collect()
    }

    #[test]
    fn a_new_run_comes_to_the_top_and_a_known_one_changes_in_place() {
        let mut list = vec![run("2", RunState::Running, 2), run("1", RunState::Done, 1)];
        merge(
            &mut list,
            vec![run("2", RunState::Done, 2), run("3", RunState::Running, 3)],
            &Filter::default(),
        );
        assert_eq!(ids(&list), ["3", "2", "1"]);
        assert_eq!(list[1].state, RunState::Done);
    }

    #[test]
    fn a_run_that_no_longer_fits_the_filter_leaves() {
        let failed = Filter { state: "failed".into(), ..Filter::default() };
        let mut list = vec![run("1", RunState::Failed, 1)];
        merge(&mut list, vec![run("1", RunState::Running, 1), run("2", RunState::Done, 2)], &failed);
        assert!(list.is_empty());
    }

    #[test]
    fn a_search_by_text_takes_no_new_runs_by_itself() {
        let search = Filter { text: "1042".into(), ..Filter::default() };
        let mut list = vec![run("1", RunState::Running, 1)];
        merge(&mut list, vec![run("1", RunState::Done, 1), run("2", RunState::Done, 2)], &search);
        assert_eq!((ids(&list), list[0].state), (vec!["1"], RunState::Done));
    }

    #[test]
    fn a_list_left_open_does_not_grow_without_end() {
        let mut list = Vec::new();
        let many = (0..SHOWN_RUNS_MAX as i64 + 20).map(|i| run(&i.to_string(), RunState::Done, i)).collect();
        merge(&mut list, many, &Filter::default());
        assert_eq!((list.len(), list[0].id.as_str()), (SHOWN_RUNS_MAX, "519"));
    }

    #[test]
    fn a_filter_is_an_address() {
        let filter = Filter { flow: "a b".into(), state: String::new(), text: "#1042".into() };
        assert_eq!(filter.query(), "flow=a%20b&text=%231042");
    }
}
