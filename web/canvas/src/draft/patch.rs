//! What a change does to a document, forwards and backwards.

use model::{Edge, FlowDocument, Group, Node, NodeId, Note, Settings, Value};

/// One change: applied, it makes the document after it from the one before; reversed, the other way round.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    name: Option<(String, String)>,
    folder: Option<(String, String)>,
    tags: Splice<String>,
    settings: Option<Box<(Settings, Settings)>>,
    nodes: Splice<Node>,
    edges: Splice<Edge>,
    layout: Splice<(NodeId, [f64; 2])>,
    notes: Splice<Note>,
    groups: Splice<Group>,
    samples: Splice<(NodeId, Value)>,
}

impl Patch {
    pub fn between(before: &FlowDocument, after: &FlowDocument) -> Self {
        let pairs =
            |doc: &FlowDocument| doc.layout.iter().map(|(id, at)| (id.clone(), *at)).collect::<Vec<_>>();
        let samples = |doc: &FlowDocument| {
            doc.samples.iter().map(|(id, sample)| (id.clone(), sample.clone())).collect::<Vec<_>>()
        };
        Self {
            name: (before.name != after.name).then(|| (before.name.clone(), after.name.clone())),
            folder: (before.folder != after.folder).then(|| (before.folder.clone(), after.folder.clone())),
            tags: Splice::between(&before.tags, &after.tags),
            settings: (before.settings != after.settings)
                .then(|| Box::new((before.settings.clone(), after.settings.clone()))),
            nodes: Splice::between(&before.nodes, &after.nodes),
            edges: Splice::between(&before.edges, &after.edges),
            layout: Splice::between(&pairs(before), &pairs(after)),
            notes: Splice::between(&before.notes, &after.notes),
            groups: Splice::between(&before.groups, &after.groups),
            samples: Splice::between(&samples(before), &samples(after)),
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the flow does something else afterwards; what is drawn, samples, and where it is found, are for people.
    pub fn changes_logic(&self) -> bool {
        let Self { layout: _, notes: _, groups: _, samples: _, folder: _, tags: _, .. } = self;
        let Self { name, settings, nodes, edges, .. } = self;
        name.is_some() || settings.is_some() || !nodes.is_empty() || !edges.is_empty()
    }

    /// The way back.
    pub fn reversed(self) -> Self {
        Self {
            name: self.name.map(|(before, after)| (after, before)),
            folder: self.folder.map(|(before, after)| (after, before)),
            tags: self.tags.reversed(),
            settings: self.settings.map(|both| Box::new((both.1, both.0))),
            nodes: self.nodes.reversed(),
            edges: self.edges.reversed(),
            layout: self.layout.reversed(),
            notes: self.notes.reversed(),
            groups: self.groups.reversed(),
            samples: self.samples.reversed(),
        }
    }

    /// Takes the document to the other side of the change. It has to be on this one.
    pub fn apply(&self, doc: &mut FlowDocument) {
        if let Some((_, name)) = &self.name {
            doc.name.clone_from(name);
        }
        if let Some((_, folder)) = &self.folder {
            doc.folder.clone_from(folder);
        }
        self.tags.apply(&mut doc.tags);
        if let Some(both) = &self.settings {
            doc.settings.clone_from(&both.1);
        }
        self.nodes.apply(&mut doc.nodes);
        self.edges.apply(&mut doc.edges);
        self.notes.apply(&mut doc.notes);
        self.groups.apply(&mut doc.groups);
        if !self.layout.is_empty() {
            let mut layout = std::mem::take(&mut doc.layout).into_iter().collect();
            self.layout.apply(&mut layout);
            doc.layout = layout.into_iter().collect();
        }
        if !self.samples.is_empty() {
            let mut samples = std::mem::take(&mut doc.samples).into_iter().collect();
            self.samples.apply(&mut samples);
            doc.samples = samples.into_iter().collect();
        }
    }
}

/// A stretch of a list that is replaced by another: what lies before and behind it stays.
#[derive(Clone, Debug, PartialEq)]
struct Splice<T> {
    at: usize,
    out: Vec<T>,
    into: Vec<T>,
}

impl<T> Default for Splice<T> {
    fn default() -> Self {
        Self { at: 0, out: Vec::new(), into: Vec::new() }
    }
}

impl<T: Clone + PartialEq> Splice<T> {
    fn between(before: &[T], after: &[T]) -> Self {
        let same = |(a, b): &(&T, &T)| a == b;
        let head = before.iter().zip(after).take_while(same).count();
        let (before, after) = (&before[head..], &after[head..]);
        let tail = before.iter().rev().zip(after.iter().rev()).take_while(same).count();
        let (out, into) = (before[..before.len() - tail].to_vec(), after[..after.len() - tail].to_vec());
        if out.is_empty() && into.is_empty() { Self::default() } else { Self { at: head, out, into } }
    }

    fn is_empty(&self) -> bool {
        self.out.is_empty() && self.into.is_empty()
    }

    fn reversed(self) -> Self {
        Self { at: self.at, out: self.into, into: self.out }
    }

    fn apply(&self, list: &mut Vec<T>) {
        let at = self.at.min(list.len());
        let end = (at + self.out.len()).min(list.len());
        list.splice(at..end, self.into.iter().cloned());
    }
}
