//! The flows that are deployed, and who listens at which path.

use crate::flow::{Flow, Work};
use crate::sync::{Mutex, MutexGuard};
use arc_swap::ArcSwap;
use connector::{Catalog, Webhook};
use model::{ConnectionName, FlowId, NodeId, Span, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError};
use store::{FlowKey, FlowState, Ms, VersionKey};

/// Versions of flows kept ready to run; older ones are compiled again when a run needs them.
const VERSIONS_MAX: usize = 256;

/// A webhook trigger of a deployed flow.
pub struct Listener {
    pub flow: Arc<Flow>,
    pub node: NodeId,
    pub webhook: Arc<dyn Webhook>,
    pub with: serde_json::Map<String, Value>,
    pub connection: Option<ConnectionName>,
    pub body_bytes_max: u64,
    /// How long a request waits for the flow's answer; `None` answers as soon as the event is on disk.
    pub answer_timeout: Option<Span>,
    pub paused: bool,
}

#[derive(Clone)]
pub struct Deployed {
    pub flow: Arc<Flow>,
    pub paused: bool,
    /// Its events are taken, and none of its runs begins.
    pub held: bool,
    /// When it came into service or was last taken out of its pause: no earlier time of a schedule is made up for.
    pub since: Ms,
}

#[derive(Default)]
struct Table {
    by_id: BTreeMap<FlowId, Deployed>,
    by_path: HashMap<String, Arc<Listener>>,
}

/// Read by every request, changed when somebody publishes: readers never wait.
#[derive(Default)]
pub struct Flows {
    table: ArcSwap<Table>,
    changing: Mutex<HashMap<VersionKey, Arc<Flow>>>,
}

impl Flows {
    pub fn listener(&self, path: &str) -> Option<Arc<Listener>> {
        self.table.load().by_path.get(path).cloned()
    }

    pub fn get(&self, id: &FlowId) -> Option<Deployed> {
        self.table.load().by_id.get(id).cloned()
    }

    pub fn all(&self) -> Vec<Deployed> {
        self.table.load().by_id.values().cloned().collect()
    }

    pub fn by_key(&self, key: FlowKey) -> Option<Deployed> {
        self.table.load().by_id.values().find(|deployed| deployed.flow.key == key).cloned()
    }

    pub fn paths(&self) -> BTreeMap<String, FlowId> {
        self.table.load().by_path.iter().map(|(path, at)| (path.clone(), at.flow.id.clone())).collect()
    }

    pub fn version(&self, version: VersionKey) -> Option<Arc<Flow>> {
        self.versions().get(&version).cloned()
    }

    /// The longest that a node of a flow at hand gives an attempt; nothing where none says it.
    pub fn longest_timeout(&self) -> Option<Span> {
        let of_flow = |flow: &Arc<Flow>| flow.nodes.iter().filter_map(Work::timeout).max();
        self.versions().values().filter_map(of_flow).max()
    }

    /// Lets go of versions that are to be made ready anew. Runs under way keep theirs.
    pub fn forget_versions(&self, which: impl Fn(&Flow) -> bool) {
        self.versions().retain(|_, flow| !which(flow));
    }

    pub fn keep_version(&self, flow: Arc<Flow>) {
        let mut versions = self.versions();
        if versions.len() >= VERSIONS_MAX {
            // Which one goes does not matter: those in use are held by their runs.
            versions.retain(|_, kept| Arc::strong_count(kept) > 1);
        }
        versions.insert(flow.version, flow);
    }

    pub fn put(&self, flow: Arc<Flow>, state: FlowState, now: Ms, catalog: &Catalog) {
        self.keep_version(flow.clone());
        let (paused, held) = (state == FlowState::Paused, state == FlowState::Held);
        self.change(catalog, |by_id| {
            let live = by_id.get(&flow.id).filter(|before| !before.paused);
            let since = live.map_or(now, |live| live.since);
            by_id.insert(flow.id.clone(), Deployed { flow: flow.clone(), paused, held, since });
        });
    }

    pub fn remove(&self, id: &FlowId, catalog: &Catalog) {
        self.change(catalog, |by_id| {
            by_id.remove(id);
        });
    }

    fn change(&self, catalog: &Catalog, change: impl FnOnce(&mut BTreeMap<FlowId, Deployed>)) {
        let _one_at_a_time = self.versions();
        let mut by_id = self.table.load().by_id.clone();
        change(&mut by_id);
        let by_path = by_id.values().flat_map(|deployed| listeners(deployed, catalog)).collect();
        self.table.store(Arc::new(Table { by_id, by_path }));
    }

    fn versions(&self) -> MutexGuard<'_, HashMap<VersionKey, Arc<Flow>>> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn listeners(deployed: &Deployed, catalog: &Catalog) -> Vec<(String, Arc<Listener>)> {
    let listen = |node: &model::Node| {
        let webhook = catalog.webhook(&node.operation)?.clone();
        let path = webhook.path(&node.with)?.trim_matches('/').to_owned();
        let waits = node.with.get("answer").and_then(Value::as_str) == Some("result");
        let timeout =
            node.with.get("answer_timeout").and_then(Value::as_str).and_then(|text| text.parse().ok());
        let listener = Listener {
            flow: deployed.flow.clone(),
            node: node.id.clone(),
            body_bytes_max: webhook.body_bytes_max(&node.with),
            with: node.with.clone(),
            connection: node.connection.clone(),
            answer_timeout: waits.then(|| timeout.unwrap_or(Span::from_secs(10))),
            paused: deployed.paused,
            webhook,
        };
        Some((path, Arc::new(listener)))
    };
    deployed.flow.doc().nodes.iter().filter(|node| !node.disabled).filter_map(listen).collect()
}
