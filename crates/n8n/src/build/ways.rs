//! What comes to a node: over which edges, as one item or several, and the for-eaches that are put between.

use super::{Builder, Input, Loop, Out, Plural, object};
use crate::js::Why;
use crate::nodes::Role;
use crate::report::{self, Argument, Item};
use crate::source::{Connection, OnError};
use model::{Edge, NodeId, PortRef};
use serde_json::json;

impl Builder<'_> {
    pub(super) fn incoming(&mut self, at: usize) -> Vec<(usize, Out)> {
        let mut edges: Vec<Connection> = self.forward.iter().filter(|edge| edge.to == at).copied().collect();
        edges.sort_by_key(|edge| (edge.input, edge.from, edge.output));
        let mut ins = Vec::new();
        for edge in edges {
            let Some(info) = &self.infos[edge.from] else {
                self.late.push(edge);
                continue;
            };
            let error = || {
                let from = info.error.clone()?;
                let last = info.outs.last()?;
                let taken = last.taken.iter().copied().chain([(edge.from, edge.output)]).collect();
                Some(Out { from, plural: Plural::One, lens: "@".into(), scope: last.scope.clone(), taken })
            };
            let is_error =
                self.n8n(edge.from).on_error == OnError::ErrorOutput && edge.output == info.outs.len();
            let out = if is_error { error() } else { info.outs.get(edge.output).cloned() };
            if let Some(out) = out {
                ins.push((edge.input, out));
            } else {
                self.say(&report::LOOSE_END, edge.from, [self.n8n(at).name.clone()]);
            }
            let goes_on = self.n8n(edge.from).on_error == OnError::GoOn;
            if goes_on && let Some(info) = &self.infos[edge.from] {
                let from = info.error.clone();
                if let (Some(from), Some(out)) = (from, info.outs.get(edge.output).cloned()) {
                    ins.push((edge.input, Out { from, lens: "@".into(), ..out }));
                    self.say(&report::GOES_ON, edge.from, []);
                }
            }
        }
        ins
    }

    /// The elements of what leaves a way, one by one.
    pub(super) fn each(&mut self, out: &Out, at: usize) -> Out {
        let found = self.behind.get(&out.from).copied();
        let index = found.unwrap_or_else(|| self.put_loop(out, at));
        let id = self.loops[index].id.clone();
        let scope = out.scope.iter().copied().chain([index]).collect();
        Out {
            from: PortRef { node: id, port: "item".into() },
            plural: Plural::One,
            lens: "@".into(),
            scope,
            taken: out.taken.clone(),
        }
    }

    fn put_loop(&mut self, out: &Out, at: usize) -> usize {
        let over = self.ids.iter().position(|id| *id == out.from.node).unwrap_or_else(|| {
            // A way of another for-each: its own node is that of the loop.
            self.loops.iter().find(|known| known.id == out.from.node).map_or(at, |known| known.over)
        });
        let name = format!("each_{}", self.ids[over]);
        let id = NodeId::from(&*self.extra.node(&name, "each"));
        let title = format!("Each of {}", self.n8n(over).name);
        let with =
            object(json!({"items": format!("${{{}}}", out.lens.replace('@', "input")), "parallel": 1}));
        self.put(&id, &title, "core/for_each", with, self.between(over, at));
        self.edge(out.from.clone(), id.clone());
        self.say(&report::LOOP, over, [self.n8n(over).name.clone()]);
        self.loops.push(Loop { id, implicit: true, over, lens: out.lens.clone() });
        self.behind.insert(out.from.clone(), self.loops.len() - 1);
        self.loops.len() - 1
    }

    pub fn between(&self, one: usize, other: usize) -> [f64; 2] {
        let (a, b) = (self.n8n(one).at, self.n8n(other).at);
        [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0 - 100.0]
    }

    /// Behind nodes that ran once per item, a node that takes all of them gets the results of the for-each.
    pub(super) fn leave_loops(&mut self, out: &mut Out, at: usize) {
        while let Some(index) = out.scope.last().copied().filter(|index| self.loops[*index].implicit) {
            self.leave_loop(index, out, at);
        }
    }

    fn leave_loop(&mut self, index: usize, out: &mut Out, at: usize) {
        let id = self.loops[index].id.clone();
        self.results.push((index, out.from.node.clone(), at));
        out.scope.pop();
        out.from = PortRef { node: id, port: "done".into() };
        out.lens = match out.lens.as_str() {
            "@" => "@".into(),
            lens => format!("@.map(|element| {})", lens.replace('@', "element")),
        };
        if out.plural == Plural::Many {
            out.lens = format!("flatten({})", out.lens);
        }
        out.plural = Plural::Many;
    }

    /// Tells where the results of a for-each are not what its reader takes them for: only now all nodes are in its body.
    pub(super) fn look_at_results(&mut self) {
        for (index, last, at) in std::mem::take(&mut self.results) {
            if !self.is_chain(&self.loops[index].id, &last) {
                let name = self.n8n(self.loops[index].over).name.clone();
                self.report.add(Item::new(
                    &report::ITEMS,
                    Some(self.ids[at].clone()),
                    self.n8n(at).name.clone(),
                    vec![Argument::Why(Why::Which(name))],
                ));
            }
        }
    }

    /// Whether the body of a for-each is one line of nodes that ends here, each of which hands on exactly one value.
    fn is_chain(&self, for_each: &NodeId, last: &NodeId) -> bool {
        let mut at = for_each.clone();
        // A circle is none, and has no end.
        for _ in 0..=self.document.nodes.len() {
            let from_item =
                |edge: &&Edge| edge.from.node == at && (at != *for_each || edge.from.port.as_str() == "item");
            let next: Vec<&Edge> = self.document.edges.iter().filter(from_item).collect();
            match &*next {
                [] => return at == *last,
                [edge] => {
                    let operation =
                        self.document.node(edge.to.as_str()).map(|node| node.operation.as_str().to_owned());
                    if operation.is_some_and(|operation| {
                        matches!(&*operation, "core/filter" | "core/switch" | "core/for_each")
                    }) {
                        return false;
                    }
                    at = edge.to.clone();
                }
                _ => return false,
            }
        }
        false
    }

    /// One way to see what comes in, wherever it comes from.
    pub(super) fn unified(&mut self, at: usize, mut ins: Vec<(usize, Out)>, role: Role) -> Input {
        let same = ins.windows(2).all(|two| two[0].1.lens == two[1].1.lens);
        if !same && role != Role::Merge {
            for (_, out) in &mut ins {
                if out.lens != "@" {
                    self.put_lens(out, at);
                }
            }
        }
        let first = ins.first().map(|(_, out)| out);
        let plural =
            if ins.iter().any(|(_, out)| out.plural == Plural::Many) { Plural::Many } else { Plural::One };
        let lens = first.map_or_else(|| "@".to_owned(), |out| out.lens.clone());
        let shortest = ins.iter().map(|(_, out)| &out.scope).min_by_key(|scope| scope.len());
        let scope = shortest.cloned().unwrap_or_default();
        let mut taken = first.map(|out| out.taken.clone()).unwrap_or_default();
        for (_, out) in &ins {
            taken.retain(|one| out.taken.contains(one));
        }
        Input { ins, plural, lens, scope, taken }
    }

    /// Brings what is inside of a value to its top.
    pub fn put_lens(&mut self, out: &mut Out, at: usize) {
        let id = NodeId::from(&*self.extra.node(&format!("{}_item", out.from.node), "item"));
        let title = format!("Item of {}", out.from.node);
        let with = object(json!({"value": format!("${{{}}}", out.lens.replace('@', "input"))}));
        let source = self.ids.iter().position(|id| *id == out.from.node).unwrap_or(at);
        self.put(&id, &title, "core/set", with, self.between(source, at));
        self.edge(out.from.clone(), id.clone());
        out.from = PortRef { node: id, port: "out".into() };
        out.lens = "@".into();
    }
}
