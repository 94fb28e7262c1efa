//! What menus, buttons and keys do to notes and groups.

use super::{Canvas, Change};
use crate::draft::{NoteEdit, Stroke, drawing};
use crate::{Point, Selection};
use model::{GroupId, NoteColour, NoteId};
use std::collections::BTreeSet;

impl Canvas {
    /// Lays a note down and chooses it.
    pub fn add_note(&mut self, at: Point) -> Vec<Change> {
        let mut new = None;
        let mut changes = self.change(|doc| new = drawing::add_note(doc, at));
        if let Some(note) = new {
            changes.extend(self.choose(Selection::of_note(note)));
        }
        changes
    }

    /// What is typed into a note in one go is taken back as one.
    pub fn write_note(&mut self, note: &NoteId, text: &str) -> Vec<Change> {
        let stroke = Stroke::Typing { node: None, field: format!("note {note}") };
        self.stroke(stroke, |doc| drawing::edit_note(doc, note, NoteEdit::Write(text.to_owned())))
    }

    pub fn edit_note(&mut self, note: &NoteId, edit: NoteEdit) -> Vec<Change> {
        self.change(|doc| drawing::edit_note(doc, note, edit))
    }

    /// Gives the chosen notes a colour.
    pub fn paint(&mut self, colour: NoteColour) -> Vec<Change> {
        let notes = self.selection.notes().clone();
        self.change(|doc| {
            notes.iter().for_each(|note| drawing::edit_note(doc, note, NoteEdit::Paint(colour)));
        })
    }

    /// Draws the chosen nodes in one frame.
    pub fn group(&mut self, name: &str) -> Vec<Change> {
        let nodes = self.selection.nodes().clone();
        self.change(|doc| drop(drawing::group(doc, &nodes, name)))
    }

    /// Takes away the frames around chosen nodes; the nodes stay.
    pub fn ungroup(&mut self) -> Vec<Change> {
        let Some(draft) = self.draft() else { return Vec::new() };
        let groups = drawing::groups_of(draft.doc(), &self.selection);
        self.change(|doc| drawing::ungroup(doc, &groups))
    }

    pub fn name_group(&mut self, group: &GroupId, name: &str, description: &str) -> Vec<Change> {
        let stroke = Stroke::Typing { node: None, field: format!("group {group}") };
        self.stroke(stroke, |doc| drawing::name_group(doc, group, name, description))
    }

    /// The group whose nodes are what is chosen, all of them and nothing else.
    pub fn chosen_group(&self) -> Option<&GroupId> {
        let chosen = &self.selection;
        let is_chosen = |group: &&crate::PlacedGroup| {
            group.nodes.len() == chosen.len() && self.scene.members(group) == *chosen.nodes()
        };
        self.scene.groups.iter().find(is_chosen).map(|group| &group.id)
    }

    /// Shows groups as one box each, or with their nodes again.
    pub fn fold(&mut self, groups: &BTreeSet<GroupId>, folded: bool) -> Vec<Change> {
        let before = self.folded.clone();
        if folded {
            self.folded.extend(groups.iter().cloned());
        } else {
            self.folded.retain(|group| !groups.contains(group));
        }
        match before == self.folded {
            true => Vec::new(),
            false if self.desk.is_some() => self.redraw(),
            false => {
                self.scene.fold(&self.folded);
                self.redrawn += 1;
                self.laid += 1;
                vec![Change::Moved]
            }
        }
    }

    /// The groups that a command for folding means: those with a chosen node, or all.
    pub fn meant_groups(&self) -> BTreeSet<GroupId> {
        let touched = self.draft().map(|draft| drawing::groups_of(draft.doc(), &self.selection));
        touched.filter(|groups| !groups.is_empty()).unwrap_or_else(|| self.all_groups())
    }

    pub fn all_groups(&self) -> BTreeSet<GroupId> {
        self.scene.groups.iter().map(|group| group.id.clone()).collect()
    }
}
