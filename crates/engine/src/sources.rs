//! Triggers that fetch their events themselves: those that ask their system now and then, and those that a broker hands
//! messages to.
//!
//! Each has a task of its own in the process that holds the shard of its node. The keeper starts and ends these tasks as
//! flows are published and paused, and as shards change hands. Two processes may be at work on one trigger for a moment:
//! what both bring has the same delivery ids.

mod asking;
mod hearing;
mod state;

pub use state::{Failing, SourceState, Sources};

use crate::core::Core;
use crate::error::DoorError;
use crate::flow::Flow;
use crate::{door, keys, sync};
use connector::{Connection, Delivery, Error, Poll, Queue};
use futures::future::join_all;
use model::{ConnectionName, Node, NodeId};
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;
use store::{FlowKey, VersionKey};
use tokio::sync::Notify;

/// How often the keeper looks which triggers are to be served here where nobody says that this has changed.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Events that go to the store in one go.
const AT_ONCE: usize = 64;
/// Pause after the first failure; it doubles up to the longest.
const PAUSE: Duration = Duration::from_secs(5);
const PAUSE_MAX: Duration = Duration::from_secs(5 * 60);

/// A trigger by its place.
pub type Slot = (FlowKey, NodeId);

/// A trigger at work.
#[derive(Clone)]
struct Source {
    /// A source keeps no engine alive.
    core: Weak<Core>,
    flow: Arc<Flow>,
    /// The trigger's position in its flow.
    node: usize,
    /// Somebody said that there is something to ask for.
    nudged: Arc<Notify>,
}

enum Way {
    Asks(Arc<dyn Poll>),
    Hears(Arc<dyn Queue>),
}

/// Keeps the tasks of the triggers that this process is to serve, for as long as there is an engine.
pub async fn keep(core: Weak<Core>) {
    let mut served: HashMap<Slot, (As, sync::AbortHandle)> = HashMap::new();
    let mut known = 0;
    while let Some(core) = core.upgrade().filter(|core| !core.stopping.load(Ordering::Relaxed)) {
        // A ring that comes while it looks is kept.
        let changes = core.sources.changes();
        let wanted = wanted(&core);
        served.retain(|slot, (known, task)| {
            let stays = wanted.get(slot).is_some_and(|(known_now, ..)| known_now == known);
            if !stays {
                task.abort();
                core.sources.forget(slot);
            }
            stays
        });
        for (slot, (known, flow, node, way)) in wanted {
            served.entry(slot.clone()).or_insert_with(|| {
                let nudged = core.sources.begin(&slot);
                let source = Source { core: Arc::downgrade(&core), flow, node, nudged };
                (known, sync::spawn(source.serve(way)).abort_handle())
            });
        }
        if known != served.len() {
            known = served.len();
            tracing::debug!(known, "triggers that fetch their events are served here");
        }
        drop(core);
        tokio::select! {
            biased;
            () = changes.notified() => {}
            () = sync::sleep(LOOK_EVERY) => {}
        }
    }
    served.into_values().for_each(|(_, task)| task.abort());
}

/// As what a trigger is served: a session with a broker stays one with the broker that its connection named.
#[derive(PartialEq)]
struct As {
    version: VersionKey,
    settings: Option<[u8; 32]>,
}

impl As {
    fn of(core: &Core, flow: &Flow, node: &Node, way: &Way) -> Self {
        let name = node.connection.as_ref().filter(|_| matches!(way, Way::Hears(_)));
        let connection = name.and_then(|name| core.connections.connection(name));
        Self { version: flow.version, settings: connection.map(|connection| connection.settings()) }
    }
}

fn wanted(core: &Core) -> HashMap<Slot, (As, Arc<Flow>, usize, Way)> {
    let mut wanted = HashMap::new();
    for deployed in core.flows.all().into_iter().filter(|deployed| !deployed.paused) {
        let flow = deployed.flow;
        for (at, node) in flow.doc().nodes.iter().enumerate().filter(|(_, node)| !node.disabled) {
            let Some(way) = way(core, node) else { continue };
            let slot = (flow.key, node.id.clone());
            if core.holding.works_on(store::shard_of(keys::lane(slot.0, slot.1.as_str()))) {
                wanted.insert(slot, (As::of(core, &flow, node, &way), flow.clone(), at, way));
            }
        }
    }
    wanted
}

fn way(core: &Core, node: &Node) -> Option<Way> {
    let catalog = core.catalog.now();
    let asks = catalog.poll(&node.operation).cloned().map(Way::Asks);
    asks.or_else(|| catalog.queue(&node.operation).cloned().map(Way::Hears))
}

impl Source {
    async fn serve(self, way: Way) {
        match way {
            Way::Asks(poll) => self.ask(poll).await,
            Way::Hears(queue) => self.hear(queue).await,
        }
    }

    fn core(&self) -> Option<Arc<Core>> {
        self.core.upgrade().filter(|core| !core.stopping.load(Ordering::Relaxed))
    }

    fn node(&self) -> &Node {
        &self.flow.doc().nodes[self.node]
    }

    fn slot(&self) -> Slot {
        (self.flow.key, self.node().id.clone())
    }

    /// Puts events on disk, in their order. An error means that not all are: they come again.
    async fn accept(&self, core: &Arc<Core>, deliveries: Vec<Delivery>) -> Result<(), DoorError> {
        let mut left = deliveries.into_iter();
        loop {
            let some: Vec<Delivery> = left.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                return Ok(());
            }
            let accepted = some.into_iter().map(|delivery| self.accept_one(core, delivery));
            for accepted in join_all(accepted).await {
                core.sources.brought(&self.slot(), accepted?);
            }
        }
    }

    /// Says whether the event is new.
    async fn accept_one(&self, core: &Arc<Core>, delivery: Delivery) -> Result<bool, DoorError> {
        let Delivery { id, body, head } = delivery;
        let mut arrival = door::Arrival::of(&self.flow, self.node, id, body);
        (arrival.head, arrival.fetched) = (head, true);
        let received = door::accept(core, arrival, None).await?;
        Ok(!received.duplicate)
    }
}

/// The connection of a trigger, with a token that is good.
async fn connection(core: &Core, name: Option<&ConnectionName>) -> Result<Option<Arc<Connection>>, Error> {
    match name {
        Some(name) => core.connections.ready(name).await.map(Some),
        None => Ok(None),
    }
}
