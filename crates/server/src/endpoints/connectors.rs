//! Connectors: what there is to build flows with, and those that are made of API documents.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::{Asked, Document, Path};
use super::fetching;
use crate::App;
use crate::auth::{Editor, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::imported::{self, Error};
use crate::wire;
use api::{
    ConnectorList, ConnectorNote, ConnectorPreview, ConnectorUse, PreviewConnector, SaveConnector,
    SavedConnector,
};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::FlowDocument;
use openapi::limits::DOCUMENT_BYTES_MAX;
use openapi::{Imported, Note, Operation, Wanted};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use store::ConnectorRow;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only those that were made of API documents, or only those that were not.
    imported: Option<bool>,
}

/// All connectors, their operations in short, and who uses them.
#[utoipa::path(get, path = api::path::CONNECTORS, tag = "connectors", params(Which),
    responses((status = 200, description = "All connectors", body = ConnectorList), AnyFailure))]
pub async fn list(
    State(app): State<App>,
    _: Require<Viewer>,
    Asked(which): Asked<Which>,
) -> Result<Json<ConnectorList>, Failure> {
    let mut list = imported::list(app.catalog().specs(), |id| !app.imported().is_built_in(id));
    list.connectors.retain(|connector| which.imported.is_none_or(|wanted| wanted == connector.imported));
    let flows = flows(&app).await?;
    for connector in &mut list.connectors {
        connector.connections = connections(&app, &connector.id);
        connector.flows = uses_of(&flows, &connector.id);
    }
    Ok(Json(list))
}

/// Says what an API document would become as a connector, and what of it could not be taken. Nothing is saved.
///
/// An address is fetched by the server, within 15 seconds and without credentials; what can be fetched is bounded as every
/// answer is.
#[utoipa::path(post, path = api::path::CONNECTORS_PREVIEW, tag = "connectors", request_body = PreviewConnector,
    responses((status = 200, description = "The connector that it would become", body = ConnectorPreview), AnyFailure))]
pub async fn preview(
    State(app): State<App>,
    editor: Require<Editor>,
    Document(given): Document<PreviewConnector>,
) -> Result<Json<ConnectorPreview>, Failure> {
    let PreviewConnector { document, url, id, tags } = given;
    if let Some(id) = id.as_ref().filter(|id| app.imported().is_built_in(id)) {
        return Err(Error::BuiltIn(id.clone()).into());
    }
    let text = text(&app, &editor.principal.who, document, url.clone()).await?;
    let keep = match &id {
        Some(id) => before(&app, id).await?.map(|before| before.ids()).unwrap_or_default(),
        None => BTreeMap::new(),
    };
    let wanted = Wanted { id, address: url, tags, keep };
    let Imported { spec, operations, notes, access, .. } = read(&app, text, wanted).await?;
    let call = |operation: &Operation| {
        let call = &operation.call;
        (operation.spec.id.to_string(), format!("{} {}", call.method.as_str(), call.path))
    };
    Ok(Json(ConnectorPreview {
        calls: operations.iter().map(call).collect(),
        servers: access.servers.iter().map(|server| server.address.clone()).collect(),
        sign_in: imported::ways_in(&access),
        notes: told(notes),
        flows: uses_of(&flows(&app).await?, &spec.id),
        connections: connections(&app, &spec.id),
        operations: operations.into_iter().map(|operation| operation.spec).collect(),
        spec,
    }))
}

/// Imports an API document, or imports it anew: flows go on with it at once.
///
/// An operation that was there keeps its id, whatever the document calls it today. Refused is a document without operations that
/// flows use, and, while the connector has connections, one that leads to servers where it did not lead before. The id is
/// that of no built-in connector.
#[utoipa::path(put, path = api::path::CONNECTOR, tag = "connectors", params(("id" = String, Path)),
    request_body = SaveConnector,
    responses((status = 200, description = "What was imported", body = SavedConnector), AnyFailure))]
pub async fn save(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<String>,
    Document(given): Document<SaveConnector>,
) -> Result<Json<SavedConnector>, Failure> {
    if app.imported().is_built_in(&id) {
        return Err(Error::BuiltIn(id).into());
    }
    let who = &editor.principal.who;
    let SaveConnector { document, url, tags, title, operations } = given;
    let text = text(&app, who, document, url.clone()).await?;
    // No flow and no connection may begin to use what is about to go.
    let _turn = app.importing().await;
    let before = before(&app, &id).await?;
    let keep = before.as_ref().map(Imported::ids).unwrap_or_default();
    let mut after = read(&app, text, Wanted { id: Some(id.clone()), address: url, tags, keep }).await?;
    imported::narrow(&mut after, title.as_deref(), &operations)?;
    if let Some(before) = &before {
        refuse_what_breaks(&app, before, &after).await?;
    }
    let document = after.to_json().map_err(Failure::internal)?;
    let row = ConnectorRow { id: id.clone(), document, changed_at: app.now(), changed_by: who.clone() };
    app.store().save_connector(row).await?;
    follow(&app).await?;
    app.audit(who, "connector.save", &id).await;
    Ok(Json(saved(id, before.as_ref(), after)))
}

/// A connector as it is kept, to be imported elsewhere. There are no secrets in it.
#[utoipa::path(get, path = api::path::CONNECTOR_DOCUMENT, tag = "connectors", params(("id" = String, Path)),
    responses((status = 200, description = "The connector", body = Object), AnyFailure))]
pub async fn document(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let row = row(&app, &id).await?.ok_or_else(|| missing(&id))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], row.document).into_response())
}

/// Deletes an imported connector that no connection and no flow uses.
#[utoipa::path(delete, path = api::path::CONNECTOR, tag = "connectors", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone"), AnyFailure))]
pub async fn delete(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    if app.imported().is_built_in(&id) {
        return Err(Error::BuiltIn(id).into());
    }
    let _turn = app.importing().await;
    let flows = flows(&app).await?;
    let flows = flows.iter().filter(|flow| uses(flow, &id)).map(|flow| format!("the flow {}", flow.id));
    let connections = connections(&app, &id).into_iter().map(|name| format!("the connection {name}"));
    let users: Vec<String> = flows.chain(connections).collect();
    if !users.is_empty() {
        return Err(Error::InUse(users).into());
    }
    if !app.store().delete_connector(&id).await? {
        return Err(missing(&id));
    }
    follow(&app).await?;
    app.audit(&editor.principal.who, "connector.delete", &id).await;
    Ok(StatusCode::NO_CONTENT)
}

fn missing(id: &str) -> Failure {
    Failure::not_found(format_args!("imported connector {id:?}"))
}

/// The document itself, from wherever it is.
async fn text(
    app: &App,
    who: &str,
    document: Option<String>,
    url: Option<String>,
) -> Result<String, Failure> {
    match (document, url) {
        (Some(document), None) => Ok(document),
        (None, Some(url)) => {
            fetching::text(app, who, "connector.fetch", &url, DOCUMENT_BYTES_MAX as u64).await
        }
        _ => Err(Error::OneOfBoth.into()),
    }
}

/// One document at a time: it may take some hundred MB while it is read.
async fn read(app: &App, text: String, wanted: Wanted) -> Result<Imported, Failure> {
    let _turn = app.imported().reading().await;
    let read = tokio::task::spawn_blocking(move || imported::text_of(&text, &wanted));
    Ok(read.await.map_err(Failure::internal)??)
}

async fn row(app: &App, id: &str) -> Result<Option<ConnectorRow>, Failure> {
    Ok(app.store().connectors().await?.into_iter().find(|row| row.id == id))
}

/// The connector as it is now; one that cannot be read is nothing to keep to.
async fn before(app: &App, id: &str) -> Result<Option<Imported>, Failure> {
    Ok(row(app, id).await?.and_then(|row| imported::read(&row).ok()))
}

/// The catalog and the flows that use what has changed are as the store is.
async fn follow(app: &App) -> Result<(), Failure> {
    let changed = app.imported().follow(app.store()).await?;
    Ok(app.engine().connectors_changed(&changed).await?)
}

async fn refuse_what_breaks(app: &App, before: &Imported, after: &Imported) -> Result<(), Failure> {
    let id = &before.spec.id;
    if !connections(app, id).is_empty() {
        imported::refuse_moved_secrets(before, after)?;
    }
    let there: BTreeSet<&str> = after.operations.iter().map(|operation| operation.spec.id.as_str()).collect();
    let mut lost = Vec::new();
    for flow in flows(app).await?.iter().filter(|flow| uses(flow, id)) {
        let of_it = flow.nodes.iter().map(|node| &node.operation).filter(|used| used.connector() == id);
        let gone: BTreeSet<_> = of_it.filter(|used| !there.contains(used.as_str())).collect();
        lost.extend(gone.into_iter().map(|used| format!("{used} in {}", flow.id)));
    }
    if lost.is_empty() { Ok(()) } else { Err(Error::UsedOperations(lost).into()) }
}

async fn flows(app: &App) -> Result<Vec<FlowDocument>, Failure> {
    let rows = app.store().flows().await?;
    Ok(rows.iter().filter_map(|row| wire::document(row).ok()).collect())
}

fn uses_of(flows: &[FlowDocument], connector: &str) -> Vec<ConnectorUse> {
    let used = |flow: &FlowDocument| {
        let of_it = flow.nodes.iter().map(|node| &node.operation).filter(|id| id.connector() == connector);
        let operations: BTreeSet<_> = of_it.cloned().collect();
        let (flow, name) = (flow.id.clone(), flow.name.clone());
        (!operations.is_empty()).then(|| ConnectorUse {
            flow,
            name,
            operations: operations.into_iter().collect(),
        })
    };
    flows.iter().filter_map(used).collect()
}

fn uses(flow: &FlowDocument, connector: &str) -> bool {
    flow.nodes.iter().any(|node| node.operation.connector() == connector)
}

fn connections(app: &App, connector: &str) -> Vec<String> {
    let all = app.vault().connectors().into_iter();
    all.filter(|(_, of)| of == connector).map(|(name, _)| name.to_string()).collect()
}

fn saved(id: String, before: Option<&Imported>, after: Imported) -> SavedConnector {
    let ids = |imported: &Imported| -> BTreeSet<String> {
        imported.operations.iter().map(|operation| operation.spec.id.to_string()).collect()
    };
    let (old, new) = (before.map(ids).unwrap_or_default(), ids(&after));
    SavedConnector {
        id,
        created: before.is_none(),
        operations: new.len() as u64,
        added: new.difference(&old).cloned().collect(),
        removed: old.difference(&new).cloned().collect(),
        notes: told(after.notes),
    }
}

fn told(notes: Vec<Note>) -> Vec<ConnectorNote> {
    let word = |note: &Note| {
        let word = serde_json::to_value(note.weight).ok();
        word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let note = |note: Note| ConnectorNote {
        weight: word(&note),
        code: note.code,
        at: note.at,
        message: note.message,
    };
    notes.into_iter().map(note).collect()
}
