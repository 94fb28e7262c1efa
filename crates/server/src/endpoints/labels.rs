//! Folder and tags of a flow, set without opening it: also several flows one after the other.

use super::body::{Body, Path};
use super::drafts;
use crate::auth::{Editor, Require};
use crate::failure::{AnyFailure, Failure};
use crate::{App, flows, wire};
use api::Labels;
use axum::extract::State;
use axum::http::StatusCode;
use model::{FlowDocument, FlowId, Problem, codes, labels};
use store::{DraftSaved, SaveFlow};

/// Times that somebody else may save the draft, or the flow, meanwhile.
const TRIES_MAX: usize = 4;

/// Puts a flow into a folder, and gives it tags. Its draft gets the same, so that publishing it does not take them back.
#[utoipa::path(put, path = api::path::FLOW_LABELS, tag = "flows", params(("id" = String, Path)), request_body = Labels,
    responses((status = 204, description = "It is there now"), AnyFailure))]
pub async fn set(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<FlowId>,
    Body(wanted): Body<Labels>,
) -> Result<StatusCode, Failure> {
    check(&wanted)?;
    let who = &editor.principal.who;
    let _turn = app.importing().await;
    let of_draft = label_draft(&app, &id, &wanted).await?;
    let of_flow = label_flow(&app, &id, &wanted, who).await?;
    if !of_draft && !of_flow {
        return Err(Failure::not_found(format_args!("flow {id:?}")));
    }
    app.audit(who, "flow.label", &id).await;
    app.hub().flow_changed(&id);
    Ok(StatusCode::NO_CONTENT)
}

fn check(wanted: &Labels) -> Result<(), Failure> {
    let folder = wanted.folder.as_deref().and_then(labels::folder_trouble);
    let tags = wanted.tags.as_deref().and_then(labels::tags_trouble);
    let tags = tags.map(|(at, trouble)| (format!("/tags/{at}"), trouble));
    match folder.map(|trouble| ("/folder".to_owned(), trouble)).or(tags) {
        Some((at, trouble)) => Err(flows::refused(vec![Problem::error(codes::BAD_LABEL, at, trouble)])),
        None => Ok(()),
    }
}

fn apply(wanted: &Labels, document: &mut FlowDocument) {
    if let Some(folder) = &wanted.folder {
        document.folder.clone_from(folder);
    }
    if let Some(tags) = &wanted.tags {
        document.tags.clone_from(tags);
    }
}

async fn label_flow(app: &App, id: &FlowId, wanted: &Labels, who: &str) -> Result<bool, Failure> {
    let mut last = None;
    for _ in 0..TRIES_MAX {
        let Some(row) = app.store().flow(id).await? else { return Ok(false) };
        let mut document = wire::document(&row)?;
        apply(wanted, &mut document);
        // Another process may publish meanwhile, or delete the flow.
        let over = Some((row.version, row.updated_at));
        match app.store().save_flow(SaveFlow { over, ..flows::save(&document, app.now(), who) }).await {
            Err(error @ store::Error::Conflict(_)) => last = Some(error),
            saved => return saved.map(|_| true).map_err(Failure::from),
        }
    }
    last.map_or(Ok(false), |error| Err(error.into()))
}

async fn label_draft(app: &App, id: &FlowId, wanted: &Labels) -> Result<bool, Failure> {
    let mut last = None;
    for _ in 0..TRIES_MAX {
        let Some(draft) = app.store().draft(id).await? else { return Ok(false) };
        let mut document = drafts::document(&draft)?;
        apply(wanted, &mut document);
        let saved = app.store().save_draft(store::SaveDraft {
            flow: id.clone(),
            document: serde_json::to_string(&document).unwrap_or_default(),
            based_on: draft.based_on,
            before: draft.revision,
            at: draft.saved_at,
            by: draft.saved_by,
        });
        match saved.await? {
            DraftSaved::As(_) => return Ok(true),
            DraftSaved::Overtaken(now) => last = now,
        }
    }
    Err(drafts::overtaken(last.as_ref()))
}
