//! The items of a for-each: one opens when another has ended.

use super::results::{Gather, Results};
use super::{At, Decision, ItemOf, LoopRule, Run, Scope};
use crate::doc::{LoopDoc, StepError};
use crate::{Data, Elements, StepId};
use model::graph::ITEM;
use serde_json::json;
use std::collections::VecDeque;

/// How far items may run ahead of the oldest that is still under way: results wait for it in memory.
const AHEAD_MAX: u32 = 4_096;

/// Where a for-each gets its items from.
#[derive(Debug)]
pub enum Items {
    /// They are at hand.
    Here(Elements),
    /// They come by `Run::feed` whenever the run says that it is `Hungry`.
    Fed,
}

/// A for-each under way.
#[derive(Debug)]
pub(super) struct Loop {
    items: Items,
    /// Of those that are fed: what has not been opened yet, whether more was asked for, and whether that was all.
    fed: VecDeque<Data>,
    fed_bytes: usize,
    asked: bool,
    all_fed: bool,
    /// As far as is known.
    total: u32,
    next: u32,
    rule: LoopRule,
    parallel: usize,
    open: Vec<usize>,
    done: u32,
    failed: u32,
    results: Results,
    failure: Option<(StepId, StepError)>,
}

/// What comes after the items that are open.
enum Next {
    Item(Data),
    /// Nothing for now.
    Later,
    /// More has to be asked for.
    Ask,
    End,
}

impl Loop {
    fn new(items: Items, gather: Box<dyn Gather>, rule: LoopRule, parallel: u32) -> Self {
        let total = match &items {
            Items::Here(elements) => u32::try_from(elements.total).unwrap_or(u32::MAX),
            Items::Fed => 0,
        };
        Self {
            items,
            fed: VecDeque::new(),
            fed_bytes: 0,
            asked: false,
            all_fed: false,
            total,
            next: 0,
            rule,
            parallel: parallel.max(1) as usize,
            open: Vec::new(),
            done: 0,
            failed: 0,
            results: Results::new(gather),
            failure: None,
        }
    }

    pub(super) fn progress(&self) -> LoopDoc {
        LoopDoc { total: self.total, done: self.done, failed: self.failed }
    }

    pub(super) fn held(&self) -> usize {
        self.results.held() + self.fed_bytes
    }

    pub(super) fn open(&self) -> &[usize] {
        &self.open
    }

    fn next(&mut self) -> Next {
        if self.failure.is_some() {
            return Next::End;
        }
        if self.open.len() >= self.parallel
            || (self.next - self.results.next >= AHEAD_MAX && !self.open.is_empty())
        {
            return Next::Later;
        }
        match &mut self.items {
            Items::Here(elements) => elements.next().map_or(Next::End, Next::Item),
            Items::Fed => match self.fed.pop_front() {
                Some(item) => {
                    self.fed_bytes -= item.held().0.min(self.fed_bytes);
                    Next::Item(item)
                }
                None if self.all_fed => Next::End,
                None if self.asked => Next::Later,
                None => {
                    self.asked = true;
                    Next::Ask
                }
            },
        }
    }

    /// An item has ended, with this outcome.
    fn settle(&mut self, index: u32, outcome: Result<Data, (StepId, StepError)>, at: &StepId) {
        let result = match outcome {
            Ok(data) => {
                self.done += 1;
                data
            }
            Err((step, error)) if self.rule == LoopRule::Collect => {
                self.failed += 1;
                Data::from(
                    json!({"error": {"code": error.code, "message": error.message, "node": step.node}}),
                )
            }
            Err(failure) => {
                self.failed += 1;
                self.failure.get_or_insert(failure);
                return;
            }
        };
        if let Err(error) = self.results.put(index, result) {
            self.failure.get_or_insert((at.clone(), error));
        }
    }
}

impl Run {
    /// A for-each has its list: opens the first items.
    pub fn open_loop(
        &mut self,
        at: &At,
        items: Items,
        gather: Box<dyn Gather>,
        rule: LoopRule,
        parallel: u32,
    ) -> Vec<Decision> {
        self.loops.insert(at.clone(), Loop::new(items, gather, rule, parallel));
        let mut out = Vec::new();
        self.open_items(at, &mut out);
        out
    }

    /// More items of a for-each that asked for them; `last` where there are no others.
    pub fn feed(&mut self, at: &At, items: Vec<Data>, last: bool) -> Vec<Decision> {
        let mut out = Vec::new();
        if let Some(around) = self.loops.get_mut(at) {
            around.asked = false;
            around.all_fed = last;
            around.total = around.total.saturating_add(items.len() as u32);
            around.fed_bytes += items.iter().map(|item| item.held().0).sum::<usize>();
            around.fed.extend(items);
            self.open_items(at, &mut out);
        }
        out
    }

    /// The items of a for-each cannot be read any further: it fails when those that are open have ended.
    pub fn starve(&mut self, at: &At, error: StepError) -> Vec<Decision> {
        let mut out = Vec::new();
        let step = self.step_id(at);
        if let Some(around) = self.loops.get_mut(at) {
            around.failure.get_or_insert((step, error));
            self.open_items(at, &mut out);
        }
        out
    }

    pub(super) fn close_item(&mut self, scope: usize, out: &mut Vec<Decision>) {
        let Some(Scope { item: Some(item), failure, result, slots, .. }) = self.scopes[scope].take() else {
            return;
        };
        slots.iter().for_each(|slot| self.holdings.give_back(slot.charge));
        self.free.push(scope);
        let step = self.step_id(&item.parent);
        let Some(around) = self.loops.get_mut(&item.parent) else {
            return;
        };
        around.open.retain(|open| *open != scope);
        let gave = || result.map_or_else(Data::null, |(_, data)| data);
        around.settle(item.index, failure.map_or_else(|| Ok(gave()), Err), &step);
        self.open_items(&item.parent, out);
    }

    /// Opens items of a for-each as long as there is room for one, or ends it when there is none and none is open.
    fn open_items(&mut self, at: &At, out: &mut Vec<Decision>) {
        // Items whose body does nothing end at once; this loop takes their place for the call stack.
        loop {
            let halted = self.scope(at.scope).halted;
            let Some(around) = self.loops.get_mut(at) else {
                return;
            };
            let next = if halted { Next::End } else { around.next() };
            match next {
                Next::Item(value) => {
                    let index = around.next;
                    around.next += 1;
                    let item = ItemOf { parent: at.clone(), index, value: value.clone() };
                    let scope = self.open_scope(self.plan.body(at.node), Some(item));
                    self.enter_item(at, scope, index, value, out);
                }
                Next::Later => return,
                Next::Ask => return out.push(Decision::Hungry(at.clone())),
                Next::End => {
                    if around.open.is_empty() {
                        self.close_loop(at, out);
                    }
                    return;
                }
            }
        }
    }

    /// Delivers the item into its scope, which closes at once where nothing starts by that.
    fn enter_item(&mut self, at: &At, scope: usize, index: u32, value: Data, out: &mut Vec<Decision>) {
        let plan = self.plan.clone();
        if let Some(around) = self.loops.get_mut(at) {
            around.open.push(scope);
        }
        let port = plan.port(at.node, ITEM);
        for edge in plan.graph.out_edges(at.node, port) {
            self.edges[edge.index] += 1;
            if self.resolve(scope, edge.from, edge.to, Some(value.clone()), out) {
                self.give(scope, edge.to, None, out);
            }
        }
        if self.scope(scope).active > 0 {
            return;
        }
        self.scopes[scope] = None;
        self.free.push(scope);
        let step = self.step_id(at);
        if let Some(around) = self.loops.get_mut(at) {
            around.open.retain(|open| *open != scope);
            around.settle(index, Ok(value), &step);
        }
    }

    fn close_loop(&mut self, at: &At, out: &mut Vec<Decision>) {
        let Some(ended) = self.loops.remove(at) else {
            return;
        };
        let progress = ended.progress();
        match ended.failure {
            Some((step, error)) => {
                // Of its own it fails when its items cannot be read, or their results not be kept.
                let message = match step.item.len() > at.item.len() {
                    true => {
                        let item = step.item.last().unwrap_or(&0);
                        format!("item {item} failed at {}: {}", step.node, error.message)
                    }
                    false => error.message,
                };
                let error = StepError { message, ..error };
                out.push(Decision::Closed(at.clone(), progress, Err(error.clone())));
                self.fail_into(at, error, out);
            }
            None if self.is_halted(at) => self.end_step(at, None, out),
            None => {
                let port = self.plan.port(at.node, "done");
                let results = ended.results.finish();
                out.push(Decision::Closed(at.clone(), progress, Ok(results.clone())));
                self.end_step(at, Some((port, results)), out);
            }
        }
    }
}
