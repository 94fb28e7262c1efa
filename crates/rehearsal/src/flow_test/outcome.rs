//! What came of a case, beside what is to come of it.

use super::compare::{Differences, Place, compare, shown};
use super::{CASE_ITEMS_MAX, CASE_STEPS_MAX, Case, Effect, Ends, Failure, Subject, is_repeated, sends};
use crate::{Answer, Came, Rehearsal, Step};
use model::{NodeId, Value};
use run::doc::StepError;
use run::error_value;

pub(super) fn differences(case: &Case, walked: &Rehearsal, subject: &Subject<'_>) -> Differences {
    let mut out = Differences::default();
    if walked.cut_short {
        let message = format!(
            "the run has more than {CASE_STEPS_MAX} steps, or a for-each more than {CASE_ITEMS_MAX} elements: too much for a test"
        );
        out.add("/event", message);
        return out;
    }
    let as_expected = ends(&case.ends, walked.failed.as_ref(), &mut out);
    // What a run that broke off does not do would only hide why it did.
    if !as_expected && walked.failed.is_some() {
        return out;
    }
    if let Some(expected) = &case.effects {
        effects(expected, walked, subject, &mut out);
    }
    for (node, expected) in &case.gives {
        gives(node, expected, walked, subject, &mut out);
    }
    out
}

/// Compares how the run ended; says whether that was as expected.
fn ends(expected: &Ends, failed: Option<&(NodeId, StepError)>, out: &mut Differences) -> bool {
    match (expected, failed) {
        (Ends::Done, None) => return true,
        (Ends::Done, Some((node, error))) => {
            let message = format!("the run was to end well, and fails at `{node}`: {}", told(error));
            out.add("/ends", message);
        }
        (Ends::Fails(Failure { node, says }), None) => {
            let at = node.as_ref().map(|node| format!(" at `{node}`")).unwrap_or_default();
            let says = says.as_ref().map(|says| format!(" with \"{says}\"")).unwrap_or_default();
            out.add("/ends", format!("the run was to fail{at}{says}, and ends well"));
        }
        (Ends::Fails(expected), Some((node, error))) => return fails(expected, node, error, out),
    }
    false
}

fn fails(expected: &Failure, node: &NodeId, error: &StepError, out: &mut Differences) -> bool {
    if let Some(other) = expected.node.as_ref().filter(|expected| *expected != node) {
        let message = format!("the run was to fail at `{other}`, and fails at `{node}`: {}", told(error));
        out.add("/ends/fails/node", message);
        return false;
    }
    let said = format!("{} {}", error.code, error.message);
    if let Some(says) = expected.says.as_ref().filter(|says| !said.contains(says.as_str())) {
        let message =
            format!("the run fails at `{node}` as it was to, but does not say \"{says}\": {}", told(error));
        out.add("/ends/fails/says", message);
        return false;
    }
    true
}

fn told(error: &StepError) -> String {
    let StepError { code, message, advice } = error;
    format!("{code} {message}. {advice}").trim_end_matches([' ', '.']).to_owned()
}

/// Compares what would be sent, up to where something else is sent than expected.
fn effects(expected: &[Effect], walked: &Rehearsal, subject: &Subject<'_>, out: &mut Differences) {
    let found: Vec<(&NodeId, &Value)> = walked.steps.iter().filter_map(|step| sent(step, subject)).collect();
    for index in 0..expected.len().max(found.len()) {
        let (at, number) = (format!("/effects/{index}"), index + 1);
        match (expected.get(index), found.get(index)) {
            (Some(effect), Some((node, fields))) if effect.node == **node => {
                let Some(sends) = &effect.sends else { continue };
                let place = Place::new(format!("{at}/sends"), format!("effect {number}, `{node}` sends"));
                compare(sends, Some(fields), &place, out);
            }
            (Some(effect), Some((node, fields))) => {
                let message = format!(
                    "effect {number} was to be sent by `{}`; `{node}` sends {}",
                    effect.node,
                    shown(fields)
                );
                return out.add(format!("{at}/node"), message);
            }
            (Some(effect), None) => {
                let sends =
                    effect.sends.as_ref().map(|sends| format!(" {}", shown(sends))).unwrap_or_default();
                out.add(at, format!("effect {number} is missing: `{}` was to send{sends}", effect.node));
            }
            (None, Some((node, fields))) => {
                out.add(
                    "/effects",
                    format!("effect {number} was not expected: `{node}` sends {}", shown(fields)),
                );
            }
            (None, None) => {}
        }
    }
}

/// What a step would send, where that is an effect. A refused one was sent, too.
fn sent<'r>(step: &'r Step, subject: &Subject<'_>) -> Option<(&'r NodeId, &'r Value)> {
    let (Came::WouldSend { fields, .. } | Came::Answered { fields, .. }) = &step.came else { return None };
    let node = subject.doc.nodes.iter().find(|node| node.id == step.node)?;
    sends(subject, node).then_some((&step.node, fields))
}

fn gives(node: &NodeId, expected: &Value, walked: &Rehearsal, subject: &Subject<'_>, out: &mut Differences) {
    let given: Vec<Value> = walked.of(node).map(|step| given(step, walked)).collect();
    let at = format!("/gives/{node}");
    if given.is_empty() {
        if !expected.is_null() {
            let message =
                format!("`{node}` was to give {}, and the run does not come to it", shown(expected));
            out.add(at, message);
        }
        return;
    }
    let found = match is_repeated(subject.doc, subject.specs, node) {
        true => Some(Value::Array(given)),
        false => given.into_iter().next(),
    };
    compare(expected, found.as_ref(), &Place::new(at, format!("`{node}` gives")), out);
}

/// What expressions see of a node after a step of it.
fn given(step: &Step, walked: &Rehearsal) -> Value {
    if let Some(gathered) = walked.gathered.get(&(step.node.clone(), step.item.clone())) {
        return gathered.clone();
    }
    match &step.came {
        Came::Failed(error) | Came::Answered { answer: Answer::Refuses(error), .. } => {
            error_value(&step.node, &step.item, error)
        }
        came => came.gave().cloned().unwrap_or(Value::Null),
    }
}
