//! One attempt at a write to another system.

use crate::core::Core;
use crate::flow::ActionWork;
use crate::trace::Trace;
use connector::{ActionCx, Connection, Error};
use futures::FutureExt;
use model::{EffectRule, Span, Value};
use run::Data;
use run::doc::StepError;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// An effect under way, over all its attempts.
#[derive(Clone)]
pub struct Effect {
    /// The node's fields after every expression was replaced, as text; the same for each attempt.
    pub fields: Data,
    pub key: String,
    pub rule: EffectRule,
    /// The number of the latest attempt; 1 for the first.
    pub attempt: u32,
    /// Attempts of earlier runs of the event, which are not counted against what the node allows.
    pub earlier_tries: u32,
    /// Attempts of this run that are not counted either.
    pub spared_tries: u32,
    /// An earlier attempt may have done the work.
    pub unknown: bool,
}

/// How one attempt came out.
pub struct Attempted {
    pub result: Result<Value, Error>,
    /// What the target said of earlier attempts, where it was asked: that one had done the work, or that none had.
    pub found: Option<bool>,
    /// A failure is not to be counted: the call only tried whether the system is there again.
    pub spared: bool,
}

/// Calls the operation once, or first asks the target whether that is still needed.
///
/// The first attempt gets the fields as they were made; later ones read them from their text.
pub async fn attempt(
    core: &Arc<Core>,
    work: &ActionWork,
    effect: &Effect,
    fields: Option<Value>,
    timeout: Span,
    trace: &Trace,
) -> Attempted {
    let found = OnceLock::new();
    let result = bounded(core, work, effect, fields, timeout, trace, &found).await;
    Attempted { result, found: found.into_inner(), spared: false }
}

async fn bounded(
    core: &Arc<Core>,
    work: &ActionWork,
    effect: &Effect,
    fields: Option<Value>,
    timeout: Span,
    trace: &Trace,
    found: &OnceLock<bool>,
) -> Result<Value, Error> {
    let connection = match &work.connection {
        None => None,
        Some(name) => Some(core.connections.ready(name).await?),
    };
    let answer = once(core, work, effect, fields, timeout, trace, found, connection.as_deref()).await;
    match (answer, &work.connection, connection) {
        // Refused before anything was done: with another token it is still the same attempt.
        (Err(Error::TokenEnded { .. }), Some(name), Some(ended)) => {
            let renewed = core.connections.renew(name, &ended).await?;
            once(core, work, effect, None, timeout, trace, found, Some(&renewed)).await
        }
        (answer, ..) => answer,
    }
}

/// One call, guarded against whatever a connector may do.
#[allow(clippy::too_many_arguments, reason = "what one attempt is made of, and each of another owner")]
async fn once(
    core: &Arc<Core>,
    work: &ActionWork,
    effect: &Effect,
    fields: Option<Value>,
    timeout: Span,
    trace: &Trace,
    found: &OnceLock<bool>,
    connection: Option<&Connection>,
) -> Result<Value, Error> {
    let http = connection.map_or_else(|| Ok(core.http.clone()), |connection| core.http.over(connection))?;
    let http = http.marked(trace.headers());
    let cx = ActionCx { http: &http, connection, step_key: &effect.key, timeout };
    let call = AssertUnwindSafe(call(work, effect, fields, &cx, found)).catch_unwind();
    let answer = match tokio::time::timeout(Duration::from_millis(timeout.as_ms()), call).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_panic)) => {
            let message = "the connector stumbled over this call; please report it".to_owned();
            Err(Error::Unreadable { host: work.action.spec().id.to_string(), message })
        }
        Err(_elapsed) => {
            let host = work.action.spec().id.to_string();
            Err(Error::Unanswered { host, message: format!("no answer within {timeout}") })
        }
    };
    match connection {
        Some(connection) => conceal(connection, answer),
        None => answer,
    }
}

/// Keeps the connection's secrets out of what is kept and shown, whatever the target sent back.
fn conceal(connection: &Connection, answer: Result<Value, Error>) -> Result<Value, Error> {
    match answer {
        Ok(mut output) => {
            connection.conceal(&mut output);
            Ok(output)
        }
        Err(error) => Err(connection.concealed(error)),
    }
}

async fn call(
    work: &ActionWork,
    effect: &Effect,
    fields: Option<Value>,
    cx: &ActionCx<'_>,
    found: &OnceLock<bool>,
) -> Result<Value, Error> {
    if effect.unknown && effect.rule == EffectRule::Probe {
        let output = work.action.probe(cx, effect.fields.value().clone()).await?;
        found.get_or_init(|| output.is_some());
        if let Some(output) = output {
            return Ok(output);
        }
    }
    let fields = fields.unwrap_or_else(|| effect.fields.value().clone());
    work.action.run(cx, fields).await
}

pub fn step_error(error: &Error) -> StepError {
    StepError { code: error.code().into(), message: error.to_string(), advice: error.advice() }
}

/// How long to wait before a target is asked about a call whose answer was lost.
pub fn settle(core: &Core, work: &ActionWork) -> Span {
    let connection = work.connection.as_ref().and_then(|name| core.connections.connection(name));
    work.action.settle(connection.as_deref())
}
