//! The error inbox: failed runs that wait for a person, one by one.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::{Asked, Body, Path};
use super::care::cares;
use super::pages;
use super::runs::{flow_names, parse_id};
use crate::auth::{Operator, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::wire::{self, FlowName};
use crate::{App, codes};
use api::{InboxList, InboxRecord, InboxState, SetInboxState};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::collections::HashMap;
use store::care::{Care, Subject};
use store::{FlowKey, InboxFilter, InboxRow, Ms, RunId};
use utoipa::IntoParams;

const REASON_BYTES_MAX: usize = 2_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// A flow's id.
    flow: Option<String>,
    /// A group of failures.
    fingerprint: Option<String>,
    /// open, retried, resolved or ignored; all of them without it.
    state: Option<String>,
    /// Failed at or after this time, and before that, in milliseconds since 1970.
    since: Option<Ms>,
    until: Option<Ms>,
    /// Part of the ordering key or of the message.
    text: Option<String>,
    /// Only records of runs older than this one: `next` of the page before.
    before: Option<String>,
    limit: Option<usize>,
}

/// Records of failed runs, the newest runs first.
#[utoipa::path(get, path = api::path::INBOX, tag = "inbox", params(Which),
    responses((status = 200, description = "One page of records", body = InboxList), AnyFailure))]
pub async fn list(
    State(app): State<App>,
    _: Require<Viewer>,
    Asked(which): Asked<Which>,
) -> Result<Json<InboxList>, Failure> {
    let filter = filter(&app, &which).await?;
    let limit = filter.limit;
    let rows = app.store().inbox(filter).await?;
    let next = pages::next(&rows, limit, |row| row.run);
    let names = flow_names(&app).await?;
    let subjects: Vec<Subject> = rows.iter().map(|row| Subject::Record(row.run)).collect();
    let cares = cares(&app, &subjects).await?;
    let later = Later::of(app.store(), rows.iter().filter(|row| went_on(row)).map(|row| row.run)).await?;
    let records = rows.into_iter().map(|row| {
        let (care, run) = (cares.get(&Subject::Record(row.run)), row.run);
        later.told(run, record(row, &names, care))
    });
    let records = records.collect();
    Ok(Json(InboxList { records, next }))
}

/// One record, and the run that goes on with it.
#[utoipa::path(get, path = api::path::INBOX_RECORD, tag = "inbox", params(("run" = String, Path)),
    responses((status = 200, description = "The record", body = InboxRecord), AnyFailure))]
pub async fn show(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(run): Path<String>,
) -> Result<Json<InboxRecord>, Failure> {
    find(&app, &run).await.map(Json)
}

/// Ignores a record, says that it is mended, or takes it up again. One that a retry has closed stays closed.
#[utoipa::path(put, path = api::path::INBOX_STATE, tag = "inbox", params(("run" = String, Path)),
    request_body = SetInboxState,
    responses((status = 200, description = "The record as it is now", body = InboxRecord), AnyFailure))]
pub async fn set_state(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(run): Path<String>,
    Body(wanted): Body<SetInboxState>,
) -> Result<Json<InboxRecord>, Failure> {
    let verb = match wanted.state {
        InboxState::Open => "reopen",
        InboxState::Ignored => "ignore",
        InboxState::Resolved => "resolve",
        InboxState::Retried => {
            return Err(Failure::bad_request("a record is retried by retrying its run"));
        }
    };
    if wanted.reason.len() > REASON_BYTES_MAX {
        return Err(Failure::bad_request("the reason is too long"));
    }
    let (who, state) = (&operator.principal.who, wire::stored_inbox_state(wanted.state));
    let (id, now) = (parse_id(&run)?, app.now());
    let changed = app.store().set_inbox_state(&[id], state, now, who, wanted.reason.trim()).await?;
    let record = find(&app, &run).await?;
    if changed == 0 && record.state != wanted.state {
        let message = format!("the record is {}: a run has closed it", record.state.as_str());
        return Err(Failure::new(StatusCode::CONFLICT, codes::INBOX_CLOSED, message));
    }
    if changed > 0 {
        app.audit(who, &format!("inbox.{verb}"), &run).await;
    }
    Ok(Json(record))
}

async fn find(app: &App, run: &str) -> Result<InboxRecord, Failure> {
    let id = parse_id(run)?;
    let found = app.store().dead_letter(id).await?;
    let (row, _) = found.ok_or_else(|| Failure::not_found(format_args!("record of run {run:?}")))?;
    let later = Later::of(app.store(), [id]).await?;
    let subject = Subject::Record(id);
    let record = record(row, &flow_names(app).await?, cares(app, &[subject]).await?.get(&subject));
    Ok(later.told(id, record))
}

/// Whether another run may have gone on with a record.
fn went_on(row: &InboxRow) -> bool {
    matches!(row.state, store::InboxState::Retried | store::InboxState::Resolved)
}

/// Which run went on with each, and with that one.
struct Later(HashMap<RunId, RunId>);

impl Later {
    /// Most retries of one record that are followed.
    const ROUNDS_MAX: usize = 20;

    async fn of(
        store: &dyn store::Store,
        runs: impl IntoIterator<Item = RunId>,
    ) -> Result<Self, store::Error> {
        let (mut links, mut open) = (HashMap::new(), runs.into_iter().collect::<Vec<_>>());
        for _ in 0..Self::ROUNDS_MAX {
            if open.is_empty() {
                break;
            }
            let rows = store.retries_of(&open).await?;
            open = rows.iter().map(|row| row.by_run).collect();
            links.extend(rows.into_iter().map(|row| (row.retried.run, row.by_run)));
        }
        Ok(Self(links))
    }

    /// A record that a run's end has resolved was put right by the last one.
    fn told(&self, run: RunId, record: InboxRecord) -> InboxRecord {
        let next = self.0.get(&run).copied();
        let mut last = next;
        while let Some(later) = last.and_then(|last| self.0.get(&last)) {
            last = Some(*later);
        }
        let repaired = record.state == InboxState::Resolved && record.changed_by.is_none();
        InboxRecord {
            retried_by: next.map(|run| run.to_string()),
            repaired_by: last.filter(|_| repaired).map(|run| run.to_string()),
            ..record
        }
    }
}

/// What to ask the store.
async fn filter(app: &App, which: &Which) -> Result<InboxFilter, Failure> {
    let state = which.state.as_deref().filter(|word| !word.is_empty()).map(state).transpose()?;
    Ok(InboxFilter {
        flow: pages::flow(app, which.flow.as_deref()).await?,
        fingerprint: pages::fingerprint(which.fingerprint.as_deref().filter(|text| !text.is_empty()))?,
        state: state.map(wire::stored_inbox_state),
        since: which.since,
        until: which.until,
        text: pages::text(which.text.as_deref())?,
        after: None,
        before: which.before.as_deref().map(parse_id).transpose()?,
        limit: pages::limit(which.limit),
    })
}

fn state(word: &str) -> Result<InboxState, Failure> {
    let found = InboxState::ALL.iter().find(|state| state.as_str() == word);
    found.copied().ok_or_else(|| Failure::bad_request(format!("{word:?} is no state of a record")))
}

fn record(row: InboxRow, names: &HashMap<FlowKey, FlowName>, care: Option<&Care>) -> InboxRecord {
    let flow = names.get(&row.flow).cloned().unwrap_or_else(FlowName::deleted);
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    InboxRecord {
        run: row.run.to_string(),
        flow: flow.id,
        flow_name: flow.name,
        fingerprint: wire::fingerprint(row.fingerprint),
        failed_at: row.at,
        key: row.key,
        node: row.node,
        code: row.code,
        message: row.message,
        state: wire::inbox_state(row.state),
        changed_at: row.changed_at,
        changed_by: some(row.changed_by),
        reason: some(row.reason),
        retried_by: None,
        repaired_by: None,
        assignee: care.and_then(|care| care.assignee.clone()),
        comments: care.map_or(0, |care| care.comments),
    }
}
