//! Drawing an edge without a pointer.

use crate::editor::desk::Desk;
use crate::words::words;
use canvas::Canvas;
use leptos::prelude::*;
use model::NodeId;
use ui::{Button, Choice, Icon, Select};

/// A way out, and a node from a list that says why the others cannot be chosen.
#[component]
pub fn Connect(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let ports = {
        let node = node.clone();
        Memo::new(move |_| {
            desk.changed.track();
            desk.canvas.with_untracked(|canvas| {
                let placed = canvas.scene().node(node.as_str());
                placed
                    .map(|placed| placed.ports.iter().map(|port| port.port.clone()).collect::<Vec<_>>())
                    .unwrap_or_default()
            })
        })
    };
    let first = ports.with_untracked(|ports| ports.first().map(ToString::to_string)).unwrap_or_default();
    let (from, to) = (RwSignal::new(first), RwSignal::new(String::new()));
    let port_choices = Signal::derive(move || {
        ports
            .get()
            .into_iter()
            .map(|port| Choice::new(port.to_string(), port.to_string()))
            .collect::<Vec<_>>()
    });
    let id = StoredValue::new(node);
    let source = move || model::PortRef { node: id.get_value(), port: from.get().as_str().into() };
    let targets = Signal::derive(move || {
        desk.changed.track();
        let source = source();
        let label = |canvas: &Canvas, node: &NodeId| {
            canvas.scene().node(node.as_str()).map(|node| node.label.clone()).unwrap_or_default()
        };
        let choice = |canvas: &Canvas, (node, refusal): (NodeId, Option<canvas::draft::Refusal>)| {
            let name = label(canvas, &node);
            match refusal {
                None => Choice::new(node.to_string(), name),
                Some(why) => {
                    Choice::new(format!("!{node}"), format!("{name} ({})", crate::editor::refusal_words(why)))
                }
            }
        };
        let all = desk.canvas.with_untracked(|canvas| {
            canvas.targets(&source).into_iter().map(|target| choice(canvas, target)).collect::<Vec<_>>()
        });
        std::iter::once(Choice::new("", w.connect_choose)).chain(all).collect::<Vec<_>>()
    });
    let connect = move |_| {
        let target = to.get_untracked();
        if target.is_empty() || target.starts_with('!') {
            return;
        }
        let source = model::PortRef { node: id.get_value(), port: from.get_untracked().as_str().into() };
        desk.does(|canvas| canvas.connect(source, target.as_str().into()).unwrap_or_default());
        to.set(String::new());
    };
    let has_ports = move || ports.with(|ports| !ports.is_empty());
    view! {
        <Show when=has_ports>
            <details class="kl-details"><summary>{w.connect}</summary>
                <div class="kl-stack">
                    <Select label=w.connect_from value=from choices=port_choices/>
                    <Select label=w.connect_to value=to choices=targets/>
                    <Button icon=Icon::Plus on_click=connect>{w.connect}</Button>
                </div>
            </details>
        </Show>
    }
}
