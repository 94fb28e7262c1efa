//! The chosen nodes become a flow of their own: first it is made, then it is called in their place.

use super::desk::Desk;
use crate::client::path as fill_path;
use crate::focus;
use crate::pages::id_of;
use crate::words::{Words, fill, language, words};
use api::{SaveDraft, SavedDraft, path};
use canvas::draft::{NotAPart, Part, Titles};
use canvas::{Canvas, Change};
use leptos::prelude::*;
use model::{FlowDocument, NodeId, Specs};
use ui::Tone;

pub fn begin(desk: Desk) {
    let w = words();
    let name = fill(w.extract_name, &[&desk.document().name]);
    let specs = desk.specs();
    let id = id_of(&name, crate::time::now_ms());
    match desk.canvas.with_untracked(|canvas| canvas.part(id, &name, titles(&specs))) {
        Ok((part, flow)) => make(desk, part, flow),
        Err(why) => desk.toasts.push(Tone::Warn, refusal(desk, &why, w)),
    }
}

fn titles(specs: &Specs) -> Titles<'_> {
    let called = specs.operation(&"core/called".into()).map(|spec| language().of(&spec.title));
    Titles { called: called.unwrap_or_default(), given: words().extract_given }
}

fn make(desk: Desk, part: Part, flow: FlowDocument) {
    let specs = desk.specs();
    leptos::task::spawn_local(async move {
        let body = SaveDraft { document: flow, revision: 0, based_on: 0 };
        let (flow, name) = (&body.document, &body.document.name);
        let path = fill_path(path::FLOW_DRAFT, flow.id.as_str());
        if let Err(error) = desk.client().put::<SavedDraft>(&path, &body).await {
            return desk.tell(&error);
        }
        let is_writing = focus::is_writing();
        let call = |canvas: &mut Canvas| {
            let chosen = canvas.selection().clone();
            let changes = canvas.call_part(&part, flow, titles(&specs), name)?;
            // Whoever writes beside another node goes on there.
            if is_writing && chosen.nodes().is_disjoint(part.nodes()) {
                canvas.choose_all(chosen);
            }
            Some(changes)
        };
        // Gone to another page meanwhile, nobody calls it.
        let Some(called) = desk.canvas.try_update(call) else { return };
        let w = words();
        let Some(changes) = called else {
            return desk.toasts.push(Tone::Warn, fill(w.extract_changed, &[name]));
        };
        desk.toasts.push(Tone::Good, fill(w.extract_done, &[name]));
        for change in changes.into_iter().filter(|_| !is_writing) {
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
