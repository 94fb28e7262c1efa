//! A connector in lines that people can compare: what a form shows, and where each value goes.

use model::{Field, FieldKind};
use openapi::call::{BodyForm, Parameter, Slot, Source};
use openapi::{Imported, Operation};
use serde_json::Value;
use std::fmt::Write;

pub fn outline(imported: &Imported) -> String {
    let mut text = String::new();
    let spec = &imported.spec;
    writeln!(text, "{}: {}\n  {}", spec.id, spec.title.en, spec.about.en).unwrap();
    writeln!(text, "\nconnection").unwrap();
    spec.connection.iter().flat_map(|connection| &connection.fields).for_each(|it| field(it, 1, &mut text));
    for (name, scheme) in &imported.access.schemes {
        writeln!(text, "  {name}: {}", serde_json::to_string(scheme).unwrap()).unwrap();
    }
    for server in &imported.access.servers {
        writeln!(text, "  at {}", server.address).unwrap();
    }
    imported.operations.iter().for_each(|it| operation(it, &mut text));
    writeln!(text, "\nnotes").unwrap();
    for note in &imported.notes {
        writeln!(text, "  {:?} [{}] {}: {}", note.weight, note.code, note.at, note.message.en).unwrap();
    }
    text
}

fn operation(operation: &Operation, text: &mut String) {
    let (spec, call) = (&operation.spec, &operation.call);
    writeln!(text, "\n{} {} {}", spec.id, call.method.as_str(), call.path).unwrap();
    writeln!(text, "  {} | {}", spec.title.en, spec.about.en).unwrap();
    spec.fields.iter().for_each(|it| field(it, 1, text));
    call.parameters.iter().for_each(|it| parameter(it, text));
    if let Some(body) = &call.body {
        let needed = if body.required { "" } else { "?" };
        writeln!(text, "  > body{needed} {}", body.content_type).unwrap();
        match &body.form {
            BodyForm::Members(slots) => {
                slots.iter().for_each(|it| writeln!(text, "    {}", slot(it)).unwrap())
            }
            BodyForm::Whole(it) => writeln!(text, "    whole: {}", slot(it)).unwrap(),
            BodyForm::Raw(it) => writeln!(text, "    raw: {}", slot(it)).unwrap(),
            BodyForm::Form(parts) => parts.iter().for_each(|part| {
                let explode = if part.explode { " exploded" } else { "" };
                writeln!(text, "    {} {:?}{explode}", slot(&part.slot), part.style).unwrap();
            }),
            BodyForm::Multipart(parts) => parts.iter().for_each(|part| {
                let content_type = part.content_type.as_deref().unwrap_or_default();
                writeln!(text, "    {} {content_type}", slot(&part.slot)).unwrap();
            }),
        }
    }
    let more = [
        ("at", call.server.as_ref().map(|it| serde_json::to_string(it).unwrap())),
        ("key in", call.key_header.clone()),
        ("pages", call.pages.as_ref().map(|it| serde_json::to_string(it).unwrap())),
        ("limit", (!call.limit.is_unsaid()).then(|| serde_json::to_string(&call.limit).unwrap())),
        ("accept", call.accept.clone()),
    ];
    for (name, value) in more {
        value.iter().for_each(|value| writeln!(text, "  > {name} {value}").unwrap());
    }
    let success: Vec<String> =
        call.success.iter().map(|range| format!("{}-{}", range.from, range.to)).collect();
    let ways: Vec<String> = call.sign_in.iter().map(|way| serde_json::to_string(way).unwrap()).collect();
    writeln!(
        text,
        "  > {:?}, done by {}, signed in by {}",
        spec.effect.unwrap(),
        success.join(" "),
        ways.join(" or ")
    )
    .unwrap();
    writeln!(text, "  example {}", spec.example).unwrap();
    writeln!(text, "  gives {}", spec.example_output).unwrap();
}

fn field(field: &Field, depth: usize, text: &mut String) {
    let kind = match &field.kind {
        FieldKind::Choice(options) => {
            let option = |it: &model::Choice| format!("{}={}", it.value, it.title.en);
            format!("Choice[{}]", options.iter().map(option).collect::<Vec<_>>().join(", "))
        }
        FieldKind::List(_) => "List".to_owned(),
        other => format!("{other:?}"),
    };
    let bounds = match (field.at_least, field.at_most) {
        (None, None) => String::new(),
        (least, most) => {
            let word = |bound: Option<u64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
            format!(" {}..{}", word(least), word(most))
        }
    };
    let mark = if field.required { "!" } else { "" };
    let second = if field.advanced { " (second screen)" } else { "" };
    let value =
        |name: &str, value: &Value| if value.is_null() { String::new() } else { format!(" {name} {value}") };
    let (usual, example) = (value("usual", &field.default), value("such as", &field.example));
    let indent = "  ".repeat(depth);
    writeln!(
        text,
        "{indent}{}{mark}: {kind}{bounds}{second}{usual}{example} | {} | {}",
        field.name, field.title.en, field.about.en
    )
    .unwrap();
    let inner = match &field.kind {
        FieldKind::List(fields) => fields,
        _ => &field.shape,
    };
    inner.iter().for_each(|it| self::field(it, depth + 2, text));
}

fn parameter(parameter: &Parameter, text: &mut String) {
    let Parameter { slot: it, place, style, explode, reserved } = parameter;
    let explode = if *explode { " exploded" } else { "" };
    let reserved = if *reserved { " reserved" } else { "" };
    writeln!(text, "  > {place:?} {} {style:?}{explode}{reserved}", slot(it)).unwrap();
}

fn slot(slot: &Slot) -> String {
    let from = match &slot.from {
        Source::Field(name) => name.clone(),
        Source::Fixed(value) => format!("={value}"),
    };
    let nullable = if slot.nullable { " nullable" } else { "" };
    let always = if slot.always { " always" } else { "" };
    let otherwise =
        if slot.otherwise.is_null() { String::new() } else { format!(" otherwise {}", slot.otherwise) };
    format!("{} <- {from} {:?}{nullable}{always}{otherwise}", slot.name, slot.kind)
}
