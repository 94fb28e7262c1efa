//! What a run has made of each node and edge, for the canvas.

use crate::flow_canvas::{Mark, Marks};
use crate::flow_view::{step_state, step_state_name};
use crate::words::Words;
use api::RunDetail;
use model::NodeId;
use run::doc::{StepDoc, StepState};
use std::collections::HashMap;

pub fn marks(run: &RunDetail, words: &Words) -> Marks {
    let mut by_node: HashMap<&NodeId, Vec<&StepDoc>> = HashMap::new();
    for step in &run.steps {
        by_node.entry(&step.node).or_default().push(step);
    }
    let arrived =
        |node: &NodeId| run.edges.iter().filter(|edge| edge.to == *node).map(|edge| edge.count).sum::<u64>();
    let mark = |(node, steps): (&NodeId, Vec<&StepDoc>)| (node.clone(), mark(&steps, arrived(node), words));
    let mut nodes: HashMap<NodeId, Mark> = by_node.into_iter().map(mark).collect();
    for node in &run.document.nodes {
        // The trigger has no step: that there is a run at all is what it did.
        let (state, badge) = match node.id == run.trigger_node {
            true => (StepState::Done, "✓"),
            false => (StepState::Pending, ""),
        };
        nodes.entry(node.id.clone()).or_insert_with(|| plain(state, badge.to_owned(), words));
    }
    let edges =
        run.edges.iter().map(|edge| ((edge.from.clone(), edge.port.clone(), edge.to.clone()), edge.count));
    Marks { nodes, edges: edges.collect(), ..Marks::default() }
}

/// One mark for all steps of a node: in a for-each body, the state that most wants to be looked at.
fn mark(steps: &[&StepDoc], arrived: u64, words: &Words) -> Mark {
    let state =
        steps.iter().map(|step| step.state).max_by_key(|state| urgency(*state)).unwrap_or(StepState::Pending);
    let same = steps.iter().filter(|step| step.state == state).count() as u64;
    let attempts = steps.iter().map(|step| step.attempts.len()).max().unwrap_or(0);
    plain(state, badge(state, same, attempts, arrived), words)
}

fn plain(state: StepState, badge: String, words: &Words) -> Mark {
    Mark { state: step_state_name(state), words: step_state(state, words).1.to_owned(), badge }
}

const fn urgency(state: StepState) -> u8 {
    match state {
        StepState::Failed => 9,
        StepState::Unknown => 8,
        StepState::Proposed => 7,
        StepState::Retrying => 6,
        StepState::Running => 5,
        StepState::Waiting => 4,
        StepState::Done => 3,
        StepState::Cancelled => 2,
        StepState::Skipped => 1,
        StepState::Pending => 0,
    }
}

/// "✓", "✓ 214", "! 3", "↻ 2": the state as a sign, and how often.
fn badge(state: StepState, same: u64, attempts: usize, arrived: u64) -> String {
    let times = |sign: &str, n: u64| if n > 1 { format!("{sign} {n}") } else { sign.to_owned() };
    match state {
        StepState::Done => times("✓", same.max(arrived)),
        StepState::Failed => times("!", same),
        StepState::Unknown | StepState::Proposed => times("?", same),
        StepState::Retrying => format!("↻ {attempts}"),
        StepState::Running => times("…", same),
        StepState::Waiting => times("◷", same),
        StepState::Skipped => "–".to_owned(),
        StepState::Cancelled => "×".to_owned(),
        StepState::Pending => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use serde_json::json;

    fn step(node: &str, item: u32, state: &str) -> StepDoc {
        serde_json::from_value(json!({"node": node, "item": [item], "state": state})).expect("a step")
    }

    fn badge_of(steps: &[StepDoc], arrived: u64) -> (&'static str, String) {
        let mark = mark(&steps.iter().collect::<Vec<_>>(), arrived, Language::English.words());
        (mark.state, mark.badge)
    }

    #[test]
    fn the_trigger_is_done_as_soon_as_there_is_a_run_and_the_rest_is_not_reached() {
        let run: RunDetail = serde_json::from_value(json!({
            "run": {"id": "1", "flow": "orders", "flow_name": "Orders", "state": "running", "key": null, "started_at": 1, "finished_at": null,
                    "steps": 0, "error_node": null, "error_code": null, "error": null, "retry_of": null},
            "version": 1,
            "document": {"khlong": 1, "id": "orders", "name": "Orders",
                         "nodes": [{"id": "order", "use": "core/webhook"}, {"id": "erp", "use": "http/request"}]},
            "trigger": {}, "trigger_node": "order", "steps": [], "edges": [], "truncated": false
        }))
        .expect("a run");
        let marks = marks(&run, Language::English.words());
        assert_eq!((marks.nodes["order"].state, marks.nodes["erp"].state), ("done", "pending"));
    }

    #[test]
    fn one_failed_item_colours_the_node_although_others_are_done() {
        let steps = [step("ship", 0, "done"), step("ship", 1, "failed"), step("ship", 2, "done")];
        assert_eq!(badge_of(&steps, 3), ("failed", "!".into()));
    }

    #[test]
    fn a_node_in_a_loop_says_how_many_items_it_has_done_also_those_not_kept() {
        assert_eq!(
            badge_of(&[step("ship", 0, "done"), step("ship", 1, "done")], 214),
            ("done", "✓ 214".into())
        );
    }

    #[test]
    fn a_step_done_once_has_only_its_tick() {
        assert_eq!(badge_of(&[step("ship", 0, "done")], 1), ("done", "✓".into()));
    }
}
