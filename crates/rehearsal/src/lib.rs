#![doc = include_str!("../README.md")]

mod scene;
mod work;

use model::{FlowDocument, NodeId, OperationSpec, Port, Specs, Value};
use run::doc::StepError;
use run::{At, Data, Decision, InText, Items, LoopRule, Outcome, Plan, Run};
pub use scene::Unevaluated;
use scene::{Inside, Stage};
use script::Engine;
use std::sync::Arc;
use work::{Did, perform};

/// Steps of one rehearsal.
pub const STEPS_MAX: usize = 2_000;
/// Elements that a for-each goes through.
pub const ITEMS_MAX: usize = 20;

/// One step as it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub node: NodeId,
    /// The index in each for-each around it, outermost first.
    pub item: Vec<u32>,
    pub input: Value,
    pub came: Came,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    /// What it gave, and on which way out.
    Gave(Port, Value),
    /// What it would send to another system; and what it gave is an example of an answer.
    WouldSend {
        fields: Value,
        example: Value,
    },
    Failed(StepError),
}

/// A flow's walk with one event.
pub struct Rehearsal {
    pub steps: Vec<Step>,
    /// How often each edge carried a value, in the order of the graph's edges.
    pub edges: Vec<u64>,
    /// What went wrong in the end; nothing where it went well.
    pub failed: Option<(NodeId, StepError)>,
    /// There would have been more steps, or more elements.
    pub cut_short: bool,
    stage: Stage,
    /// The first step of each node, to look from.
    first: Vec<Option<Standpoint>>,
}

/// Walks a flow from a trigger that received this: what expressions see as `trigger`, its body among it.
///
/// Nothing where the document has no such trigger. Of a node that calls another system `sample` is the answer, where the document
/// has one.
pub fn rehearse(
    doc: &Arc<FlowDocument>,
    specs: &Specs,
    scripts: &Engine,
    trigger: &NodeId,
    received: Value,
    now_ms: i64,
) -> Option<Rehearsal> {
    let plan = Arc::new(Plan::new(doc.clone(), specs));
    let start = plan.find(trigger.as_str())?;
    let data = Data::from(received);
    let body = data.walk(&["body"]).unwrap_or_else(Data::null);
    let stage = Stage::new(Run::new(plan), data, scripts.clone(), now_ms);
    let mut walk = Walk {
        rehearsal: Rehearsal {
            steps: Vec::new(),
            edges: Vec::new(),
            failed: None,
            cut_short: false,
            first: doc.nodes.iter().map(|_| None).collect(),
            stage,
        },
        doc,
        specs,
        todo: Vec::new(),
    };
    let begun = walk.rehearsal.stage.run.begin(start, body);
    walk.follow(begun);
    walk.go_on();
    let edges = walk.rehearsal.stage.run.edge_counts().to_vec();
    Some(Rehearsal { edges, ..walk.rehearsal })
}

/// From where a field is looked at.
struct Standpoint {
    at: At,
    input: Data,
    /// What was seen inside of a for-each, which is forgotten when that ends.
    inside: Option<Inside>,
}

struct Walk<'a> {
    rehearsal: Rehearsal,
    doc: &'a FlowDocument,
    specs: &'a Specs,
    /// The next one last.
    todo: Vec<Decision>,
}

impl Walk<'_> {
    fn follow(&mut self, decisions: Vec<Decision>) {
        self.todo.extend(decisions.into_iter().rev());
    }

    fn go_on(&mut self) {
        while let Some(decision) = self.todo.pop() {
            match decision {
                Decision::Start(at, input) => self.start(at, input),
                Decision::Finish(outcome) => return self.finish(outcome),
                // All elements are at hand.
                Decision::Chose(..) | Decision::Closed(..) | Decision::Hungry(_) => {}
            }
        }
    }

    fn finish(&mut self, outcome: Outcome) {
        if let Outcome::Failed(step, error) = outcome {
            self.rehearsal.failed = Some((step.node, error));
        }
    }

    fn start(&mut self, at: At, input: Data) {
        if self.rehearsal.steps.len() >= STEPS_MAX {
            self.rehearsal.cut_short = true;
            self.todo.clear();
            return;
        }
        let node = &self.doc.nodes[at.node];
        let first = &mut self.rehearsal.first[at.node];
        if first.is_none() {
            let inside = self.rehearsal.stage.inside(&at);
            *first = Some(Standpoint { at: at.clone(), input: input.clone(), inside });
        }
        let did = perform(&self.rehearsal.stage, node, self.specs.operation(&node.operation), &at, &input);
        let sample = self.doc.samples.get(&node.id).cloned();
        let (came, next) = match did {
            Did::Gave(port, value) => self.gave(&at, port, value),
            Did::Sends(fields) => {
                let example = sample.or_else(|| self.example(node)).unwrap_or(Value::Null);
                let next = self.rehearsal.stage.run.complete(&at, Port::OUT, Data::from(example.clone()));
                (Came::WouldSend { fields, example }, next)
            }
            Did::Loops(list, rule) => {
                let (list, cut) = work::first_items(list, ITEMS_MAX);
                self.rehearsal.cut_short |= cut;
                match Data::from(list.clone()).elements() {
                    Some(items) => {
                        let run = &mut self.rehearsal.stage.run;
                        let next =
                            run.open_loop(&at, Items::Here(items), Box::new(InText::default()), rule, 1);
                        (Came::Gave(Port::from("item"), list), next)
                    }
                    None => self.failed(&at, work::no_list()),
                }
            }
            Did::Failed(error) => self.failed(&at, error),
        };
        let item = at.item.to_vec();
        self.rehearsal.steps.push(Step { node: node.id.clone(), item, input: input.value().clone(), came });
        self.follow(next);
    }

    fn gave(&mut self, at: &At, port: Port, value: Value) -> (Came, Vec<Decision>) {
        let next = self.rehearsal.stage.run.complete(at, port.as_str(), Data::from(value.clone()));
        (Came::Gave(port, value), next)
    }

    fn failed(&mut self, at: &At, error: StepError) -> (Came, Vec<Decision>) {
        let next = self.rehearsal.stage.run.fail(at, error.clone());
        (Came::Failed(error), next)
    }

    fn example(&self, node: &model::Node) -> Option<Value> {
        let spec: &OperationSpec = self.specs.operation(&node.operation)?;
        Some(spec.example_output.clone()).filter(|example| !example.is_null())
    }
}

impl Rehearsal {
    /// The steps of one node.
    pub fn of(&self, node: &NodeId) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.node == *node)
    }

    /// What a field gives where this node's first step would evaluate it.
    pub fn render(&self, node: usize, field: &Value) -> Result<Value, Unevaluated> {
        let Some(Standpoint { at, input, inside }) = self.first.get(node).and_then(Option::as_ref) else {
            return Err(Unevaluated::NotReached);
        };
        let rendered = self.stage.render_from(at, inside.as_ref(), input, field);
        rendered.map_err(|error| Unevaluated::Wrong(error.message))
    }
}

/// What a for-each does with an element that fails.
pub(crate) fn rule_of(text: Option<&str>) -> LoopRule {
    if text == Some("collect") { LoopRule::Collect } else { LoopRule::Stop }
}
