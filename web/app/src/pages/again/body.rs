//! The data that a retry begins with: a step's fields as a form, the same as JSON, or what arrived.

use super::From;
use super::wrong::{Wrong, wrong};
use crate::form::{Form, GroupedFields, Leaf, Part, described, field_of, leaves, taken_apart};
use crate::words::{fill, words};
use api::RunDetail;
use leptos::prelude::*;
use model::{Family, Specs, Value};
use run::doc::StepDoc;
use serde_json::Map;
use std::collections::BTreeMap;
use ui::{Tabs, TextArea};

/// What is being changed: a cheap handle.
#[derive(Clone, Copy)]
pub struct Editing {
    tab: RwSignal<&'static str>,
    form: Option<Form>,
    /// The input as it was, and the fields of the form.
    before: StoredValue<Value>,
    parts: StoredValue<Vec<Part>>,
    step: RwSignal<String>,
    event: RwSignal<String>,
    event_before: StoredValue<Value>,
    error: RwSignal<Option<String>>,
    is_trigger: bool,
}

/// What is to be different; nothing where nothing was changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edited {
    /// What arrived was looked at, and not a step.
    pub is_event: bool,
    pub trigger: Option<Value>,
    pub input: Option<Value>,
}

impl Editing {
    pub fn new(run: &RunDetail, from: &From, specs: &Specs) -> Self {
        let step = run.steps.iter().find(|step| step.node == from.node && step.item == from.item);
        let input = step.and_then(|step| step.input.clone()).unwrap_or(Value::Null);
        let is_trigger = from.node == run.trigger_node;
        // What a trigger got is the event.
        let parts = if is_trigger { Vec::new() } else { parts_of(run, from, specs, &input) };
        let form = form_of(&parts, &input, step);
        let event = run.trigger.get("body").cloned().unwrap_or_else(|| run.trigger.clone());
        let tab = match (is_trigger, form) {
            (true, _) => "event",
            (false, Some(_)) => "fields",
            (false, None) => "json",
        };
        Self {
            tab: RwSignal::new(tab),
            form,
            step: RwSignal::new(pretty(&input)),
            before: StoredValue::new(input),
            parts: StoredValue::new(parts),
            event: RwSignal::new(pretty(&event)),
            event_before: StoredValue::new(event),
            error: RwSignal::new(None),
            is_trigger,
        }
    }

    /// Whether what arrived is changed, and not a step.
    pub fn is_event(self) -> bool {
        self.tab.get() == "event"
    }

    /// What the person gave; nothing while there is something to mend, which then stands below its field.
    pub fn collect(self) -> Option<Edited> {
        self.error.set(None);
        match self.tab.get_untracked() {
            "event" => {
                let given = self.parse(self.event)?;
                let before = self.event_before.get_value();
                Some(Edited {
                    is_event: true,
                    trigger: Some(given).filter(|given| *given != before),
                    input: None,
                })
            }
            "fields" => {
                let changed = self.form?.changed()?;
                let before = self.before.get_value();
                let given = merged(&before, changed);
                Some(Edited { input: Some(given).filter(|given| *given != before), ..Edited::default() })
            }
            _ => {
                let given = self.parse(self.step)?;
                let before = self.before.get_value();
                Some(Edited { input: Some(given).filter(|given| *given != before), ..Edited::default() })
            }
        }
    }

    fn parse(self, text: RwSignal<String>) -> Option<Value> {
        match serde_json::from_str(&text.get_untracked()) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.error.set(Some(fill(words().not_json, &[&reason])));
                None
            }
        }
    }

    fn tabs(self) -> Vec<(&'static str, String)> {
        let w = words();
        let all = [
            ("fields", w.again_fields, self.form.is_some()),
            ("json", w.again_json, !self.is_trigger),
            ("event", w.trigger_event, true),
        ];
        all.into_iter()
            .filter(|(.., is_there)| *is_there)
            .map(|(name, text, _)| (name, text.to_owned()))
            .collect()
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// What an action asks for; a script gets one input, whose own fields are shown.
fn parts_of(run: &RunDetail, from: &From, specs: &Specs, input: &Value) -> Vec<Part> {
    let values = match input {
        Value::Object(values) => values.clone(),
        Value::Null => Map::new(),
        _ => return Vec::new(),
    };
    let node = run.document.node(from.node.as_str());
    let spec = node.and_then(|node| specs.operation(&node.operation));
    match spec.filter(|spec| spec.family == Family::Action) {
        Some(spec) => taken_apart(&spec.fields, &values),
        None => taken_apart(&described(&values), &values),
    }
}

fn form_of(parts: &[Part], input: &Value, step: Option<&StepDoc>) -> Option<Form> {
    let leaves = leaves(parts);
    if leaves.is_empty() {
        return None;
    }
    let value = |leaf: &&Leaf| Some((leaf.at.clone(), input.pointer(&leaf.at)?.clone()));
    let values = leaves.iter().filter_map(value).collect();
    let form = Form::repair(leaves.iter().map(|leaf| field_of(leaf)).collect(), &values);
    if let Some(error) = step.and_then(|step| step.error.as_ref()) {
        for Wrong { at, missing } in wrong(&leaves, input, &error.message) {
            let reason = if missing { words().value_required.to_owned() } else { error.message.clone() };
            form.reject(&at, &reason);
        }
    }
    Some(form)
}

/// What the form does not know, and what nobody has touched, stays as it was; a field that was emptied goes.
fn merged(before: &Value, changed: BTreeMap<String, Option<Value>>) -> Value {
    let mut all = before.clone();
    if all.is_null() && !changed.is_empty() {
        all = Value::Object(Map::new());
    }
    for (at, value) in changed {
        put(&mut all, &at, value);
    }
    all
}

/// The place is one that the value was taken apart into: what is around it is there.
fn put(all: &mut Value, at: &str, value: Option<Value>) {
    let (above, name) = at.rsplit_once('/').unwrap_or_default();
    let name = name.replace("~1", "/").replace("~0", "~");
    let Some(Value::Object(fields)) = all.pointer_mut(above) else { return };
    match value {
        Some(value) => drop(fields.insert(name, value)),
        None => drop(fields.remove(&name)),
    }
}

#[component]
pub fn Body(editing: Editing) -> impl IntoView {
    let w = words();
    let Editing { tab, form, parts, step, event, error, .. } = editing;
    let error: Signal<Option<String>> = error.into();
    let body = move || match (tab.get(), form) {
        ("event", _) => {
            view! { <TextArea label=w.trigger_event value=event error rows=14 mono=true/> }.into_any()
        }
        ("fields", Some(form)) => {
            let parts = parts.get_value();
            view! { <div class="kl-stack"><GroupedFields form parts more=w.decide_output_more/></div> }
                .into_any()
        }
        _ => view! { <TextArea label=w.input value=step error rows=14 mono=true/> }.into_any(),
    };
    view! {
        <Tabs label=w.again_data tabs=Signal::stored(editing.tabs()) selected=tab/>
        {body}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn repaired(before: &Value, changed: &[(&str, Option<Value>)]) -> Value {
        merged(before, changed.iter().map(|(at, value)| ((*at).to_owned(), value.clone())).collect())
    }

    #[test]
    fn what_the_form_does_not_know_stays_and_what_was_emptied_goes() {
        let before = json!({"to": {"zip": null, "number": 7, "floor": 3}, "note": "old", "tags": "", "headers": {"x": 1}});
        let now = repaired(&before, &[("/to/zip", Some(json!("10110"))), ("/note", None)]);
        let rest = json!({"to": {"zip": "10110", "number": 7, "floor": 3}, "tags": "", "headers": {"x": 1}});
        assert_eq!(now, rest);
    }

    #[test]
    fn nothing_touched_is_nothing_changed() {
        let before = json!({"zip": null, "lines": [{"sku": "TEA", "free": false}]});
        assert_eq!(repaired(&before, &[]), before);
        // A step that got nothing gets nothing because of the form alone.
        assert_eq!(repaired(&Value::Null, &[]), Value::Null);
        assert_eq!(repaired(&Value::Null, &[("/zip", Some(json!("1")))]), json!({"zip": "1"}));
    }
}
