//! From step to step, until there is nothing left to do or nobody wants more.

use crate::scene::Stage;
use crate::work::{self, Did, perform};
use crate::{Answer, Bounds, Came, Rehearsal, Standpoint, Step, can_pin};
use model::xref::KEYS_MAX;
use model::{FlowDocument, Graph, Node, NodeId, Port, Specs, Value};
use run::doc::StepError;
use run::{At, Data, Decision, InText, Items, Outcome, Plan, Run};
use script::Engine;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// Walks a flow from a trigger that received this, as far as somebody asks for: what expressions see as `trigger`, its body
/// among it.
///
/// Nothing where the document has no such trigger. Of a node whose output can be pinned, the document's `sample` is what it gives,
/// where there is one.
pub fn rehearse_within(
    doc: &Arc<FlowDocument>,
    specs: &Specs,
    scripts: &Engine,
    trigger: &NodeId,
    received: Value,
    now_ms: i64,
    bounds: &Bounds<'_>,
) -> Option<Rehearsal> {
    let received = Data::from(received);
    let plan = Arc::new(Plan::new(doc.clone(), specs));
    let start = plan.find(trigger.as_str())?;
    let wanted = match bounds.to {
        Some(to) => Some(leading_to(&plan.graph, plan.find(to.as_str())?)),
        None => None,
    };
    let body = received.walk(&["body"]).unwrap_or_else(Data::null);
    let node = &doc.nodes[start];
    let first = Step {
        node: node.id.clone(),
        item: Vec::new(),
        input: received.value().clone(),
        came: Came::Gave(Port::out(), body.value().clone()),
        pinned: doc.samples.contains_key(&node.id),
        took_ms: 0.0,
    };
    let known = bounds.references.cloned().unwrap_or_default();
    let vars = bounds.vars.cloned().unwrap_or_else(|| Value::Object(Default::default()));
    let stage = Stage::new(Run::new(plan), received, scripts.clone(), now_ms, vars, known);
    let rehearsal = Rehearsal {
        steps: vec![first],
        edges: Vec::new(),
        failed: None,
        cut_short: false,
        asks: BTreeSet::new(),
        gathered: HashMap::new(),
        standpoints: doc.nodes.iter().map(|_| None).collect(),
        stage,
    };
    let (todo, refused, asked) = (Vec::new(), VecDeque::new(), HashMap::new());
    let mut walk = Walk { rehearsal, doc, specs, bounds, wanted, todo, refused, asked };
    let begun = walk.rehearsal.stage.run.begin(start, body);
    walk.follow(begun);
    walk.go_on();
    let edges = walk.rehearsal.stage.run.edge_counts().to_vec();
    Some(Rehearsal { edges, ..walk.rehearsal })
}

/// A node and all that it depends on: what leads to it, and the whole body of each for-each among that which has to be through
/// before.
fn leading_to(graph: &Graph, node: usize) -> HashSet<usize> {
    let mut wanted: HashSet<usize> = graph.upstream(node).iter().chain([node]).collect();
    let around: HashSet<usize> = graph.parents(node).collect();
    let before: Vec<usize> =
        wanted.iter().copied().filter(|one| *one != node && !around.contains(one)).collect();
    wanted.extend(before.into_iter().flat_map(|for_each| graph.body_of(for_each).iter().copied()));
    wanted
}

struct Walk<'a> {
    rehearsal: Rehearsal,
    doc: &'a FlowDocument,
    specs: &'a Specs,
    bounds: &'a Bounds<'a>,
    /// The nodes that are gone through; nothing means all.
    wanted: Option<HashSet<usize>>,
    /// The next one last.
    todo: Vec<Decision>,
    /// Refusals that nobody takes. In a run, what is under way beside them does not know of them yet.
    refused: VecDeque<(At, StepError)>,
    /// How often each node has asked for its answer.
    asked: HashMap<NodeId, usize>,
}

impl Walk<'_> {
    fn follow(&mut self, decisions: Vec<Decision>) {
        self.todo.extend(decisions.into_iter().rev());
    }

    fn go_on(&mut self) {
        while let Some(decision) = self.next() {
            match decision {
                Decision::Start(at, input) => self.start(at, input),
                Decision::Finish(outcome) => return self.finish(outcome),
                Decision::Closed(at, _, Ok(results)) => {
                    let step = (self.doc.nodes[at.node].id.clone(), at.item.to_vec());
                    self.rehearsal.gathered.insert(step, results.into_value());
                }
                // All elements are at hand.
                Decision::Chose(..) | Decision::Closed(..) | Decision::Hungry(_) => {}
            }
        }
    }

    fn next(&mut self) -> Option<Decision> {
        while self.todo.is_empty() {
            let (at, error) = self.refused.pop_front()?;
            let next = self.rehearsal.stage.run.fail(&at, error);
            self.follow(next);
        }
        self.todo.pop()
    }

    fn finish(&mut self, outcome: Outcome) {
        if let Outcome::Failed(step, error) = outcome {
            self.rehearsal.failed = Some((step.node, error));
        }
    }

    fn start(&mut self, at: At, input: Data) {
        if self.wanted.as_ref().is_some_and(|wanted| !wanted.contains(&at.node)) {
            return;
        }
        if self.rehearsal.stage.run.is_halted(&at) {
            let next = self.rehearsal.stage.run.abandon(&at);
            return self.follow(next);
        }
        if self.rehearsal.steps.len() >= self.bounds.steps_max {
            self.rehearsal.cut_short = true;
            self.todo.clear();
            self.refused.clear();
            return;
        }
        let node = &self.doc.nodes[at.node];
        let known = self.rehearsal.standpoints[at.node].as_ref();
        if known.is_none_or(|known| !self.is_picked(&known.at) && self.is_picked(&at)) {
            let inside = self.rehearsal.stage.inside(&at);
            let standpoint = Standpoint { at: at.clone(), input: input.clone(), inside };
            self.rehearsal.standpoints[at.node] = Some(standpoint);
        }
        let begun = (self.bounds.clock)();
        let did = self.perform(node, &at, &input);
        let (did, pinned) = self.with_pin(node, did);
        let known = self.known(node, &at).filter(|_| !matches!(did, Did::Loops(..)));
        let (came, next) = match known {
            Some(came) => self.again(&at, came),
            None => self.did(&at, node, did),
        };
        let step = Step {
            node: node.id.clone(),
            item: at.item.to_vec(),
            input: input.value().clone(),
            came,
            pinned,
            took_ms: (self.bounds.clock)() - begun,
        };
        self.rehearsal.steps.push(step);
        self.follow(next);
    }

    fn perform(&mut self, node: &Node, at: &At, input: &Data) -> Did {
        loop {
            let stage = &mut self.rehearsal.stage;
            match (perform(stage, node, self.specs, at, input), self.bounds.find) {
                (Did::Asks(keys), Some(find)) if !keys.is_empty() => {
                    stage.known.extend(keys.into_iter().map(|key| (key.clone(), find(&key))));
                }
                (did, _) => return did,
            }
        }
    }

    /// Whether a step is one of the element that was picked, or of what is around that.
    fn is_picked(&self, at: &At) -> bool {
        at.item.iter().zip(self.bounds.item).all(|(item, picked)| item == picked)
    }

    /// The sample in place of what a node did. What a node would send is shown all the same.
    fn with_pin(&self, node: &Node, did: Did) -> (Did, bool) {
        let spec = self.specs.operation(&node.operation).filter(|spec| can_pin(spec));
        let Some(sample) = spec.and_then(|_| self.doc.samples.get(&node.id)) else { return (did, false) };
        match did {
            // What a trigger received was handed in.
            did @ (Did::Sends(_) | Did::Loops(..)) => (did, true),
            did if spec.is_some_and(|spec| spec.family == model::Family::Trigger) || node.disabled => {
                (did, !node.disabled)
            }
            Did::Waits(_) => (Did::Waits(sample.clone()), true),
            Did::Gave(..) | Did::Failed(_) | Did::Asks(_) => (Did::Gave(Port::out(), sample.clone()), true),
        }
    }

    fn known(&self, node: &Node, at: &At) -> Option<Came> {
        self.bounds.known?.get(&(node.id.clone(), at.item.to_vec())).cloned()
    }

    fn did(&mut self, at: &At, node: &Node, did: Did) -> (Came, Vec<Decision>) {
        match did {
            Did::Gave(port, value) => self.again(at, Came::Gave(port, value)),
            Did::Failed(error) => self.again(at, Came::Failed(error)),
            Did::Asks(keys) => {
                let error = keys.first().cloned().map_or_else(work::no_list, work::unasked);
                let left = KEYS_MAX.saturating_sub(self.rehearsal.asks.len());
                self.rehearsal.asks.extend(keys.into_iter().take(left));
                self.again(at, Came::Failed(error))
            }
            Did::Waits(gives) => match self.answer(node) {
                Some(Answer::Gives(port, value)) => self.again(at, Came::Gave(port, value)),
                Some(Answer::Refuses(error)) => self.again(at, Came::Failed(error)),
                None => self.again(at, Came::Gave(Port::out(), gives)),
            },
            Did::Sends(fields) => {
                if let Some(answer) = self.answer(node) {
                    return self.again(at, Came::Answered { fields, answer });
                }
                let sample = self.doc.samples.get(&node.id).cloned();
                let example = sample.or_else(|| self.example(node)).unwrap_or(Value::Null);
                self.again(at, Came::WouldSend { fields, example })
            }
            Did::Loops(list, rule) => {
                let (list, cut) = work::first_items(list, self.bounds.items_max);
                self.rehearsal.cut_short |= cut;
                let Some(items) = Data::from(list.clone()).elements() else {
                    return self.again(at, Came::Failed(work::no_list()));
                };
                let run = &mut self.rehearsal.stage.run;
                let next = run.open_loop(at, Items::Here(items), Box::new(InText::default()), rule, 1);
                (Came::Gave(Port::from("item"), list), next)
            }
        }
    }

    /// What follows from what a step came to.
    fn again(&mut self, at: &At, came: Came) -> (Came, Vec<Decision>) {
        let takes_errors = self.takes_errors(at);
        let run = &mut self.rehearsal.stage.run;
        let next = match &came {
            Came::Answered { answer: Answer::Gives(port, value), .. } => {
                run.complete(at, port.as_str(), Data::from(value.clone()))
            }
            Came::Answered { answer: Answer::Refuses(error), .. } if !takes_errors => {
                self.refused.push_back((at.clone(), error.clone()));
                Vec::new()
            }
            Came::Answered { answer: Answer::Refuses(error), .. } => run.fail(at, error.clone()),
            Came::Gave(port, value) => run.complete(at, port.as_str(), Data::from(value.clone())),
            Came::WouldSend { example, .. } => run.complete(at, Port::OUT, Data::from(example.clone())),
            Came::Failed(error) => run.fail(at, StepError::clone(error)),
        };
        (came, next)
    }

    /// The answer to the node's next step, where one is said.
    fn answer(&mut self, node: &Node) -> Option<Answer> {
        let answers = self.bounds.answers?.get(&node.id)?;
        let asked = self.asked.entry(node.id.clone()).or_default();
        *asked += 1;
        answers.get(*asked - 1).or(answers.last()).cloned()
    }

    /// Whether an edge leads on from a node's error.
    fn takes_errors(&self, at: &At) -> bool {
        let graph = &self.rehearsal.stage.run.plan().graph;
        graph.port(at.node, Port::ERROR).is_some_and(|port| !graph.out_edges(at.node, port).is_empty())
    }

    fn example(&self, node: &Node) -> Option<Value> {
        let spec = self.specs.operation(&node.operation)?;
        Some(spec.example_output.clone()).filter(|example| !example.is_null())
    }
}
