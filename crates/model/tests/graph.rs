mod common;

use model::{FlowDocument, Graph};
use serde_json::{Value, json};

/// A flow of `id: operation` nodes and `from -> to` edges.
fn graph(nodes: &[(&str, &str)], edges: &str) -> Graph {
    let nodes: Vec<Value> = nodes
        .iter()
        .map(|(id, operation)| json!({"id": id, "use": operation, "with": fields(operation)}))
        .collect();
    let edges: Vec<Value> = edges
        .split(',')
        .filter_map(|edge| edge.split_once("->"))
        .map(|(from, to)| json!({"from": from.trim(), "to": to.trim()}))
        .collect();
    let doc: FlowDocument =
        serde_json::from_value(json!({"khlong": 1, "id": "f", "name": "f", "nodes": nodes, "edges": edges}))
            .expect("a document");
    Graph::new(&doc, &common::specs())
}

fn fields(operation: &str) -> Value {
    match operation {
        "core/switch" => {
            json!({"cases": [{"port": "a", "when": "${true}"}, {"port": "b", "when": "${true}"}]})
        }
        _ => json!({}),
    }
}

fn names(graph: &Graph, nodes: &[usize]) -> String {
    let ids: Vec<_> = nodes.iter().map(|node| graph.id(*node).as_str()).collect();
    ids.join(" ")
}

const LOOP: &[(&str, &str)] = &[
    ("after", "core/set"),
    ("inner", "core/set"),
    ("lines", "core/for_each"),
    ("order", "core/set"),
    ("orders", "core/for_each"),
    ("start", "core/manual"),
];

fn nested() -> Graph {
    let edges =
        "start -> orders, orders.item -> order, order -> lines, lines.item -> inner, orders.done -> after";
    graph(LOOP, edges)
}

#[test]
fn the_order_puts_every_node_after_its_inputs() {
    let graph = nested();
    assert_eq!(names(&graph, graph.order()), "start orders order after lines inner");
    assert!(graph.unordered().is_empty());
}

#[test]
fn a_body_is_what_only_item_leads_to_and_bodies_nest() {
    let graph = nested();
    let [lines, orders] = ["lines", "orders"].map(|id| graph.find(id).expect("a node"));
    assert_eq!(names(&graph, graph.body_of(orders)), "order lines inner");
    assert_eq!(names(&graph, graph.body_of(lines)), "inner");
    let inner = graph.find("inner").expect("a node");
    assert_eq!(graph.parents(inner).collect::<Vec<_>>(), [lines, orders]);
    assert_eq!(graph.parent(graph.find("after").expect("a node")), None);
}

#[test]
fn edges_are_found_by_port_and_by_the_node_they_lead_to() {
    let nodes = [("s", "core/manual"), ("w", "core/switch"), ("x", "core/set"), ("y", "core/set")];
    let graph = graph(&nodes, "w.b -> y, s -> w, w.a -> x, w.b -> x, w.b -> x, x -> s, x -> x, w -> gone");
    let ports: Vec<_> = graph.ports(1).iter().map(|port| port.as_str()).collect();
    assert_eq!(ports[..4], ["a", "b", "else", "error"]);
    let to = |port| graph.out_edges(1, port).iter().map(|edge| edge.to).collect::<Vec<_>>();
    assert_eq!((to(0), to(1), to(2)), (vec![2], vec![3, 2], vec![]));
    assert_eq!(graph.in_edges(2).map(|edge| edge.at).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(graph.in_edges(0).len(), 0, "nothing leads into a trigger");
    assert!(graph.edges().iter().enumerate().all(|(index, edge)| edge.index == index));
}

#[test]
fn nodes_on_a_cycle_come_last() {
    let nodes = [("a", "core/set"), ("b", "core/set"), ("c", "core/set"), ("s", "core/manual")];
    let graph = graph(&nodes, "s -> a, a -> b, b -> a, b -> c");
    assert_eq!(names(&graph, graph.order()), "s a b c");
    assert_eq!(names(&graph, graph.unordered()), "a b c");
}
