//! The steps of a run as bars in time: when each began, how long it worked and how long it only waited.

use api::RunDetail;
use model::NodeId;
use run::doc::{Ms, StepDoc, StepState};

/// What a piece of a bar says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Work,
    /// An attempt that failed.
    Failed,
    /// Nothing was done: until the next attempt, the connection's turn, or somebody's answer.
    Wait,
}

impl Kind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Work => "work",
            Kind::Failed => "failed",
            Kind::Wait => "wait",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub kind: Kind,
    pub from: Ms,
    pub to: Ms,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub node: NodeId,
    pub item: Vec<u32>,
    pub title: String,
    pub state: StepState,
    pub from: Ms,
    pub to: Ms,
    pub attempts: usize,
    pub parts: Vec<Part>,
    /// What went wrong, to be found by.
    pub error: String,
}

impl Bar {
    pub fn waited(&self) -> Ms {
        self.parts.iter().filter(|part| part.kind == Kind::Wait).map(|part| part.to - part.from).sum()
    }

    /// "3", "3.1": of which items, counted as people count.
    pub fn item_words(&self) -> String {
        self.item.iter().map(|index| (index + 1).to_string()).collect::<Vec<_>>().join(".")
    }

    fn holds(&self, text: &str) -> bool {
        let holds = |part: &str| part.to_lowercase().contains(text);
        holds(&self.title) || holds(&self.error) || (!self.item.is_empty() && self.item_words() == text)
    }
}

/// The time that all bars take together, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub from: Ms,
    pub to: Ms,
}

impl Scale {
    /// Where a moment lies, in percent of the whole.
    pub fn place(self, at: Ms) -> f64 {
        ((at - self.from) as f64 / (self.to - self.from) as f64 * 100.0).clamp(0.0, 100.0)
    }
}

/// The bars in the order in which the steps began.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    pub scale: Scale,
    pub bars: Vec<Bar>,
}

impl Bars {
    pub fn of(run: &RunDetail, now: Ms) -> Self {
        let from = run.run.started_at;
        let to = run.run.finished_at.unwrap_or(now).max(from + 1);
        let mut bars: Vec<Bar> = run.steps.iter().filter_map(|step| bar(run, step, to)).collect();
        // Stable: what began in the same millisecond stays in the order of the steps.
        bars.sort_by_key(|bar| bar.from);
        Self { scale: Scale { from, to }, bars }
    }

    /// Those that a text is about: a title, an error, or an item's number.
    pub fn found(&self, text: &str) -> Vec<Bar> {
        let text = text.trim().to_lowercase();
        self.bars.iter().filter(|bar| text.is_empty() || bar.holds(&text)).cloned().collect()
    }
}

fn bar(run: &RunDetail, step: &StepDoc, end: Ms) -> Option<Bar> {
    let from = step.started_at?;
    let to = step.finished_at.unwrap_or(end).max(from);
    let node = run.document.node(step.node.as_str());
    let waits = node.is_some_and(|node| node.operation.as_str() == "core/wait");
    Some(Bar {
        node: step.node.clone(),
        item: step.item.clone(),
        title: node.map_or_else(|| step.node.to_string(), |node| node.label().to_owned()),
        state: step.state,
        from,
        to,
        attempts: step.attempts.len(),
        parts: parts(step, from, to, waits),
        error: step.error.as_ref().map(|error| error.message.clone()).unwrap_or_default(),
    })
}

/// Attempts, and what lies between them.
fn parts(step: &StepDoc, from: Ms, to: Ms, waits: bool) -> Vec<Part> {
    let whole = match (step.state, waits || step.blocked.is_some()) {
        (_, true) | (StepState::Waiting, _) => Kind::Wait,
        (StepState::Failed, _) => Kind::Failed,
        _ => Kind::Work,
    };
    if step.attempts.is_empty() {
        return vec![Part { kind: whole, from, to }];
    }
    let (mut parts, mut at) = (Vec::new(), from);
    for attempt in &step.attempts {
        let ended = attempt.ended_at.unwrap_or(to);
        if attempt.started_at > at {
            parts.push(Part { kind: Kind::Wait, from: at, to: attempt.started_at });
        }
        let kind = if attempt.error.is_some() { Kind::Failed } else { Kind::Work };
        parts.push(Part { kind, from: attempt.started_at, to: ended });
        at = at.max(ended);
    }
    if to > at {
        parts.push(Part { kind: Kind::Wait, from: at, to });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn bars(steps: Value, finished_at: Option<Ms>) -> Bars {
        let run: RunDetail = serde_json::from_value(json!({
            "run": {"id": "1", "flow": "orders", "flow_name": "Orders", "state": "done", "key": null, "started_at": 100,
                    "finished_at": finished_at, "steps": 2, "error_node": null, "error_code": null, "error": null, "retry_of": null},
            "version": 1,
            "document": {"khlong": 1, "id": "orders", "name": "Orders", "nodes": [
                {"id": "order", "use": "core/webhook"}, {"id": "nap", "use": "core/wait"},
                {"id": "erp", "title": "Create sales order", "use": "odoo/create_sales_order"}]},
            "trigger": {}, "trigger_node": "order", "steps": steps, "edges": [], "truncated": false
        }))
        .expect("a run");
        Bars::of(&run, 2_100)
    }

    fn told(bars: &Bars) -> Vec<String> {
        let part = |part: &Part| format!("{} {}-{}", part.kind.as_str(), part.from, part.to);
        let bar = |bar: &Bar| {
            format!("{}: {}", bar.title, bar.parts.iter().map(part).collect::<Vec<_>>().join(", "))
        };
        bars.bars.iter().map(bar).collect()
    }

    #[test]
    fn the_time_between_two_attempts_is_a_wait() {
        let error = json!({"code": "E0307", "message": "Too many requests", "advice": ""});
        let bars = bars(
            json!([{"node": "erp", "state": "done", "started_at": 110, "finished_at": 900, "attempts": [
                {"number": 1, "started_at": 150, "ended_at": 200, "error": error}, {"number": 2, "started_at": 800, "ended_at": 900}]}]),
            Some(1_100),
        );
        assert_eq!(
            told(&bars),
            ["Create sales order: wait 110-150, failed 150-200, wait 200-800, work 800-900"]
        );
        assert_eq!((bars.bars[0].waited(), bars.scale.place(600)), (640, 50.0));
    }

    #[test]
    fn steps_come_in_the_order_in_which_they_began_and_those_not_reached_are_left_out() {
        let bars = bars(
            json!([{"node": "erp", "state": "running", "started_at": 500}, {"node": "nap", "state": "done", "started_at": 120, "finished_at": 500},
                   {"node": "order", "state": "skipped"}]),
            None,
        );
        assert_eq!(told(&bars), ["nap: wait 120-500", "Create sales order: work 500-2100"]);
    }

    #[test]
    fn an_item_of_a_loop_is_found_by_its_number_or_by_what_went_wrong() {
        let error = json!({"code": "E0308", "message": "No such article TEA-9", "advice": ""});
        let step = |item: u32| json!({"node": "erp", "item": [item], "state": "done", "started_at": 110 + item, "finished_at": 200});
        let bars = bars(
            json!([step(0), step(1), {"node": "erp", "item": [2], "state": "failed", "error": error, "started_at": 130, "finished_at": 140}]),
            Some(300),
        );
        let found = |text: &str| bars.found(text).iter().map(Bar::item_words).collect::<Vec<_>>();
        assert_eq!(found("2"), ["2"]);
        assert_eq!(found("tea-9"), ["3"]);
        assert_eq!(found(" sales "), ["1", "2", "3"]);
    }
}
