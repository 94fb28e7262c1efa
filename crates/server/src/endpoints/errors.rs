//! Failed runs by what they have in common.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::Asked;
use super::care::{cares, told};
use super::pages;
use crate::App;
use crate::auth::{Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::wire::{self, FlowName};
use api::{ErrorCount, ErrorGroup, ErrorList};
use axum::Json;
use axum::extract::State;
use model::{FlowDocument, NodeId};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use store::care::Subject;
use store::{Fingerprint, FlowKey, FlowRow, GroupFilter, Ms};
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// A flow's id.
    flow: Option<String>,
    /// This group.
    fingerprint: Option<String>,
    /// Only those in which runs wait for a person.
    #[serde(default)]
    open: bool,
    /// Only those that whoever asks takes care of.
    #[serde(default)]
    mine: bool,
    /// Only those that are put aside, or only those that are not; all of them without it.
    snoozed: Option<bool>,
    /// Only groups older than this one: `next` of the page before.
    before: Option<String>,
    limit: Option<usize>,
}

/// Failed runs that are alike, in groups, the latest first.
#[utoipa::path(get, path = api::path::ERRORS, tag = "errors", params(Which),
    responses((status = 200, description = "One page of groups", body = ErrorList), AnyFailure))]
pub async fn list(
    State(app): State<App>,
    viewer: Require<Viewer>,
    Asked(which): Asked<Which>,
) -> Result<Json<ErrorList>, Failure> {
    let flow = pages::flow(&app, which.flow.as_deref()).await?;
    let limit = pages::limit(which.limit);
    let before = which.before.as_deref().map(place).transpose()?;
    let flows = app.store().flows().await?;
    let names = flows.iter().map(|row| (row.key, FlowName::of(row))).collect();
    let now = app.now();
    let filter = GroupFilter {
        flow,
        fingerprint: pages::fingerprint(which.fingerprint.as_deref().filter(|text| !text.is_empty()))?,
        open: which.open,
        assignee: which.mine.then(|| viewer.principal.who.clone()),
        snoozed: which.snoozed.map(|aside| (aside, now)),
        before,
        limit,
    };
    let rows = app.store().error_groups(filter).await?;
    let subjects: Vec<Subject> = rows.iter().map(|row| Subject::Group(row.fingerprint)).collect();
    let cares = cares(&app, &subjects).await?;
    let next = pages::next(&rows, limit, |row| format!("{}.{}", row.last_at, row.fingerprint));
    let titles = Titles::of(&rows, &flows);
    let with_care = |row: store::ErrorGroup| {
        let care = cares.get(&Subject::Group(row.fingerprint));
        let care = care.map(|care| told(care, row.last_at, now)).unwrap_or_default();
        ErrorGroup { care, node_title: titles.title(row.flow, &row.node), ..group(row, &names) }
    };
    Ok(Json(ErrorList { groups: rows.into_iter().map(with_care).collect(), next }))
}

/// What people call the nodes in which runs failed.
struct Titles(HashMap<FlowKey, FlowDocument>);

impl Titles {
    /// Only flows in which something failed are looked into.
    fn of(groups: &[store::ErrorGroup], flows: &[FlowRow]) -> Self {
        let failed: HashSet<FlowKey> = groups.iter().map(|group| group.flow).collect();
        let failed = flows.iter().filter(|row| failed.contains(&row.key));
        Self(failed.filter_map(|row| Some((row.key, wire::document(row).ok()?))).collect())
    }

    fn title(&self, flow: FlowKey, node: &NodeId) -> String {
        let found = self.0.get(&flow).and_then(|document| document.node(node.as_str()));
        found.map_or_else(|| node.to_string(), |node| node.label().to_owned())
    }
}

/// A group as people see it, without who takes care of it, and with its node's id for a title.
pub fn group(row: store::ErrorGroup, names: &HashMap<FlowKey, FlowName>) -> ErrorGroup {
    let flow = names.get(&row.flow).cloned().unwrap_or_else(FlowName::deleted);
    ErrorGroup {
        fingerprint: wire::fingerprint(row.fingerprint),
        flow: flow.id,
        flow_name: flow.name,
        node_title: row.node.to_string(),
        node: row.node,
        code: row.code,
        message: row.message,
        runs: row.runs,
        open: row.open,
        first_at: row.first_at,
        last_at: row.last_at,
        care: api::Care::default(),
    }
}

/// How many failures wait for a person and are not put aside.
#[utoipa::path(get, path = api::path::ERRORS_COUNT, tag = "errors",
    responses((status = 200, description = "Their number", body = ErrorCount), AnyFailure))]
pub async fn count(State(app): State<App>, _: Require<Viewer>) -> Result<Json<ErrorCount>, Failure> {
    let (groups, records) = app.store().open_errors(app.now()).await?;
    Ok(Json(ErrorCount { groups, records }))
}

/// Where a page ended.
fn place(text: &str) -> Result<(Ms, Fingerprint), Failure> {
    let parts = text.split_once('.').and_then(|(at, print)| Some((at.parse().ok()?, print.parse().ok()?)));
    parts.ok_or_else(|| Failure::bad_request("`before` is no place in this list"))
}
