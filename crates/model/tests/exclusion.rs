//! Which edges can deliver in one run, against trying out every run there could be.

mod common;

use model::exclusion::Exclusion;
use model::{FlowDocument, Graph};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

const NODES: usize = 9;
const TRIGGERS: usize = 2;

/// Two triggers and filters behind them; an edge leads from an earlier node to a later one, from `out` or from `else`.
fn graph(edges: &[(usize, bool, usize)]) -> Graph {
    let operation = |at| {
        if at < TRIGGERS { "core/manual" } else { "core/filter" }
    };
    let nodes: Vec<_> = (0..NODES).map(|at| json!({"id": format!("n{at}"), "use": operation(at)})).collect();
    let edges: Vec<_> = edges
        .iter()
        .map(|(from, other, to)| {
            let port = if *other && *from >= TRIGGERS { ".else" } else { "" };
            json!({"from": format!("n{from}{port}"), "to": format!("n{to}")})
        })
        .collect();
    let doc: FlowDocument =
        serde_json::from_value(json!({"khlong": 1, "id": "f", "name": "f", "nodes": nodes, "edges": edges}))
            .expect("a document");
    Graph::new(&doc, &common::specs())
}

/// The edges that deliver when `choices` says for each node which of its two ports is taken.
fn delivering(graph: &Graph, trigger: usize, choices: usize) -> Vec<bool> {
    let mut live = vec![false; graph.edges().len()];
    for node in graph.order() {
        let reached = *node == trigger || graph.in_edges(*node).any(|edge| live[edge.index]);
        let port = if graph.is_trigger(*node) { 0 } else { choices >> node & 1 };
        for edge in graph.all_out_edges(*node) {
            live[edge.index] = reached && edge.port == port;
        }
    }
    live
}

proptest! {
    #[test]
    fn two_edges_exclude_each_other_exactly_if_no_run_delivers_over_both(
        edges in vec((0..NODES - 1, any::<bool>(), 0..NODES), 1..20)
    ) {
        let forward = |(from, other, to): (usize, bool, usize)| (from, other, (from + 1 + to % (NODES - from - 1)).max(TRIGGERS));
        let graph = graph(&edges.into_iter().map(forward).collect::<Vec<_>>());
        let count = graph.edges().len();
        let mut both = vec![false; count * count];
        for (trigger, choices) in (0..TRIGGERS).flat_map(|trigger| (0..1 << NODES).map(move |choices| (trigger, choices))) {
            let live = delivering(&graph, trigger, choices);
            for one in (0..count).filter(|one| live[*one]) {
                (0..count).filter(|other| live[*other]).for_each(|other| both[one * count + other] = true);
            }
        }
        let mut exclusion = Exclusion::new(&graph);
        for (one, other) in (0..count).flat_map(|one| (0..count).map(move |other| (one, other))) {
            let (a, b) = (&graph.edges()[one], &graph.edges()[other]);
            prop_assert_eq!(exclusion.both_live(a, b), both[one * count + other], "{:?} {:?}", a, b);
        }
    }
}
