//! The items of a for-each: one opens when another has ended.

use super::{At, Decision, ItemOf, LoopRule, Run, Scope};
use crate::Data;
use crate::doc::StepError;
use model::graph::ITEM;
use serde_json::json;

impl Run {
    pub(super) fn close_item(&mut self, scope: usize, out: &mut Vec<Decision>) {
        let Some(Scope { item: Some(item), failure, result, .. }) = self.scopes[scope].take() else {
            return;
        };
        self.free.push(scope);
        let Some(around) = self.loops.get_mut(&item.parent) else {
            return;
        };
        around.open.retain(|open| *open != scope);
        match failure {
            None => {
                around.done += 1;
                around.results.put(item.index, result.map_or_else(Data::null, |(_, data)| data));
            }
            Some((step, error)) if around.rule == LoopRule::Collect => {
                around.failed += 1;
                let note =
                    json!({"error": {"code": error.code, "message": error.message, "node": step.node}});
                around.results.put(item.index, Data::from(note));
            }
            Some(failure) => {
                around.failed += 1;
                around.failure.get_or_insert(failure);
                around.next = around.total;
            }
        }
        self.next_item(&item.parent, out);
    }

    /// Opens the next item of a for-each, or ends it when there is none and none is open.
    pub(super) fn next_item(&mut self, at: &At, out: &mut Vec<Decision>) {
        // Items whose body does nothing end at once; this loop takes their place for the call stack.
        loop {
            let halted = self.scope(at.scope).halted;
            let Some(around) = self.loops.get_mut(at) else {
                return;
            };
            if around.next >= around.total || halted {
                if around.open.is_empty() {
                    self.close_loop(at, out);
                }
                return;
            }
            let index = around.next;
            around.next += 1;
            let value = around.items.value().get(index as usize).cloned().map_or_else(Data::null, Data::from);
            let item = ItemOf { parent: at.clone(), index, value: value.clone() };
            let scope = self.open_scope(self.plan.body(at.node), Some(item));
            if self.enter_item(at, scope, value, out) {
                return;
            }
        }
    }

    /// Delivers the item into its scope; says whether anything started.
    fn enter_item(&mut self, at: &At, scope: usize, value: Data, out: &mut Vec<Decision>) -> bool {
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
            return true;
        }
        self.scopes[scope] = None;
        self.free.push(scope);
        if let Some(around) = self.loops.get_mut(at) {
            around.open.retain(|open| *open != scope);
            around.done += 1;
            let index = around.next - 1;
            around.results.put(index, value);
        }
        false
    }

    fn close_loop(&mut self, at: &At, out: &mut Vec<Decision>) {
        let Some(ended) = self.loops.remove(at) else {
            return;
        };
        let progress = ended.progress();
        match ended.failure {
            Some((step, error)) => {
                let message = format!(
                    "item {} failed at {}: {}",
                    step.item.last().unwrap_or(&0),
                    step.node,
                    error.message
                );
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
