//! Tests of a flow that whoever keeps it writes: an event, what other systems answer, and what is to come of it.

mod case;
mod compare;
mod outcome;
mod read;

use crate::{Answer, Answers, Bounds, Rehearsal, rehearse_within};
pub use case::{
    AnswerOfNode, AnswersOfNode, Case, CaseFile, Effect, Ends, Failure, Reference, Refusal, schema,
};
pub use compare::{DIFFERENCES_MAX, Difference};
use model::xref::{Found, Key, Way};
use model::{Family, FlowDocument, Graph, Node, NodeId, Port, Specs, Value, did_you_mean};
pub use read::read;
use run::doc::StepError;
use script::Engine;
use serde_json::Map;
use std::sync::Arc;

/// Steps that the walk of a case has, and elements that a for-each in it goes through.
pub const CASE_STEPS_MAX: usize = 20_000;
pub const CASE_ITEMS_MAX: usize = 5_000;

/// When a run begins of which nobody says when, so that a case comes out the same every day.
const NOW: &str = "2026-01-05T08:00:00+07:00";
/// The target refused.
const REFUSED: &str = "E0308";

/// The flow that is tested, without an error in it.
pub struct Subject<'a> {
    pub doc: &'a FlowDocument,
    pub specs: &'a Specs,
    pub scripts: &'a Engine,
}

/// How a case came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The first that differ; none where the case passed.
    pub differences: Vec<Difference>,
    /// How many more there are.
    pub more: usize,
}

impl Verdict {
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Walks the flow with a case that [`read`] gave, and says what is not as it says.
pub fn check(case: &Case, subject: &Subject<'_>) -> Verdict {
    let told = match walk(case, subject) {
        Ok(walked) => outcome::differences(case, &walked, subject),
        Err(why) => {
            let mut told = compare::Differences::default();
            told.add("/trigger", why.message);
            told
        }
    };
    Verdict { differences: told.told, more: told.more }
}

fn walk(case: &Case, subject: &Subject<'_>) -> Result<Rehearsal, NoStart> {
    let trigger = begins_at(subject, case.trigger.as_ref())?;
    let doc = Arc::new(without_pins(subject));
    let given = case.answers.iter().map(|(node, answers)| (node.clone(), answered(answers)));
    let answers: Answers = ends_of_waits(subject).chain(given).collect();
    let vars = Value::Object(case.vars.clone());
    let bounds = Bounds {
        steps_max: CASE_STEPS_MAX,
        items_max: CASE_ITEMS_MAX,
        find: Some(&|key| find(&case.references, key)),
        answers: Some(&answers),
        vars: Some(&vars),
        ..Bounds::default()
    };
    let now = case.now.as_deref().and_then(time).or_else(|| time(NOW)).unwrap_or_default();
    let received = received(case, subject, trigger);
    rehearse_within(&doc, subject.specs, subject.scripts, &trigger.id, received, now, &bounds)
        .ok_or_else(|| no_start("the flow has no trigger to begin at", ""))
}

/// What expressions see as `trigger`. A sample has a head of its own, or is a body alone.
fn received(case: &Case, subject: &Subject<'_>, trigger: &Node) -> Value {
    let example = || Some(subject.specs.operation(&trigger.operation)?.example_output.clone());
    let body = |body: Value| Map::from_iter([("body".to_owned(), body)]);
    let mut received = match (&case.event, subject.doc.samples.get(&trigger.id)) {
        (Some(event), _) => body(event.clone()),
        (None, Some(Value::Object(sample))) if sample.contains_key("body") => sample.clone(),
        (None, Some(sample)) => body(sample.clone()),
        (None, None) => body(example().unwrap_or(Value::Null)),
    };
    received.extend(case.head.clone());
    Value::Object(received)
}

/// What nodes make themselves is made, whatever their samples say; what others answer may be a sample.
fn without_pins(subject: &Subject<'_>) -> FlowDocument {
    let mut doc = subject.doc.clone();
    let answered: Vec<NodeId> =
        doc.nodes.iter().filter(|node| is_answered(subject, node)).map(|node| node.id.clone()).collect();
    doc.samples.retain(|node, _| answered.contains(node));
    doc
}

/// Whether what a node gives comes from elsewhere.
fn is_answered(subject: &Subject<'_>, node: &Node) -> bool {
    let family = subject.specs.operation(&node.operation).map(|spec| spec.family);
    family == Some(Family::Action) || matches!(node.operation.as_str(), "core/call" | "core/wait")
}

/// Whether a step of a node is an effect: a write to another system, or a call of another flow, which may write.
fn sends(subject: &Subject<'_>, node: &Node) -> bool {
    let Some(spec) = subject.specs.operation(&node.operation) else { return false };
    match spec.family {
        Family::Action => !spec.only_reads(&node.with),
        _ => node.operation.as_str() == "core/call",
    }
}

fn may_begin(subject: &Subject<'_>, node: &Node) -> bool {
    let spec = subject.specs.operation(&node.operation);
    !node.disabled && spec.is_some_and(|spec| spec.family == Family::Trigger)
}

/// The trigger that is named, or the flow's only one.
fn begins_at<'a>(subject: &Subject<'a>, named: Option<&NodeId>) -> Result<&'a Node, NoStart> {
    let triggers: Vec<&Node> = subject.doc.nodes.iter().filter(|node| may_begin(subject, node)).collect();
    let ids: Vec<&str> = triggers.iter().map(|node| node.id.as_str()).collect();
    match (named, &*triggers) {
        (Some(named), _) => {
            let found = triggers.iter().find(|node| node.id == *named).copied();
            let advice = || did_you_mean(named.as_str(), ids.iter().copied(), "The triggers are");
            found.ok_or_else(|| no_start(format!("the flow has no trigger `{named}`"), advice()))
        }
        (None, [only]) => Ok(only),
        (None, []) => Err(no_start("the flow has no trigger that is switched on", "Switch one on.")),
        (None, _) => {
            let advice = format!("Add \"trigger\" with one of {}.", ids.join(", "));
            Err(no_start("the flow has several triggers, and the case names none", advice))
        }
    }
}

fn no_start(message: impl Into<String>, advice: impl Into<String>) -> NoStart {
    NoStart { message: message.into(), advice: advice.into() }
}

/// Why a case cannot begin.
struct NoStart {
    message: String,
    advice: String,
}

fn answered(answers: &AnswersOfNode) -> Vec<Answer> {
    answers.answers.iter().map(answer).collect()
}

/// What comes out of the waits of which nobody says anything: of one that is called an example, of one for a time nothing.
fn ends_of_waits<'a>(subject: &'a Subject<'_>) -> impl Iterator<Item = (NodeId, Vec<Answer>)> + 'a {
    let waits = subject.doc.nodes.iter().filter(|node| node.operation.as_str() == "core/wait");
    waits.filter(|node| !subject.doc.samples.contains_key(&node.id)).map(|node| {
        let called = node.with.get("callback") == Some(&Value::Bool(true));
        let spec = subject.specs.operation(&node.operation).filter(|_| called);
        let gives = spec.map_or(Value::Null, |spec| spec.example_output.clone());
        (node.id.clone(), vec![Answer::Gives(Port::out(), gives)])
    })
}

fn answer(answer: &AnswerOfNode) -> Answer {
    match &answer.refuses {
        Some(Refusal { code, message, advice }) => {
            let code = code.clone().unwrap_or_else(|| REFUSED.into());
            Answer::Refuses(StepError { code, message: message.clone(), advice: advice.clone() })
        }
        None => {
            let port = answer.port.clone().unwrap_or_else(Port::out);
            Answer::Gives(port, answer.gives.clone().unwrap_or(Value::Null))
        }
    }
}

fn find(references: &[Reference], key: &Key) -> Found {
    let about = references.iter().filter(|one| one.entity == key.entity && one.system == key.system);
    let mut others: Vec<&str> = about
        .filter_map(|one| match key.way {
            Way::ToOwn => (one.external == key.id).then_some(&*one.own),
            Way::ToSystem => (one.own == key.id).then_some(&*one.external),
        })
        .collect();
    others.sort_unstable();
    others.dedup();
    match *others {
        [] => Found::Nothing,
        [one] => Found::One(one.to_owned()),
        _ => Found::Several(others.len() as u64),
    }
}

fn time(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_millis())
}

/// Whether a node has a step for each element of a for-each.
fn is_repeated(doc: &FlowDocument, specs: &Specs, node: &NodeId) -> bool {
    let graph = Graph::new(doc, specs);
    graph.find(node.as_str()).is_some_and(|at| graph.parent(at).is_some())
}
