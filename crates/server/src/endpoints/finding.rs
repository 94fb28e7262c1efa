//! Where a text is in all flows: a connection, a field, an address, a word of a script.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use super::body::Asked;
use super::{drafts, pages};
use crate::App;
use crate::auth::{Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::wire;
use api::{FoundPart, FoundPlace, FoundPlaces};
use axum::Json;
use axum::extract::State;
use model::find::{Found, Part, Place, find as find_in};
use model::{FlowDocument, Specs};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::{DraftRow, FlowRow};
use tokio::sync::Semaphore;
use utoipa::IntoParams;

/// Beyond so many places nobody looks; another letter makes fewer.
const PLACES_MAX: usize = 200;

/// Each reads all flows, and a person who types asks with every letter.
static SEARCHES: Semaphore = Semaphore::const_new(2);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// What is looked for, whatever its capitals.
    #[serde(default)]
    text: String,
}

/// Where a text is in all flows and in what people work on: in names, operations, connections, fields, notes and groups.
///
/// At most 200 places are told. A place that is in the live flow is not told again of its draft.
#[utoipa::path(get, path = api::path::FIND, tag = "flows", params(Wanted),
    responses((status = 200, description = "Every place, by flow", body = FoundPlaces), AnyFailure))]
pub async fn find(
    State(app): State<App>,
    _: Require<Viewer>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<FoundPlaces>, Failure> {
    let Some(text) = pages::text(Some(&wanted.text))? else {
        return Ok(Json(FoundPlaces { places: Vec::new(), more: false }));
    };
    let turn = SEARCHES.acquire().await.map_err(Failure::internal)?;
    let (rows, drafts) = (app.store().flows().await?, app.store().drafts().await?);
    let specs = app.catalog().specs().clone();
    // Hundreds of documents are read as a whole: other requests shall not wait for that.
    let searched = tokio::task::spawn_blocking(move || {
        // It goes on also when nobody waits for it any more.
        let _turn = turn;
        search(&rows, drafts, &specs, &text)
    });
    let searched = searched.await;
    Ok(Json(searched.map_err(Failure::internal)??))
}

fn search(
    rows: &[FlowRow],
    drafts: Vec<DraftRow>,
    specs: &Specs,
    text: &str,
) -> Result<FoundPlaces, store::Error> {
    let mut drafts: BTreeMap<_, _> = drafts.into_iter().map(|draft| (draft.flow.clone(), draft)).collect();
    let mut flows: Vec<_> = rows.iter().map(|row| (Some(row), drafts.remove(&row.id))).collect();
    flows.extend(drafts.into_values().map(|draft| (None, Some(draft))));
    let mut places = Vec::new();
    for (row, draft) in flows {
        if places.len() > PLACES_MAX {
            break;
        }
        let live = row.map(wire::document).transpose()?;
        let known = live.as_ref().map(|live| places_in(live, specs, text)).unwrap_or_default();
        // One that cannot be read is shown as such on the page of flows; the others are searched all the same.
        let draft = draft.as_ref().and_then(|draft| drafts::document(draft).ok());
        if let Some(draft) = &draft {
            let mut new = places_in(draft, specs, text);
            new.retain(|found| !known.contains(found));
            places.extend(new.into_iter().map(|found| told(draft, true, found)));
        }
        if let Some(live) = &live {
            places.extend(known.into_iter().map(|found| told(live, false, found)));
        }
    }
    let more = places.len() > PLACES_MAX;
    places.truncate(PLACES_MAX);
    Ok(FoundPlaces { places, more })
}

fn places_in(document: &FlowDocument, specs: &Specs, text: &str) -> Vec<Found> {
    let titles = |operation: &str| {
        let spec = specs.operation(&operation.into());
        spec.map(|spec| format!("{} {}", spec.title.en, spec.title.th)).unwrap_or_default()
    };
    find_in(document, text, titles)
}

fn told(document: &FlowDocument, draft: bool, found: Found) -> FoundPlace {
    let node = match &found.place {
        Place::Node(id) => document.node(id.as_str()),
        Place::Note(_) => None,
    };
    FoundPlace {
        flow: document.id.clone(),
        flow_name: document.name.clone(),
        draft,
        node: node.map(|node| node.id.clone()),
        label: node.map(|node| node.label().to_owned()).unwrap_or_default(),
        part: part(found.part),
        field: found.field,
        text: found.text,
    }
}

fn part(part: Part) -> FoundPart {
    match part {
        Part::Title => FoundPart::Title,
        Part::Operation => FoundPart::Operation,
        Part::Connection => FoundPart::Connection,
        Part::Field => FoundPart::Field,
        Part::Note => FoundPart::Note,
        Part::Group => FoundPart::Group,
    }
}
