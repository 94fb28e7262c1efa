//! A flow document while somebody works on it: every change can be taken back.

mod clip;
pub mod drawing;
pub mod edits;
mod ends;
mod extract;
mod mentions;
mod names;
mod patch;
mod room;
mod wiring;

pub use clip::{Clip, NotAClip, rename_id};
pub use drawing::NoteEdit;
pub use edits::{Gap, Inserted};
pub use ends::{End, move_edges, move_refusal};
pub use extract::{NotAPart, Part, Titles, part_of};
pub(crate) use names::free;
pub use names::{fresh_id, fresh_like, fresh_title};
pub use patch::Patch;
pub use wiring::{Refusal, Wiring, refusal};

use model::{FlowDocument, NodeId};

/// Changes that can be taken back; older ones are forgotten.
const STEPS_MAX: usize = 500;

/// What a change is about. Changes in a row that are about the same are taken back as one: a drag, or typing into a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// Dragging these nodes, from press to release.
    Drag(u64),
    /// Typing into one field of a node, or of the flow where there is no node.
    Typing { node: Option<NodeId>, field: String },
}

#[derive(Clone, Debug)]
struct Step {
    patch: Patch,
    stroke: Option<Stroke>,
}

/// The document, and the way back and forth. Only what is in the document is ever undone: never what is selected, or how it
/// is looked at.
#[derive(Clone, Debug)]
pub struct Draft {
    doc: FlowDocument,
    past: Vec<Step>,
    future: Vec<Step>,
    revision: u64,
}

impl Draft {
    pub fn new(doc: FlowDocument) -> Self {
        Self { doc, past: Vec::new(), future: Vec::new(), revision: 0 }
    }

    pub fn doc(&self) -> &FlowDocument {
        &self.doc
    }

    /// Another number after each change, undo and redo: whoever saves asks it what there is to save.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Makes a change, to be taken back as one. What changes nothing is no step.
    pub fn change<T>(&mut self, make: impl FnOnce(&mut FlowDocument) -> T) -> T {
        self.step(None, make)
    }

    /// Makes a change that goes on the one before, where that was the same stroke.
    pub fn stroke<T>(&mut self, stroke: Stroke, make: impl FnOnce(&mut FlowDocument) -> T) -> T {
        self.step(Some(stroke), make)
    }

    /// The next change begins a step of its own, whatever it is about: the field was left.
    pub fn lift(&mut self) {
        if let Some(step) = self.past.last_mut() {
            step.stroke = None;
        }
    }

    fn step<T>(&mut self, stroke: Option<Stroke>, make: impl FnOnce(&mut FlowDocument) -> T) -> T {
        let before = self.doc.clone();
        let made = make(&mut self.doc);
        let patch = Patch::between(&before, &self.doc);
        if patch.is_empty() {
            return made;
        }
        self.revision += 1;
        self.future.clear();
        match self.past.pop() {
            Some(last) if stroke.is_some() && last.stroke == stroke => {
                let mut start = before;
                last.patch.reversed().apply(&mut start);
                let patch = Patch::between(&start, &self.doc);
                // Dragged back to where it was: nothing is left to be taken back.
                if !patch.is_empty() {
                    self.past.push(Step { patch, stroke });
                }
            }
            last => {
                self.past.extend(last);
                self.past.push(Step { patch, stroke });
            }
        }
        if self.past.len() > STEPS_MAX {
            self.past.remove(0);
        }
        made
    }

    /// Takes the last change back; says whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(step) = self.past.pop() else { return false };
        // What is typed now is not part of what was typed before the change that is taken back.
        self.lift();
        let back = step.patch.reversed();
        back.apply(&mut self.doc);
        self.future.push(Step { patch: back.reversed(), stroke: None });
        self.revision += 1;
        true
    }

    /// Makes the change again that was taken back last.
    pub fn redo(&mut self) -> bool {
        let Some(step) = self.future.pop() else { return false };
        step.patch.apply(&mut self.doc);
        self.past.push(step);
        self.revision += 1;
        true
    }
}
