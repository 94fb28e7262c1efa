//! Whoever builds a flow may wait for an event at a trigger's test address. The event is kept in memory for the one who waits,
//! and starts no run.

use crate::failure::Failure;
use crate::{App, codes};
use axum::http::StatusCode;
use connector::{Connection, Request, Webhook};
use engine::ConnectionSource;
use model::{FlowId, Node, Value};
use std::sync::{Arc, Mutex, PoisonError};
use store::Ms;

/// How long one waits at most.
pub const LISTEN_MS: Ms = 2 * 60 * 1_000;
/// How long an event that came waits to be taken.
const KEPT_MS: Ms = 60 * 1_000;
/// Those who wait at the same time; each person waits at one address only.
const LISTENERS_MAX: usize = 32;
/// The largest event that is kept.
pub const EVENT_BYTES_MAX: u64 = 1 << 20;

/// Somebody who waits.
struct Listener {
    who: String,
    flow: FlowId,
    path: String,
    node: Node,
    webhook: Arc<dyn Webhook>,
    until: Ms,
    heard: Option<Value>,
}

/// What one is told about one's waiting.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    pub path: String,
    pub until: Ms,
    pub event: Option<Value>,
}

/// Where an event is about to come in.
pub struct Ear {
    who: String,
    path: String,
    node: Node,
    webhook: Arc<dyn Webhook>,
}

impl Ear {
    pub fn body_bytes_max(&self) -> u64 {
        self.webhook.body_bytes_max(&self.node.with).min(EVENT_BYTES_MAX)
    }

    /// The node's connection, if it is one of its connector.
    pub fn connection(&self, source: &impl ConnectionSource) -> Option<Arc<Connection>> {
        let found = source.connection(self.node.connection.as_ref()?)?;
        (found.connector == self.node.operation.connector()).then_some(found)
    }

    /// Checks a request as the trigger itself does, and gives what expressions would see as `trigger`.
    pub fn read(
        &self,
        request: &Request<'_>,
        connection: Option<&Connection>,
    ) -> Result<Value, connector::Refusal> {
        let delivery = self.webhook.receive(request, &self.node.with, connection)?;
        let mut event = delivery.head;
        event.insert("body".to_owned(), delivery.body.into_value());
        Ok(Value::Object(event))
    }
}

#[derive(Default)]
pub struct Listeners(Mutex<Vec<Listener>>);

impl Listeners {
    /// Begins to wait; what the same person waited for before is forgotten.
    pub fn listen(&self, app: &App, who: &str, flow: &FlowId, node: Node) -> Result<Heard, Failure> {
        let webhook = app.catalog().webhook(&node.operation).cloned();
        let path = webhook.as_ref().and_then(|webhook| webhook.path(&node.with));
        let (Some(webhook), Some(path)) = (webhook, path.filter(|path| !path.is_empty())) else {
            return Err(Failure::bad_request("this trigger has no address of its own to listen at"));
        };
        let path = path.trim_matches('/').to_owned();
        let (who, flow, until) = (who.to_owned(), flow.clone(), app.now() + LISTEN_MS);
        self.with(app.now(), |all| {
            all.retain(|one| one.who != who);
            if all.iter().any(|one| one.path == path && one.heard.is_none()) {
                let message = "somebody else listens at this test address";
                return Err(Failure::new(StatusCode::CONFLICT, codes::BUSY, message));
            }
            if all.len() >= LISTENERS_MAX {
                let message = "too many people are listening for test events";
                return Err(
                    Failure::new(StatusCode::SERVICE_UNAVAILABLE, codes::BUSY, message).retry_after(60)
                );
            }
            all.push(Listener { who, flow, path: path.clone(), node, webhook, until, heard: None });
            Ok(Heard { path, until, event: None })
        })
    }

    /// What has come, and how long one still waits; nothing where one does not.
    pub fn heard(&self, now: Ms, who: &str, flow: &FlowId) -> Option<Heard> {
        self.with(now, |all| {
            let one = all.iter().find(|one| one.who == who && one.flow == *flow)?;
            Some(Heard { path: one.path.clone(), until: one.until, event: one.heard.clone() })
        })
    }

    pub fn stop(&self, now: Ms, who: &str, flow: &FlowId) {
        self.with(now, |all| all.retain(|one| one.who != who || one.flow != *flow));
    }

    /// Whoever waits at an address.
    pub fn at(&self, now: Ms, path: &str) -> Option<Ear> {
        self.with(now, |all| {
            let one = all.iter().find(|one| one.path == path && one.heard.is_none())?;
            let Listener { who, path, node, webhook, .. } = one;
            Some(Ear { who: who.clone(), path: path.clone(), node: node.clone(), webhook: webhook.clone() })
        })
    }

    /// An event has come for somebody; says whether they still wait.
    pub fn hear(&self, now: Ms, ear: &Ear, event: Value) -> bool {
        self.with(now, |all| {
            let waits =
                |one: &&mut Listener| one.who == ear.who && one.path == ear.path && one.heard.is_none();
            let Some(one) = all.iter_mut().find(waits) else { return false };
            one.heard = Some(event);
            one.until = now + KEPT_MS;
            true
        })
    }

    fn with<T>(&self, now: Ms, act: impl FnOnce(&mut Vec<Listener>) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| one.until > now);
        act(&mut all)
    }
}
