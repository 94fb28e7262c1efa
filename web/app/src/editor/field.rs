//! One field of a node, by its kind. What is typed goes into the document at once; what somebody takes back comes out again.

use super::desk::Desk;
use super::preview::FieldPreview;
use crate::words::{language, words};
use canvas::draft::Stroke;
use leptos::prelude::*;
use model::{Field, FieldKind, FlowDocument, NodeId, Value};
use ui::{Choice, Select, Switch, TextArea, TextField, TextKind};

/// A text that is edited: it follows the document, and the document follows it.
pub fn edit_text(
    desk: Desk,
    stroke: Stroke,
    read: impl Fn(&FlowDocument) -> String + Send + Sync + 'static,
    write: impl Fn(&mut FlowDocument, &str) + Clone + Send + Sync + 'static,
) -> RwSignal<String> {
    let held = desk.of_document(read);
    let text = RwSignal::new(held.get_untracked());
    Effect::new(move |_| {
        let held = held.get();
        if text.with_untracked(|text| *text != held) {
            text.set(held);
        }
    });
    Effect::new(move |_| {
        let typed = text.get();
        if held.with_untracked(|held| *held == typed) {
            return;
        }
        let (stroke, write) = (stroke.clone(), write.clone());
        desk.does(move |canvas| canvas.stroke(stroke, move |doc| write(doc, &typed)));
    });
    text
}

/// A switch that follows what is held, and tells when somebody turns it.
pub fn edit_switch(held: Memo<bool>, turn: impl Fn(bool) + 'static) -> RwSignal<bool> {
    let value = RwSignal::new(held.get_untracked());
    Effect::new(move |_| value.set(held.get()));
    Effect::new(move |_| {
        let wanted = value.get();
        if held.get_untracked() != wanted {
            turn(wanted);
        }
    });
    value
}

/// How a value stands in the text that it is edited as.
#[derive(Clone, Copy)]
enum Notation {
    Json,
    /// An expression stands there as it is written.
    JsonOrExpression,
}

impl Notation {
    fn write(self, value: Option<&Value>) -> String {
        match (self, value) {
            (_, None) => String::new(),
            (Self::JsonOrExpression, Some(Value::String(text))) if is_expression(text) => text.clone(),
            (_, Some(value)) => serde_json::to_string_pretty(value).unwrap_or_default(),
        }
    }

    fn read(self, text: &str) -> serde_json::Result<Option<Value>> {
        match (self, text.trim()) {
            (_, "") => Ok(None),
            (Self::JsonOrExpression, text) if is_expression(text) => Ok(Some(Value::from(text))),
            (_, text) => serde_json::from_str(text).map(Some),
        }
    }
}

fn is_expression(text: &str) -> bool {
    text.trim_start().starts_with("${")
}

/// A value that is edited as text.
#[derive(Clone, Copy)]
struct Edited {
    /// What is typed.
    text: RwSignal<String>,
    /// What of it the document holds.
    held: Memo<Option<Value>>,
    /// Why it does not hold what is typed.
    wrong: Signal<Option<String>>,
}

/// As [`edit_text`]; what cannot be read stays in the input alone, and the document as it was.
fn edit_value(
    desk: Desk,
    notation: Notation,
    stroke: Stroke,
    read: impl Fn(&FlowDocument) -> Option<Value> + Send + Sync + 'static,
    write: impl Fn(&mut FlowDocument, Option<Value>) + Clone + Send + Sync + 'static,
) -> Edited {
    let held = desk.of_document(read);
    let text = RwSignal::new(held.with_untracked(|held| notation.write(held.as_ref())));
    let wrong = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        let held = held.get();
        if notation.read(&text.get_untracked()).is_ok_and(|typed| typed != held) {
            text.set(notation.write(held.as_ref()));
        }
    });
    Effect::new(move |_| match notation.read(&text.get()) {
        Ok(value) => {
            wrong.set(None);
            if held.with_untracked(|held| *held != value) {
                let (stroke, write) = (stroke.clone(), write.clone());
                desk.does(move |canvas| canvas.stroke(stroke, move |doc| write(doc, value)));
            }
        }
        Err(error) => wrong.set(Some(crate::words::fill(words().not_json, &[&error]))),
    });
    Edited { text, held, wrong: wrong.into() }
}

/// What a field of a node holds.
fn value_of(doc: &FlowDocument, node: &NodeId, field: &str) -> Option<Value> {
    doc.node(node.as_str())?.with.get(field).cloned()
}

fn set(doc: &mut FlowDocument, node: &NodeId, field: &str, value: Option<Value>) {
    let Some(found) = doc.nodes.iter_mut().find(|one| one.id == *node) else { return };
    match value {
        Some(value) => drop(found.with.insert(field.to_owned(), value)),
        None => drop(found.with.remove(field)),
    }
}

#[component]
pub fn FieldEditor(desk: Desk, node: NodeId, field: Field) -> impl IntoView {
    match &field.kind {
        FieldKind::Bool => view! { <BoolEditor desk node field/> }.into_any(),
        FieldKind::Choice(_) => view! { <ChoiceEditor desk node field/> }.into_any(),
        FieldKind::Json | FieldKind::Map | FieldKind::List(_) | FieldKind::Rate => {
            view! { <JsonEditor desk node field/> }.into_any()
        }
        _ => view! { <TextEditor desk node field/> }.into_any(),
    }
}

fn stroke_of(node: &NodeId, field: &Field) -> Stroke {
    Stroke::Typing { node: Some(node.clone()), field: field.name.clone() }
}

fn words_of(field: &Field) -> (String, String) {
    (language().of(&field.title).to_owned(), language().of(&field.about).to_owned())
}

/// What is wrong with a field, where the validator says so.
fn wrong_with(desk: Desk, node: &NodeId, field: &Field) -> Signal<Option<String>> {
    let (node, end) = (node.clone(), format!("/with/{}", field.name));
    Signal::derive(move || {
        let mine = desk.problems_of(Some(&node));
        let here = mine
            .into_iter()
            .find(|problem| problem.at.ends_with(&end) || problem.at.contains(&format!("{end}/")));
        here.map(|problem| format!("{}. {}", problem.message, problem.advice))
    })
}

/// As a field's value stands in its input; an expression stands there as it is written, whatever the kind.
fn as_text(value: Option<Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    }
}

#[component]
fn TextEditor(desk: Desk, node: NodeId, field: Field) -> impl IntoView {
    let (label, hint) = words_of(&field);
    let error = wrong_with(desk, &node, &field);
    let stroke = stroke_of(&node, &field);
    let (read_node, name) = (node.clone(), field.name.clone());
    let preview_node = node.clone();
    let is_number = field.kind == FieldKind::Number;
    let write_name = name.clone();
    let text = edit_text(
        desk,
        stroke,
        move |doc| as_text(value_of(doc, &read_node, &name)),
        move |doc, text| {
            let number = is_number.then(|| text.trim().parse::<serde_json::Number>().ok()).flatten();
            let value = (!text.is_empty()).then(|| number.map_or_else(|| Value::from(text), Value::Number));
            set(doc, &node, &write_name, value);
        },
    );
    let placeholder = match (&field.default, &field.example) {
        (Value::Null, example) => as_text(Some(example.clone())),
        (default, _) => as_text(Some(default.clone())),
    };
    let typed = Signal::derive(move || Some(Value::from(text.get())));
    let preview =
        (field.kind != FieldKind::Code).then(|| view! { <FieldPreview desk node=preview_node text=typed/> });
    let input = match field.kind {
        FieldKind::Code => view! { <TextArea label value=text hint error rows=10 mono=true/> }.into_any(),
        FieldKind::LongText => view! { <TextArea label value=text hint error rows=4/> }.into_any(),
        _ => view! { <TextField label value=text kind=TextKind::Text hint error placeholder required=field.required/> }.into_any(),
    };
    view! { <div class="kl-previewed">{input} {preview}</div> }
}

#[component]
fn JsonEditor(desk: Desk, node: NodeId, field: Field) -> impl IntoView {
    let (label, hint) = words_of(&field);
    let preview_node = node.clone();
    let wrong = wrong_with(desk, &node, &field);
    let stroke = stroke_of(&node, &field);
    let (name, write_name, read_node) = (field.name.clone(), field.name.clone(), node.clone());
    let edited = edit_value(
        desk,
        Notation::JsonOrExpression,
        stroke,
        move |doc| value_of(doc, &read_node, &name),
        move |doc, value| set(doc, &node, &write_name, value),
    );
    let error = Signal::derive(move || edited.wrong.get().or_else(|| wrong.get()));
    let placeholder = match &field.example {
        Value::Null => String::new(),
        example => serde_json::to_string_pretty(example).unwrap_or_default(),
    };
    let typed = Signal::derive(move || edited.held.get());
    view! {
        <div class="kl-previewed">
            <TextArea label value=edited.text hint error rows=5 mono=true placeholder/>
            <FieldPreview desk node=preview_node text=typed/>
        </div>
    }
}

#[component]
fn ChoiceEditor(desk: Desk, node: NodeId, field: Field) -> impl IntoView {
    let (label, hint) = words_of(&field);
    let FieldKind::Choice(options) = &field.kind else { return ().into_any() };
    let choices: Vec<Choice> = options
        .iter()
        .map(|option| Choice::new(option.value.clone(), language().of(&option.title)))
        .collect();
    let by_default = as_text(Some(field.default.clone()));
    let (name, write_name, read_node) = (field.name.clone(), field.name.clone(), node.clone());
    let fallback = by_default.clone();
    let value = edit_text(
        desk,
        stroke_of(&node, &field),
        move |doc| match as_text(value_of(doc, &read_node, &name)) {
            text if text.is_empty() => fallback.clone(),
            text => text,
        },
        // What is so without being said is not said.
        move |doc, text| set(doc, &node, &write_name, (text != by_default).then(|| Value::from(text))),
    );
    view! { <Select label value choices=Signal::stored(choices) hint/> }.into_any()
}

#[component]
fn BoolEditor(desk: Desk, node: NodeId, field: Field) -> impl IntoView {
    let (label, hint) = words_of(&field);
    let by_default = field.default == Value::Bool(true);
    let (name, read_node) = (field.name.clone(), node.clone());
    let held = desk.of_document(move |doc| {
        value_of(doc, &read_node, &name).map_or(by_default, |value| value == Value::Bool(true))
    });
    let (stroke, name) = (stroke_of(&node, &field), field.name.clone());
    let value = edit_switch(held, move |wanted| {
        let (stroke, node, name) = (stroke.clone(), node.clone(), name.clone());
        let value = (wanted != by_default).then_some(Value::Bool(wanted));
        desk.does(move |canvas| canvas.stroke(stroke, move |doc| set(doc, &node, &name, value)));
    });
    view! { <Switch label value hint/> }
}

/// A node's sample as JSON, with what is wrong with that.
pub fn edit_sample(desk: Desk, node: NodeId) -> (RwSignal<String>, Signal<Option<String>>) {
    let stroke = Stroke::Typing { node: Some(node.clone()), field: "/sample".into() };
    let read_node = node.clone();
    let Edited { text, wrong, .. } = edit_value(
        desk,
        Notation::Json,
        stroke,
        move |doc| doc.samples.get(&read_node).cloned(),
        move |doc, sample| match sample {
            Some(sample) => drop(doc.samples.insert(node.clone(), sample)),
            None => drop(doc.samples.shift_remove(&node)),
        },
    );
    (text, wrong)
}
