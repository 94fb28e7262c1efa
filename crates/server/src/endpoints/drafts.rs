//! What people work on: drafts, saved as they type, published when they are right, and the versions that came before.

use super::body::{Asked, Body, Path};
use super::flows::find;
use crate::auth::{Editor, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::overview::Card;
use crate::{App, codes, flows, wire};
use api::{
    Draft, DraftSummary, Editing, Editors, HookAddress, Imported, PublishDraft, SaveDraft, SavedDraft,
    VersionList, VersionSummary,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{FlowDocument, FlowId, Problem};
use store::{DraftRow, DraftSaved};

/// What stores can number.
const VERSION_MAX: u32 = i32::MAX as u32;
/// Letters of a draft's name in the list of flows. A longer one is a problem of the draft, not of everybody's list.
const NAME_CHARS_MAX: usize = 200;

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
            let (problems, hooks) = (problems(&app, &document), hooks(&app, &document));
            let DraftRow { revision, based_on, saved_at, saved_by, .. } = draft;
            Draft {
                document,
                revision,
                based_on,
                live,
                saved_at: Some(saved_at),
                saved_by: Some(saved_by),
                hooks,
                problems,
            }
        }
        None => {
            let row = row.ok_or_else(|| Failure::not_found(format_args!("flow {id:?}")))?;
            let document = wire::document(&row)?;
            let (problems, hooks) = (problems(&app, &document), hooks(&app, &document));
            let based_on = row.version_number;
            Draft { document, revision: 0, based_on, live, saved_at: None, saved_by: None, hooks, problems }
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
    if model::ids::NO_FLOW_IDS.contains(&id.as_str()) {
        // Its draft could be neither opened nor published, and an id is permanent.
        return Err(Failure::bad_request(format!("\"{id}\" cannot be the id of a flow: give it another")));
    }
    if save.based_on > VERSION_MAX {
        return Err(Failure::bad_request(format!("`based_on` is a version's number, at most {VERSION_MAX}")));
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
            let (problems, hooks) = (problems(&app, &save.document), hooks(&app, &save.document));
            Ok(Json(SavedDraft { revision, saved_at, hooks, problems }))
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
    Asked(wanted): Asked<PublishDraft>,
) -> Result<StatusCode, Failure> {
    if !app.store().discard_draft(&id, wanted.revision).await? {
        return Err(overtaken(app.store().draft(&id).await?.as_ref()));
    }
    // One that was never published is gone as a whole: whoever draws a flow of this id next finds nothing of it.
    if app.store().flow(&id).await?.is_none() {
        app.store().forget_points(&id).await?;
    }
    app.audit(&editor.principal.who, "draft.discard", &id).await;
    app.hub().flow_changed(&id);
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the draft the next version, and sets it live. Refused as a whole where anything is wrong with it, and with 409
/// (`E0443`) where another version went live since it was begun, unless `over` names that version.
#[utoipa::path(post, path = api::path::FLOW_PUBLISH, tag = "drafts", params(("id" = String, Path)), request_body = PublishDraft,
    responses((status = 200, description = "What it became, and warnings", body = Imported), AnyFailure))]
pub async fn publish(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<FlowId>,
    Body(wanted): Body<PublishDraft>,
) -> Result<Json<Imported>, Failure> {
    // What is found to be live must be so still when the draft takes its place.
    let _turn = app.importing().await;
    let draft = app.store().draft(&id).await?;
    let Some(draft) = draft.as_ref().filter(|draft| draft.revision == wanted.revision) else {
        return Err(overtaken(draft.as_ref()));
    };
    let replaced = app.store().flow(&id).await?;
    let live = replaced.as_ref().map_or(0, |flow| flow.version_number);
    if live > draft.based_on && wanted.over != Some(live) {
        let message = format!(
            "version {live} is live, and this draft was begun from version {}: nothing was published",
            draft.based_on
        );
        return Err(Failure::new(StatusCode::CONFLICT, codes::VERSION_OVERTAKEN, message));
    }
    let way = flows::Way::Publish(replaced.map(|flow| (flow.version, flow.updated_at)));
    let imported = flows::set_live(&app, draft.document.as_bytes(), &editor.principal.who, way).await?;
    // Saved again meanwhile, the draft goes on from what was published; and so it does when the process ends right here.
    app.store().discard_draft(&id, draft.revision).await?;
    app.hub().flow_changed(&id);
    Ok(Json(imported))
}

/// A window of the editor is open at this flow, or is being closed. To be said every half minute.
#[utoipa::path(post, path = api::path::FLOW_EDITING, tag = "drafts", params(("id" = String, Path)), request_body = Editing,
    responses((status = 200, description = "Who else has it open", body = Editors), AnyFailure))]
pub async fn editing(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<FlowId>,
    Body(window): Body<Editing>,
) -> Result<Json<Editors>, Failure> {
    if !model::ids::is_id(&window.window) || !model::ids::is_id(id.as_str()) {
        return Err(Failure::bad_request("a window is named by letters, digits, - and _"));
    }
    let who = &editor.principal.who;
    if window.leaving {
        app.presence().leave(id.as_str(), &window.window, who);
        return Ok(Json(Editors { others: Vec::new(), revision: 0 }));
    }
    let others = app.presence().open(app.now(), id.as_str(), &window.window, who);
    let revision = app.store().draft(&id).await?.map_or(0, |draft| draft.revision);
    Ok(Json(Editors { others, revision }))
}

/// All versions of a flow.
#[utoipa::path(get, path = api::path::FLOW_VERSIONS, tag = "drafts", params(("id" = String, Path)),
    responses((status = 200, description = "The newest first", body = VersionList), AnyFailure))]
pub async fn versions(
    State(app): State<App>,
    _: Require<Viewer>,
    Path(id): Path<FlowId>,
) -> Result<Json<VersionList>, Failure> {
    let row = app.store().flow(&id).await?;
    let versions = match &row {
        Some(row) => app.store().versions(row.key).await?,
        // Drawn, and never published.
        None if app.store().draft(&id).await?.is_some() => Vec::new(),
        None => return Err(Failure::not_found(format_args!("flow {id:?}"))),
    };
    let live = row.map(|row| row.version);
    let summary = |version: store::VersionRow| VersionSummary {
        number: version.number,
        created_at: version.created_at,
        created_by: version.created_by,
        live: Some(version.key) == live,
    };
    let points = app.store().points(&id).await?.into_iter().map(point_summary).collect();
    Ok(Json(VersionList { versions: versions.into_iter().map(summary).collect(), points }))
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
    let found = app.store().numbered_version(row.key, number).await?;
    let found =
        found.ok_or_else(|| Failure::not_found(format_args!("version {number} of the flow {id:?}")))?;
    Ok(Json(read(&found.logic)?))
}

/// Keeps a draft under a name, so that one finds the way back to it. The newest fifty of a flow are kept.
#[utoipa::path(post, path = api::path::FLOW_POINTS, tag = "drafts", params(("id" = String, Path)), request_body = api::KeepPoint,
    responses((status = 200, description = "It is kept", body = api::PointSummary), AnyFailure))]
pub async fn keep_point(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<FlowId>,
    Body(keep): Body<api::KeepPoint>,
) -> Result<Json<api::PointSummary>, Failure> {
    let name = keep.name.trim().to_owned();
    if keep.document.id != id || !model::ids::is_id(id.as_str()) {
        return Err(Failure::bad_request("the document is not of this flow"));
    }
    if name.is_empty() || name.chars().count() > POINT_NAME_MAX {
        return Err(Failure::bad_request(format!("a name has 1 to {POINT_NAME_MAX} characters")));
    }
    if app.store().flow(&id).await?.is_none() && app.store().draft(&id).await?.is_none() {
        return Err(Failure::not_found(format_args!("flow {id:?}")));
    }
    let (at, by) = (app.now(), editor.principal.who.clone());
    let document = serde_json::to_string(&keep.document).unwrap_or_default();
    let kept = store::KeepPoint { flow: id.clone(), name: name.clone(), document, at, by: by.clone() };
    let number = app.store().keep_point(kept).await?;
    app.audit(&by, "draft.keep", format!("{id} {number}")).await;
    Ok(Json(api::PointSummary { number, name, created_at: at, created_by: by }))
}

const POINT_NAME_MAX: usize = 100;

/// A document that was kept under a name.
#[utoipa::path(get, path = api::path::FLOW_POINT, tag = "drafts", params(("id" = String, Path), ("number" = u32, Path)),
    responses((status = 200, description = "The flow document", body = Object), AnyFailure))]
pub async fn point(
    State(app): State<App>,
    _: Require<Viewer>,
    Path((id, number)): Path<(FlowId, u32)>,
) -> Result<Json<FlowDocument>, Failure> {
    let found = app.store().point(&id, number).await?;
    let found = found.ok_or_else(|| Failure::not_found(format_args!("point {number} of the flow {id:?}")))?;
    Ok(Json(read(&found.document)?))
}

fn point_summary(point: store::PointHead) -> api::PointSummary {
    let store::PointHead { number, name, created_at, created_by } = point;
    api::PointSummary { number, name, created_at, created_by }
}

/// Drafts for the list of flows.
pub async fn summaries(app: &App) -> Result<Vec<DraftSummary>, Failure> {
    let rows = app.store().drafts().await?;
    let summary = |row: DraftRow| {
        let card = Card::read(&row.document).unwrap_or_default();
        let DraftRow { flow: id, based_on, revision, saved_at, saved_by, .. } = row;
        let (operations, connections) = (card.operations(), card.connections());
        let Card { name, folder, tags, .. } = card;
        DraftSummary {
            id,
            name: name.chars().take(NAME_CHARS_MAX).collect(),
            based_on,
            revision,
            saved_at,
            saved_by,
            folder,
            tags,
            operations,
            connections,
        }
    };
    Ok(rows.into_iter().map(summary).collect())
}

pub(super) fn document(draft: &DraftRow) -> Result<FlowDocument, store::Error> {
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

fn hooks(app: &App, document: &FlowDocument) -> Vec<HookAddress> {
    let of = |node: &model::Node| {
        let path =
            app.catalog().webhook(&node.operation)?.path(&node.with).filter(|path| !path.is_empty())?;
        let (base, path) = (app.base_url(), path.trim_matches('/'));
        let (url, test_url) = (format!("{base}/hooks/{path}"), format!("{base}/hooks-test/{path}"));
        Some(HookAddress { node: node.id.clone(), url, test_url })
    };
    document.nodes.iter().filter_map(of).collect()
}

pub(super) fn overtaken(now: Option<&DraftRow>) -> Failure {
    let message = match now {
        Some(now) => format!("{} saved this draft meanwhile; nothing was overwritten", now.saved_by),
        None => "the draft was published or discarded meanwhile; nothing was overwritten".to_owned(),
    };
    Failure::new(StatusCode::CONFLICT, codes::DRAFT_OVERTAKEN, message)
}
