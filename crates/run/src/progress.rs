//! Where a run stands, and what that leads to.

mod held;
mod loops;
mod merge;
mod results;

use self::held::{Charge, Holdings};
pub use self::loops::Items;
use self::loops::Loop;
pub use self::results::{Gather, InText};
use crate::doc::{LoopDoc, StepError};
use crate::plan::{NodeIx, Plan};
use crate::{Data, Path, StepId};
use model::{NodeId, Value};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// A step while its run is in memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct At {
    pub node: NodeIx,
    pub item: Path,
    scope: usize,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Perform the step with this input, then call `complete`, `fail` or `open_loop`.
    Start(At, Data),
    /// A merge goes on with the branch that came from this node, though others may still come. It must go on with the
    /// same one after a restart.
    Chose(At, NodeId),
    /// A for-each has ended by itself: nothing is to be done, but people want to see it.
    Closed(At, LoopDoc, Result<Data, StepError>),
    /// A for-each has opened all the items it was fed: answer with `feed`, or `starve`.
    Hungry(At),
    /// Nothing is under way any more.
    Finish(Outcome),
}

/// How a run came out.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Done,
    Failed(StepId, StepError),
}

/// What a for-each does with an item that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopRule {
    /// Start no more items and fail.
    Stop,
    /// Note the error in the results and go on.
    Collect,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    Started,
    Done,
    Skipped,
}

#[derive(Debug, Default)]
struct Slot {
    /// Edges that have neither delivered nor been skipped.
    open_edges: usize,
    live: Vec<(NodeIx, Data)>,
    state: State,
    output: Option<Data>,
    charge: Charge,
}

/// The flow itself, or one item of a for-each.
#[derive(Debug)]
struct Scope {
    plan: usize,
    slots: Vec<Slot>,
    /// Steps started and not ended.
    active: usize,
    /// Nothing new starts: something in here failed, or the run did.
    halted: bool,
    failure: Option<(StepId, StepError)>,
    item: Option<ItemOf>,
    /// What the item gives: the value of its last leaf, by rank.
    result: Option<(usize, Data)>,
}

#[derive(Debug)]
struct ItemOf {
    parent: At,
    index: u32,
    value: Data,
}

/// A run under way.
#[derive(Debug)]
pub struct Run {
    plan: Arc<Plan>,
    scopes: Vec<Option<Scope>>,
    free: Vec<usize>,
    loops: HashMap<At, Loop>,
    holdings: Holdings,
    /// Which branch each merge went on with before a restart.
    choices: HashMap<StepId, NodeId>,
    /// How often each edge carried a value.
    edges: Vec<u64>,
    steps: u32,
    finished: bool,
}

impl Run {
    pub fn new(plan: Arc<Plan>) -> Self {
        let edges = vec![0; plan.graph.edges().len()];
        Self {
            plan,
            scopes: Vec::new(),
            free: Vec::new(),
            loops: HashMap::new(),
            holdings: Holdings::default(),
            choices: HashMap::new(),
            edges,
            steps: 0,
            finished: false,
        }
    }

    /// Tells, before the run begins, which branch merges went on with when it was walked before.
    pub fn remember(&mut self, choices: impl IntoIterator<Item = (StepId, NodeId)>) {
        self.choices.extend(choices);
    }

    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    pub fn step_id(&self, at: &At) -> StepId {
        StepId::new(self.plan.id(at.node).clone(), at.item.clone())
    }

    /// How many steps have been started.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// How often each edge of the graph carried a value.
    pub fn edge_counts(&self) -> &[u64] {
        &self.edges
    }

    /// Starts the run at the trigger that fired; the flow's other triggers count as not taken.
    pub fn begin(&mut self, trigger: NodeIx, data: Data) -> Vec<Decision> {
        let root = self.open_scope(0, None);
        self.scope(root).active = 1;
        let slot = self.plan.slot(trigger);
        self.scope(root).slots[slot].state = State::Started;
        let mut out = Vec::new();
        for node in self.plan.scope(0).nodes.clone() {
            let idle = self.plan.graph.in_edges(node).len() == 0 && node != trigger;
            if idle {
                self.skip(root, node, &mut out);
            }
        }
        let at = At { node: trigger, item: Path::new(), scope: root };
        let port = self.plan.port(trigger, model::Port::OUT);
        self.end_step(&at, Some((port, data)), &mut out);
        out
    }

    /// The step gave `data` on a port.
    pub fn complete(&mut self, at: &At, port: &str, data: Data) -> Vec<Decision> {
        let mut out = Vec::new();
        self.end_step(at, Some((self.plan.port(at.node, port), data)), &mut out);
        out
    }

    /// The step failed for good: its error goes out on the port `error` where somebody takes it, else its scope fails.
    pub fn fail(&mut self, at: &At, error: StepError) -> Vec<Decision> {
        let mut out = Vec::new();
        self.fail_into(at, error, &mut out);
        out
    }

    /// The step is given up because its scope has failed or the run is being cancelled.
    pub fn abandon(&mut self, at: &At) -> Vec<Decision> {
        let mut out = Vec::new();
        self.end_step(at, None, &mut out);
        out
    }

    /// The step ends without giving anything: what is behind it is skipped, and other branches go on.
    pub fn end_branch(&mut self, at: &At) -> Vec<Decision> {
        let mut out = Vec::new();
        self.give(at.scope, at.node, None, &mut out);
        self.end_step(at, None, &mut out);
        out
    }

    /// What a node gave, as seen from a step: in its own scope, then in those around it.
    pub fn output(&self, at: &At, node: &str) -> Option<Data> {
        let node = self.plan.find(node)?;
        let mut scope = self.scopes.get(at.scope)?.as_ref()?;
        loop {
            let slot = scope.slots.get(self.plan.slot(node));
            if self.plan.graph.parent(node) == scope.item.as_ref().map(|item| item.parent.node) {
                return slot?.output.clone();
            }
            scope = self.scopes[scope.item.as_ref()?.parent.scope].as_ref()?;
        }
    }

    /// The item and its index, inside a for-each body: those of the innermost one.
    pub fn item(&self, at: &At) -> Option<(Data, u32)> {
        let item = self.scopes.get(at.scope)?.as_ref()?.item.as_ref()?;
        Some((item.value.clone(), item.index))
    }

    /// How far each for-each under way has come.
    pub fn loops(&self) -> impl Iterator<Item = (&At, LoopDoc)> {
        self.loops.iter().map(|(at, around)| (at, around.progress()))
    }

    /// What the run gave: the value of its last leaf, whichever branch was the last to end.
    pub fn result(&self) -> Option<Data> {
        let root = self.scopes.first()?.as_ref()?;
        root.result.as_ref().map(|(_, data)| data.clone())
    }

    /// Whether a step need not go on: its scope has failed.
    pub fn is_halted(&self, at: &At) -> bool {
        self.scopes.get(at.scope).is_none_or(|scope| scope.as_ref().is_none_or(|scope| scope.halted))
    }

    fn scope(&mut self, scope: usize) -> &mut Scope {
        self.scopes[scope].as_mut().expect("a step's scope stays open until the step ends")
    }

    fn open_scope(&mut self, plan: usize, item: Option<ItemOf>) -> usize {
        let nodes = &self.plan.scope(plan).nodes;
        let slot =
            |node: &NodeIx| Slot { open_edges: self.plan.graph.in_edges(*node).len(), ..Slot::default() };
        let slots = nodes.iter().map(slot).collect();
        let scope = Scope { plan, slots, active: 0, halted: false, failure: None, item, result: None };
        match self.free.pop() {
            Some(place) => {
                self.scopes[place] = Some(scope);
                place
            }
            None => {
                self.scopes.push(Some(scope));
                self.scopes.len() - 1
            }
        }
    }

    fn at(&mut self, scope: usize, node: NodeIx) -> At {
        let item = self.scope(scope).item.as_ref();
        let item = item.map(|item| item.parent.item.iter().copied().chain([item.index]).collect());
        At { node, scope, item: item.unwrap_or_default() }
    }

    /// Lets go of a step, delivers what it gave, and closes its scope when that was the last one.
    fn end_step(&mut self, at: &At, given: Option<(usize, Data)>, out: &mut Vec<Decision>) {
        let plan = self.plan.clone();
        let charge = given.as_ref().map(|(_, data)| self.holdings.add(data)).unwrap_or_default();
        let slot = &mut self.scope(at.scope).slots[plan.slot(at.node)];
        slot.state = State::Done;
        slot.charge = charge;
        if let Some((port, data)) = given {
            slot.output = Some(data.clone());
            let leaf = plan.graph.out_edges(at.node, port).is_empty();
            let rank = plan.rank(at.node);
            let scope = self.scope(at.scope);
            if leaf && scope.result.as_ref().is_none_or(|(last, _)| *last < rank) {
                scope.result = Some((rank, data.clone()));
            }
            self.give(at.scope, at.node, Some((port, data)), out);
        }
        self.scope(at.scope).active -= 1;
        self.settle(at.scope, out);
    }

    fn skip(&mut self, scope: usize, node: NodeIx, out: &mut Vec<Decision>) {
        let slot = self.plan.slot(node);
        self.scope(scope).slots[slot].state = State::Skipped;
        self.give(scope, node, None, out);
    }

    /// Resolves every edge out of a node, and of the nodes that are skipped by that. A list of its own, not the call
    /// stack, holds what is left to do: flows may be chains of thousands.
    fn give(&mut self, scope: usize, node: NodeIx, given: Option<(usize, Data)>, out: &mut Vec<Decision>) {
        let plan = self.plan.clone();
        let mut left = vec![(node, given)];
        while let Some((node, given)) = left.pop() {
            for edge in plan.graph.all_out_edges(node) {
                if !plan.same_scope(edge) {
                    continue;
                }
                let live =
                    given.as_ref().filter(|(port, _)| *port == edge.port).map(|(_, data)| data.clone());
                self.edges[edge.index] += u64::from(live.is_some());
                if self.resolve(scope, edge.from, edge.to, live, out) {
                    left.push((edge.to, None));
                }
            }
        }
    }

    /// One edge is decided. Starts the node behind it when that was what it waited for; says whether it is skipped.
    fn resolve(
        &mut self,
        scope: usize,
        from: NodeIx,
        to: NodeIx,
        live: Option<Data>,
        out: &mut Vec<Decision>,
    ) -> bool {
        let (place, first) = (self.plan.slot(to), self.plan.takes_first(to));
        let slot = &mut self.scope(scope).slots[place];
        slot.open_edges -= 1;
        slot.live.extend(live.map(|data| (from, data)));
        if slot.state != State::Idle {
            return false;
        }
        if first {
            if let Some(first) = self.first_come(scope, to, out) {
                self.start(scope, to, first, out);
                return false;
            }
        } else if !slot.live.is_empty() && slot.open_edges == 0 {
            let live = std::mem::take(&mut slot.live);
            let input = merge::gather(&self.plan, to, live);
            self.start(scope, to, input, out);
            return false;
        }
        let slot = &mut self.scope(scope).slots[place];
        let skipped = slot.open_edges == 0;
        if skipped {
            slot.state = State::Skipped;
        }
        skipped
    }

    fn start(&mut self, scope: usize, node: NodeIx, input: Data, out: &mut Vec<Decision>) {
        let place = self.plan.slot(node);
        let open = self.scope(scope);
        let slot = &mut open.slots[place];
        if open.halted {
            slot.state = State::Skipped;
            return;
        }
        slot.state = State::Started;
        open.active += 1;
        self.steps += 1;
        out.push(Decision::Start(self.at(scope, node), input));
    }

    fn fail_into(&mut self, at: &At, error: StepError, out: &mut Vec<Decision>) {
        if let Some(port) = self.plan.error_port(at.node) {
            let data = Data::from(error_value(self.plan.id(at.node), &at.item, &error));
            return self.end_step(at, Some((port, data)), out);
        }
        let step = self.step_id(at);
        self.scope(at.scope).failure.get_or_insert((step, error));
        self.halt(at.scope);
        self.end_step(at, None, out);
    }

    /// Stops a scope and every item inside it from starting anything.
    fn halt(&mut self, scope: usize) {
        self.scope(scope).halted = true;
        let inside: Vec<usize> = self
            .loops
            .iter()
            .filter(|(at, _)| at.scope == scope)
            .flat_map(|(_, inner)| inner.open().to_vec())
            .collect();
        inside.into_iter().for_each(|scope| self.halt(scope));
    }

    /// Closes a scope in which nothing is under way.
    fn settle(&mut self, scope: usize, out: &mut Vec<Decision>) {
        if self.scope(scope).active > 0 || self.finished {
            return;
        }
        if self.scope(scope).item.is_some() {
            return self.close_item(scope, out);
        }
        self.finished = true;
        let failure = self.scope(scope).failure.take();
        out.push(Decision::Finish(
            failure.map_or(Outcome::Done, |(step, error)| Outcome::Failed(step, error)),
        ));
    }
}

/// What goes out on the port `error`.
pub fn error_value(node: &NodeId, item: &[u32], error: &StepError) -> Value {
    let StepError { code, message, advice } = error;
    json!({"code": code, "message": message, "advice": advice, "node": node, "item": item})
}
