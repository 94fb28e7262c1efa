//! Runs: listed, looked into, retried, cancelled, decided.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::{Asked, Body, Optional, Path};
use super::pages;
use crate::auth::{Operator, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::links::Links;
use crate::wire::FlowName;
use crate::{App, live, wire};
use api::{Decide, EdgeCount, RetryRun, RunCount, RunDetail, RunList, RunState, RunSummary, Started};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{Again, Edit, Reply, Version};
use model::{FlowDocument, FlowId};
use run::StepId;
use run::doc::StepDoc;
use serde::Deserialize;
use std::collections::HashMap;
use store::{FlowKey, Ms, Role, RunFilter, RunId, RunSummaryRow, Status};
use utoipa::IntoParams;

/// How the address that ends a wait begins, as the engine notes it at the step.
const RESUME_START: &str = "/hooks/resume/";

/// How much may be said of why a write is refused.
const WHY_CHARS_MAX: usize = 500;
/// Runs that are counted before it is said that there are more.
const COUNTED_MAX: usize = 1_000;
/// Pages that are looked through for runs in a state that the store does not know of.
const LOOKS_MAX: usize = 20;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// A flow's id.
    flow: Option<String>,
    /// States, parted by commas.
    state: Option<String>,
    /// Part of the ordering key or of the error, or a run's id.
    text: Option<String>,
    /// The whole ordering key.
    key: Option<String>,
    /// How the ordering key begins.
    key_start: Option<String>,
    /// Accepted at or after this time, and before that, in milliseconds since 1970.
    since: Option<Ms>,
    until: Option<Ms>,
    /// Only runs older than this one: `next` of the page before.
    before: Option<String>,
    limit: Option<usize>,
}

/// Runs, newest first.
#[utoipa::path(get, path = api::path::RUNS, tag = "runs", params(Which),
    responses((status = 200, description = "One page of runs", body = RunList), AnyFailure))]
pub async fn list(
    State(app): State<App>,
    _: Require<Viewer>,
    Asked(which): Asked<Which>,
) -> Result<Json<RunList>, Failure> {
    let states = states(which.state.as_deref())?;
    let mut filter = filter(&app, &which, &states).await?;
    let limit = filter.limit;
    let names = flow_names(&app).await?;
    let mut runs: Vec<RunSummary> = Vec::new();
    let mut next = None;
    // The store does not know which open runs wait and which are at work: it is asked until there are some.
    for _ in 0..LOOKS_MAX {
        let rows = app.store().runs(filter.clone()).await?;
        next = pages::next(&rows, limit, |row| row.id);
        let links = Links::of(app.store(), &rows).await?;
        let found = rows.iter().map(|row| live::summary(app.engine(), row, &names, &links));
        runs.extend(found.filter(|run| states.is_empty() || states.contains(&run.state)));
        if !runs.is_empty() || next.is_none() {
            break;
        }
        filter.before = rows.last().map(|row| row.id);
    }
    Ok(Json(RunList { runs, next }))
}

/// How many runs a list has, up to a bound.
#[utoipa::path(get, path = api::path::RUNS_COUNT, tag = "runs", params(Which),
    responses((status = 200, description = "Their number", body = RunCount), AnyFailure))]
pub async fn count(
    State(app): State<App>,
    _: Require<Viewer>,
    Asked(which): Asked<Which>,
) -> Result<Json<RunCount>, Failure> {
    let states = states(which.state.as_deref())?;
    let filter = RunFilter { limit: COUNTED_MAX, before: None, ..filter(&app, &which, &states).await? };
    let rows = app.store().runs(filter).await?;
    let state = |row: &RunSummaryRow| match row.status {
        Some(status) => wire::ended(status),
        None => live::open(app.engine(), row, app.engine().live_state(row.id)),
    };
    let count = rows.iter().filter(|row| states.is_empty() || states.contains(&state(row))).count();
    Ok(Json(RunCount { count: count as u64, more: rows.len() == COUNTED_MAX }))
}

/// One run with every step.
#[utoipa::path(get, path = api::path::RUN, tag = "runs", params(("id" = String, Path)),
    responses((status = 200, description = "The run", body = RunDetail), AnyFailure))]
pub async fn show(
    State(app): State<App>,
    viewer: Require<Viewer>,
    Path(id): Path<String>,
) -> Result<Json<RunDetail>, Failure> {
    let run = parse_id(&id)?;
    let mut view = app.engine().inspect(run).await?.ok_or_else(|| no_run(&id))?;
    if viewer.principal.role < Role::Operator {
        view.steps.iter_mut().for_each(hide_address);
    }
    let names = flow_names(&app).await?;
    let name = names.get(&view.summary.flow).cloned().unwrap_or_else(FlowName::deleted);
    let document = drawn(&app, &name.id, &view.version.logic).await?;
    let edges = view.edges.into_iter().map(edge).collect();
    let state = match view.summary.status {
        Some(status) => wire::ended(status),
        None => live::open(app.engine(), &view.summary, view.state),
    };
    let links = Links::of(app.store(), std::slice::from_ref(&view.summary)).await?;
    Ok(Json(RunDetail {
        run: wire::run(&view.summary, name, state, links.retried(&view.summary)),
        version: view.version.number,
        document,
        trigger: view.trigger,
        trigger_node: view.trigger_node,
        steps: view.steps,
        edges,
        truncated: view.truncated,
    }))
}

/// Starts a run that goes on where this one failed; what was done stays done. The body says what is to be different,
/// and may be left out.
#[utoipa::path(post, path = api::path::RUN_RETRY, tag = "runs", params(("id" = String, Path)),
    request_body = Option<RetryRun>,
    responses((status = 202, description = "The new run is on disk and will be done", body = Started), AnyFailure))]
pub async fn retry(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(id): Path<String>,
    Optional(given): Optional<RetryRun>,
) -> Result<(StatusCode, Json<Started>), Failure> {
    let again = again(given.unwrap_or_default(), &operator.principal.who)?;
    let run = app.engine().retry_as(parse_id(&id)?, again).await?;
    app.audit(&operator.principal.who, "run.retry", &id).await;
    Ok((StatusCode::ACCEPTED, Json(Started { run: run.to_string(), duplicate: false })))
}

pub fn again(given: RetryRun, who: &str) -> Result<Again, Failure> {
    let edit = match (given.trigger, given.input) {
        (Some(_), Some(_)) => {
            return Err(Failure::bad_request("change what the trigger received or a step's input, not both"));
        }
        (Some(trigger), None) => Some(Edit::Trigger(trigger)),
        (None, input) => input.map(Edit::Input),
    };
    let version = if given.then { Version::Then } else { Version::Newest };
    let from = given.node.map(|node| StepId::new(node, given.item));
    let by = who.to_owned();
    Ok(Again { from, edit, version, repeat: given.repeat, as_new: given.as_new, by, job: None })
}

/// Ends an open run.
#[utoipa::path(post, path = api::path::RUN_CANCEL, tag = "runs", params(("id" = String, Path)),
    responses((status = 204, description = "The run has ended"), AnyFailure))]
pub async fn cancel(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let run = parse_id(&id)?;
    if !app.engine().cancel(run).await? {
        return Err(not_possible(&app, run, "the run has ended already").await?);
    }
    app.audit(&operator.principal.who, "run.cancel", &id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Settles a step whose outcome nobody knows, or says yes or no to a write that waits for a person.
#[utoipa::path(post, path = api::path::RUN_DECIDE, tag = "runs", params(("id" = String, Path)),
    request_body = Decide, responses((status = 204, description = "The run goes on by the decision"), AnyFailure))]
pub async fn decide(
    State(app): State<App>,
    operator: Require<Operator>,
    Path(id): Path<String>,
    Body(given): Body<Decide>,
) -> Result<StatusCode, Failure> {
    let run = parse_id(&id)?;
    let why = given.why.trim().to_owned();
    check_why(given.decision, &why)?;
    let by = operator.principal.who.clone();
    let (engine, node, item) = (app.engine(), &given.node, &given.item);
    let heard = match given.decision {
        api::Decision::Done => engine.decide(run, node, item, engine::Decision::Done(given.output)).await?,
        api::Decision::SendAgain => engine.decide(run, node, item, engine::Decision::SendAgain).await?,
        api::Decision::Fail => engine.decide(run, node, item, engine::Decision::Fail).await?,
        api::Decision::Approve => engine.reply(run, node, item, Reply { by, refused: None }).await?,
        api::Decision::Refuse => {
            engine.reply(run, node, item, Reply { by, refused: Some(why.clone()) }).await?
        }
    };
    if !heard {
        return Err(not_possible(&app, run, "nothing is to be decided at this step").await?);
    }
    let what = format!("run.decide.{}", given.decision.as_str());
    let why = if why.is_empty() { why } else { format!(": {why}") };
    let step = StepId::new(given.node, given.item);
    app.audit(&operator.principal.who, &what, format!("{id} {step}{why}")).await;
    Ok(StatusCode::NO_CONTENT)
}

/// A no is told to whoever looks at the run later, so it has its reason.
fn check_why(decision: api::Decision, why: &str) -> Result<(), Failure> {
    match (decision, why.chars().count()) {
        (api::Decision::Refuse, 0) => Err(Failure::bad_request("say why not: `why` is empty")),
        (_, 0..=WHY_CHARS_MAX) => Ok(()),
        _ => Err(Failure::bad_request(format!("`why` has more than {WHY_CHARS_MAX} characters"))),
    }
}

/// Whoever has the address that ends a wait may end it, so it is not for those who only watch.
fn hide_address(step: &mut StepDoc) {
    let address = step.input.as_ref().and_then(|input| input.get("callback")?.as_str());
    if address.is_some_and(|address| address.starts_with(RESUME_START)) {
        step.input = None;
    }
}

fn edge(count: engine::EdgeCount) -> EdgeCount {
    EdgeCount { from: count.from, port: count.port, to: count.to, count: count.count }
}

pub fn parse_id(text: &str) -> Result<RunId, Failure> {
    wire::run_id(text).ok_or_else(|| no_run(text))
}

fn no_run(id: &str) -> Failure {
    Failure::not_found(format_args!("run {id:?}"))
}

/// Why a run did not take what it was told: it is not there, or not in a state for it.
async fn not_possible(app: &App, run: RunId, message: &str) -> Result<Failure, Failure> {
    Ok(match app.store().summaries(&[run]).await?.is_empty() {
        true => no_run(&run.to_string()),
        false => engine::Error::NotPossible(message.into()).into(),
    })
}

pub fn states(text: Option<&str>) -> Result<Vec<RunState>, Failure> {
    let words = text.unwrap_or_default().split(',').filter(|word| !word.is_empty());
    let parse = |word: &str| {
        let found = RunState::ALL.iter().find(|state| state.as_str() == word);
        found.copied().ok_or_else(|| Failure::bad_request(format!("{word:?} is no state of a run")))
    };
    words.map(parse).collect()
}

/// What to ask the store.
async fn filter(app: &App, which: &Which, states: &[RunState]) -> Result<RunFilter, Failure> {
    let statuses: Vec<Status> = states.iter().filter_map(|state| status(*state)).collect();
    Ok(RunFilter {
        flow: pages::flow(app, which.flow.as_deref()).await?,
        open: statuses.len() < states.len(),
        statuses,
        text: pages::text(which.text.as_deref())?,
        key: pages::key(which.key.as_deref(), which.key_start.as_deref())?,
        since: which.since,
        until: which.until,
        before: which.before.as_deref().map(parse_id).transpose()?,
        limit: pages::limit(which.limit),
    })
}

fn status(state: RunState) -> Option<Status> {
    match state {
        RunState::Done => Some(Status::Done),
        RunState::Failed => Some(Status::Failed),
        RunState::Cancelled => Some(Status::Cancelled),
        _ => None,
    }
}

pub async fn flow_names(app: &App) -> Result<HashMap<FlowKey, FlowName>, store::Error> {
    let rows = app.store().flows().await?;
    Ok(rows.iter().map(|row| (row.key, FlowName::of(row))).collect())
}

/// The logic of the run's own version, drawn as the flow is drawn now.
async fn drawn(app: &App, flow: &FlowId, logic: &str) -> Result<FlowDocument, Failure> {
    let unreadable = |error: serde_json::Error| store::Error::Unreadable(format!("flow {flow}: {error}"));
    let mut document: FlowDocument = serde_json::from_str(logic).map_err(unreadable)?;
    if let Some(row) = app.store().flow(flow).await? {
        let FlowDocument { layout, notes, groups, .. } = wire::document(&row)?;
        (document.layout, document.notes, document.groups) = (layout, notes, groups);
    }
    Ok(document)
}
