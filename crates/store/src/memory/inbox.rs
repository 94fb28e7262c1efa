//! The inbox, retries, and jobs over many runs.

use super::{MemoryStore, State};
use crate::{
    Error, ErrorGroup, Fingerprint, Finish, FlowKey, GroupFilter, Inbox, InboxFilter, InboxRow, InboxState,
    Ms, RECORDS_MAX, Retried, RetryRow, RunId, Status,
};
use async_trait::async_trait;
use bytes::Bytes;
use std::cmp::Reverse;

#[derive(Clone)]
pub(super) struct Kept {
    row: InboxRow,
    origin: RunId,
    doc: Bytes,
}

/// What is known of a group besides its open records.
#[derive(Clone)]
pub(super) struct Failures {
    flow: FlowKey,
    latest: InboxRow,
    runs: u64,
    first_at: Ms,
    last_at: Ms,
}

impl Kept {
    pub(super) fn keeps_doc(&self) -> bool {
        self.row.is_a_persons()
    }
}

impl State {
    pub(super) fn retried_before(&self, retried: &Retried, by: RunId) -> Option<RunId> {
        self.retries.get(&retried.run).map(|row| row.by_run).filter(|before| *before != by)
    }

    pub(super) fn retry(&mut self, retried: &Retried, by_run: RunId) {
        self.retries.insert(retried.run, RetryRow { retried: retried.clone(), by_run });
        self.set_state(retried.run, InboxState::Retried, retried.at, &retried.who, "");
    }

    fn origin(&self, run: RunId) -> RunId {
        let link = self.retries.values().find(|row| row.by_run == run);
        link.map_or(run, |row| self.origin(row.retried.run))
    }

    pub(super) fn inbox_ended(&mut self, finish: &Finish) {
        self.open_record(finish);
        let state = match finish.status {
            Status::Done => InboxState::Resolved,
            Status::Cancelled => InboxState::Ignored,
            Status::Failed => return,
        };
        if finish.run.lineage == finish.run.id {
            return;
        }
        let origin = self.origin(finish.run.id);
        for kept in self.inbox.values_mut() {
            if kept.origin == origin && kept.row.state != InboxState::Resolved {
                kept.change(state, finish.finished_at, "", "");
            }
        }
    }

    fn open_record(&mut self, finish: &Finish) {
        let Some(dead) = &finish.dead else { return };
        let at = finish.finished_at;
        let row = InboxRow {
            run: finish.run.id,
            flow: finish.run.flow,
            fingerprint: dead.fingerprint,
            at,
            key: finish.run.key.clone(),
            node: finish.error_node.clone().unwrap_or_else(|| "".into()),
            code: finish.error_code.clone().unwrap_or_default(),
            message: finish.error.clone().unwrap_or_default(),
            state: InboxState::Open,
            changed_at: at,
            changed_by: String::new(),
            reason: String::new(),
        };
        let first = Failures { flow: row.flow, latest: row.clone(), runs: 0, first_at: at, last_at: at };
        let group = self.failures.entry(dead.fingerprint).or_insert(first);
        group.runs += 1;
        group.last_at = group.last_at.max(at);
        group.latest.message.clone_from(&row.message);
        let origin = self.origin(row.run);
        self.inbox.insert(row.run, Kept { row, origin, doc: dead.doc.clone() });
    }

    fn set_state(&mut self, run: RunId, state: InboxState, at: Ms, by: &str, reason: &str) -> bool {
        match self.inbox.get_mut(&run) {
            Some(kept) if kept.row.is_a_persons() && kept.row.state != state => {
                kept.change(state, at, by, reason);
                true
            }
            _ => false,
        }
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = ErrorGroup> {
        self.failures.iter().map(|(fingerprint, failures)| self.group(*fingerprint, failures))
    }

    fn group(&self, fingerprint: Fingerprint, failures: &Failures) -> ErrorGroup {
        let is_open =
            |kept: &&Kept| kept.row.fingerprint == fingerprint && kept.row.state == InboxState::Open;
        ErrorGroup {
            fingerprint,
            flow: failures.flow,
            node: failures.latest.node.clone(),
            code: failures.latest.code.clone(),
            message: failures.latest.message.clone(),
            runs: failures.runs,
            open: self.inbox.values().filter(is_open).count() as u64,
            first_at: failures.first_at,
            last_at: failures.last_at,
        }
    }
}

impl Kept {
    fn change(&mut self, state: InboxState, at: Ms, by: &str, reason: &str) {
        (self.row.state, self.row.changed_at) = (state, at);
        (self.row.changed_by, self.row.reason) = (by.to_owned(), reason.to_owned());
        if !self.row.is_a_persons() {
            self.doc = Bytes::new();
        }
    }
}

fn is_meant(row: &InboxRow, filter: &InboxFilter) -> bool {
    // As SQL's LIKE compares: the letters A to Z in either case.
    let text = filter.text.as_deref().unwrap_or_default().trim().to_ascii_lowercase();
    let holds = |part: &str| part.to_ascii_lowercase().contains(&text);
    filter.flow.is_none_or(|flow| row.flow == flow)
        && filter.fingerprint.is_none_or(|fingerprint| row.fingerprint == fingerprint)
        && filter.state.is_none_or(|state| row.state == state)
        && filter.since.is_none_or(|since| row.at >= since)
        && filter.until.is_none_or(|until| row.at < until)
        && filter.after.is_none_or(|after| row.run > after)
        && filter.before.is_none_or(|before| row.run < before)
        && (text.is_empty() || row.key.as_deref().is_some_and(holds) || holds(&row.message))
}

#[async_trait]
impl Inbox for MemoryStore {
    async fn error_groups(&self, filter: GroupFilter) -> Result<Vec<ErrorGroup>, Error> {
        let state = self.state();
        let aside = |group: &ErrorGroup| {
            filter.snoozed.is_none_or(|(aside, now)| state.is_snoozed(group, now) == aside)
        };
        let cared = |group: &ErrorGroup| {
            filter.assignee.as_deref().is_none_or(|assignee| state.assignee(group) == Some(assignee))
        };
        let mut groups: Vec<_> = state
            .groups()
            .filter(|group| aside(group) && cared(group))
            .filter(|group| filter.fingerprint.is_none_or(|fingerprint| group.fingerprint == fingerprint))
            .filter(|group| filter.flow.is_none_or(|flow| group.flow == flow))
            .filter(|group| !filter.open || group.open > 0)
            .filter(|group| filter.before.is_none_or(|before| (group.last_at, group.fingerprint) < before))
            .collect();
        groups.sort_by_key(|group| Reverse((group.last_at, group.fingerprint)));
        groups.truncate(filter.limit.min(RECORDS_MAX));
        Ok(groups)
    }

    async fn inbox(&self, filter: InboxFilter) -> Result<Vec<InboxRow>, Error> {
        let state = self.state();
        let rows = state.inbox.values().map(|kept| &kept.row).filter(|row| is_meant(row, &filter));
        let mut rows: Vec<_> = rows.cloned().collect();
        if filter.after.is_none() {
            rows.reverse();
        }
        rows.truncate(filter.limit.min(RECORDS_MAX));
        Ok(rows)
    }

    async fn dead_letter(&self, run: RunId) -> Result<Option<(InboxRow, Bytes)>, Error> {
        Ok(self.state().inbox.get(&run).map(|kept| (kept.row.clone(), kept.doc.clone())))
    }

    async fn set_inbox_state(
        &self,
        runs: &[RunId],
        state: InboxState,
        at: Ms,
        by: &str,
        reason: &str,
    ) -> Result<usize, Error> {
        let mut kept = self.state();
        Ok(runs.iter().take(RECORDS_MAX).filter(|run| kept.set_state(**run, state, at, by, reason)).count())
    }

    async fn retries_by(&self, runs: &[RunId]) -> Result<Vec<RetryRow>, Error> {
        let state = self.state();
        let mut rows: Vec<_> =
            state.retries.values().filter(|row| runs.contains(&row.by_run)).cloned().collect();
        rows.sort_by_key(|row| row.by_run);
        Ok(rows)
    }

    async fn retries_of(&self, runs: &[RunId]) -> Result<Vec<RetryRow>, Error> {
        let state = self.state();
        Ok(state.retries.values().filter(|row| runs.contains(&row.retried.run)).cloned().collect())
    }

    async fn retried_by(&self, run: RunId) -> Result<Option<RetryRow>, Error> {
        Ok(self.state().retries.get(&run).cloned())
    }

    async fn forget_errors(&self, before: RunId, limit: usize) -> Result<usize, Error> {
        let mut state = self.state();
        let old: Vec<RunId> = state.inbox.range(..before).map(|(run, _)| *run).take(limit).collect();
        for run in &old {
            state.inbox.remove(run);
        }
        let links: Vec<RunId> = state.retries.range(..before).map(|(run, _)| *run).take(limit).collect();
        for run in links {
            state.retries.remove(&run);
        }
        let left: Vec<Fingerprint> = state.inbox.values().map(|kept| kept.row.fingerprint).collect();
        state.failures.retain(|fingerprint, _| left.contains(fingerprint));
        state.forget_cares();
        Ok(old.len())
    }
}
