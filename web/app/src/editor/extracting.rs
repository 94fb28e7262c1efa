//! The chosen nodes become a flow of their own: first it is made, then it is called in their place.

use super::desk::Desk;
use crate::client::path as fill_path;
use crate::pages::id_of;
use crate::words::{Words, fill, language, words};
use api::{SaveDraft, SavedDraft, path};
use canvas::draft::{NotAPart, Part, Titles};
use canvas::{Canvas, Change};
use leptos::prelude::*;
use model::{FlowDocument, NodeId};
use ui::Tone;

pub fn begin(desk: Desk) {
    let w = words();
    let name = fill(w.extract_name, &[&desk.document().name]);
    let specs = desk.specs();
    let called = specs.operation(&"core/called".into()).map(|spec| language().of(&spec.title));
    let titles = Titles { called: called.unwrap_or_default(), given: w.extract_given };
    let id = id_of(&name, crate::time::now_ms());
    match desk.canvas.with_untracked(|canvas| canvas.part(id, &name, titles)) {
        Ok((part, flow)) => make(desk, part, flow),
        Err(why) => desk.toasts.push(Tone::Warn, refusal(desk, &why, w)),
    }
}

fn make(desk: Desk, part: Part, flow: FlowDocument) {
    leptos::task::spawn_local(async move {
        let (id, name) = (flow.id.clone(), flow.name.clone());
        let body = SaveDraft { document: flow, revision: 0, based_on: 0 };
        let path = fill_path(path::FLOW_DRAFT, id.as_str());
        if let Err(error) = desk.client().put::<SavedDraft>(&path, &body).await {
            return desk.tell(&error);
        }
        // Gone to another page meanwhile, nobody calls it.
        let Some(called) = desk.canvas.try_update(|canvas| canvas.call_part(&part, &id, &name)) else {
            return;
        };
        let w = words();
        let Some(changes) = called else {
            return desk.toasts.push(Tone::Warn, fill(w.extract_changed, &[&name]));
        };
        desk.toasts.push(Tone::Good, fill(w.extract_done, &[&name]));
        for change in changes {
            if let Change::FocusNode(node) = change {
                super::focus_node(node);
            }
        }
    });
}

fn refusal(desk: Desk, why: &NotAPart, w: &Words) -> String {
    let named = |text: &str, node: &NodeId| {
        let label = |canvas: &Canvas| canvas.scene().node(node.as_str()).map(|node| node.label.clone());
        let label = desk.canvas.with_untracked(label);
        fill(text, &[&label.unwrap_or_else(|| node.to_string())])
    };
    match why {
        NotAPart::Nothing => w.extract_nothing.to_owned(),
        NotAPart::Trigger => w.extract_trigger.to_owned(),
        NotAPart::Responds => w.extract_responds.to_owned(),
        NotAPart::Entries => w.extract_entries.to_owned(),
        NotAPart::Exits => w.extract_exits.to_owned(),
        NotAPart::Branches => w.extract_branches.to_owned(),
        NotAPart::Loop => w.extract_loop.to_owned(),
        NotAPart::SpokenOf(node) => named(w.extract_spoken_of, node),
        NotAPart::Unclear(node) => named(w.extract_unclear, node),
    }
}
