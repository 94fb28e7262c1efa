//! What is drawn beside the logic: places, samples, notes and groups. Little of it can be wrong enough to refuse a flow.

use super::Check;
use crate::nearest::did_you_mean;
use crate::{Group, Note, codes, pointer};
use std::collections::{HashMap, HashSet};

impl Check<'_> {
    pub(super) fn drawing(&mut self) {
        self.strays();
        self.notes();
        self.groups();
    }

    /// Layout and samples of nodes that are gone.
    fn strays(&mut self) {
        let layout = self.doc.layout.keys().map(|id| ("layout", id));
        let samples = self.doc.samples.keys().map(|id| ("samples", id));
        for (part, id) in layout.chain(samples) {
            self.stray(id.as_str(), pointer::join(&format!("/{part}"), id));
        }
    }

    fn stray(&mut self, id: &str, at: String) {
        if self.graph.find(id).is_none() {
            let advice = did_you_mean(id, self.node_ids(), "The nodes are");
            self.warning(codes::STRAY_DRAWING, at, format!("There is no node \"{id}\""), advice);
        }
    }

    fn notes(&mut self) {
        let doc = self.doc;
        let mut seen = HashSet::new();
        for (index, note) in doc.notes.iter().enumerate() {
            let at = format!("/notes/{index}");
            self.check_id(note.id.as_str(), &format!("{at}/id"));
            if !seen.insert(&note.id) {
                self.twice(&format!("{at}/id"), format!("Two notes have the id \"{}\"", note.id));
            }
            self.at_most("note", &note.text, Note::TEXT_CHARS_MAX, &format!("{at}/text"));
            if note.size.iter().any(|side| !(Note::SIDE_MIN..=Note::SIDE_MAX).contains(side)) {
                let message = format!("A note of {} × {} cannot be drawn", note.size[0], note.size[1]);
                let advice =
                    format!("Write a width and a height from {} to {}.", Note::SIDE_MIN, Note::SIDE_MAX);
                self.error(codes::NOTE_SIZE, format!("{at}/size"), message, advice);
            }
        }
    }

    fn groups(&mut self) {
        let doc = self.doc;
        let mut seen = HashSet::new();
        let mut grouped = HashMap::new();
        for (index, group) in doc.groups.iter().enumerate() {
            let at = format!("/groups/{index}");
            self.check_id(group.id.as_str(), &format!("{at}/id"));
            if !seen.insert(&group.id) {
                self.twice(&format!("{at}/id"), format!("Two groups have the id \"{}\"", group.id));
            }
            self.at_most("name", &group.name, Group::NAME_CHARS_MAX, &format!("{at}/name"));
            let most = Group::DESCRIPTION_CHARS_MAX;
            self.at_most("description", &group.description, most, &format!("{at}/description"));
            for (entry, node) in group.nodes.iter().enumerate() {
                let at = format!("{at}/nodes/{entry}");
                if let Some(other) = grouped.insert(node, &group.id) {
                    self.twice(&at, format!("The node \"{node}\" is in the group \"{other}\" already"));
                }
                self.stray(node.as_str(), at);
            }
        }
    }

    fn twice(&mut self, at: &str, message: String) {
        self.warning(codes::DRAWN_TWICE, at, message, "The first of the two counts. Remove the other.");
    }

    fn at_most(&mut self, name: &str, text: &str, most: usize, at: &str) {
        if text.chars().count() > most {
            let message = format!("The {name} is longer than {most} characters");
            self.error(codes::BAD_TEXT, at, message, "Shorten it.");
        }
        self.no_nul(text, at);
    }
}
