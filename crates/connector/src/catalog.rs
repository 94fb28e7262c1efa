//! The list of what there is.

use crate::{
    Action, Connection, Connector, Delivery, Poll, Queue, Refusal, Request, Webhook, expiry, transport,
};
use arc_swap::ArcSwap;
use model::{ConnectorSpec, FieldKind, OperationId, OperationSpec, Specs};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// What a connector brings: itself, and its operations.
#[derive(Clone, Default)]
pub struct Parts {
    pub connectors: Vec<Arc<dyn Connector>>,
    /// Operations that the engine itself performs (scripts, control, schedules).
    pub builtin: Vec<OperationSpec>,
    pub actions: Vec<Arc<dyn Action>>,
    pub webhooks: Vec<Arc<dyn Webhook>>,
    pub polls: Vec<Arc<dyn Poll>>,
    pub queues: Vec<Arc<dyn Queue>>,
}

impl Parts {
    pub fn of(connector: impl Connector + 'static) -> Self {
        Self { connectors: vec![Arc::new(connector)], ..Self::default() }
    }

    pub fn builtin(mut self, specs: impl IntoIterator<Item = OperationSpec>) -> Self {
        self.builtin.extend(specs);
        self
    }

    pub fn action(mut self, action: impl Action + 'static) -> Self {
        self.actions.push(Arc::new(action));
        self
    }

    pub fn webhook(mut self, webhook: impl Webhook + 'static) -> Self {
        self.webhooks.push(Arc::new(webhook));
        self
    }

    pub fn poll(mut self, poll: impl Poll + 'static) -> Self {
        self.polls.push(Arc::new(poll));
        self
    }

    pub fn queue(mut self, queue: impl Queue + 'static) -> Self {
        self.queues.push(Arc::new(queue));
        self
    }

    pub fn join(mut self, other: Self) -> Self {
        self.connectors.extend(other.connectors);
        self.builtin.extend(other.builtin);
        self.actions.extend(other.actions);
        self.webhooks.extend(other.webhooks);
        self.polls.extend(other.polls);
        self.queues.extend(other.queues);
        self
    }
}

impl FromIterator<Parts> for Parts {
    fn from_iter<I: IntoIterator<Item = Parts>>(parts: I) -> Self {
        parts.into_iter().fold(Self::default(), Self::join)
    }
}

/// Every connector and operation there is. Built once, by the crate `catalog`, and handed to the engine and the server.
#[derive(Clone, Default)]
pub struct Catalog {
    specs: Arc<Specs>,
    connectors: HashMap<String, Arc<dyn Connector>>,
    actions: HashMap<OperationId, Arc<dyn Action>>,
    webhooks: HashMap<OperationId, Arc<dyn Webhook>>,
    polls: HashMap<OperationId, Arc<dyn Poll>>,
    queues: HashMap<OperationId, Arc<dyn Queue>>,
}

impl Catalog {
    pub fn new(parts: Parts) -> Self {
        let Parts { connectors, builtin, actions, webhooks, polls, queues } = parts;
        let operations = builtin
            .into_iter()
            .chain(actions.iter().map(|action| action.spec()))
            .chain(webhooks.iter().map(|webhook| webhook.spec()))
            .chain(polls.iter().map(|poll| poll.spec()))
            .chain(queues.iter().map(|queue| queue.spec()))
            .collect();
        let specs =
            Specs::new(connectors.iter().map(|connector| spec_of(&**connector)).collect(), operations);
        Self {
            specs: Arc::new(specs),
            connectors: connectors.into_iter().map(|connector| (connector.spec().id, connector)).collect(),
            actions: actions.into_iter().map(|action| (action.spec().id, action)).collect(),
            webhooks: webhooks
                .into_iter()
                .chain(told(&polls))
                .map(|webhook| (webhook.spec().id, webhook))
                .collect(),
            polls: polls.into_iter().map(|poll| (poll.spec().id, poll)).collect(),
            queues: queues.into_iter().map(|queue| (queue.spec().id, queue)).collect(),
        }
    }

    pub fn specs(&self) -> &Arc<Specs> {
        &self.specs
    }

    pub fn connector(&self, id: &str) -> Option<&Arc<dyn Connector>> {
        self.connectors.get(id)
    }

    pub fn action(&self, id: &OperationId) -> Option<&Arc<dyn Action>> {
        self.actions.get(id)
    }

    pub fn webhook(&self, id: &OperationId) -> Option<&Arc<dyn Webhook>> {
        self.webhooks.get(id)
    }

    /// A trigger that asks its system now and then.
    pub fn poll(&self, id: &OperationId) -> Option<&Arc<dyn Poll>> {
        self.polls.get(id)
    }

    /// A trigger that a broker hands messages to.
    pub fn queue(&self, id: &OperationId) -> Option<&Arc<dyn Queue>> {
        self.queues.get(id)
    }
}

/// The catalog as it is now: connectors that are made from descriptions come and go while flows run. Clones are the same.
#[derive(Clone)]
pub struct LiveCatalog(Arc<ArcSwap<Catalog>>);

impl LiveCatalog {
    pub fn now(&self) -> Arc<Catalog> {
        self.0.load_full()
    }

    pub fn replace(&self, catalog: Catalog) {
        self.0.store(Arc::new(catalog));
    }
}

impl From<Catalog> for LiveCatalog {
    fn from(catalog: Catalog) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(catalog)))
    }
}

/// Triggers that ask listen, too, where their systems can say that there is something to ask for.
fn told(polls: &[Arc<dyn Poll>]) -> Vec<Arc<dyn Webhook>> {
    polls.iter().map(|poll| Arc::new(Told(poll.clone())) as Arc<dyn Webhook>).collect()
}

struct Told(Arc<dyn Poll>);

impl Webhook for Told {
    fn spec(&self) -> OperationSpec {
        self.0.spec()
    }

    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        self.0.path(with)
    }

    fn body_bytes_max(&self, _with: &Map<String, Value>) -> u64 {
        self.0.body_bytes_max()
    }

    /// Never an event: what there is comes with the next look, which is at once.
    fn receive(
        &self,
        request: &Request<'_>,
        with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<Delivery, Refusal> {
        self.0.nudged(request, with, connection)?;
        Err(Refusal::Look)
    }
}

/// A connector's own spec, and what every connection may have besides: how it travels, where it speaks HTTP, and when its key
/// ends, where it has one.
fn spec_of(connector: &dyn Connector) -> ConnectorSpec {
    let mut spec = connector.spec();
    let Some(connection) = spec.connection.as_mut() else { return spec };
    let has_key = connection.fields.iter().any(|field| field.kind == FieldKind::Secret);
    let has_end = connection.fields.iter().any(|field| field.name == expiry::EXPIRES);
    if has_key && !has_end {
        connection.fields.push(expiry::field());
    }
    if connector.speaks_http() {
        connection.fields.extend(transport::fields());
    }
    spec
}
