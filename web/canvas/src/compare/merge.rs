//! Two people's changes of one document put together. What only one of them has changed is taken; what both have changed in
//! different ways is for a person to decide, and until then it is as oneself has it.

use super::parts::{Part, Parts, put, take_apart, to_value};
use crate::draft::{free, fresh_like, rename_id};
use model::{FlowDocument, Group, NodeId, Note, Value};
use std::collections::{BTreeSet, HashSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Mine,
    Theirs,
}

/// Something that both have changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    pub part: Part,
    /// Nothing where it was taken out.
    pub mine: Option<Value>,
    pub theirs: Option<Value>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    pub document: FlowDocument,
    pub conflicts: Vec<Conflict>,
    /// How many things of theirs are new in it.
    pub theirs_taken: usize,
}

/// Puts together what two have made of `base`. `choose` says whose is to be taken where both have changed the same.
///
/// Nothing where the outcome is no flow document any more.
pub fn merge(
    base: &FlowDocument,
    mine: &FlowDocument,
    theirs: &FlowDocument,
    choose: impl Fn(&Part) -> Side,
) -> Option<Merge> {
    let mine = &with_ids_of_its_own(base, mine, theirs);
    let (mine_value, theirs_value) = (to_value(mine), to_value(theirs));
    let three = Three {
        base: take_apart(&to_value(base)),
        mine: take_apart(&mine_value),
        theirs: take_apart(&theirs_value),
    };
    let disputed = three.disputed();
    let mut conflicts: Vec<Conflict> =
        disputed.iter().map(|node| three.conflict(Part::Node(node.clone()))).collect();
    let (mut merged, mut theirs_taken) = (theirs_value, 0);
    for part in three.all() {
        let [was, my, their] = three.of(part);
        let side = match disputed.iter().find(|node| part.is_about(node)) {
            Some(node) => choose(&Part::Node(node.clone())),
            None if my == their || my == was => Side::Theirs,
            None if their == was => Side::Mine,
            // Where a box is drawn is not worth a question.
            None if matches!(part, Part::Place(_)) => Side::Mine,
            None => {
                conflicts.push(three.conflict(part.clone()));
                choose(part)
            }
        };
        match side {
            Side::Mine if my != their => put(&mut merged, part, my, &mine_value),
            Side::Theirs if my != their && their != was => theirs_taken += 1,
            _ => {}
        }
    }
    let kept = leave_no_rest(&mut merged);
    conflicts.retain(|conflict| {
        matches!(conflict.part, Part::Node(_)) || conflict.part.nodes().iter().all(|node| kept.contains(node))
    });
    let document = serde_json::from_value(merged).ok()?;
    Some(Merge { document, conflicts, theirs_taken })
}

struct Three {
    base: Parts,
    mine: Parts,
    theirs: Parts,
}

impl Three {
    /// Nodes first: what is in them can be put only where they are.
    fn all(&self) -> Vec<&Part> {
        let all: BTreeSet<&Part> =
            self.base.keys().chain(self.mine.keys()).chain(self.theirs.keys()).collect();
        let (nodes, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|part| matches!(part, Part::Node(_)));
        nodes.into_iter().chain(rest).collect()
    }

    fn of(&self, part: &Part) -> [Option<&Value>; 3] {
        [&self.base, &self.mine, &self.theirs].map(|parts| parts.get(part))
    }

    fn conflict(&self, part: Part) -> Conflict {
        let [_, mine, theirs] = self.of(&part).map(|value| value.cloned());
        Conflict { part, mine, theirs }
    }

    /// The nodes that one has taken out while the other went on working on them.
    fn disputed(&self) -> Vec<NodeId> {
        let taken_out = |part: &Part| {
            let Part::Node(node) = part else { return None };
            let other = match (self.mine.contains_key(part), self.theirs.contains_key(part)) {
                (false, true) => &self.theirs,
                (true, false) => &self.mine,
                _ => return None,
            };
            self.worked_on(node, other).then(|| node.clone())
        };
        self.base.keys().filter_map(taken_out).collect()
    }

    /// Whether somebody has changed a node, or led an edge to it or from it.
    fn worked_on(&self, node: &NodeId, by: &Parts) -> bool {
        let changed = |part: &Part| match part {
            // An edge that went with its other end says nothing about this one.
            Part::Edge(..) => by.contains_key(part) && !self.base.contains_key(part),
            _ => self.base.get(part) != by.get(part),
        };
        self.base.keys().chain(by.keys()).any(|part| part.is_logic() && part.is_about(node) && changed(part))
    }
}

/// What both have put in under one id is two things: one's own gets another id.
fn with_ids_of_its_own(base: &FlowDocument, mine: &FlowDocument, theirs: &FlowDocument) -> FlowDocument {
    let mut own = mine.clone();
    for node in &mine.nodes {
        let id = node.id.as_str();
        let twice = base.node(id).is_none() && theirs.node(id).is_some_and(|other| other != node);
        if twice {
            let mut all = own.clone();
            all.nodes.extend(theirs.nodes.iter().cloned());
            let fresh = fresh_like(&all, id);
            rename_id(&mut own, &node.id, &fresh);
        }
    }
    let (notes, groups) = (&mut own.notes, &mut own.groups);
    let name = |note: &mut Note, id: &str| note.id = id.into();
    tell_apart(notes, &base.notes, &theirs.notes, |note| note.id.as_str(), name, |mine, other| mine != other);
    let name = |group: &mut Group, id: &str| group.id = id.into();
    tell_apart(groups, &base.groups, &theirs.groups, |group| group.id.as_str(), name, are_two);
    own
}

/// No node is in two groups: where both have put one into theirs, somebody has to decide.
fn are_two(mine: &Group, theirs: &Group) -> bool {
    mine != theirs && mine.nodes.iter().all(|node| !theirs.nodes.contains(node))
}

/// The same for what lies around the nodes, which nothing speaks of.
fn tell_apart<T>(
    own: &mut [T],
    base: &[T],
    theirs: &[T],
    id: fn(&T) -> &str,
    name: fn(&mut T, &str),
    are_two: fn(&T, &T) -> bool,
) {
    for at in 0..own.len() {
        let old = id(&own[at]).to_owned();
        let is_new = base.iter().all(|one| id(one) != old);
        let other = theirs.iter().find(|one| id(one) == old);
        if is_new && other.is_some_and(|other| are_two(&own[at], other)) {
            let taken: HashSet<&str> = base.iter().chain(theirs).chain(own.iter()).map(id).collect();
            let fresh = free(&old, &taken);
            name(&mut own[at], &fresh);
        }
    }
}

/// Takes out what belongs to nodes that are gone, and gives those that are there.
fn leave_no_rest(doc: &mut Value) -> BTreeSet<NodeId> {
    let parts = take_apart(doc);
    let is_node = |part: &Part| if let Part::Node(node) = part { Some(node.clone()) } else { None };
    let there: BTreeSet<NodeId> = parts.keys().filter_map(is_node).collect();
    let had = |node: &NodeId| there.contains(node);
    for part in parts.keys().filter(|part| !part.nodes().iter().all(had)) {
        put(doc, part, None, &Value::Null);
    }
    there
}
