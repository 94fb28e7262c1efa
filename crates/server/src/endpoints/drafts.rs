//! What people work on: drafts, saved as they type, published when they are right, and the versions that came before.

use super::body::Body;
use super::flows::find;
use crate::auth::{Editor, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::{App, codes, flows, wire};
use api::{Draft, DraftSummary, Imported, PublishDraft, SaveDraft, SavedDraft, VersionList, VersionSummary};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::{FlowDocument, FlowId, Problem};
use store::{DraftRow, DraftSaved};

/// The draft of a flow; the live document where there is none.
#[utoipa::path(get, path = api::path::FLOW_DRAFT, tag = "drafts", params(("id" = String, Path)),
    responses((status = 200, description = "What is worked on", body = Draft), AnyFailure))]
pub async fn show(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(id): Path<FlowId>,
) -> Result<Json<Draft>, Failure> {
    let row = app.store().flow(&id).await?;
    let live = row.as_ref().map(|row| row.version_number);
    let draft = match app.store().draft(&id).await? {
        Some(draft) => {
            let document = document(&draft)?;
            let problems = problems(&app, &document);
            let DraftRow { revision, based_on, saved_at, saved_by, .. } = draft;
            Draft {
                document,
                revision,
                based_on,
                live,
                saved_at: Some(saved_at),
                saved_by: Some(saved_by),
                problems,
            }
        }
        None => {
            let row = row.ok_or_else(|| Failure::not_found(format_args!("flow {id:?}")))?;
            let document = wire::document(&row)?;
            let problems = problems(&app, &document);
            let based_on = row.version_number;
            Draft { document, revision: 0, based_on, live, saved_at: None, saved_by: None, problems }
        }
    };
    Ok(Json(draft))
}

/// Saves a draft. It may be wrong; that is said, and refused only when it is published. Whoever worked on an older one gets 409
/// (`E0442`), and nothing is overwritten.
#[utoipa::path(put, path = api::path::FLOW_DRAFT, tag = "drafts", params(("id" = String, Path)), request_body = SaveDraft,
    responses((status = 200, description = "It is saved", body = SavedDraft), AnyFailure))]
pub async fn save(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<FlowId>,
    Body(save): Body<SaveDraft>,
) -> Result<Json<SavedDraft>, Failure> {
    if save.document.id != id || !model::ids::is_id(id.as_str()) {
        let message =
            format!("the document is of the flow {:?}, and the address of {id:?}", save.document.id);
        return Err(Failure::bad_request(message));
    }
    let (saved_at, by) = (app.now(), editor.principal.who.clone());
    let saved = app.store().save_draft(store::SaveDraft {
        flow: id.clone(),
        document: serde_json::to_string(&save.document).unwrap_or_default(),
        based_on: save.based_on,
        before: save.revision,
        at: saved_at,
        by,
    });
    match saved.await? {
        DraftSaved::As(revision) => {
            app.hub().flow_changed(&id);
            Ok(Json(SavedDraft { revision, saved_at, problems: problems(&app, &save.document) }))
        }
        DraftSaved::Overtaken(now) => Err(overtaken(now.as_ref())),
    }
}

/// Throws a draft away.
#[utoipa::path(delete, path = api::path::FLOW_DRAFT, tag = "drafts",
    params(("id" = String, Path), ("revision" = i64, Query)), responses((status = 204, description = "It is gone"), AnyFailure))]
pub async fn discard(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<FlowId>,
    Query(wanted): Query<PublishDraft>,
) -> Result<StatusCode, Failure> {
    if !app.store().discard_draft(&id, wanted.revision).await? {
        return Err(overtaken(app.store().draft(&id).await?.as_ref()));
    }
    app.audit(&editor.principal.who, "draft.discard", &id).await;
    app.hub().flow_changed(&id);
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the draft the next version, and sets it live. Refused as a whole where anything is wrong with it.
#[utoipa::path(post, path = api::path::FLOW_PUBLISH, tag = "drafts", params(("id" = String, Path)), request_body = PublishDraft,
    responses((status = 200, description = "What it became, and warnings", body = Imported), AnyFailure))]
pub async fn publish(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<FlowId>,
    Body(wanted): Body<PublishDraft>,
) -> Result<Json<Imported>, Failure> {
    let draft = app.store().draft(&id).await?;
    let Some(draft) = draft.as_ref().filter(|draft| draft.revision == wanted.revision) else {
        return Err(overtaken(draft.as_ref()));
    };
    let imported = flows::import(&app, draft.document.as_bytes(), &editor.principal.who).await?;
    // Saved again meanwhile, the draft goes on from what was published; and so it does when the process ends right here.
    app.store().discard_draft(&id, draft.revision).await?;
    app.hub().flow_changed(&id);
    Ok(Json(imported))
}

/// All versions of a flow.
#[utoipa::path(get, path = api::path::FLOW_VERSIONS, tag = "drafts", params(("id" = String, Path)),
    responses((status = 200, description = "The newest first", body = VersionList), AnyFailure))]
pub async fn versions(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(id): Path<String>,
) -> Result<Json<VersionList>, Failure> {
    let row = find(&app, &id).await?;
    let versions = app.store().versions(row.key).await?;
    let summary = |version: store::VersionRow| VersionSummary {
        number: version.number,
        created_at: version.created_at,
        created_by: version.created_by,
        live: version.key == row.version,
    };
    Ok(Json(VersionList { versions: versions.into_iter().map(summary).collect() }))
}

/// What one version of a flow did, without drawing and samples.
#[utoipa::path(get, path = api::path::FLOW_VERSION, tag = "drafts", params(("id" = String, Path), ("number" = u32, Path)),
    responses((status = 200, description = "The flow document", body = Object), AnyFailure))]
pub async fn version(
    State(app): State<App>,
    _: Require<Viewer>,
    Path((id, number)): Path<(String, u32)>,
) -> Result<Json<FlowDocument>, Failure> {
    let row = find(&app, &id).await?;
    let versions = app.store().versions(row.key).await?;
    let found = versions.into_iter().find(|version| version.number == number);
    let found =
        found.ok_or_else(|| Failure::not_found(format_args!("version {number} of the flow {id:?}")))?;
    Ok(Json(read(&found.logic)?))
}

/// Drafts for the list of flows.
pub async fn summaries(app: &App) -> Result<Vec<DraftSummary>, Failure> {
    let rows = app.store().drafts().await?;
    let summary = |row: DraftRow| {
        let name = document(&row).map(|document| document.name).unwrap_or_default();
        let DraftRow { flow: id, based_on, saved_at, saved_by, .. } = row;
        DraftSummary { id, name, based_on, saved_at, saved_by }
    };
    Ok(rows.into_iter().map(summary).collect())
}

fn document(draft: &DraftRow) -> Result<FlowDocument, store::Error> {
    read(&draft.document)
}

fn read(text: &str) -> Result<FlowDocument, store::Error> {
    serde_json::from_str(text).map_err(|error| store::Error::Unreadable(error.to_string()))
}

fn problems(app: &App, document: &FlowDocument) -> Vec<Problem> {
    model::validate(
        document,
        app.catalog().specs(),
        &flows::surroundings(app, document),
        app.engine().scripts(),
    )
}

fn overtaken(now: Option<&DraftRow>) -> Failure {
    let message = match now {
        Some(now) => format!("{} saved this draft meanwhile; nothing was overwritten", now.saved_by),
        None => "the draft was published or discarded meanwhile; nothing was overwritten".to_owned(),
    };
    Failure::new(StatusCode::CONFLICT, codes::DRAFT_OVERTAKEN, message)
}
