//! Cross-references: looked at, put, removed, and asked for by whoever draws a flow.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::{Asked, Body};
use super::pages;
use crate::App;
use crate::auth::{Editor, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use api::{FindXrefs, FoundXrefs, PutXrefs, Xref, XrefInfo, XrefKind, XrefKinds, XrefList};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::xref::{KEYS_MAX, id_trouble, name_trouble};
use serde::Deserialize;
use store::{XrefFilter, XrefPlace, XrefRow};
use utoipa::IntoParams;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is nothing in it to put")]
    Nothing,
    #[error("{0} at once are more than {KEYS_MAX}")]
    TooMany(usize),
    #[error("{at} {trouble}")]
    Unfit { at: String, trouble: String },
    #[error("`after` is not the `next` of a page")]
    NoPlace,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let failure = Failure::bad_request(error.to_string());
        match error {
            Error::TooMany(_) => failure.advice("Send them in several requests."),
            _ => failure,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    entity: Option<String>,
    system: Option<String>,
    /// Part of one of the two ids.
    text: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    limit: Option<usize>,
}

/// Cross-references, by entity, system and the system's id.
#[utoipa::path(get, path = api::path::XREFS, tag = "xrefs", params(Which),
    responses((status = 200, description = "One page of them", body = XrefList), AnyFailure))]
pub async fn list(
    State(app): State<App>,
    _: Require<Viewer>,
    Asked(which): Asked<Which>,
) -> Result<Json<XrefList>, Failure> {
    let limit = pages::limit(which.limit);
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    let after = which.after.map(|after| serde_json::from_str::<XrefPlace>(&after)).transpose();
    let filter = XrefFilter {
        entity: said(which.entity),
        system: said(which.system),
        text: pages::text(which.text.as_deref())?,
        after: after.map_err(|_| Error::NoPlace)?,
        limit,
    };
    let rows = app.store().xrefs(&filter).await?;
    let place = |row: &XrefRow| serde_json::to_string(&row.place()).unwrap_or_default();
    let next = pages::next(&rows, limit, place);
    Ok(Json(XrefList { xrefs: rows.into_iter().map(info).collect(), next }))
}

fn info(row: XrefRow) -> XrefInfo {
    let XrefRow { entity, system, external, own, changed_at, changed_by } = row;
    XrefInfo { entity, system, external, own, changed_at, changed_by }
}

/// Puts one or several, all of them or none.
///
/// A system's id is one of ours: what was said of it before is replaced. Of two with one place, the later counts.
#[utoipa::path(put, path = api::path::XREFS, tag = "xrefs", request_body = PutXrefs,
    responses((status = 204, description = "They are there now"), AnyFailure))]
pub async fn put(
    State(app): State<App>,
    editor: Require<Editor>,
    Body(given): Body<PutXrefs>,
) -> Result<StatusCode, Failure> {
    let who = &editor.principal.who;
    check(&given.xrefs)?;
    let on = told(&given.xrefs);
    let now = app.now();
    let row = |Xref { entity, system, external, own }: Xref| XrefRow {
        entity,
        system,
        external,
        own,
        changed_at: now,
        changed_by: who.clone(),
    };
    app.store().put_xrefs(given.xrefs.into_iter().map(row).collect()).await?;
    app.audit(who, "xref.put", on).await;
    Ok(StatusCode::NO_CONTENT)
}

fn check(xrefs: &[Xref]) -> Result<(), Error> {
    match xrefs.len() {
        0 => return Err(Error::Nothing),
        many if many > KEYS_MAX => return Err(Error::TooMany(many)),
        _ => {}
    }
    for (at, xref) in xrefs.iter().enumerate() {
        let parts = [
            ("entity", name_trouble(&xref.entity)),
            ("system", name_trouble(&xref.system)),
            ("external", id_trouble(&xref.external)),
            ("own", id_trouble(&xref.own)),
        ];
        if let Some((name, Some(trouble))) = parts.into_iter().find(|(_, trouble)| trouble.is_some()) {
            return Err(Error::Unfit { at: format!("xrefs[{at}].{name}"), trouble });
        }
    }
    Ok(())
}

/// For the audit trail: the first of them, and how many more there were.
fn told(xrefs: &[Xref]) -> String {
    let Some(Xref { entity, system, external, own }) = xrefs.first() else { return String::new() };
    match xrefs.len() - 1 {
        0 => format!("{entity} {system} {external} = {own}"),
        more => format!("{entity} {system} {external} = {own} +{more}"),
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct One {
    entity: String,
    system: String,
    external: String,
}

/// Removes one. Runs that have read it keep what they read.
#[utoipa::path(delete, path = api::path::XREFS, tag = "xrefs", params(One),
    responses((status = 204, description = "It is gone"), AnyFailure))]
pub async fn remove(
    State(app): State<App>,
    editor: Require<Editor>,
    Asked(One { entity, system, external }): Asked<One>,
) -> Result<StatusCode, Failure> {
    let on = format!("{entity} {system} {external}");
    if !app.store().remove_xref(&(entity, system, external)).await? {
        return Err(Failure::not_found("such cross-reference"));
    }
    app.audit(&editor.principal.who, "xref.remove", on).await;
    Ok(StatusCode::NO_CONTENT)
}

/// The entities and systems that there are cross-references of, 200 at most.
#[utoipa::path(get, path = api::path::XREF_KINDS, tag = "xrefs",
    responses((status = 200, description = "Each entity with its systems", body = XrefKinds), AnyFailure))]
pub async fn kinds(State(app): State<App>, _: Require<Viewer>) -> Result<Json<XrefKinds>, Failure> {
    let kinds = app.store().xref_kinds().await?;
    let kinds = kinds.into_iter().map(|(entity, system)| XrefKind { entity, system });
    Ok(Json(XrefKinds { kinds: kinds.collect() }))
}

/// What is known of some keys, as a mapping would be told. Nothing is changed.
#[utoipa::path(post, path = api::path::XREF_FIND, tag = "xrefs", request_body = FindXrefs,
    responses((status = 200, description = "An answer to each key, in their order", body = FoundXrefs), AnyFailure))]
pub async fn find(
    State(app): State<App>,
    _: Require<Viewer>,
    Body(asked): Body<FindXrefs>,
) -> Result<Json<FoundXrefs>, Failure> {
    if asked.keys.len() > KEYS_MAX {
        return Err(Error::TooMany(asked.keys.len()).into());
    }
    Ok(Json(FoundXrefs { found: app.store().find_xrefs(&asked.keys).await? }))
}
