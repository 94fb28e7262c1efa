//! `core/map` in the words of its users: a mapping, what comes in, and what comes out of it or is told.
//!
//! Each file holds cases with the same mapping. `UPDATE=1` writes what the cases give anew.

mod common;

use common::{Outputs, engine, engine_with, run_info};
use model::mapping::CONVERSIONS_MAX;
use model::money::Currency;
use model::xref::{Found, Key, Way};
use model::{Field, FieldKind};
use script::{Engine, Error, Limits, Mapped, Mapping, References, Scope};
use serde_json::{Value, json};
use std::path::Path;

fn with_input<T>(input: &Value, then: impl FnOnce(&Scope) -> T) -> T {
    let (run, trigger) = (run_info(), json!({"body": input, "headers": {"x-shop": "demo"}}));
    let nodes = Outputs(json!({"stock": {"on_hand": 5}}));
    let vars = json!({"currency": "THB"});
    let scope = Scope {
        input,
        trigger: &trigger,
        nodes: &nodes,
        item: None,
        index: None,
        vars: &vars,
        run: &run,
        until: None,
    };
    then(&scope)
}

/// What an ERP's order is made of.
fn shape() -> Vec<Field> {
    let field = |name: &str, kind| Field::new(name, kind, name, name);
    let line =
        vec![field("sku", FieldKind::Text).required(), field("quantity", FieldKind::Number).required()];
    vec![
        field("reference", FieldKind::Text).required(),
        field("paid", FieldKind::Bool),
        field("partner", FieldKind::Json)
            .required()
            .shape([field("name", FieldKind::Text), field("zip", FieldKind::Text)]),
        field("lines", FieldKind::List(line)).required(),
        field("total", FieldKind::Money(Some(Currency::Fixed("THB".into())))),
    ]
}

/// Cross-references, each as entity, system, the system's id, our id.
type Xrefs = [[String; 4]];

fn answer(xrefs: &Xrefs, key: &Key) -> Found {
    let of = xrefs.iter().filter(|row| row[0] == key.entity && row[1] == key.system);
    let mut found = of.filter_map(|[_, _, external, own]| match key.way {
        Way::ToOwn => (*external == key.id).then_some(own),
        Way::ToSystem => (*own == key.id).then_some(external),
    });
    match (found.next(), found.count()) {
        (None, _) => Found::Nothing,
        (Some(one), 0) => Found::One(one.clone()),
        (Some(_), more) => Found::Several(more as u64 + 1),
    }
}

/// Maps, and asks on the way for what it needs.
fn map(engine: &Engine, mapping: &Mapping, scope: &Scope, xrefs: &Xrefs) -> Result<Value, Error> {
    let mut known = References::default();
    for _ in 0..=CONVERSIONS_MAX {
        match engine.map(mapping, scope, &known)? {
            Mapped::Value(value) => return Ok(value),
            Mapped::Asks(keys) => {
                known.extend(keys.into_iter().map(|key| (key.clone(), answer(xrefs, &key))))
            }
        }
    }
    panic!("it asks again and again");
}

fn evaluate(engine: &Engine, fields: &Value, shaped: bool, input: &Value, xrefs: &Xrefs) -> Value {
    let shape = shape();
    let made = engine.mapping(fields, shaped.then_some(shape.as_slice()));
    let made = made.and_then(|mapping| with_input(input, |scope| map(engine, &mapping, scope, xrefs)));
    match made {
        Ok(value) => json!({"gives": value}),
        Err(error) => {
            json!({"fails": format!("{} {error}", error.code()), "advice": error.advice().unwrap_or_default()})
        }
    }
}

#[test]
fn every_mapping_gives_what_its_file_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mappings");
    let mut names: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() > 10, "the cases are there");
    for path in names {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut file: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (fields, shaped) = (file["fields"].clone(), file["for"] == "order");
        let xrefs: Vec<[String; 4]> = serde_json::from_value(file["xrefs"].clone()).unwrap_or_default();
        for case in file["cases"].as_array_mut().unwrap() {
            let found = evaluate(&engine(), &fields, shaped, &case["input"], &xrefs);
            let case = case.as_object_mut().unwrap();
            case.retain(|name, _| name == "input");
            case.extend(found.as_object().unwrap().clone());
        }
        let found = serde_json::to_string_pretty(&file).unwrap() + "\n";
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &found).unwrap();
            continue;
        }
        assert_eq!(text, found, "{}: UPDATE=1 writes it anew", path.display());
    }
}

#[test]
fn each_line_shows_what_it_gives_also_where_another_fails() {
    let fields = json!({
        "reference": "SHOP-${input.id}",
        "paid": {"from": "${input.status}", "as": "boolean"},
        "lines": {"each": "${input.lines}", "when": "${item.quantity > 0}", "fields": {"sku": "${item.sku}"}}
    });
    let input = json!({"id": 7, "status": "perhaps", "lines": [{"sku": "A", "quantity": 0}, {"sku": "B", "quantity": 2}]});
    let engine = engine();
    let shape = shape();
    let mapping = engine.mapping(&fields, Some(&shape)).unwrap();
    let lines = with_input(&input, |scope| engine.map_lines(&mapping, scope, &References::default()));
    let shown: Vec<(String, String)> = lines
        .into_iter()
        .map(|line| {
            (
                line.target,
                line.value.map_or_else(|error| error.code().into(), |value| json!(value).to_string()),
            )
        })
        .collect();
    let expected = [("reference", "\"SHOP-7\""), ("paid", "E0212"), ("lines", "1"), ("lines[].sku", "\"B\"")];
    assert_eq!(shown, expected.map(|(target, value)| (target.to_owned(), value.to_owned())));
}

#[test]
fn a_line_that_is_still_being_written_does_not_hide_what_the_others_give() {
    let fields = json!({
        "reference": "SHOP-${input.id",
        "paid": {"from": "${input.status}", "as": "bolean"},
        "partner.name": "${input.name}",
        "lines": {"each": "${input.lines}", "fields": {"sku": "${item.sku +}", "quantity": "${item.quantity}"}}
    });
    let input = json!({"name": "Som", "lines": [{"sku": "A", "quantity": 2}]});
    let engine = engine();
    assert!(engine.mapping(&fields, Some(&shape())).is_err(), "it cannot run");
    let mapping = engine.mapping_in_the_making(&fields, Some(&shape())).unwrap();
    let lines = with_input(&input, |scope| engine.map_lines(&mapping, scope, &References::default()));
    let shown: Vec<String> = lines
        .into_iter()
        .map(|line| match line.value {
            Ok(value) => format!("{}: {}", line.target, json!(value)),
            Err(error) => format!("{}: {}", line.target, error.code()),
        })
        .collect();
    let expected = [
        "reference: E0201",
        "paid: E0211",
        "partner.name: \"Som\"",
        "lines: 1",
        "lines[].sku: E0201",
        "lines[].quantity: 2",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn a_mapping_takes_no_more_than_a_script() {
    let fields = json!({"lines": {"each": "${input.all}", "fields": {"n": "${item}"}}});
    let input = json!({"all": (0..50).collect::<Vec<_>>()});
    let few = engine_with(Limits { list_items: 20, ..Limits::default() }, 0);
    assert!(evaluate(&few, &fields, false, &input, &[])["fails"].as_str().unwrap().starts_with("E0202"));
    let small = engine_with(Limits { total_bytes: 400, ..Limits::default() }, 0);
    assert!(evaluate(&small, &fields, false, &input, &[])["fails"].as_str().unwrap().starts_with("E0202"));
    let slow = engine_with(Limits::default(), 100);
    assert!(evaluate(&slow, &fields, false, &input, &[])["fails"].as_str().unwrap().starts_with("E0202"));
    assert_eq!(
        evaluate(&engine(), &fields, false, &input, &[])["gives"]["lines"].as_array().unwrap().len(),
        50
    );
}

fn lookup(from: &str) -> Value {
    json!({"from": from, "as": {"xref": {"entity": "customer", "from": "shopify"}}})
}

#[test]
fn all_cross_references_that_can_be_known_are_asked_for_at_once_and_each_once() {
    let fields = json!({
        "partner": lookup("${input.customer}"),
        "lines": {"each": "${input.lines}", "fields": {"owner": lookup("${item.owner}")}},
        "again": {"from": "${input.customer}", "as": [
            {"xref": {"entity": "customer", "from": "shopify"}}, {"xref": {"entity": "customer", "to": "lazada"}}
        ]}
    });
    let engine = engine();
    let mapping = engine.mapping(&fields, None).unwrap();
    assert!(mapping.refers());
    let input = json!({"customer": 1, "lines": [{"owner": "2"}, {"owner": "1"}, {}]});
    let key = |system: &str, way, id: &str| Key {
        entity: "customer".into(),
        system: system.into(),
        way,
        id: id.into(),
    };
    let first = vec![key("shopify", Way::ToOwn, "1"), key("shopify", Way::ToOwn, "2")];
    let mut known = References::default();
    let ask = |known: &References| with_input(&input, |scope| engine.map(&mapping, scope, known)).unwrap();
    assert_eq!(ask(&known), Mapped::Asks(first.clone()));
    known.extend(first.into_iter().zip([Found::One("17".into()), Found::One("18".into())]));
    assert_eq!(
        ask(&known),
        Mapped::Asks(vec![key("lazada", Way::ToSystem, "17")]),
        "what follows from the first answer"
    );
    known.extend([(key("lazada", Way::ToSystem, "17"), Found::One("L9".into()))]);
    let made = json!({"partner": "17", "lines": [{"owner": "18"}, {"owner": "17"}, {}], "again": "L9"});
    assert_eq!(ask(&known), Mapped::Value(made));
}

#[test]
fn a_step_needs_no_more_than_a_thousand_cross_references() {
    let fields = json!({"lines": {"each": "${input.all}", "fields": {"n": lookup("${item}")}}});
    let engine = engine();
    let mapping = engine.mapping(&fields, None).unwrap();
    let asked = |many: usize| {
        let input = json!({"all": (0..many).collect::<Vec<_>>()});
        with_input(&input, |scope| engine.map(&mapping, scope, &References::default()))
    };
    assert!(matches!(asked(1_000), Ok(Mapped::Asks(keys)) if keys.len() == 1_000));
    let error = asked(1_001).unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("1000")), ("E0219", true), "{error}");
}

#[test]
fn a_line_that_waits_for_a_cross_reference_says_so_and_does_not_hide_the_others() {
    let fields = json!({"partner": lookup("${input.customer}"), "name": "${input.name}"});
    let engine = engine();
    let mapping = engine.mapping(&fields, None).unwrap();
    let input = json!({"customer": 8231, "name": "Som"});
    let lines = with_input(&input, |scope| engine.map_lines(&mapping, scope, &References::default()));
    assert!(matches!(&lines[0].value, Err(Error::Unasked(key)) if key.id == "8231"), "{lines:?}");
    assert_eq!(lines[1].value, Ok(Some(json!("Som"))));
}

#[test]
fn a_cross_reference_that_is_still_being_written_is_no_mapping_that_runs() {
    let fields = json!({"a": {"from": "x", "as": {"xref": {"entity": "", "from": "shopify"}}}, "b": "y"});
    let engine = engine();
    assert_eq!(engine.mapping(&fields, None).unwrap_err().code(), "E0211");
    let mapping = engine.mapping_in_the_making(&fields, None).unwrap();
    let lines = with_input(&json!({}), |scope| engine.map_lines(&mapping, scope, &References::default()));
    assert_eq!(lines[0].value.as_ref().unwrap_err().code(), "E0211");
    assert_eq!(lines[1].value, Ok(Some(json!("y"))));
}
