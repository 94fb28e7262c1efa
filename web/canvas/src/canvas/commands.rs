//! What menus, buttons and keys do to the flow. Each is one step that can be taken back.

use super::{Canvas, Change};
use crate::draft::edits::{self, Gap};
use crate::draft::{
    Clip, Inserted, NotAClip, NotAPart, Part, Refusal, Titles, Wiring, drawing, part_of, refusal,
};
use crate::{Detail, Point, Rect, Scene, Selection, tidy};
use model::{Edge, FlowDocument, FlowId, NodeId, OperationId, PortRef, Settings, Value};
use std::collections::BTreeSet;

/// How far a copy lies from what it was copied from.
const COPY_OFFSET: Point = Point::new(40.0, 40.0);

impl Canvas {
    /// Draws the document anew. What is chosen and gone is chosen no more.
    pub(super) fn redraw(&mut self) -> Vec<Change> {
        let Some(desk) = &self.desk else { return Vec::new() };
        self.scene = Scene::of(desk.draft.doc(), &desk.specs, Detail::AllPorts, &self.folded);
        self.redrawn += 1;
        self.laid += 1;
        let mut changes = vec![Change::Document];
        changes.extend(self.choose(self.selection.clone()));
        changes
    }

    /// Changes the document as one step.
    pub fn change(&mut self, make: impl FnOnce(&mut FlowDocument)) -> Vec<Change> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        let before = desk.draft.revision();
        desk.draft.change(make);
        if desk.draft.revision() == before { Vec::new() } else { self.redraw() }
    }

    pub fn undo(&mut self) -> Vec<Change> {
        let undone = self.desk.as_mut().is_some_and(|desk| desk.draft.undo());
        if undone { self.redraw() } else { Vec::new() }
    }

    pub fn redo(&mut self) -> Vec<Change> {
        let redone = self.desk.as_mut().is_some_and(|desk| desk.draft.redo());
        if redone { self.redraw() } else { Vec::new() }
    }

    /// Puts a node in and chooses it. Nothing where the operation is not known.
    pub fn insert(&mut self, operation: &OperationId, title: &str, place: Inserted) -> Vec<Change> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        let Some(spec) = desk.specs.operation(operation).cloned() else { return Vec::new() };
        let node = desk.draft.change(|doc| {
            edits::pin_places(doc);
            edits::insert(doc, &spec, title, place)
        });
        let mut changes = self.redraw();
        changes.extend(self.focus(node.clone()));
        changes.push(Change::FocusNode(node));
        changes
    }

    /// Draws an edge, for whoever has no pointer.
    pub fn connect(&mut self, from: PortRef, to: NodeId) -> Result<Vec<Change>, Refusal> {
        let Some(desk) = &self.desk else { return Ok(Vec::new()) };
        match refusal(desk.draft.doc(), &desk.specs, &from, &to) {
            Some(why) => Err(why),
            None => Ok(self.change(|doc| edits::connect(doc, from, to))),
        }
    }

    /// Every node with why an edge from this port may not lead there, if it may not: a list to choose from.
    pub fn targets(&self, from: &PortRef) -> Vec<(NodeId, Option<Refusal>)> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let wiring = Wiring::new(desk.draft.doc(), &desk.specs, from);
        self.scene.nodes.iter().map(|node| (node.id.clone(), wiring.refusal(&node.id))).collect()
    }

    pub fn disconnect(&mut self, edge: &Edge) -> Vec<Change> {
        self.change(|doc| edits::disconnect(doc, edge))
    }

    /// Removes what is chosen.
    pub fn remove(&mut self, gap: Gap) -> Vec<Change> {
        let chosen = self.selection.clone();
        self.change(|doc| {
            if let Some(edge) = chosen.edge() {
                edits::disconnect(doc, edge);
            }
            edits::pin_places(doc);
            edits::remove(doc, chosen.nodes(), gap);
            drawing::remove_notes(doc, chosen.notes());
        })
    }

    /// What is chosen as text for the clipboard; nothing where nothing is.
    pub fn copy(&self) -> Option<String> {
        let clip = Clip::of(self.draft()?.doc(), &self.selection);
        (!clip.is_empty()).then(|| clip.to_text())
    }

    pub fn cut(&mut self) -> Option<(String, Vec<Change>)> {
        let text = self.copy()?;
        Some((text, self.remove(Gap::Open)))
    }

    /// Puts in what a text describes and chooses it: at a place, or beside the original.
    pub fn paste(&mut self, text: &str, at: Option<Point>) -> Result<Vec<Change>, NotAClip> {
        let clip = Clip::from_text(text)?;
        Ok(self.paste_clip(&clip, at))
    }

    pub fn duplicate(&mut self) -> Vec<Change> {
        let Some(doc) = self.draft().map(crate::draft::Draft::doc) else { return Vec::new() };
        let clip = Clip::of(doc, &self.selection);
        self.paste_clip(&clip, None)
    }

    fn paste_clip(&mut self, clip: &Clip, at: Option<Point>) -> Vec<Change> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        if clip.is_empty() {
            return Vec::new();
        }
        let new = desk.draft.change(|doc| {
            edits::pin_places(doc);
            // Pasted twice, the second lies beside the first.
            let at = at.map(|at| edits::unless_taken(doc, at, COPY_OFFSET));
            clip.paste(doc, at)
        });
        let mut changes = self.redraw();
        changes.extend(self.choose(new));
        changes
    }

    /// The chosen nodes as a part that can be a flow of its own, with that flow; or why they cannot.
    pub fn part(&self, id: FlowId, name: &str, titles: Titles<'_>) -> Result<(Part, FlowDocument), NotAPart> {
        let Some(desk) = &self.desk else { return Err(NotAPart::Nothing) };
        let part = part_of(desk.draft.doc(), &desk.specs, self.selection.nodes())?;
        let flow = part.flow(desk.draft.doc(), &desk.specs, id, name, titles);
        Ok((part, flow))
    }

    /// Puts a call of the flow that was made of a part in its place and chooses it; nothing where the part was changed meanwhile,
    /// so that the call does not fit, or does something else.
    pub fn call_part(
        &mut self,
        part: &Part,
        flow: &FlowDocument,
        titles: Titles<'_>,
        title: &str,
    ) -> Option<Vec<Change>> {
        let desk = self.desk.as_mut()?;
        let doc = desk.draft.doc();
        let fits = part_of(doc, &desk.specs, part.nodes()).as_ref() == Ok(part);
        if !fits || !part.is_as_in(flow, doc, &desk.specs, titles) {
            return None;
        }
        let call = desk.draft.change(|doc| part.call(doc, &desk.specs, &flow.id, title));
        let mut changes = self.redraw();
        changes.extend(self.focus(call.clone()));
        changes.push(Change::FocusNode(call));
        Some(changes)
    }

    /// Switches the chosen nodes off, or on again.
    pub fn toggle(&mut self) -> Vec<Change> {
        let chosen = self.selection.nodes().clone();
        self.change(|doc| edits::toggle(doc, &chosen))
    }

    pub fn rename(&mut self, node: &NodeId, title: &str) -> Vec<Change> {
        self.change(|doc| edits::rename(doc, node, title))
    }

    /// Puts the chosen node so many places further in the list of nodes: the order in which a list shows them and the
    /// keyboard goes through them.
    pub fn reorder(&mut self, by: isize) -> Vec<Change> {
        let Some(node) = self.selected().cloned() else { return Vec::new() };
        self.change(|doc| edits::reorder(doc, &node, by))
    }

    /// Another operation in a node's place.
    pub fn replace(&mut self, node: &NodeId, operation: &OperationId, title: &str) -> Vec<Change> {
        let spec = self.desk.as_ref().and_then(|desk| desk.specs.operation(operation).cloned());
        spec.map(|spec| self.change(|doc| edits::replace(doc, node, &spec, title))).unwrap_or_default()
    }

    /// Moves what is chosen by so much.
    pub fn nudge(&mut self, by: Point) -> Vec<Change> {
        let places = self.scene.places(&self.selection).moved(by);
        self.change(|doc| {
            edits::pin_places(doc);
            edits::lay(doc, &places);
        })
    }

    /// Lays the flow out anew, or the chosen nodes where there are several.
    pub fn tidy(&mut self) -> Vec<Change> {
        let chosen = self.selection.nodes().clone();
        let scene = self.scene.clone();
        let mut changes = self.change(|doc| {
            edits::pin_places(doc);
            tidy::lay_out(doc, &scene, &chosen);
        });
        if !changes.is_empty() {
            changes.extend(self.fit());
        }
        changes
    }

    pub fn settings(&mut self, settings: Settings) -> Vec<Change> {
        self.change(|doc| doc.settings = settings)
    }

    /// Keeps an example of what a node gives, or forgets it.
    pub fn sample(&mut self, node: &NodeId, sample: Option<Value>) -> Vec<Change> {
        self.change(|doc| match sample {
            Some(sample) => drop(doc.samples.insert(node.clone(), sample)),
            None => drop(doc.samples.shift_remove(node)),
        })
    }

    /// Another document, such as an older version or what two have made of this one: a step like any other.
    pub fn become_like(&mut self, other: FlowDocument) -> Vec<Change> {
        self.change(|doc| *doc = FlowDocument { id: doc.id.clone(), ..other })
    }

    /// Where people find the flow: its folder, and its tags.
    pub fn labels(&mut self, folder: &str, tags: Vec<String>) -> Vec<Change> {
        self.change(|doc| {
            doc.folder = folder.to_owned();
            doc.tags = tags;
        })
    }

    pub fn select_all(&mut self) -> Vec<Change> {
        let notes = self.scene.notes.iter().map(|note| note.id.clone());
        self.choose(Selection::of(self.scene.nodes.iter().map(|node| node.id.clone())).and_notes(notes))
    }

    /// Chooses what the chosen nodes are connected to in one way, with themselves.
    pub fn select_along(&mut self, way: Way) -> Vec<Change> {
        let all = self.along(self.selection.nodes().clone(), way);
        self.choose(Selection::of(all))
    }

    /// Some nodes with everything that they are connected to in one way.
    pub(super) fn along(&self, mut all: BTreeSet<NodeId>, way: Way) -> BTreeSet<NodeId> {
        let mut open: Vec<NodeId> = all.iter().cloned().collect();
        while let Some(next) = open.pop() {
            for edge in self.scene.edges_at(next.as_str()) {
                let (from, to) = (&edge.from.node, &edge.to);
                let there = match way {
                    Way::Upstream | Way::Both if *to == next => from,
                    Way::Downstream | Way::Both if *from == next => to,
                    _ => continue,
                };
                if all.insert(there.clone()) {
                    open.push(there.clone());
                }
            }
        }
        all
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Upstream,
    Downstream,
    /// Whatever hangs together.
    Both,
}

impl Way {
    /// What a click on a node means by where it is: its left third what leads to it, its right third what follows.
    pub(super) fn of_third(area: Rect, at: Point) -> Self {
        let third = area.size.width / 3.0;
        match at.x - area.min.x {
            x if x < third => Self::Upstream,
            x if x > 2.0 * third => Self::Downstream,
            _ => Self::Both,
        }
    }
}
