//! What a retry from a step does again, and what it leaves as it is: told before it is done.

use api::RunDetail;
use model::{EffectRule, FlowDocument, NodeId, Specs};
use run::doc::{StepDoc, StepState};
use std::collections::BTreeSet;

/// What becomes of writes that are done already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum How {
    /// They stay, and their answers are used.
    #[default]
    Keep,
    /// They are sent again with the keys they had.
    Repeat,
    /// They are sent again with new keys.
    Anew,
}

/// Titles of nodes, in the order of the flow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// They run again and write nothing.
    pub again: Vec<String>,
    /// Written already: not sent again.
    pub kept: Vec<String>,
    /// Not written yet: sent now, if the run comes there.
    pub sent: Vec<String>,
    /// Written already, and sent once more.
    pub repeated: Vec<String>,
    /// The first step is a write that is done: keeping it would do nothing.
    pub must_repeat: bool,
}

impl Plan {
    pub fn of(run: &RunDetail, specs: &Specs, from: &NodeId, item: &[u32], how: How) -> Self {
        let mut plan = Self::default();
        let behind = behind(&run.document, from);
        for node in run.document.nodes.iter().filter(|node| behind.contains(&node.id)) {
            let writes = specs.operation(&node.operation).and_then(|spec| spec.effect).is_some_and(is_write);
            let written = writes && run.steps.iter().any(|step| is_written(step, &node.id, item));
            plan.must_repeat |= written && node.id == *from;
            let list = match (writes, written, how) {
                (false, ..) => &mut plan.again,
                (true, false, _) => &mut plan.sent,
                (true, true, How::Keep) => &mut plan.kept,
                (true, true, How::Repeat | How::Anew) => &mut plan.repeated,
            };
            list.push(node.label().to_owned());
        }
        plan
    }

    /// Whether anything is written that a person may want to have written once more.
    pub fn has_written(&self) -> bool {
        !self.kept.is_empty() || !self.repeated.is_empty()
    }
}

fn is_write(rule: EffectRule) -> bool {
    rule != EffectRule::Read
}

/// Done, or perhaps done, for one of these items.
fn is_written(step: &StepDoc, node: &NodeId, item: &[u32]) -> bool {
    let same_items = item.iter().zip(&step.item).all(|(from, of)| from == of);
    step.node == *node && same_items && matches!(step.state, StepState::Done | StepState::Unknown)
}

/// The node itself, and what comes after it.
fn behind(flow: &FlowDocument, from: &NodeId) -> BTreeSet<NodeId> {
    let mut found = BTreeSet::from([from.clone()]);
    let mut open = vec![from.clone()];
    while let Some(node) = open.pop() {
        for edge in flow.edges.iter().filter(|edge| edge.from.node == node) {
            if found.insert(edge.to.clone()) {
                open.push(edge.to.clone());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::OperationSpec;
    use serde_json::json;

    fn specs() -> Specs {
        let script = OperationSpec::transform("core/script", "Script", "สคริปต์");
        let create = OperationSpec::action("odoo/create", "Create", "สร้าง").effect(EffectRule::Probe);
        let push = OperationSpec::action("line/push", "Push", "ส่ง").effect(EffectRule::Ask);
        let find = OperationSpec::action("odoo/find", "Find", "ค้นหา").effect(EffectRule::Read);
        Specs::new(Vec::new(), vec![script, create, push, find])
    }

    /// order → map → erp → find → line; ERP is done, LINE failed.
    fn run() -> RunDetail {
        serde_json::from_value(json!({
            "run": {"id": "1", "flow": "orders", "flow_name": "Orders", "state": "failed", "key": null, "started_at": 1, "finished_at": 9,
                    "steps": 4, "error_node": "line", "error_code": null, "error": null, "retry_of": null},
            "version": 1,
            "document": {"khlong": 1, "id": "orders", "name": "Orders", "nodes": [
                {"id": "order", "use": "core/webhook"}, {"id": "map", "use": "core/script"}, {"id": "erp", "use": "odoo/create"},
                {"id": "find", "use": "odoo/find"}, {"id": "line", "title": "Tell LINE", "use": "line/push"}],
                "edges": [{"from": "order", "to": "map"}, {"from": "map", "to": "erp"}, {"from": "erp", "to": "find"}, {"from": "find", "to": "line"}]},
            "trigger": {}, "trigger_node": "order", "edges": [], "truncated": false,
            "steps": [{"node": "map", "state": "done"}, {"node": "erp", "state": "done"}, {"node": "find", "state": "done"},
                      {"node": "line", "state": "failed"}]
        }))
        .expect("a run")
    }

    fn plan(from: &str, how: How) -> Plan {
        Plan::of(&run(), &specs(), &NodeId::from(from), &[], how)
    }

    #[test]
    fn what_is_written_stays_and_what_failed_is_sent() {
        let plan = plan("map", How::Keep);
        assert_eq!(
            (plan.again, plan.kept, plan.sent),
            (vec!["map".into(), "find".into()], vec!["erp".into()], vec!["Tell LINE".into()])
        );
        assert!(!plan.must_repeat && plan.repeated.is_empty());
    }

    #[test]
    fn what_comes_before_is_left_alone() {
        let plan = plan("line", How::Keep);
        assert_eq!((plan.again, plan.kept, plan.sent), (vec![], vec![], vec!["Tell LINE".to_owned()]));
    }

    #[test]
    fn a_write_that_is_done_is_only_sent_again_when_a_person_says_so() {
        assert!(plan("erp", How::Keep).must_repeat);
        assert_eq!(plan("map", How::Repeat).repeated, ["erp"]);
        assert_eq!(plan("map", How::Anew).repeated, ["erp"]);
    }
}
