//! Flow documents from a few lines.

use model::{Edge, FlowDocument, Node, Specs};
use serde_json::{Value, json};
use store::{Ms, SaveFlow};

/// Everything a flow in a test may use.
pub fn specs() -> std::sync::Arc<Specs> {
    crate::Target::default().catalog().specs().clone()
}

/// A flow from `{"id": {"use": …, "with": …}}`, or `{"id": "operation"}`, and chains such as `a -> b.port -> c; b -> d`.
pub fn flow(id: &str, nodes: Value, edges: &str) -> FlowDocument {
    let Value::Object(nodes) = nodes else { panic!("the nodes of {id} are not an object") };
    FlowDocument {
        khlong: 1,
        id: id.into(),
        name: id.into(),
        settings: Default::default(),
        nodes: nodes.into_iter().map(|(id, node)| read_node(&id, node)).collect(),
        edges: edges.split([';', '\n']).flat_map(read_chain).collect(),
        folder: Default::default(),
        tags: Default::default(),
        layout: Default::default(),
        notes: Vec::new(),
        groups: Vec::new(),
        samples: Default::default(),
    }
}

pub fn with_settings(mut flow: FlowDocument, settings: Value) -> FlowDocument {
    flow.settings = serde_json::from_value(settings).expect("settings of a flow");
    flow
}

fn read_node(id: &str, node: Value) -> Node {
    let mut node = if node.is_string() { json!({ "use": node }) } else { node };
    node["id"] = id.into();
    serde_json::from_value(node).unwrap_or_else(|error| panic!("the node {id} cannot be read: {error}"))
}

fn read_chain(chain: &str) -> Vec<Edge> {
    let stops: Vec<&str> = chain.split("->").map(str::trim).collect();
    let edge = |ends: &[&str]| {
        let to = ends[1].split('.').next().unwrap_or_default();
        Edge { from: ends[0].into(), to: to.into() }
    };
    stops.windows(2).map(edge).collect()
}

/// A flow as the store is given it.
pub fn saving(flow: &FlowDocument, at: Ms) -> SaveFlow {
    let text = |doc: &FlowDocument| serde_json::to_string(doc).expect("a flow as JSON");
    SaveFlow {
        id: flow.id.clone(),
        name: flow.name.clone(),
        document: text(flow),
        logic: text(&flow.logic()),
        keep_done: flow.settings.keep.done.as_ms() as Ms,
        keep_failed: flow.settings.keep.failed.as_ms() as Ms,
        at,
        by: "test".into(),
        over: None,
    }
}
