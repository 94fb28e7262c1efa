//! What people do to what lies around the nodes: notes and groups.

use super::edits::on_grid;
use super::names::free;
use crate::{Point, Rect, Selection, Size};
use model::validate::{GROUPS_MAX, NOTES_MAX};
use model::{FlowDocument, Group, GroupId, NodeId, Note, NoteColour, NoteId};
use std::collections::{BTreeSet, HashSet};

/// How large a new note is.
const NOTE_SIZE: Size = Size::new(240.0, 160.0);

/// One change of a note.
#[derive(Clone, Debug, PartialEq)]
pub enum NoteEdit {
    Write(String),
    Paint(NoteColour),
    Place(Rect),
}

/// Lays an empty note down, unless there are as many as there may be.
pub fn add_note(doc: &mut FlowDocument, at: Point) -> Option<NoteId> {
    let at = on_grid(at);
    let [width, height] = [NOTE_SIZE.width, NOTE_SIZE.height];
    let note = Note {
        id: NoteId::from("note"),
        text: String::new(),
        colour: NoteColour::default(),
        at: [at.x, at.y],
        size: [width, height],
    };
    push_note(doc, note)
}

/// Puts a note in under an id that is free, within bounds.
pub(super) fn push_note(doc: &mut FlowDocument, note: Note) -> Option<NoteId> {
    if doc.notes.len() >= NOTES_MAX {
        return None;
    }
    let taken: HashSet<&str> = doc.notes.iter().map(|note| note.id.as_str()).collect();
    let id = NoteId::from(free(note.id.as_str(), &taken).as_str());
    let size = note.size.map(|side| side.clamp(Note::SIDE_MIN, Note::SIDE_MAX));
    doc.notes.push(Note { id: id.clone(), size, text: cut(&note.text, Note::TEXT_CHARS_MAX), ..note });
    Some(id)
}

pub fn edit_note(doc: &mut FlowDocument, id: &NoteId, edit: NoteEdit) {
    let Some(note) = doc.notes.iter_mut().find(|note| note.id == *id) else { return };
    match edit {
        NoteEdit::Write(text) => note.text = cut(&text, Note::TEXT_CHARS_MAX),
        NoteEdit::Paint(colour) => note.colour = colour,
        NoteEdit::Place(area) => {
            note.at = [area.min.x, area.min.y];
            let size = [area.size.width, area.size.height];
            note.size = size.map(|side| side.clamp(Note::SIDE_MIN, Note::SIDE_MAX));
        }
    }
}

pub fn remove_notes(doc: &mut FlowDocument, notes: &BTreeSet<NoteId>) {
    doc.notes.retain(|note| !notes.contains(&note.id));
}

/// Draws nodes in one frame. They leave the groups they were in.
pub fn group(doc: &mut FlowDocument, nodes: &BTreeSet<NodeId>, name: &str) -> Option<GroupId> {
    let there = doc.nodes.iter().map(|node| &node.id).filter(|id| nodes.contains(*id)).cloned();
    let group = Group {
        id: GroupId::from("group"),
        name: name.to_owned(),
        description: String::new(),
        nodes: there.collect(),
    };
    if group.nodes.is_empty() || doc.groups.len() >= GROUPS_MAX {
        return None;
    }
    leave_groups(doc, nodes);
    push_group(doc, group)
}

pub(super) fn push_group(doc: &mut FlowDocument, group: Group) -> Option<GroupId> {
    if doc.groups.len() >= GROUPS_MAX {
        return None;
    }
    let taken: HashSet<&str> = doc.groups.iter().map(|group| group.id.as_str()).collect();
    let id = GroupId::from(free(group.id.as_str(), &taken).as_str());
    doc.groups.push(Group { id: id.clone(), ..group });
    Some(id)
}

pub fn ungroup(doc: &mut FlowDocument, groups: &BTreeSet<GroupId>) {
    doc.groups.retain(|group| !groups.contains(&group.id));
}

pub fn name_group(doc: &mut FlowDocument, id: &GroupId, name: &str, description: &str) {
    if let Some(group) = doc.groups.iter_mut().find(|group| group.id == *id) {
        group.name = cut(name, Group::NAME_CHARS_MAX);
        group.description = cut(description, Group::DESCRIPTION_CHARS_MAX);
    }
}

/// Takes nodes out of the groups they are in; a group without nodes is none.
pub fn leave_groups(doc: &mut FlowDocument, nodes: &BTreeSet<NodeId>) {
    for group in &mut doc.groups {
        group.nodes.retain(|node| !nodes.contains(node));
    }
    doc.groups.retain(|group| !group.nodes.is_empty());
}

/// The groups that have a chosen node.
pub fn groups_of(doc: &FlowDocument, chosen: &Selection) -> BTreeSet<GroupId> {
    let touched = |group: &&Group| group.nodes.iter().any(|node| chosen.contains(node));
    doc.groups.iter().filter(touched).map(|group| group.id.clone()).collect()
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}
