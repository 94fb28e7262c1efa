//! Where several edges come together.

use super::{Decision, Run};
use crate::Data;
use crate::plan::{NodeIx, Plan};
use model::Value;

impl Run {
    /// What a merge of any goes on with: what came first, or what was first before a restart, while that may come.
    pub(super) fn first_come(&mut self, scope: usize, node: NodeIx, out: &mut Vec<Decision>) -> Option<Data> {
        let plan = self.plan.clone();
        let at = self.at(scope, node);
        let known = self.choices.get(&self.step_id(&at)).cloned();
        let slot = &mut self.scope(scope).slots[plan.slot(node)];
        let place = match &known {
            Some(known) => slot.live.iter().position(|(from, _)| plan.id(*from) == known),
            None => Some(0),
        };
        // The flow may have been changed since, so that the branch of then does not come any more.
        let place = place.or((slot.open_edges == 0).then_some(0))?;
        let by_chance = slot.open_edges > 0 || slot.live.len() > 1;
        let (from, data) = slot.live.drain(..).nth(place)?;
        if by_chance && known.as_ref() != Some(plan.id(from)) && !self.scope(scope).halted {
            out.push(Decision::Chose(at, plan.id(from).clone()));
        }
        Some(data)
    }
}

/// What a node that waited for all its edges gets.
pub(super) fn gather(plan: &Plan, node: NodeIx, live: Vec<(NodeIx, Data)>) -> Data {
    if plan.graph.joins(node) {
        return joined(plan, node, live);
    }
    live.into_iter().next().map_or_else(Data::null, |(_, data)| data)
}

/// What a merge of all branches gives: one field per branch that delivered, named after the node it came from.
///
/// The fields are in the order of the edges, whoever came first: after a restart the same bytes must come out.
fn joined(plan: &Plan, node: NodeIx, mut live: Vec<(NodeIx, Data)>) -> Data {
    let place = |from: NodeIx| plan.graph.in_edges(node).position(|edge| edge.from == from);
    live.sort_by_key(|(from, _)| place(*from));
    let fields = live.into_iter().map(|(from, data)| (plan.id(from).to_string(), data.into_value()));
    Data::from(Value::Object(fields.collect()))
}
