//! Two versions in one drawing: what is new, what is gone and what is changed stands in the nodes' corners.

use super::told::what_words;
use crate::flow_canvas::{FlowCanvas, Mark, Marks, Shown};
use crate::flow_view::faces;
use crate::shell::specs;
use crate::words::{language, words};
use canvas::Scene;
use canvas::compare::{Changes, Kind, changes};
use leptos::prelude::*;
use model::{FlowDocument, Specs};
use std::sync::Arc;

#[component]
pub fn Drawing(
    before: Arc<FlowDocument>,
    after: Arc<FlowDocument>,
    /// Where the nodes lie now, and what lies around them: a version has none of it.
    drawn: Arc<FlowDocument>,
) -> impl IntoView {
    let specs = specs();
    let told = changes(&before.logic(), &after.logic());
    let both = FlowDocument {
        layout: drawn.layout.clone(),
        notes: drawn.notes.clone(),
        groups: drawn.groups.clone(),
        ..with_what_is_gone(&before, &after)
    };
    let marks = marks(&both, &told, &specs);
    let shown = Shown::new(
        Scene::new(&both, &specs),
        faces(&both, &specs, language()),
        Signal::stored(Some(Arc::new(marks))),
    );
    view! {
        <div class="kl-diff-canvas"><FlowCanvas shown on_open=Callback::new(|_| ())/></div>
        <p class="kl-diff-legend" aria-hidden="true">
            <span data-diff="added">{words().diff_added}</span>
            <span data-diff="removed">{words().diff_removed}</span>
            <span data-diff="changed">{words().diff_changed}</span>
        </p>
    }
}

fn with_what_is_gone(before: &FlowDocument, after: &FlowDocument) -> FlowDocument {
    let mut both = after.logic();
    let gone = before.nodes.iter().filter(|node| after.node(node.id.as_str()).is_none());
    both.nodes.extend(gone.cloned());
    both.edges.extend(before.edges.iter().filter(|edge| !after.edges.contains(edge)).cloned());
    both
}

fn marks(both: &FlowDocument, told: &Changes, specs: &Specs) -> Marks {
    let w = words();
    let mark = |node: &model::Node| {
        let (state, words, badge) = match told.of(&node.id)? {
            Kind::Added => ("added", w.diff_added.to_owned(), "+".to_owned()),
            Kind::Removed => ("removed", w.diff_removed.to_owned(), "−".to_owned()),
            Kind::Changed(what) => {
                let spec = specs.operation(&node.operation);
                let names: Vec<String> = what.iter().map(|what| what_words(spec, what, language())).collect();
                ("changed", format!("{}: {}", w.diff_changed, names.join(", ")), "~".to_owned())
            }
        };
        Some((node.id.clone(), Mark { state, words, badge }))
    };
    let nodes = both.nodes.iter().filter_map(mark).collect();
    let told_of = both.edges.iter().filter_map(|edge| {
        let ends = (edge.from.to_string(), edge.to.clone());
        let kind = match (told.edges_added.contains(&ends), told.edges_removed.contains(&ends)) {
            (true, _) => "added",
            (_, true) => "removed",
            _ => return None,
        };
        Some(((edge.from.node.clone(), edge.from.port.clone(), edge.to.clone()), kind))
    });
    Marks { nodes, told: told_of.collect(), ..Marks::default() }
}
