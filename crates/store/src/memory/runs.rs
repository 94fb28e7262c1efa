//! Questions that people ask about runs.

use super::{MemoryStore, Open, State};
use crate::search::{LIST_MAX, TEXT_CHARS_MAX};
use crate::{
    DAY_MS, DayCount, Error, EventId, Finish, FlowKey, FlowTotals, Ms, RunDetailRow, RunFilter, RunId,
    RunQueries, RunSummaryRow, SUMMARIES_MAX, StoreSize, ids,
};
use async_trait::async_trait;

#[async_trait]
impl RunQueries for MemoryStore {
    async fn runs(&self, filter: RunFilter) -> Result<Vec<RunSummaryRow>, Error> {
        let found = self.state().summaries().into_iter().rev().filter(|run| is_meant(run, &filter));
        Ok(found.take(filter.limit.min(LIST_MAX)).collect())
    }

    async fn summaries(&self, runs: &[RunId]) -> Result<Vec<RunSummaryRow>, Error> {
        let asked = &runs[..runs.len().min(SUMMARIES_MAX)];
        Ok(self.state().summaries().into_iter().filter(|run| asked.contains(&run.id)).collect())
    }

    async fn run_detail(&self, run: RunId) -> Result<Option<RunDetailRow>, Error> {
        let state = self.state();
        let Some(summary) = state.summary(run) else { return Ok(None) };
        let doc = state.ended.get(&run).map(|ended| ended.doc.clone()).unwrap_or_default();
        let event = state.events.get(&summary.event).cloned();
        Ok(Some(RunDetailRow { summary, doc, event }))
    }

    async fn retries(&self, event: EventId) -> Result<Vec<RunSummaryRow>, Error> {
        let of_event = |run: &RunSummaryRow| run.event == event && run.id != event;
        Ok(self.state().summaries().into_iter().filter(of_event).collect())
    }

    async fn flow_totals(&self) -> Result<Vec<(FlowKey, FlowTotals)>, Error> {
        Ok(self.state().totals.iter().map(|(flow, totals)| (*flow, *totals)).collect())
    }

    async fn days(&self, since: Ms) -> Result<Vec<DayCount>, Error> {
        let first = (since.div_euclid(DAY_MS), FlowKey::MIN, i16::MIN);
        let state = self.state();
        let counts = state.days.range(first..).map(|(&(day, flow, status), &runs)| {
            Ok(DayCount { flow, day: day * DAY_MS, status: status.try_into()?, runs })
        });
        counts.collect()
    }

    async fn size(&self) -> Result<StoreSize, Error> {
        Ok(StoreSize { bytes: 1, wal_bytes: 0, free_disk_bytes: u64::MAX })
    }

    async fn ping(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// What a list shows of a run, whether by its number, its flow, its state or a text.
fn is_meant(run: &RunSummaryRow, filter: &RunFilter) -> bool {
    let all = filter.statuses.is_empty() && !filter.open;
    let in_state = match run.status {
        None => filter.open,
        Some(status) => filter.statuses.contains(&status),
    };
    filter.before.is_none_or(|before| run.id < before)
        && filter.since.is_none_or(|since| run.id >= ids::first_at(since))
        && filter.until.is_none_or(|until| run.id < ids::first_at(until))
        && filter.key.as_ref().is_none_or(|key| key.takes(run.key.as_deref()))
        && filter.flow.is_none_or(|flow| run.flow == flow)
        && (all || in_state)
        && filter.text.as_deref().is_none_or(|text| holds(run, text))
}

fn holds(run: &RunSummaryRow, text: &str) -> bool {
    let text: String = text.trim().chars().take(TEXT_CHARS_MAX).collect();
    // As SQL's LIKE compares: the letters A to Z in either case.
    let holds = |part: &Option<String>| {
        part.as_ref().is_some_and(|part| part.to_ascii_lowercase().contains(&text.to_ascii_lowercase()))
    };
    text.is_empty() || holds(&run.key) || holds(&run.error) || text.parse() == Ok(run.id)
}

impl State {
    /// Open and ended ones, in order.
    fn summaries(&self) -> Vec<RunSummaryRow> {
        let mut all: Vec<RunSummaryRow> = self.open.values().map(open_summary).collect();
        all.extend(self.ended.values().map(ended_summary));
        all.sort_by_key(|run| run.id);
        all
    }

    fn summary(&self, run: RunId) -> Option<RunSummaryRow> {
        self.open.get(&run).map(open_summary).or_else(|| self.ended.get(&run).map(ended_summary))
    }
}

fn open_summary(open: &Open) -> RunSummaryRow {
    let run = &open.run;
    RunSummaryRow {
        id: run.id,
        flow: run.flow,
        version: run.version,
        event: run.event,
        key: run.key.clone(),
        status: None,
        wake_at: open.wake_at,
        started_at: run.started_at,
        finished_at: None,
        steps: 0,
        error_node: None,
        error_code: None,
        error: None,
        lineage: run.lineage,
    }
}

fn ended_summary(finish: &Finish) -> RunSummaryRow {
    let open = Open { run: finish.run.clone(), wake_at: None, crashes: 0, records: Default::default() };
    RunSummaryRow {
        status: Some(finish.status),
        finished_at: Some(finish.finished_at),
        steps: finish.steps,
        error_node: finish.error_node.clone(),
        error_code: finish.error_code.clone(),
        error: finish.error.clone(),
        ..open_summary(&open)
    }
}
