//! Each node by itself: its id, its operation, its fields, its bounds.

use super::Check;
use super::expressions::Reach;
use super::texts;
use crate::ids::is_id;
use crate::nearest::did_you_mean;
use crate::{Family, Field, FieldKind, Node, OperationSpec, Ports, Retry, Span, codes, pointer};
use serde_json::Value;
use std::collections::HashSet;

const TITLE_CHARS_MAX: usize = 200;
const NOTE_CHARS_MAX: usize = 10_000;
const RETRY_WAIT_MAX: Span = Span::from_secs(7 * 86_400);
const ATTEMPT_MAX: Span = Span::from_secs(86_400);

impl Check<'_> {
    pub(super) fn nodes(&mut self) {
        let doc = self.doc;
        let mut seen = HashSet::new();
        for (index, node) in doc.nodes.iter().enumerate() {
            let at = format!("/nodes/{index}");
            self.check_id(node.id.as_str(), &format!("{at}/id"));
            if !seen.insert(&node.id) {
                let message = format!("Two nodes have the id \"{}\"", node.id);
                self.error(codes::NODE_TWICE, format!("{at}/id"), message, "Give one of them another id.");
            }
            self.words(node, &at);
            self.bounds(node, &at);
            self.secrets(&node.with, &format!("{at}/with"));
            match self.specs.operation(&node.operation) {
                Some(spec) => self.uses(spec, node, index, &at),
                None => self.unknown_operation(node, &at),
            }
        }
        let specs = self.specs;
        let family = |node: &Node| specs.operation(&node.operation).map(|spec| spec.family);
        // A node that nobody knows may be the trigger: one mistake is one problem.
        if doc.nodes.iter().all(|node| family(node).is_some_and(|family| family != Family::Trigger)) {
            let advice = "Add one, such as core/webhook, core/schedule or core/manual.";
            self.error(codes::NO_TRIGGER, "/nodes", "The flow has no trigger, so it never runs", advice);
        }
    }

    fn words(&mut self, node: &Node, at: &str) {
        let texts = [("title", &node.title, TITLE_CHARS_MAX), ("note", &node.note, NOTE_CHARS_MAX)];
        for (name, text, most) in texts {
            if text.chars().count() > most {
                let message = format!("The {name} is longer than {most} characters");
                self.error(codes::BAD_TEXT, format!("{at}/{name}"), message, "Shorten it.");
            }
            self.no_nul(text, &format!("{at}/{name}"));
        }
    }

    fn bounds(&mut self, node: &Node, at: &str) {
        if let Some(retry) = &node.retry {
            let problem = if !(1..=Retry::ATTEMPTS_MAX).contains(&retry.attempts) {
                Some((
                    "attempts",
                    format!("A node is tried 1 to {} times, not {}", Retry::ATTEMPTS_MAX, retry.attempts),
                ))
            } else if retry.max > RETRY_WAIT_MAX {
                Some(("max", format!("The longest wait is {} and may be {RETRY_WAIT_MAX}", retry.max)))
            } else if retry.first > retry.max {
                Some((
                    "first",
                    format!("The first wait, {}, is longer than the longest one, {}", retry.first, retry.max),
                ))
            } else {
                None
            };
            if let Some((field, message)) = problem {
                let advice = "Such as {\"attempts\": 8, \"first\": \"2s\", \"max\": \"10m\"}.";
                self.error(codes::RETRY_BOUNDS, format!("{at}/retry/{field}"), message, advice);
            }
        }
        if let Some(timeout) =
            node.timeout.filter(|timeout| *timeout == Span::default() || *timeout > ATTEMPT_MAX)
        {
            let message = format!("An attempt cannot be limited to {timeout}");
            let advice = format!("Write a time-out of at most {ATTEMPT_MAX}, such as 30s.");
            self.error(codes::TIMEOUT_BOUNDS, format!("{at}/timeout"), message, advice);
        }
    }

    fn unknown_operation(&mut self, node: &Node, at: &str) {
        let (at, id) = (format!("{at}/use"), node.operation.as_str());
        let connector = node.operation.connector();
        if !self.specs.connectors.contains_key(connector) {
            let names = self.specs.connectors.keys().map(String::as_str);
            let advice = did_you_mean(
                connector,
                names,
                "An operation is written connector/operation. The connectors are",
            );
            return self.error(
                codes::UNKNOWN_CONNECTOR,
                at,
                format!("There is no connector \"{connector}\""),
                advice,
            );
        }
        let operations = self.specs.operations.keys().map(|id| id.as_str());
        let own = operations.filter(|id| id.split('/').next() == Some(connector));
        let advice = did_you_mean(id, own, "The operations of this connector are");
        self.error(codes::UNKNOWN_OPERATION, at, format!("There is no operation \"{id}\""), advice);
    }

    fn uses(&mut self, spec: &OperationSpec, node: &Node, index: usize, at: &str) {
        let with = format!("{at}/with");
        let mut reach = match spec.family {
            Family::Trigger => Reach::nothing(),
            _ => Reach::upstream_of(index),
        };
        self.fields(&spec.fields, &node.with, &with, &mut reach);
        self.mapping(spec, node, index, &with);
        if node.connection.is_none() {
            self.whole_addresses(&spec.fields, node, &with);
        }
        if spec.ports == Ports::Cases {
            let cases = node.with.get("cases").and_then(Value::as_array);
            self.cases(cases.map_or(&[], Vec::as_slice), &format!("{with}/cases"));
        }
        if node.operation.as_str() == "core/wait" {
            self.wait(node, &with);
        }
    }

    /// Only a connection knows what an address that is a path goes on from.
    fn whole_addresses(&mut self, fields: &[Field], node: &Node, at: &str) {
        for field in fields.iter().filter(|field| field.kind == FieldKind::Url) {
            let text = node.with.get(&field.name).and_then(Value::as_str);
            if let Some(text) = text.filter(|text| texts::is_path_of_base(text)) {
                let message = format!("\"{text}\" is only a path, and the node has no connection");
                let advice = "Write the whole address, or choose a connection whose address it goes on from.";
                self.error(codes::BAD_URL, pointer::join(at, &field.name), message, advice);
            }
        }
    }

    /// Each case of a switch needs a port of its own.
    fn cases(&mut self, cases: &[Value], at: &str) {
        let mut seen = HashSet::from(["else", "error"]);
        let cases = cases.iter().enumerate();
        for (index, port) in cases.filter_map(|(index, case)| Some((index, case["port"].as_str()?))) {
            if !is_id(port) || !seen.insert(port) {
                let at = format!("{at}/{index}/port");
                let message = format!("\"{port}\" cannot be the port of this case");
                let advice = "Use a name of letters, digits, - and _ that no other case has and that is neither else nor error.";
                self.error(codes::BAD_CASE, at, message, advice);
            }
        }
    }

    /// A wait ends by one of three things.
    fn wait(&mut self, node: &Node, at: &str) {
        let given =
            |name: &&str| !matches!(node.with.get(*name), None | Some(Value::Null | Value::Bool(false)));
        let given: Vec<_> = ["for", "until", "callback"].into_iter().filter(given).collect();
        if given.len() != 1 {
            let message = match given.as_slice() {
                [] => "The wait waits for nothing".to_owned(),
                many => format!("The wait has {}", many.join(" and ")),
            };
            let at = given.last().map_or_else(|| at.to_owned(), |name| pointer::join(at, name));
            self.error(codes::WAIT_FOR_WHAT, at, message, "Fill in one of for, until and callback.");
        }
    }
}
