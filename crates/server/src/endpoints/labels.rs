//! Folder and tags of a flow, set without opening it: also several flows one after the other.

use super::body::{Body, Path};
use super::both;
use crate::auth::{Editor, Require};
use crate::failure::{AnyFailure, Failure};
use crate::{App, flows};
use api::Labels;
use axum::extract::State;
use axum::http::StatusCode;
use model::{FlowDocument, FlowId, Problem, codes, labels};

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
    let change = |document: &mut FlowDocument| apply(&wanted, document);
    let of_draft = both::change_draft(&app, &id, change).await?;
    let of_flow = both::change_flow(&app, &id, who, change).await?;
    if !of_draft && of_flow.is_none() {
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
