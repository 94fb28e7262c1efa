//! A flow and its draft, changed alike: what is set without opening the flow is not taken back when the draft is published.

use super::drafts;
use crate::failure::Failure;
use crate::{App, flows, wire};
use model::{FlowDocument, FlowId};
use store::{DraftSaved, FlowRow, SaveFlow};

/// Times that somebody else may save the draft, or the flow, meanwhile.
const TRIES_MAX: usize = 4;

/// Changes the flow as it is saved, and gives it; nothing where there is none. What is deployed is the caller's business.
pub async fn change_flow(
    app: &App,
    id: &FlowId,
    who: &str,
    change: impl Fn(&mut FlowDocument),
) -> Result<Option<FlowRow>, Failure> {
    let mut last = None;
    for _ in 0..TRIES_MAX {
        let Some(row) = app.store().flow(id).await? else { return Ok(None) };
        let mut document = wire::document(&row)?;
        change(&mut document);
        // Another process may publish meanwhile, or delete the flow.
        let over = Some((row.version, row.updated_at));
        match app.store().save_flow(SaveFlow { over, ..flows::save(&document, app.now(), who) }).await {
            Err(error @ store::Error::Conflict(_)) => last = Some(error),
            saved => return saved.map(Some).map_err(Failure::from),
        }
    }
    last.map_or(Ok(None), |error| Err(error.into()))
}

/// Says whether there is a draft.
pub async fn change_draft(
    app: &App,
    id: &FlowId,
    change: impl Fn(&mut FlowDocument),
) -> Result<bool, Failure> {
    let mut last = None;
    for _ in 0..TRIES_MAX {
        let Some(draft) = app.store().draft(id).await? else { return Ok(false) };
        let mut document = drafts::document(&draft)?;
        change(&mut document);
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
