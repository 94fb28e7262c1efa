//! Which flows use which connections. Flows are documents, and there may be thousands: what was found in them is known for a
//! while, and only somebody who is about to break something has them read again.

use api::ConnectionUse;
use model::{ConnectionName, FlowId, NodeId};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Error, Ms, Store};

/// How long others' changes may stay unknown, and everybody's drafts. What is published here is known at once.
const KNOWN_MS: Ms = 10_000;
/// Flows that an error names.
const NAMED_MAX: usize = 20;

/// The flows of each connection, published ones first, each by name.
#[derive(Default)]
pub struct Users(BTreeMap<ConnectionName, Vec<ConnectionUse>>);

impl Users {
    pub fn of(&self, connection: &ConnectionName) -> &[ConnectionUse] {
        self.0.get(connection).map(Vec::as_slice).unwrap_or_default()
    }

    /// The published flows that use it, as an error names them; nothing where there are none.
    pub fn published(&self, connection: &ConnectionName) -> Option<Vec<String>> {
        let mut flows: Vec<String> =
            self.of(connection).iter().filter(|one| !one.draft).map(|one| one.flow.to_string()).collect();
        if flows.len() > NAMED_MAX {
            let more = flows.len() - NAMED_MAX;
            flows.truncate(NAMED_MAX);
            flows.push(format!("{more} more"));
        }
        (!flows.is_empty()).then_some(flows)
    }
}

#[derive(Default)]
pub struct Uses {
    /// Held while it is read, so that twenty who ask at once read once.
    known: tokio::sync::Mutex<Option<(Ms, Arc<Users>)>>,
    stale: AtomicBool,
}

impl Uses {
    /// As it was some seconds ago, or is now.
    pub async fn known(&self, store: &dyn Store, now: Ms) -> Result<Arc<Users>, Error> {
        let mut known = self.known.lock().await;
        if let Some((at, users)) = &*known
            && (0..KNOWN_MS).contains(&(now - at))
            && !self.stale.load(Ordering::Relaxed)
        {
            return Ok(users.clone());
        }
        // Before the read: what changes meanwhile is read again.
        self.stale.store(false, Ordering::Relaxed);
        let users = Arc::new(read(store).await?);
        *known = Some((now, users.clone()));
        Ok(users)
    }

    /// A flow was published here, or deleted.
    pub fn forget(&self) {
        self.stale.store(true, Ordering::Relaxed);
    }
}

/// As it is now.
pub async fn read(store: &dyn Store) -> Result<Users, Error> {
    let mut users = Users::default();
    let mut published: BTreeMap<FlowId, BTreeMap<ConnectionName, Vec<NodeId>>> = BTreeMap::new();
    for row in store.flows().await? {
        let Some(drawn) = Drawn::read(&row.document) else { continue };
        let by_connection = drawn.by_connection();
        users.add(&row.id, &row.name, &by_connection, false);
        published.insert(row.id, by_connection);
    }
    for draft in store.drafts().await? {
        let Some(drawn) = Drawn::read(&draft.document) else { continue };
        let mut by_connection = drawn.by_connection();
        // A draft that uses it as the published flow does says nothing new.
        if let Some(live) = published.get(&draft.flow) {
            by_connection.retain(|connection, nodes| live.get(connection) != Some(nodes));
        }
        users.add(&draft.flow, &drawn.name, &by_connection, true);
    }
    for flows in users.0.values_mut() {
        flows.sort_by(|a, b| (a.draft, &a.name, &a.flow).cmp(&(b.draft, &b.name, &b.flow)));
    }
    Ok(users)
}

impl Users {
    fn add(
        &mut self,
        flow: &FlowId,
        name: &str,
        by_connection: &BTreeMap<ConnectionName, Vec<NodeId>>,
        draft: bool,
    ) {
        for (connection, nodes) in by_connection {
            let one =
                ConnectionUse { flow: flow.clone(), name: name.to_owned(), nodes: nodes.clone(), draft };
            self.0.entry(connection.clone()).or_default().push(one);
        }
    }
}

/// The few things of a document that matter here; the rest is skipped, not read.
#[derive(Deserialize)]
struct Drawn {
    #[serde(default)]
    name: String,
    #[serde(default)]
    nodes: Vec<DrawnNode>,
}

#[derive(Deserialize)]
struct DrawnNode {
    id: NodeId,
    #[serde(default)]
    connection: Option<ConnectionName>,
}

impl Drawn {
    /// Nothing of what cannot be read: a draft may be anything.
    fn read(document: &str) -> Option<Self> {
        serde_json::from_str(document).ok()
    }

    fn by_connection(&self) -> BTreeMap<ConnectionName, Vec<NodeId>> {
        let mut all: BTreeMap<ConnectionName, Vec<NodeId>> = BTreeMap::new();
        for node in &self.nodes {
            if let Some(connection) = &node.connection {
                all.entry(connection.clone()).or_default().push(node.id.clone());
            }
        }
        all
    }
}
