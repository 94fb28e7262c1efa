//! A workflow's nodes in their order, and what flows between them.
//!
//! n8n hands lists of items from node to node and runs a node once per item; here an edge carries one value. So for each
//! way out it is kept whether one item leaves it or several, and where in the value the item is. Where several items come
//! to a node that works on one, a for-each is put between.

mod order;
mod ways;

use crate::names::{Ids, id_of};
use crate::nodes::{self, Role};
use crate::report::{self, Report};
use crate::source::{Connection, Workflow};
use crate::{Imported, source};
use indexmap::IndexMap;
use model::{Edge, FlowDocument, FlowId, Node, NodeId, PortRef, Retry, Settings, Span};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

/// Khlong draws nodes wider apart than n8n.
pub const SCALE: f64 = 1.3;
const TITLE_CHARS_MAX: usize = 200;
const NOTE_CHARS_MAX: usize = 10_000;

/// A workflow of the file, by the names it has there and here.
pub struct Known {
    pub n8n: String,
    pub id: FlowId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plural {
    One,
    Many,
}

/// What leaves a node by one way.
#[derive(Clone, Debug, PartialEq)]
pub struct Out {
    pub from: PortRef,
    pub plural: Plural,
    /// The item in the value, or the list of items: code in which `@` is the value.
    pub lens: String,
    /// The for-eaches around it, outermost first.
    pub scope: Vec<usize>,
    /// Which way was taken at each branching on every way to it: a node, and its output.
    pub taken: BTreeSet<(usize, usize)>,
}

/// A for-each.
#[derive(Clone, Debug)]
pub struct Loop {
    pub id: NodeId,
    /// It was put in where n8n runs nodes once per item; the others are loops that somebody drew.
    pub implicit: bool,
    /// Whose items it goes through.
    pub over: usize,
    pub lens: String,
}

#[derive(Clone, Debug)]
pub struct Info {
    pub outs: Vec<Out>,
    pub error: Option<PortRef>,
}

pub struct Builder<'w> {
    pub workflow: &'w Workflow,
    pub flows: &'w [Known],
    pub document: FlowDocument,
    pub report: Report,
    pub ids: Vec<NodeId>,
    pub extra: Ids,
    pub infos: Vec<Option<Info>>,
    pub loops: Vec<Loop>,
    /// The for-each behind a way out.
    behind: HashMap<PortRef, usize>,
    /// Connections that do not lead back to a loop.
    forward: Vec<Connection>,
    /// Where those that lead to a node come from.
    before: Vec<Vec<usize>>,
    /// The nodes that run before one, of those that were asked for.
    upstream: RefCell<HashMap<usize, BTreeSet<usize>>>,
    pub zone: Option<String>,
    pub zone_missed: bool,
    /// Where a second node gives what one of the workflow's does.
    stands: HashMap<usize, NodeId>,
    /// Connections from nodes that come later: parts of a circle.
    late: Vec<Connection>,
    /// Which for-eaches gave their results on, behind which node in them, to which of the workflow's nodes.
    results: Vec<(usize, NodeId, usize)>,
}

/// What a node is given.
#[derive(Clone, Debug)]
pub struct Input {
    /// Where it comes from, with the input that it arrives at.
    pub ins: Vec<(usize, Out)>,
    pub plural: Plural,
    pub lens: String,
    pub scope: Vec<usize>,
    pub taken: BTreeSet<(usize, usize)>,
}

pub fn build(workflow: &Workflow, known: &Known, flows: &[Known]) -> Imported {
    let mut extra = Ids::default();
    let ids = workflow.nodes.iter().map(|node| NodeId::from(&*extra.node(&node.name, &node.kind))).collect();
    let name: String = workflow.name.chars().take(TITLE_CHARS_MAX).collect();
    let zone = workflow.settings.get("timezone").and_then(Value::as_str);
    let mut builder = Builder {
        workflow,
        flows,
        document: FlowDocument {
            khlong: model::DOCUMENT_VERSION,
            id: known.id.clone(),
            name: if name.trim().is_empty() { "n8n".to_owned() } else { name },
            folder: String::new(),
            tags: workflow.tags.clone(),
            settings: Settings::default(),
            nodes: Vec::new(),
            edges: Vec::new(),
            layout: IndexMap::new(),
            notes: Vec::new(),
            groups: Vec::new(),
            samples: IndexMap::new(),
        },
        report: Report::default(),
        ids,
        extra,
        infos: vec![None; workflow.nodes.len()],
        loops: Vec::new(),
        behind: HashMap::new(),
        forward: Vec::new(),
        before: Vec::new(),
        upstream: RefCell::default(),
        zone: zone.filter(|zone| !zone.is_empty() && *zone != "DEFAULT").map(str::to_owned),
        zone_missed: false,
        stands: HashMap::new(),
        late: Vec::new(),
        results: Vec::new(),
    };
    builder.settings();
    builder.find_back_connections();
    for at in builder.order() {
        builder.node(at);
    }
    builder.loose();
    Imported { document: builder.document, report: builder.report }
}

impl<'w> Builder<'w> {
    pub fn n8n(&self, at: usize) -> &'w source::Node {
        &self.workflow.nodes[at]
    }

    pub fn zone(&self) -> &str {
        self.zone.as_deref().unwrap_or(crate::js::HOME)
    }

    fn settings(&mut self) {
        if !self.workflow.tags.is_empty() {
            let tags = self.workflow.tags.join(", ");
            self.tell(&report::TAGS, "workflow", [tags]);
        }
        let settings = &self.workflow.settings;
        if let Some(secs) = settings.get("executionTimeout").and_then(Value::as_u64).filter(|secs| *secs > 0)
        {
            self.document.settings.timeout = Span::from_secs(secs.min(Span::MAX.as_ms() / 1_000));
            let span = self.document.settings.timeout.to_string();
            self.tell(&report::TIMEOUT, "workflow", [span]);
        }
        if let Some(flow) =
            settings.get("errorWorkflow").and_then(Value::as_str).filter(|flow| !flow.is_empty())
        {
            match self.flows.iter().find(|known| known.n8n == flow) {
                Some(known) => self.document.settings.on_error = model::OnError::Flow(known.id.clone()),
                None => self.tell(&report::ERROR_FLOW, "workflow", [flow.to_owned()]),
            }
        }
        let known = ["callerPolicy", "executionOrder", "timezone", "executionTimeout", "errorWorkflow"];
        let kept = |name: &str| name.starts_with("save") || known.contains(&name) || name == "availableInMCP";
        let left: Vec<String> = settings.keys().filter(|name| !kept(name)).cloned().collect();
        for name in left {
            self.tell(&report::SETTING, "workflow", [name]);
        }
    }

    fn node(&mut self, at: usize) {
        let node = self.n8n(at);
        if nodes::is_sticky(node) {
            return nodes::sticky(self, at);
        }
        let role = nodes::role(node);
        let mut ins = self.incoming(at);
        for (_, out) in &mut ins {
            if node.execute_once || matches!(role, Role::All | Role::Once) {
                self.leave_loops(out, at);
            } else if role == Role::Each && out.plural == Plural::Many {
                *out = self.each(out, at);
            }
            // n8n hands such a node nothing but the first item.
            if node.execute_once && out.plural == Plural::Many {
                (out.plural, out.lens) = (Plural::One, format!("first({})", out.lens));
            }
        }
        let input = self.unified(at, ins, role);
        nodes::write(self, at, &input);
        if self.infos[at].is_none() {
            self.infos[at] = Some(Info { outs: Vec::new(), error: None });
        }
        if node.disabled && !matches!(role, Role::Start | Role::Merge | Role::Loop) {
            self.hands_on(at, &input);
        }
        self.extras(at);
    }

    /// A node beside those of the workflow.
    pub fn put(
        &mut self,
        id: &NodeId,
        title: &str,
        operation: &str,
        with: Map<String, Value>,
        place: [f64; 2],
    ) {
        self.document.layout.insert(id.clone(), scaled(place));
        let title = title.chars().take(TITLE_CHARS_MAX).collect();
        self.document.nodes.push(Node { title, with, ..Node::new(id.clone(), operation.into()) });
    }

    pub fn edge(&mut self, from: PortRef, to: NodeId) {
        let edge = Edge { from, to };
        if !self.document.edges.contains(&edge) {
            self.document.edges.push(edge);
        }
    }

    /// The node of a workflow's node, with its ways in.
    pub fn place(&mut self, at: usize, input: &Input, operation: &str, with: Map<String, Value>) {
        let id = self.ids[at].clone();
        let node = self.n8n(at);
        self.put(&id, &node.name, operation, with, node.at);
        for (_, out) in &input.ins {
            self.edge(out.from.clone(), id.clone());
        }
    }

    /// What leaves it: a port for each of n8n's outputs, all alike.
    pub fn gives(&mut self, at: usize, input: &Input, ports: &[&str], plural: Plural, lens: &str) {
        let id = &self.ids[at];
        let branches = ports.len() > 1;
        let out = |(output, port): (usize, &&str)| {
            let mut taken = input.taken.clone();
            if branches {
                taken.insert((at, output));
            }
            Out {
                from: PortRef { node: id.clone(), port: (*port).into() },
                plural,
                lens: lens.to_owned(),
                scope: input.scope.clone(),
                taken,
            }
        };
        let outs = ports.iter().enumerate().map(out).collect();
        let error = Some(PortRef { node: id.clone(), port: "error".into() });
        self.infos[at] = Some(Info { outs, error });
    }

    /// A disabled node gives its input, whatever it would have given.
    fn hands_on(&mut self, at: usize, input: &Input) {
        self.stands.remove(&at);
        let Some(info) = &mut self.infos[at] else { return };
        let out = Out {
            from: PortRef { node: self.ids[at].clone(), port: "out".into() },
            plural: input.plural,
            lens: input.lens.clone(),
            scope: input.scope.clone(),
            taken: input.taken.clone(),
        };
        info.outs.splice(..info.outs.len().min(1), [out]);
    }

    fn last_node(&mut self, at: usize) -> Option<&mut Node> {
        let id = self.ids[at].clone();
        self.document.nodes.iter_mut().find(|node| node.id == id)
    }

    /// What every node may have beside its parameters.
    fn extras(&mut self, at: usize) {
        let n8n = self.n8n(at);
        let (disabled, notes, retry) = (n8n.disabled, n8n.notes.clone(), n8n.retry);
        let Some(node) = self.last_node(at) else { return };
        node.disabled = disabled;
        if !notes.trim().is_empty() {
            let note = if node.note.is_empty() { notes.clone() } else { format!("{notes}\n\n{}", node.note) };
            node.note = note.chars().take(NOTE_CHARS_MAX).collect();
        }
        if let Some((attempts, wait)) = retry {
            let wait = Span::from_ms(wait);
            node.retry = Some(Retry { attempts, first: wait, max: wait });
            self.say(&report::RETRY, at, [attempts.to_string(), wait.to_string()]);
        }
        if disabled {
            self.say(&report::DISABLED, at, []);
        }
        if !notes.trim().is_empty() {
            self.say(&report::NOTE_KEPT, at, []);
        }
        for name in n8n.secrets.clone() {
            self.say(&report::SECRET_LEFT, at, [name]);
        }
        if n8n.always_output {
            self.say(&report::SETTING, at, ["Always Output Data".to_owned()]);
        }
        self.pin(at);
    }

    /// Pinned data as a sample, in the form that the node gives.
    fn pin(&mut self, at: usize) {
        let Some(pinned) = self.workflow.pinned.get(&self.n8n(at).name).and_then(Value::as_array) else {
            return;
        };
        let items: Vec<Value> = pinned.iter().map(|item| item.get("json").unwrap_or(item).clone()).collect();
        let Some(out) = self.infos[at].as_ref().and_then(|info| info.outs.first()) else { return };
        let value = match out.plural {
            Plural::Many => Value::Array(items),
            Plural::One => items.into_iter().next().unwrap_or(Value::Null),
        };
        let sample = match out.lens.as_str() {
            "@" => value,
            "@.body" => json!({"status": 200, "headers": {}, "body": value}),
            "trigger" => value.get("body").cloned().unwrap_or(Value::Null),
            _ => return,
        };
        let id = self.ids[at].clone();
        if self.document.node(id.as_str()).is_some() {
            self.document.samples.insert(id, sample);
            self.say(&report::PINNED, at, []);
        }
    }

    fn loose(&mut self) {
        // A circle stays one, so that the validator shows it.
        for edge in std::mem::take(&mut self.late) {
            let out = self.infos[edge.from].as_ref().and_then(|info| info.outs.get(edge.output));
            if let Some(from) = out.map(|out| out.from.clone()) {
                self.edge(from, self.ids[edge.to].clone());
            }
        }
        self.look_at_results();
        for (from, kind, to) in &self.workflow.odd_connections {
            let at = self.workflow.nodes.iter().position(|node| node.name == *from).unwrap_or_default();
            self.say(&report::ODD_CONNECTION, at, [kind.clone(), to.clone()]);
        }
        for name in &self.workflow.loose_ends {
            self.tell(&report::LOOSE_END, "workflow", [name.clone()]);
        }
        if self.zone.is_none() && self.zone_missed {
            self.tell(&report::ZONE, "workflow", []);
        }
    }

    /// The connection that stands for a node's credentials.
    pub fn connect(&mut self, at: usize) {
        let Some((kind, name)) = self.n8n(at).credentials.first().cloned() else { return };
        let id = id_of(&name, '-', &id_of(&kind, '-', "connection"));
        if let Some(node) = self.last_node(at) {
            node.connection = Some((&*id).into());
        }
        self.say(&report::CONNECTION, at, [name, kind]);
    }

    /// Another node's value is this one's.
    pub fn stands_for(&mut self, at: usize, id: NodeId) {
        self.stands.insert(at, id);
    }

    /// The node whose value is a workflow's node's.
    pub fn value_of(&self, at: usize) -> &NodeId {
        self.stands.get(&at).unwrap_or(&self.ids[at])
    }

    /// Whether pinned data shows that exactly one item leaves a node.
    pub fn knows_one(&self, at: usize) -> bool {
        let pinned = self.workflow.pinned.get(&self.n8n(at).name).and_then(Value::as_array);
        pinned.is_some_and(|items| items.len() == 1)
    }
}

pub fn scaled(place: [f64; 2]) -> [f64; 2] {
    place.map(|unit| if unit.is_finite() { (unit.clamp(-1e6, 1e6) * SCALE).round() } else { 0.0 })
}

pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
