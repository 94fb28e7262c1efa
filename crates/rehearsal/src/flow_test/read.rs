//! From the bytes of a file of cases to cases that fit their flow, or to everything that is wrong with them.

use super::case::{AnswerOfNode, AnswersOfNode, Case, CaseFile, Effect, Ends, Failure, schema};
use super::{NoStart, Subject, begins_at, is_answered, sends, time};
use model::problem::PROBLEMS_MAX;
use model::{Node, NodeId, Port, Problem, Value, codes, did_you_mean};
use serde::Deserialize;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Reads the cases of a flow.
pub fn read(text: &[u8], subject: &Subject<'_>) -> Result<Vec<Case>, Vec<Problem>> {
    static SCHEMA: LazyLock<Value> = LazyLock::new(schema);
    let value = model::parse::of_form(text, &SCHEMA)?;
    let file = CaseFile::deserialize(&value);
    let CaseFile { cases } =
        file.map_err(|error| vec![Problem::error(codes::WRONG_VALUE, "", error.to_string())])?;
    let mut check = Check { subject, problems: Vec::new() };
    if cases.is_empty() {
        check.wrong("/cases", "there is no case", "Write one: it has a name and an event.");
    }
    let mut names = HashSet::new();
    for (at, case) in cases.iter().enumerate() {
        let at = format!("/cases/{at}");
        if !names.insert(&case.name) {
            let message = format!("there is another case with the name \"{}\"", case.name);
            check.wrong(format!("{at}/name"), message, "Say in the name what differs.");
        }
        check.case(case, &at);
    }
    if check.problems.is_empty() { Ok(cases) } else { Err(check.problems) }
}

struct Check<'a> {
    subject: &'a Subject<'a>,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    fn wrong(&mut self, at: impl Into<String>, message: impl Into<String>, advice: impl Into<String>) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem::error(codes::WRONG_VALUE, at, message).advice(advice));
        }
    }

    fn case(&mut self, case: &Case, at: &str) {
        if case.name.trim().is_empty() {
            self.wrong(format!("{at}/name"), "the name is empty", "Say in a sentence what is tested.");
        }
        if let Err(NoStart { message, advice }) = begins_at(self.subject, case.trigger.as_ref()) {
            self.wrong(format!("{at}/trigger"), message, advice);
        }
        if let Some(now) = case.now.as_deref().filter(|now| time(now).is_none()) {
            let message = format!("\"{now}\" is not a time");
            self.wrong(format!("{at}/now"), message, "Write it like 2026-01-05T08:00:00+07:00.");
        }
        for (id, answers) in &case.answers {
            self.answers(id, answers, &format!("{at}/answers/{id}"));
        }
        for (index, effect) in case.effects.iter().flatten().enumerate() {
            self.effect(effect, &format!("{at}/effects/{index}/node"));
        }
        for id in case.gives.keys() {
            self.node(id, &format!("{at}/gives/{id}"));
        }
        if let Ends::Fails(Failure { node: Some(id), .. }) = &case.ends {
            self.node(id, &format!("{at}/ends/fails/node"));
        }
    }

    fn answers(&mut self, id: &NodeId, answers: &AnswersOfNode, at: &str) {
        let Some(node) = self.node(id, at) else { return };
        if !is_answered(self.subject, node) {
            let message = format!("`{id}` asks no other system: it gives what it makes itself");
            self.wrong(at, message, "Take the answer away; look at what the node gives with \"gives\".");
            return;
        }
        if answers.answers.is_empty() {
            self.wrong(at, "the list has no answer", "Write one, or take the list away.");
        }
        for (index, answer) in answers.answers.iter().enumerate() {
            let at = if answers.listed { format!("{at}/{index}") } else { at.to_owned() };
            self.answer(node, answer, &at);
        }
    }

    fn effect(&mut self, effect: &Effect, at: &str) {
        let Some(node) = self.node(&effect.node, at).filter(|node| !sends(self.subject, node)) else {
            return;
        };
        let what = if is_answered(self.subject, node) { "only looks" } else { "sends nothing" };
        let message = format!("`{}` {what}, so it has no effect", node.id);
        self.wrong(at, message, "Take the entry away; look at what the node gives with \"gives\".");
    }

    fn node(&mut self, id: &NodeId, at: &str) -> Option<&'a Node> {
        let nodes = &self.subject.doc.nodes;
        if let Some(node) = nodes.iter().find(|node| node.id == *id) {
            return Some(node);
        }
        let advice = did_you_mean(id.as_str(), nodes.iter().map(|node| node.id.as_str()), "The nodes are");
        self.wrong(at, format!("the flow has no node `{id}`"), advice);
        None
    }

    fn answer(&mut self, node: &Node, answer: &AnswerOfNode, at: &str) {
        let AnswerOfNode { gives, port, refuses } = answer;
        match (gives.is_some() || port.is_some(), refuses.is_some()) {
            (false, false) => {
                self.wrong(
                    at,
                    "the answer says nothing",
                    "Write \"gives\" with what the node gives, or \"refuses\".",
                );
            }
            (true, true) => {
                self.wrong(at, "the answer both gives and refuses", "Keep one of the two.");
            }
            _ => {}
        }
        let ports = self.subject.specs.operation(&node.operation).map(|spec| spec.ports_of(&node.with));
        let ports = ports.unwrap_or_default();
        let names = ports.iter().map(Port::as_str);
        if let Some(port) = port.as_ref().filter(|port| !ports.contains(port)) {
            let advice = did_you_mean(port.as_str(), names, "Its ways out are");
            self.wrong(format!("{at}/port"), format!("`{}` has no way out `{port}`", node.id), advice);
        }
    }
}
