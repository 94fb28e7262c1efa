//! Jobs over many runs: put down, watched, ended.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::{Asked, Body, Path};
use super::pages;
use super::runs::{again, flow_names, states};
use crate::App;
use crate::auth::{Operator, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::wire::{self, FlowName};
use api::{BulkAction, BulkRuns, JobInfo, JobList, RunState};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{Bulk, Deed, Job, LiveState, NAMED_MAX};
use model::FlowId;
use serde::Deserialize;
use std::collections::HashMap;
use store::{FlowKey, RunId};
use utoipa::IntoParams;

/// Retries or cancels many runs, as a job that is gone on with over restarts. No run is retried twice; what is retried goes
/// through its lane like everything else.
#[utoipa::path(post, path = api::path::RUNS_BULK, tag = "jobs", request_body = BulkRuns,
    responses((status = 202, description = "The job is on disk and will be done", body = JobInfo), AnyFailure))]
pub async fn start(
    State(app): State<App>,
    operator: Require<Operator>,
    Body(given): Body<BulkRuns>,
) -> Result<(StatusCode, Json<JobInfo>), Failure> {
    let who = operator.principal.who.clone();
    let action = given.action;
    let bulk = bulk(&app, given, &who).await?;
    let job = app.engine().start_job(bulk, &who).await?;
    app.audit(&who, &format!("runs.{}", action.as_str()), job.id).await;
    let names = flow_names(&app).await?;
    Ok((StatusCode::ACCEPTED, Json(info(job, &names))))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Only jobs older than this one: `next` of the page before.
    before: Option<String>,
    limit: Option<usize>,
}

/// Jobs, newest first.
#[utoipa::path(get, path = api::path::JOBS, tag = "jobs", params(Page),
    responses((status = 200, description = "One page of jobs", body = JobList), AnyFailure))]
pub async fn list(
    State(app): State<App>,
    _: Require<Viewer>,
    Asked(page): Asked<Page>,
) -> Result<Json<JobList>, Failure> {
    let before = page.before.as_deref().map(parse_id).transpose()?;
    let limit = pages::limit(page.limit);
    let jobs = app.engine().jobs(before, limit).await?;
    let next = pages::next(&jobs, limit, |job| job.id);
    let names = flow_names(&app).await?;
    Ok(Json(JobList { jobs: jobs.into_iter().map(|job| info(job, &names)).collect(), next }))
}

/// One job, and how far it is.
#[utoipa::path(get, path = api::path::JOB, tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, description = "The job", body = JobInfo), AnyFailure))]
pub async fn show(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(id): Path<String>,
) -> Result<Json<JobInfo>, Failure> {
    let job = app.engine().job(parse_id(&id)?).await?.ok_or_else(|| no_job(&id))?;
    Ok(Json(info(job, &flow_names(&app).await?)))
}

/// Ends a job where it stands. What it has done stays done.
#[utoipa::path(post, path = api::path::JOB_CANCEL, tag = "jobs", params(("id" = String, Path)),
    responses((status = 204, description = "It is not gone on with"), AnyFailure))]
pub async fn cancel(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let (job, who) = (parse_id(&id)?, &operator.principal.who);
    if !app.engine().cancel_job(job, who).await? {
        return Err(match app.engine().job(job).await? {
            None => no_job(&id),
            Some(_) => Failure::conflict("the job has ended already"),
        });
    }
    app.audit(who, "job.cancel", &id).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn bulk(app: &App, given: BulkRuns, who: &str) -> Result<Bulk, Failure> {
    let texts = [&given.text, &given.key, &given.key_start, &given.state];
    if texts.into_iter().flatten().any(|text| text.trim().is_empty()) {
        return Err(Failure::bad_request(
            "a text that is said must not be empty: leave it out, or say `all`",
        ));
    }
    let said = [given.flow.is_some(), given.fingerprint.is_some(), given.since.is_some()];
    let said = said.contains(&true) || given.until.is_some() || given.text.is_some() || given.state.is_some();
    let accepted = given.accepted_since.is_some() || given.accepted_until.is_some();
    let said = said || accepted || given.key.is_some() || given.key_start.is_some();
    let ways = [said, given.all, given.runs.is_some()];
    if ways.into_iter().filter(|way| *way).count() != 1 {
        return Err(Failure::bad_request(
            "say which runs are meant: a flow, a fingerprint, a time, a state, a key or a text; or `runs`, or `all`, and \
             nothing else",
        ));
    }
    pages::check_text(given.text.as_deref())?;
    let key = pages::key(given.key.as_deref(), given.key_start.as_deref())?;
    let runs = given.runs.as_deref().map(named).transpose()?;
    let flow = match &given.flow {
        None => None,
        Some(id) => {
            let row = app.store().flow(&FlowId::from(id.as_str())).await?;
            Some(row.ok_or_else(|| Failure::not_found(format_args!("flow {id:?}")))?.key)
        }
    };
    let fingerprint = pages::fingerprint(given.fingerprint.as_deref())?;
    let deed = match given.action {
        BulkAction::Retry => retry(given.state.as_deref(), given.retry.unwrap_or_default(), who)?,
        BulkAction::Cancel if fingerprint.is_some() || given.retry.is_some() => {
            return Err(Failure::bad_request("`fingerprint` and `retry` are for retries"));
        }
        BulkAction::Cancel => cancellation(given.state.as_deref())?,
    };
    let which = engine::Which {
        flow,
        fingerprint,
        since: given.since,
        until: given.until,
        text: given.text,
        key,
        accepted_since: given.accepted_since,
        accepted_until: given.accepted_until,
        runs,
    };
    Ok(Bulk { which, deed })
}

/// In order, and each once.
fn named(runs: &[String]) -> Result<Vec<RunId>, Failure> {
    if runs.is_empty() || runs.len() > NAMED_MAX {
        return Err(Failure::bad_request(format!("`runs` names from 1 to {NAMED_MAX} runs")));
    }
    let mut ids = runs.iter().map(|run| super::runs::parse_id(run)).collect::<Result<Vec<_>, _>>()?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn retry(state: Option<&str>, how: api::RetryRun, who: &str) -> Result<Deed, Failure> {
    let ignored = match state {
        None | Some("open") => false,
        Some("ignored") => true,
        Some(other) => {
            let message = format!("{other:?} is no state that a record is retried in: open or ignored");
            return Err(Failure::bad_request(message));
        }
    };
    Ok(Deed::Retry { ignored, again: again(how, who)? })
}

fn cancellation(state: Option<&str>) -> Result<Deed, Failure> {
    let open = |state: RunState| match state {
        // A held run is one that waits for its turn.
        RunState::Queued | RunState::Held => Ok(LiveState::Queued),
        RunState::Running => Ok(LiveState::Running),
        RunState::Waiting => Ok(LiveState::Waiting),
        RunState::Retrying => Ok(LiveState::Retrying),
        RunState::Unknown => Ok(LiveState::Unknown),
        RunState::Proposed => Ok(LiveState::Proposed),
        other => Err(Failure::bad_request(format!("a run that is {} cannot be cancelled", other.as_str()))),
    };
    let states = states(state)?.into_iter().map(open).collect::<Result<_, _>>()?;
    Ok(Deed::Cancel { states })
}

fn info(job: Job, names: &HashMap<FlowKey, FlowName>) -> JobInfo {
    let action = match job.bulk.deed {
        Deed::Retry { .. } => BulkAction::Retry,
        Deed::Cancel { .. } => BulkAction::Cancel,
    };
    let which = job.bulk.which;
    let name = |flow| names.get(&flow).cloned().unwrap_or_else(FlowName::deleted).id;
    JobInfo {
        id: job.id.to_string(),
        action,
        state: wire::job_state(job.state),
        flow: which.flow.map(name),
        fingerprint: which.fingerprint.map(wire::fingerprint),
        created_at: job.at,
        created_by: job.who,
        changed_at: job.changed_at,
        cancelled_by: Some(job.changed_by).filter(|by| !by.is_empty()),
        total: job.progress.total,
        done: job.progress.done,
        refused: job.progress.refused,
        refusal: job.progress.refusal,
    }
}

fn parse_id(text: &str) -> Result<i64, Failure> {
    wire::run_id(text).ok_or_else(|| no_job(text))
}

fn no_job(id: &str) -> Failure {
    Failure::not_found(format_args!("job {id:?}"))
}
