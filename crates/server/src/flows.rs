//! Taking a flow document in: checked as a whole, saved only if it can run.

use crate::App;
use crate::failure::Failure;
use crate::{codes, wire};
use axum::http::StatusCode;
use model::{Family, FieldKind, FlowDocument, FlowId, NodeId, Problem, ScriptCheck, Specs, Surroundings};
use std::collections::BTreeMap;
use store::{FlowRow, Flows, Ms, SaveFlow, VersionKey};

/// A document without errors, and what to warn of.
pub struct Checked {
    pub document: FlowDocument,
    pub warnings: Vec<Problem>,
}

/// Everything that is wrong with a flow file, or the flow.
pub fn check(
    text: &[u8],
    specs: &Specs,
    around: impl FnOnce(&FlowDocument) -> Surroundings,
    scripts: &dyn ScriptCheck,
) -> Result<Checked, Vec<Problem>> {
    let (document, mut problems) = model::check(text, specs, around, scripts);
    if let Some(document) = &document {
        let known = problems.clone();
        let new = |problem: &Problem| !known.iter().any(|one| one.at == problem.at);
        problems.extend(unknown_zones(document, specs).into_iter().filter(new));
    }
    match (document, problems) {
        (Some(document), problems) if !problems.iter().any(Problem::is_error) => {
            Ok(Checked { document, warnings: problems })
        }
        (_, problems) => Err(problems),
    }
}

/// The form of a time zone's name is the model's matter; which ones there are is known where times are reckoned. With one
/// that there is not, a schedule would never be due.
pub fn unknown_zones(document: &FlowDocument, specs: &Specs) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, node) in document.nodes.iter().enumerate() {
        let fields =
            specs.operations.get(&node.operation).map(|spec| spec.fields.as_slice()).unwrap_or_default();
        for field in fields.iter().filter(|field| matches!(field.kind, FieldKind::TimeZone)) {
            let Some(zone) = node.with.get(&*field.name).and_then(model::Value::as_str) else { continue };
            if zone.contains('/') && !run::schedule::is_zone(zone) {
                let problem = Problem::error(
                    model::codes::BAD_TIME_ZONE,
                    format!("/nodes/{at}/with/{}", field.name),
                    format!("there is no time zone \"{zone}\""),
                );
                problems.push(problem.node(&node.id).advice("Write it like Asia/Bangkok or UTC."));
            }
        }
    }
    problems
}

pub fn check_here(app: &App, text: &[u8]) -> Result<Checked, Vec<Problem>> {
    let around = |document: &FlowDocument| surroundings(app, document);
    check(text, app.catalog().specs(), around, app.engine().scripts())
}

/// What this server knows around a flow: its connections, and the webhook paths of other flows.
pub fn surroundings(app: &App, document: &FlowDocument) -> Surroundings {
    let mut paths = app.engine().paths();
    paths.retain(|_, flow| *flow != document.id);
    Surroundings {
        connections_known: true,
        connections: app.vault().connectors(),
        paths,
        buffers: Some(app.buffers().names().map(str::to_owned).collect()),
    }
}

/// Checks, saves and sets live.
pub async fn import(app: &App, text: &[u8], who: &str) -> Result<api::Imported, Failure> {
    // One at a time: two flows must not both find a webhook path free.
    let _turn = app.importing().await;
    set_live(app, text, who, Way::Import).await
}

/// How a flow comes to be live.
pub enum Way {
    Import,
    /// In the place of the flow as it was then, if it was there.
    Publish(Option<(VersionKey, Ms)>),
}

/// The same for whoever has the turn.
pub async fn set_live(app: &App, text: &[u8], who: &str, way: Way) -> Result<api::Imported, Failure> {
    let (what, over) = match way {
        Way::Import => ("flow.import", None),
        Way::Publish(over) => ("flow.publish", over),
    };
    let Checked { document, warnings } = check_here(app, text).map_err(refused)?;
    let before = app.store().flow(&document.id).await?;
    let row = app.store().save_flow(SaveFlow { over, ..save(&document, app.now(), who) }).await?;
    app.audit(who, what, &row.id).await;
    let done = imported(before.as_ref(), &row, warnings);
    app.engine().deploy(row).await?;
    app.uses().forget();
    app.hub().flow_changed(&done.id);
    Ok(done)
}

/// What an import did, by the flow before it and after it.
pub fn imported(before: Option<&FlowRow>, after: &FlowRow, problems: Vec<Problem>) -> api::Imported {
    api::Imported {
        id: after.id.clone(),
        version: after.version_number,
        created: before.is_none(),
        changed: before.is_none_or(|before| before.version != after.version),
        problems,
    }
}

pub fn save(document: &FlowDocument, at: Ms, by: &str) -> SaveFlow {
    let ms = |span: model::Span| Ms::try_from(span.as_ms()).unwrap_or(Ms::MAX);
    SaveFlow {
        id: document.id.clone(),
        name: document.name.clone(),
        document: text_of(document),
        logic: text_of(&document.logic()),
        keep_done: ms(document.settings.keep.done),
        keep_failed: ms(document.settings.keep.failed),
        at,
        by: by.to_owned(),
        over: None,
    }
}

fn text_of(document: &FlowDocument) -> String {
    serde_json::to_string(document).unwrap_or_default()
}

pub fn refused(problems: Vec<Problem>) -> Failure {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    let message = match errors {
        1 => "the flow has a problem; nothing was saved".to_owned(),
        n => format!("the flow has {n} problems; nothing was saved"),
    };
    Failure::new(StatusCode::UNPROCESSABLE_ENTITY, codes::FLOW_REFUSED, message).problems(problems)
}

/// A run starts at a trigger, and at none that is left out.
pub fn check_start(specs: &Specs, document: &FlowDocument, node: &NodeId) -> Result<(), Failure> {
    let found = document.nodes.iter().find(|one| one.id == *node);
    let found = found.ok_or_else(|| Failure::not_found(format_args!("node {node:?} in the flow")))?;
    let spec = specs.operations.get(&found.operation);
    let is_trigger = spec.is_none_or(|spec| spec.family == Family::Trigger);
    match is_trigger && !found.disabled {
        true => Ok(()),
        false if is_trigger => Err(Failure::bad_request(format!("the trigger {node:?} is switched off"))),
        false => Err(Failure::bad_request(format!("a run cannot start at {node:?}: it is no trigger"))),
    }
}

/// The stored flows as documents, for an export.
pub async fn stored(flows: &dyn Flows) -> Result<Vec<FlowDocument>, store::Error> {
    let rows = flows.flows().await?;
    rows.iter().map(wire::document).collect()
}

/// The webhook paths that flows take.
pub fn paths<'a>(
    catalog: &connector::Catalog,
    documents: impl Iterator<Item = &'a FlowDocument>,
) -> BTreeMap<String, FlowId> {
    let path_of = |node: &model::Node| catalog.webhook(&node.operation)?.path(&node.with);
    let taken = |document: &'a FlowDocument| {
        let paths = document.nodes.iter().filter_map(path_of);
        paths.map(|path| (path, document.id.clone())).collect::<Vec<_>>()
    };
    documents.flat_map(taken).collect()
}
