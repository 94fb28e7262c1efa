//! A list that follows the runs, and does not move under whoever reads it.

use super::filter::Filter;
use super::{Desk, SHOWN_RUNS_MAX};
use crate::live::Live;
use crate::time::now_ms;
use crate::words::{count, words};
use api::RunSummary;
use leptos::prelude::*;
use ui::{Button, Icon};

/// Who has scrolled so far looks at something.
const AT_TOP: f64 = 120.0;

/// New runs that wait until somebody wants to see them. A cheap handle.
#[derive(Clone, Copy, Default)]
pub struct Fresh(RwSignal<Vec<RunSummary>>);

pub fn follow(desk: Desk) {
    let Desk { load, filter, chosen, fresh } = desk;
    let live = expect_context::<Live>();
    live.on_runs(move |runs| {
        let reads = untrack(|| !chosen.is_empty()) || scrolled() > AT_TOP;
        filter.with_untracked(|filter| {
            load.update(|list| match reads {
                true => fresh.0.update(|fresh| hold_back(&mut list.runs, fresh, runs, filter, now_ms())),
                false => merge(&mut list.runs, runs, filter, now_ms()),
            });
        });
    });
    live.on_resumed(move || load.refresh());
    Effect::new(move |last: Option<Filter>| {
        let now = filter.get();
        if last.is_some_and(|last| last != now) {
            chosen.clear();
            fresh.0.set(Vec::new());
            load.restart();
        }
        now
    });
}

fn scrolled() -> f64 {
    window().scroll_y().unwrap_or_default()
}

#[component]
pub fn FreshButton(desk: Desk) -> impl IntoView {
    let number = Memo::new(move |_| desk.fresh.0.with(Vec::len));
    let show = move |_| {
        let fresh = desk.fresh.0.try_update(std::mem::take).unwrap_or_default();
        let filter = desk.filter.get_untracked();
        desk.load.update(|list| merge(&mut list.runs, fresh, &filter, now_ms()));
        window().scroll_to_with_x_and_y(0.0, 0.0);
    };
    view! {
        <Show when=move || { number.get() > 0 }>
            <div class="kl-fresh" role="status"><Button icon=Icon::Upload on_click=show>{move || count(words().runs_new, number.get() as u64)}</Button></div>
        </Show>
    }
}

/// Takes over what changed: known runs in place, new ones at the top, and those that no longer belong leave.
fn merge(list: &mut Vec<RunSummary>, changed: Vec<RunSummary>, filter: &Filter, now: i64) {
    for run in changed {
        match list.iter().position(|old| old.id == run.id) {
            Some(at) if filter.takes(&run, now) || !filter.text.is_empty() => list[at] = run,
            Some(at) => drop(list.remove(at)),
            None if filter.takes(&run, now) => list.insert(0, run),
            None => {}
        }
    }
    list.sort_by_key(|run| std::cmp::Reverse(run.started_at));
    list.truncate(SHOWN_RUNS_MAX);
}

/// The same while somebody reads: known runs change in place, and new ones wait.
fn hold_back(
    list: &mut [RunSummary],
    fresh: &mut Vec<RunSummary>,
    changed: Vec<RunSummary>,
    filter: &Filter,
    now: i64,
) {
    for run in changed {
        fresh.retain(|old| old.id != run.id);
        match list.iter_mut().find(|old| old.id == run.id) {
            Some(old) => *old = run,
            None if filter.takes(&run, now) && fresh.len() < SHOWN_RUNS_MAX => fresh.push(run),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;
    use super::*;
    use api::RunState;

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
            0,
        );
        assert_eq!(ids(&list), ["3", "2", "1"]);
        assert_eq!(list[1].state, RunState::Done);
    }

    #[test]
    fn a_run_that_no_longer_fits_the_filter_leaves() {
        let failed = Filter { state: "failed".into(), ..Filter::default() };
        let mut list = vec![run("1", RunState::Failed, 1)];
        merge(&mut list, vec![run("1", RunState::Running, 1), run("2", RunState::Done, 2)], &failed, 0);
        assert!(list.is_empty());
    }

    #[test]
    fn a_search_by_text_takes_no_new_runs_by_itself() {
        let search = Filter { text: "1042".into(), ..Filter::default() };
        let mut list = vec![run("1", RunState::Running, 1)];
        merge(&mut list, vec![run("1", RunState::Done, 1), run("2", RunState::Done, 2)], &search, 0);
        assert_eq!((ids(&list), list[0].state), (vec!["1"], RunState::Done));
    }

    #[test]
    fn a_list_left_open_does_not_grow_without_end() {
        let mut list = Vec::new();
        let many = (0..SHOWN_RUNS_MAX as i64 + 20).map(|i| run(&i.to_string(), RunState::Done, i)).collect();
        merge(&mut list, many, &Filter::default(), 0);
        assert_eq!((list.len(), list[0].id.as_str()), (SHOWN_RUNS_MAX, "519"));
    }

    #[test]
    fn whoever_reads_further_down_is_told_of_new_runs_and_nothing_moves() {
        let failed = Filter { state: "failed".into(), ..Filter::default() };
        let mut list = vec![run("2", RunState::Failed, 2), run("1", RunState::Failed, 1)];
        let changed =
            vec![run("1", RunState::Running, 1), run("3", RunState::Failed, 3), run("4", RunState::Done, 4)];
        let mut fresh = Vec::new();
        hold_back(&mut list, &mut fresh, changed, &failed, 0);
        assert_eq!((ids(&list), list[1].state), (vec!["2", "1"], RunState::Running));
        assert_eq!(ids(&fresh), ["3"]);
    }
}
