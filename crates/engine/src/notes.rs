//! What is noted of a run's steps on the way, for people.

use model::{Port, Value};
use run::doc::{Attempt, BlockedDoc, EditedDoc, ITEM_STEPS_MAX, LoopDoc, Ms, StepDoc, StepError, StepState};
use run::{At, Data, Run, StepId};
use serde_json::json;
use std::collections::HashMap;

/// Values larger than this are noted as their size and beginning.
const VALUE_BYTES_MAX: usize = 256 << 10;
/// How much of a value that is too large is shown.
const PREVIEW_CHARS: usize = 2_000;

#[derive(Clone, Debug, Default)]
pub struct Notes {
    pub steps: Vec<StepDoc<Data>>,
    places: HashMap<At, usize>,
    items: usize,
    failed_items: usize,
    pub truncated: bool,
    pub edges: Vec<u64>,
}

impl Notes {
    /// Notes that a step has begun; false where there are too many items to note each.
    pub fn begin(&mut self, run: &Run, at: &At, now: Ms) -> bool {
        if !at.item.is_empty() {
            self.items += 1;
            if self.items > ITEM_STEPS_MAX {
                self.truncated = true;
                return false;
            }
        }
        self.push(run, at, now);
        true
    }

    fn push(&mut self, run: &Run, at: &At, now: Ms) -> usize {
        let id = run.step_id(at);
        let place = self.steps.len();
        self.places.insert(at.clone(), place);
        self.steps.push(StepDoc {
            node: id.node,
            item: id.item,
            state: StepState::Running,
            input: None,
            port: None,
            output: None,
            error: None,
            attempts: Vec::new(),
            effect: None,
            edited: None,
            answered: None,
            items: None,
            started_at: Some(now),
            finished_at: None,
            wake_at: None,
            blocked: None,
        });
        place
    }

    pub fn step(&mut self, at: &At) -> Option<&mut StepDoc<Data>> {
        self.places.get(at).map(|place| &mut self.steps[*place])
    }

    pub fn done(&mut self, at: &At, port: &str, output: &Data, now: Ms) {
        if let Some(step) = self.step(at) {
            step.state = StepState::Done;
            step.port = Some(Port::from(port));
            step.output = Some(cut(output));
            step.finished_at = Some(now);
            step.wake_at = None;
        }
        if !at.item.is_empty() {
            // A scope's number is used again for later items.
            self.places.remove(at);
        }
    }

    /// Notes a failure; a failed item is noted even where items are not, up to a bound of their own.
    pub fn failed(&mut self, run: &Run, at: &At, error: &StepError, now: Ms) {
        if !self.places.contains_key(at) {
            if self.failed_items >= ITEM_STEPS_MAX {
                return;
            }
            self.failed_items += 1;
            self.push(run, at, now);
        }
        if let Some(step) = self.step(at) {
            step.state = StepState::Failed;
            step.error = Some(error.clone());
            step.finished_at = Some(now);
            step.wake_at = None;
        }
        if !at.item.is_empty() {
            self.places.remove(at);
        }
    }

    /// Notes why the run is ended at a step, whatever became of the step itself.
    pub fn blame(&mut self, step: &StepId, error: &StepError, now: Ms) {
        let noted =
            self.steps.iter_mut().rev().find(|noted| noted.node == step.node && noted.item == step.item);
        if let Some(noted) = noted {
            noted.state = StepState::Failed;
            noted.error = Some(error.clone());
            noted.finished_at.get_or_insert(now);
        }
    }

    /// Notes that a person said no to what the step would have sent.
    pub fn refused(&mut self, at: &At, error: &StepError, now: Ms) {
        if let Some(step) = self.step(at) {
            step.state = StepState::Cancelled;
            step.error = Some(error.clone());
            step.finished_at = Some(now);
        }
        if !at.item.is_empty() {
            self.places.remove(at);
        }
    }

    /// Notes who answered for a write.
    pub fn answered(&mut self, at: &At, by: &str, when: Ms) {
        if let Some(step) = self.step(at) {
            step.answered = Some(EditedDoc { by: by.to_owned(), at: when });
        }
    }

    pub fn items(&mut self, at: &At, items: LoopDoc) {
        if let Some(step) = self.step(at) {
            step.items = Some(items);
        }
    }

    pub fn input(&mut self, at: &At, input: &Data) {
        if let Some(step) = self.step(at) {
            step.input = Some(cut(input));
        }
    }

    pub fn attempts(&mut self, at: &At, attempts: &[Attempt]) {
        if let Some(step) = self.step(at) {
            step.attempts = attempts.to_vec();
        }
    }

    pub fn state(&mut self, at: &At, state: StepState, wake_at: Option<Ms>) {
        if let Some(step) = self.step(at) {
            step.state = state;
            step.wake_at = wake_at;
            step.blocked = None;
        }
    }

    /// Notes that a step waits at a connection's gate.
    pub fn blocked(&mut self, at: &At, blocked: BlockedDoc) {
        self.state(at, StepState::Waiting, Some(blocked.until));
        if let Some(step) = self.step(at) {
            step.blocked = Some(blocked);
        }
    }

    /// Everything still under way when the run ended was given up.
    pub fn close(&mut self, now: Ms) {
        for step in self.steps.iter_mut().filter(|step| step.finished_at.is_none()) {
            step.state = StepState::Cancelled;
            (step.wake_at, step.blocked) = (None, None);
            step.finished_at = Some(now);
        }
    }
}

fn cut(data: &Data) -> Data {
    if let Some(large) = data.as_large() {
        let mut facts = large.facts().clone();
        // It goes into the words that every value cut short has, too.
        facts["cut"] = true.into();
        facts["bytes"] = large.len().into();
        facts["preview"] = preview_of(&large.beginning()).into();
        return Data::from(facts);
    }
    if !data.is_larger(VALUE_BYTES_MAX) {
        return data.clone();
    }
    let text = data.text_once();
    Data::from(json!({"cut": true, "bytes": text.len(), "preview": preview_of(&text)}))
}

fn preview_of(text: &[u8]) -> String {
    // A character has four bytes at most.
    let beginning = &text[..text.len().min(4 * PREVIEW_CHARS)];
    String::from_utf8_lossy(beginning).chars().take(PREVIEW_CHARS).collect()
}

/// What a trigger received, for people: of a long body its size and beginning.
pub fn shown_trigger(trigger: &Data) -> Value {
    let mut head = trigger.pick(&[], run::TreeMax::ANY).unwrap_or_default();
    if let (Some(head), Some(body)) = (head.as_object_mut(), trigger.walk(&["body"])) {
        head.insert("body".into(), cut(&body).into_value());
    }
    head
}
