//! How a run is retried, and what of it is kept.

use crate::Error;
use crate::flow::{Flow, Work};
use model::{EffectRule, NodeId, Value};
use run::{Event, StepId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// How a run is retried. By default it goes on where it failed, in the newest version, with nothing changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Again {
    /// The step to begin at: what the run knows of it and of what comes after it is forgotten.
    pub from: Option<StepId>,
    pub edit: Option<Edit>,
    pub version: Version,
    /// Writes that are done, or may be, are sent again from there on, with the keys they had.
    pub repeat: bool,
    /// The event begins anew: writes are sent again from there on, with new keys, so that no target takes them for
    /// repeats.
    pub as_new: bool,
    /// Who says so.
    pub by: String,
    /// The job over many runs that this one is of.
    pub job: Option<i64>,
}

/// What a person changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// The trigger's body: the run gets an event of its own.
    Trigger(Value),
    /// What the step gets that the retry begins at: an action's fields, or another node's input.
    Input(Value),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Version {
    /// The one that is live now.
    #[default]
    Newest,
    /// The one that the run had.
    Then,
}

impl Again {
    /// What is written down of it beside who and when.
    pub fn what(&self) -> String {
        let edit = match &self.edit {
            None => None,
            Some(Edit::Trigger(_)) => Some("trigger"),
            Some(Edit::Input(_)) => Some("input"),
        };
        let from = self.from.as_ref().map(StepId::to_string);
        let then = self.version == Version::Then;
        let mut what =
            json!({"from": from, "edit": edit, "then": then, "repeat": self.repeat, "as_new": self.as_new});
        if let Some(job) = self.job {
            what["job"] = job.to_string().into();
        }
        what.to_string()
    }

    fn repeats(&self) -> bool {
        self.repeat || self.as_new
    }

    /// What of a run's events its retry begins with.
    pub fn keep(&self, flow: &Flow, events: Vec<Event>, now: store::Ms) -> Result<Vec<Event>, Error> {
        // What may end otherwise is made anew, a mapping with what the cross-references say by now. Not so where something was
        // written because of how it ended: what follows must not be about another record, nor go another way as well.
        let told = told(flow, &events);
        let renewed = |event: &Event| may_differ(flow, event) && !told.contains(event.step());
        let events: Vec<Event> = events.into_iter().filter(|event| !renewed(event)).collect();
        let Some(from) = &self.from else {
            return match (&self.edit, self.as_new) {
                (Some(Edit::Input(_)), _) => not_possible("say at which step the changed input comes in"),
                (_, true) => Ok(Vec::new()),
                (_, false) => Ok(events),
            };
        };
        let Some(node) = flow.plan.find(from.node.as_str()) else {
            return not_possible(&format!("there is no node {} in this version of the flow", from.node));
        };
        let begins = |event: &&Event| event.step() == from && is_write(flow, event);
        if let Some(event) = events.iter().find(begins).filter(|_| !self.repeats()) {
            self.check_begin(from, event)?;
        }
        let nodes = flow.plan.graph.downstream(node);
        let behind = Behind { from, nodes: nodes.iter().map(|node| flow.plan.id(node)).collect() };
        let keeps = |event: &Event| !behind.holds(event.step()) || (works(flow, event) && !self.repeats());
        let mut kept: Vec<Event> = events.into_iter().filter(keeps).collect();
        if self.as_new
            && let Some(event) = kept.iter().find(|event| matches!(event, Event::Unknown { .. }))
        {
            let step = event.step();
            return not_possible(&format!(
                "nobody knows whether {step} was done; with new keys nobody could find out: retry from there"
            ));
        }
        if let Some(Edit::Input(input)) = &self.edit {
            let (input, by) = (input.clone(), self.by.clone());
            kept.insert(0, Event::Edited { step: from.clone(), input, by, at: now });
        }
        Ok(kept)
    }

    /// A write that is to be the first step must not be left as it is without a word.
    fn check_begin(&self, from: &StepId, event: &Event) -> Result<(), Error> {
        match event {
            Event::Done { .. } => not_possible(&format!(
                "{from} is done already: say that it may be sent again (repeat), or begin anew (as_new)"
            )),
            Event::Unknown { .. } if self.edit.is_some() => not_possible(&format!(
                "nobody knows whether {from} was done: settle that, or say that it may be sent again (repeat)"
            )),
            _ => Ok(()),
        }
    }
}

fn not_possible<T>(reason: &str) -> Result<T, Error> {
    Err(Error::NotPossible(reason.to_owned()))
}

/// Whether an event tells how a step ended that may end otherwise when it is made anew: a mapping that reads cross-references, or a
/// script that had no time. What a person changed about it stays.
fn may_differ(flow: &Flow, event: &Event) -> bool {
    let node = flow.plan.find(event.step().node.as_str());
    let is_mapping = || node.is_some_and(|node| matches!(flow.nodes[node], Work::Map(_)));
    match event {
        Event::Done { .. } => is_mapping(),
        Event::Failed { .. } => true,
        _ => false,
    }
}

/// Those of them that something was written or called because of, for certain or perhaps; in for-eaches, for the same items. An
/// element that failed is made anew also where something was written behind its for-each.
fn told(flow: &Flow, events: &[Event]) -> HashSet<StepId> {
    let written: Vec<&StepId> = events.iter().filter(|event| works(flow, event)).map(Event::step).collect();
    // By node, and not by step: a for-each has ten thousands of them.
    let mut items_behind: HashMap<&NodeId, HashSet<&[u32]>> = HashMap::new();
    let mut told = HashSet::new();
    for event in events.iter().filter(|event| may_differ(flow, event)) {
        let step = event.step();
        let Some(node) = flow.plan.find(step.node.as_str()) else { continue };
        let within = step.item.len();
        let items = items_behind.entry(&step.node).or_insert_with(|| {
            let behind = flow.plan.graph.downstream(node);
            let is_behind =
                |of: &StepId| flow.plan.find(of.node.as_str()).is_some_and(|of| behind.contains(of));
            let of = written.iter().copied().filter(|of| is_behind(of));
            of.map(|of| &of.item[..of.item.len().min(within)]).collect()
        });
        let least = if matches!(event, Event::Failed { .. }) { within } else { 0 };
        if (least..=within).any(|depth| items.contains(&step.item[..depth])) {
            told.insert(step.clone());
        }
    }
    told
}

/// Whether an event tells of work that is not to be done twice.
fn works(flow: &Flow, event: &Event) -> bool {
    is_write(flow, event) || matches!(event, Event::Called { .. })
}

/// Whether an event tells of work at a target, done or perhaps done.
fn is_write(flow: &Flow, event: &Event) -> bool {
    matches!(event, Event::Done { .. } | Event::Unknown { .. }) && writes(flow, event.step())
}

/// Whether a step writes to another system, or may.
pub fn writes(flow: &Flow, step: &StepId) -> bool {
    flow.plan.find(step.node.as_str()).is_some_and(|node| match &flow.nodes[node] {
        Work::Action(work) => work.action.spec().effect != Some(EffectRule::Read),
        _ => false,
    })
}

/// The steps behind one, it included: in for-each bodies around it, those of the same items.
struct Behind<'a> {
    from: &'a StepId,
    nodes: HashSet<&'a NodeId>,
}

impl Behind<'_> {
    fn holds(&self, step: &StepId) -> bool {
        let same_items = self.from.item.iter().zip(&step.item).all(|(from, of)| from == of);
        self.nodes.contains(&step.node) && same_items
    }
}
