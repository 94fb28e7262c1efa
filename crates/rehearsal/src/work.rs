//! What a node does, as far as it can be done without anybody else.

use crate::rule_of;
use crate::scene::Stage;
use model::mapping::shape_of;
use model::xref::Key;
use model::{Family, Node, Port, Specs, Value};
use run::doc::StepError;
use run::{At, Data, LoopRule};
use script::Mapped;

pub(crate) enum Did {
    Gave(Port, Value),
    /// It would send this.
    Sends(Value),
    /// It would wait, and then give this where nobody says another thing.
    Waits(Value),
    Loops(Value, LoopRule),
    Failed(StepError),
    /// It has to know these first.
    Asks(Vec<Key>),
}

pub(crate) fn perform(stage: &Stage, node: &Node, specs: &Specs, at: &At, input: &Data) -> Did {
    let spec = specs.operation(&node.operation);
    let pass = || Did::Gave(Port::out(), input.value().clone());
    if node.disabled || spec.is_some_and(|spec| spec.family == Family::Trigger) {
        return pass();
    }
    let field = |name: &str| node.with.get(name).cloned().unwrap_or(Value::Null);
    let text = |name: &str| node.with.get(name).and_then(Value::as_str);
    let gave = |result: Result<Value, StepError>| match result {
        Ok(value) => Did::Gave(Port::out(), value),
        Err(error) => Did::Failed(error),
    };
    match node.operation.as_str() {
        "core/script" => gave(stage.run_script(at, input, text("script").unwrap_or_default())),
        "core/set" => gave(stage.render(at, input, &field("value"))),
        "core/map" => {
            let shape = text("target").and_then(|target| shape_of(specs, target));
            match stage.map(at, input, &field("fields"), shape) {
                Ok(Mapped::Value(value)) => Did::Gave(Port::out(), value),
                Ok(Mapped::Asks(keys)) => Did::Asks(keys),
                Err(error) => Did::Failed(error),
            }
        }
        "core/merge" => pass(),
        "core/wait" => match stage.render(at, input, &Value::Object(node.with.clone())) {
            Ok(_) => Did::Waits(input.value().clone()),
            Err(error) => Did::Failed(error),
        },
        "core/filter" => way(holds(stage, at, input, &field("when")), Port::out(), input),
        "core/switch" => switch(stage, node, at, input),
        "core/for_each" => match stage.render(at, input, &field("items")) {
            Ok(list) => Did::Loops(list, rule_of(text("on_item_error"))),
            Err(error) => Did::Failed(error),
        },
        "core/respond" => match stage.render(at, input, &Value::Object(node.with.clone())) {
            // The answer goes on.
            Ok(mut fields) => match fields.get_mut("body") {
                Some(body) => Did::Gave(Port::out(), body.take()),
                None => pass(),
            },
            Err(error) => Did::Failed(error),
        },
        "core/call" => match stage.render(at, input, &Value::Object(node.with.clone())) {
            Ok(fields) => Did::Sends(with_input(fields, input)),
            Err(error) => Did::Failed(error),
        },
        _ => match stage.render(at, input, &Value::Object(node.with.clone())) {
            Ok(fields) => Did::Sends(fields),
            Err(error) => Did::Failed(error),
        },
    }
}

/// A called flow is given what the node got, where its fields say nothing else.
fn with_input(mut fields: Value, input: &Data) -> Value {
    if let Value::Object(fields) = &mut fields {
        fields.entry("input").or_insert_with(|| input.value().clone());
    }
    fields
}

fn switch(stage: &Stage, node: &Node, at: &At, input: &Data) -> Did {
    let cases = node.with.get("cases").and_then(Value::as_array).into_iter().flatten();
    for case in cases {
        let port = case.get("port").and_then(Value::as_str).unwrap_or_default();
        match holds(stage, at, input, case.get("when").unwrap_or(&Value::Null)) {
            Ok(true) => return Did::Gave(port.into(), input.value().clone()),
            Ok(false) => {}
            Err(error) => return Did::Failed(error),
        }
    }
    Did::Gave("else".into(), input.value().clone())
}

fn way(holds: Result<bool, StepError>, out: Port, input: &Data) -> Did {
    match holds {
        Ok(true) => Did::Gave(out, input.value().clone()),
        Ok(false) => Did::Gave("else".into(), input.value().clone()),
        Err(error) => Did::Failed(error),
    }
}

fn holds(stage: &Stage, at: &At, input: &Data, when: &Value) -> Result<bool, StepError> {
    match stage.render(at, input, when)? {
        Value::Bool(holds) => Ok(holds),
        _ => Err(error(
            "E0503",
            "the condition gives neither true nor false",
            "Compare something, such as ${input.total > 1000}.",
        )),
    }
}

/// The first elements of a list, and whether there were more.
pub(crate) fn first_items(list: Value, most: usize) -> (Value, bool) {
    match list {
        Value::Array(items) if items.len() > most => {
            (Value::Array(items.into_iter().take(most).collect()), true)
        }
        list => (list, false),
    }
}

/// The error of a step whose cross-references nobody has asked for.
pub(crate) fn unasked(key: Key) -> StepError {
    let unasked = script::Error::Unasked(Box::new(key));
    error(unasked.code(), &unasked.to_string(), unasked.advice().unwrap_or_default())
}

pub(crate) fn no_list() -> StepError {
    error("E0206", "there is nothing to go through", "Give it a list, such as ${input.line_items}.")
}

fn error(code: &str, message: &str, advice: &str) -> StepError {
    StepError { code: code.into(), message: message.into(), advice: advice.into() }
}
