//! Asking a node's system for real while its flow is drawn: only where nothing is changed there.

use super::body::{Body, Path};
use super::connections;
use super::questions::{ANSWER_MAX, Unanswered, in_time};
use crate::App;
use crate::auth::{Editor, Require};
use crate::failure::{AnyFailure, Failure};
use api::{AskNow, AskedNow};
use axum::Json;
use axum::extract::State;
use connector::{ActionCx, Connection, nesting};
use engine::ConnectionSource;
use model::{EffectRule, FlowId, Need, Node, OperationId, Span, Value};
use std::sync::Arc;

/// The answer becomes an example that is kept in the flow.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// What stands around an example in a draft is deep, too.
const ANSWER_LEVELS_MAX: usize = nesting::JSON_LEVELS_MAX - 4;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0} calls no other system")]
    CallsNobody(OperationId),
    #[error("this call may change something in the other system")]
    Changes,
    #[error("the node needs a connection")]
    NoConnection,
    #[error("there is no connection {name:?} for {connector}")]
    OtherConnection { name: String, connector: String },
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::CallsNobody(_) | Error::Changes => Failure::bad_request(message)
                .advice("Only what reads is called from here. Write an example of the answer by hand."),
            Error::NoConnection | Error::OtherConnection { .. } => {
                Failure::bad_request(message).advice("Choose a connection in the node.")
            }
            Error::Unanswered(unanswered) => {
                unanswered.into_failure("write an example of the answer by hand")
            }
        }
    }
}

/// Calls a node's system for real, while its flow is drawn, and gives what the node would give.
///
/// Only a node that changes nothing there is called: it is refused where its operation, with these fields, is not a read. The
/// answer comes within 15 seconds and has at most 1 MB. Each connection may be asked 60 times a minute, lookups included, and not
/// while its calls are held back. Who asked is noted in the audit trail.
#[utoipa::path(post, path = api::path::FLOW_ASK, tag = "drafts", params(("id" = String, Path)), request_body = AskNow,
    responses((status = 200, description = "What the node would give", body = AskedNow), AnyFailure))]
pub async fn ask(
    State(app): State<App>,
    editor: Require<Editor>,
    Path(id): Path<FlowId>,
    Body(AskNow { node }): Body<AskNow>,
) -> Result<Json<AskedNow>, Failure> {
    if app.store().flow(&id).await?.is_none() && app.store().draft(&id).await?.is_none() {
        return Err(Failure::not_found(format_args!("flow {id:?}")));
    }
    if !model::ids::is_id(node.id.as_str()) {
        return Err(Failure::bad_request("a node is named by letters, digits, - and _"));
    }
    let unknown = || Error::CallsNobody(node.operation.clone());
    let catalog = app.catalog();
    let action = catalog.action(&node.operation).ok_or_else(unknown)?;
    let fields = Value::Object(node.with.clone());
    if action.effect(&fields) != EffectRule::Read {
        return Err(Error::Changes.into());
    }
    let held = connection(&app, &node, action.spec().connection)?;
    if let Some(held) = &held
        && let Some(why) = connections::held_back(&app, &held.name).await?
    {
        return Err(Error::from(Unanswered::HeldBack(why)).into());
    }
    let begun = app.now();
    let _turn = match &held {
        Some(held) => app.lookups().turn(&held.name, begun),
        None => app.lookups().turn_without_connection(begun),
    }
    .map_err(|wait| Error::from(Unanswered::TooOften(wait)))?;
    // Before the call: it goes out whether or not somebody still waits for its answer.
    let over = held.as_ref().map_or("-", |held| held.name.as_str());
    let asked = format!("{id}/{} {} {over}", node.id, node.operation);
    app.audit(&editor.principal.who, "flow.ask", asked).await;
    let key = format!("ask-{begun}");
    let timeout = Span::from_ms(ANSWER_MAX.as_millis() as u64);
    let answer = in_time(async {
        // A token that has ended is got anew first.
        let held = match &held {
            Some(held) => Some(app.vault().ready(&held.name).await?),
            None => None,
        };
        let http = app.http().bounded(ANSWER_BYTES_MAX);
        let http = held.as_ref().map_or_else(|| Ok(http.clone()), |held| http.over(held))?;
        let cx = ActionCx { http: &http, connection: held.as_deref(), step_key: &key, timeout };
        action.run(&cx, fields).await
    });
    let answer = answer.await.map_err(Error::from)?;
    // Its tokens may be others by now.
    let held = held.and_then(|held| app.vault().connection(&held.name));
    let output = told(held.as_deref(), answer)?;
    Ok(Json(AskedNow { output, took_ms: app.now() - begun }))
}

/// The node's connection, where it has or needs one.
fn connection(app: &App, node: &Node, need: Need) -> Result<Option<Arc<Connection>>, Error> {
    let Some(name) = node.connection.as_ref().filter(|_| need != Need::None) else {
        return if need == Need::Required { Err(Error::NoConnection) } else { Ok(None) };
    };
    let connector = node.operation.connector();
    let held = app.vault().find(name).map(|(held, _)| held).filter(|held| held.connector == connector);
    let other = || Error::OtherConnection { name: name.to_string(), connector: connector.to_owned() };
    held.map(Some).ok_or_else(other)
}

/// What came, without what the system may have repeated of the connection's secrets.
fn told(held: Option<&Connection>, answer: Result<Value, connector::Error>) -> Result<Value, Error> {
    let mut output = answer.map_err(|error| Unanswered::target(held, &error))?;
    if let Some(held) = held {
        held.conceal(&mut output);
    }
    if nesting::is_deeper(output.to_string().as_bytes(), ANSWER_LEVELS_MAX) {
        let advice = "Write an example of the answer by hand.".to_owned();
        return Err(Unanswered::Target { message: nesting::too_deep(), advice }.into());
    }
    Ok(output)
}
