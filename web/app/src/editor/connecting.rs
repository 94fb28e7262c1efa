//! An edge is drawn by keyboard: the way out where there are several, then the node that it leads to.

use super::desk::Desk;
use super::refusal_words;
use crate::fuzzy;
use crate::picker::{Line, Picker};
use crate::words::{fill, words};
use canvas::Canvas;
use leptos::prelude::*;
use model::{Edge, NodeId, PortRef};

/// Asks where an edge from this node shall lead.
pub fn begin(desk: Desk, node: NodeId) {
    let ports = ports_of(desk, &node);
    if let Some(first) = ports.first() {
        let only = (ports.len() == 1).then(|| first.clone());
        desk.asking.from.set(Some((node, only)));
        desk.asking.connecting.set(true);
    }
}

/// Whether anything leads out of a node.
pub fn can_begin(canvas: &Canvas, node: &NodeId) -> bool {
    canvas.scene().node(node.as_str()).is_some_and(|node| !node.ports.is_empty())
}

fn ports_of(desk: Desk, node: &NodeId) -> Vec<PortRef> {
    desk.canvas.with_untracked(|canvas| {
        let ports = canvas.scene().node(node.as_str()).map(|node| node.ports.clone()).unwrap_or_default();
        ports.into_iter().map(|port| PortRef { node: node.clone(), port: port.port }).collect()
    })
}

#[component]
pub fn Connecting(desk: Desk) -> impl IntoView {
    let w = words();
    let asking = desk.asking;
    let searched = RwSignal::new(String::new());
    let lines = Memo::new(move |_| {
        let open = asking.connecting.get();
        let from = asking.from.get().filter(|_| open);
        let lines = match from {
            Some((_, Some(port))) => targets(desk, &port),
            Some((node, None)) => ways_out(desk, &node),
            None => Vec::new(),
        };
        let text = |line: &Line| (line.title.clone(), line.detail.clone());
        searched.with(|searched| fuzzy::best(searched, lines, text))
    });
    Effect::new(move |_| {
        if asking.connecting.get() {
            searched.set(String::new());
        }
    });
    let label = Signal::derive(move || match asking.from.get() {
        Some((node, Some(_))) => fill(w.connecting_to, &[&label_of(desk, &node)]),
        _ => w.connecting_from.to_owned(),
    });
    let choose = move |id: String| {
        let Some((node, port)) = asking.from.get_untracked() else { return };
        match (id.split_once(':'), port) {
            (Some(("port", name)), _) => {
                let port = PortRef { node: node.clone(), port: name.into() };
                asking.from.set(Some((node, Some(port))));
                asking.connecting.set(true);
            }
            (Some(("to", target)), Some(from)) => connect(desk, from, target.into()),
            (Some(("cut", target)), Some(from)) => {
                let to = NodeId::from(target);
                asking.say(fill(w.said_cut, &[&label_of(desk, &to)]));
                desk.does(move |canvas| canvas.disconnect(&Edge { from, to }));
            }
            _ => {}
        }
    };
    let lines: Signal<Vec<Line>> = lines.into();
    view! { <Picker open=asking.connecting label searched lines on_choose=Callback::new(choose)/> }
}

fn connect(desk: Desk, from: PortRef, to: NodeId) {
    let label = label_of(desk, &to);
    let made = desk.canvas.try_update(|canvas| canvas.connect(from, to));
    match made {
        Some(Ok(_)) => desk.asking.say(fill(words().said_connected, &[&label])),
        Some(Err(why)) => desk.asking.say(refusal_words(why)),
        None => {}
    }
}

fn label_of(desk: Desk, node: &NodeId) -> String {
    desk.canvas.with_untracked(|canvas| {
        canvas.scene().node(node.as_str()).map(|node| node.label.clone()).unwrap_or_default()
    })
}

fn ways_out(desk: Desk, node: &NodeId) -> Vec<Line> {
    let line = |port: PortRef| {
        let leads: Vec<String> =
            edges_from(desk, &port).iter().map(|edge| label_of(desk, &edge.to)).collect();
        Line::new(format!("port:{}", port.port), "", port.port.to_string()).detail(leads.join(", "))
    };
    ports_of(desk, node).into_iter().map(line).collect()
}

fn edges_from(desk: Desk, port: &PortRef) -> Vec<Edge> {
    desk.canvas.with_untracked(|canvas| {
        let edges = canvas.scene().edges_at(port.node.as_str());
        edges.filter(|edge| edge.from == *port).map(canvas::PlacedEdge::edge).collect()
    })
}

/// Where it may lead first, then what is there already and may be taken away, then what is refused and why.
fn targets(desk: Desk, from: &PortRef) -> Vec<Line> {
    let w = words();
    let there: Vec<NodeId> = edges_from(desk, from).into_iter().map(|edge| edge.to).collect();
    let all = desk.canvas.with_untracked(|canvas| canvas.targets(from));
    let (mut free, mut refused) = (Vec::new(), Vec::new());
    for (node, refusal) in all.into_iter().filter(|(node, _)| !there.contains(node)) {
        let line =
            |group: &str| Line::new(format!("to:{node}"), group, label_of(desk, &node)).detail(node.as_str());
        match refusal {
            None => free.push(line(w.connecting_new)),
            Some(why) => refused.push(line(w.connecting_refused).refused(Some(refusal_words(why)))),
        }
    }
    let cut = there.iter().map(|node| {
        Line::new(format!("cut:{node}"), w.connecting_cut, label_of(desk, node)).detail(node.as_str())
    });
    free.into_iter().chain(cut).chain(refused).collect()
}
