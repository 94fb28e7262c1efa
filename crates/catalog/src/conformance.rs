//! What holds for every operation there is and will be. An exception needs a reason, and the list only shrinks.

use crate::{core, http};
use model::money::{self, Currency};
use model::{
    ConnectorSpec, EffectRule, Family, Field, FieldKind, FlowDocument, Need, OperationSpec, Ports, Span,
    Surroundings, Words,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Fields whose about is their own shape in every language, so that both are the same.
const SAME_IN_BOTH: [(&str, &str); 1] =
    [("odoo/create_sales_order", "order: the names of JSON fields are not translated")];

/// What nobody gives credentials for: what flows are made of, and any address.
const WITHOUT_GUIDE: [&str; 2] = ["core", "http"];

fn operations() -> Vec<OperationSpec> {
    crate::all().specs().operations.values().cloned().collect()
}

fn connectors() -> Vec<ConnectorSpec> {
    crate::all().specs().connectors.values().cloned().collect()
}

/// Each field with the name of what it belongs to; those of lists and objects included.
fn fields() -> Vec<(String, Field)> {
    let of_operations = operations().into_iter().map(|spec| (spec.id.to_string(), spec.fields));
    let of_connections = connectors().into_iter().filter_map(|spec| Some((spec.id, spec.connection?.fields)));
    let mut all = Vec::new();
    for (owner, fields) in of_operations.chain(of_connections) {
        fields.into_iter().for_each(|field| add_field(&owner, field, &mut all));
    }
    all
}

fn add_field(owner: &str, field: Field, all: &mut Vec<(String, Field)>) {
    let inner = match &field.kind {
        FieldKind::List(inner) => inner,
        _ => &field.shape,
    };
    let place = format!("{owner} {}", field.name);
    inner.iter().for_each(|inner| add_field(&place, inner.clone(), all));
    all.push((owner.to_owned(), field));
}

fn is_thai(text: &str) -> bool {
    text.chars().any(|letter| ('\u{e00}'..='\u{e7f}').contains(&letter))
}

fn is_snake(text: &str) -> bool {
    let first = text.starts_with(|letter: char| letter.is_ascii_lowercase());
    first
        && text.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

#[track_caller]
fn check_words(place: &str, about: &Words) {
    assert!(!about.en.trim().is_empty(), "{place}: nothing in English");
    let exempt = SAME_IN_BOTH.iter().any(|(owner, _)| place.starts_with(owner));
    assert!(is_thai(&about.th) || exempt, "{place}: nothing in Thai");
    assert!(about.en.ends_with('.'), "{place}: an about is a sentence: {}", about.en);
}

#[test]
fn ids_and_field_names_are_snake_case_and_belong_to_a_connector() {
    let connectors: BTreeSet<String> = connectors().into_iter().map(|spec| spec.id).collect();
    for spec in operations() {
        assert!(connectors.contains(spec.id.connector()), "{}: no such connector", spec.id);
        assert!(is_snake(spec.id.connector()) && is_snake(spec.id.operation()), "{}", spec.id);
    }
    for (owner, field) in fields() {
        assert!(is_snake(&field.name), "{owner}: {}", field.name);
    }
}

#[test]
fn everything_has_a_title_and_an_about_in_both_languages() {
    for spec in operations() {
        assert!(!spec.title.en.is_empty() && !spec.title.th.is_empty(), "{}", spec.id);
        check_words(spec.id.as_str(), &spec.about);
    }
    for spec in connectors() {
        assert!(!spec.title.en.is_empty() && !spec.title.th.is_empty(), "{}", spec.id);
        check_words(&spec.id, &spec.about);
    }
    for (owner, field) in fields() {
        let place = format!("{owner} {}", field.name);
        assert!(!field.title.en.is_empty() && !field.title.th.is_empty(), "{place}");
        check_words(&place, &field.about);
    }
}

#[test]
fn every_choice_has_words_and_its_default_among_its_options() {
    for (owner, field) in fields() {
        let FieldKind::Choice(options) = &field.kind else { continue };
        let place = format!("{owner} {}", field.name);
        assert!(options.len() > 1, "{place}: nothing to choose");
        assert!(
            options.iter().all(|option| !option.title.en.is_empty() && !option.title.th.is_empty()),
            "{place}"
        );
        for value in [&field.default, &field.example] {
            let known = options.iter().any(|option| value.as_str() == Some(&option.value));
            assert!(known, "{place}: {value} is no option");
        }
    }
}

#[test]
fn a_record_to_choose_is_one_that_the_operation_s_connector_looks_up() {
    let all = crate::all();
    for spec in operations() {
        for field in &spec.fields {
            let FieldKind::Record(kind) = &field.kind else { continue };
            let known = all.connector(spec.id.connector()).unwrap().lookups();
            assert!(known.contains(&kind.as_str()), "{} {}: {kind}", spec.id, field.name);
            assert_ne!(spec.connection, Need::None, "{} {}: nobody to ask", spec.id, field.name);
        }
    }
}

#[test]
fn secrets_are_in_connections_only_and_have_neither_default_nor_example() {
    for spec in operations() {
        assert!(spec.fields.iter().all(|field| field.kind != FieldKind::Secret), "{}", spec.id);
    }
    for (owner, field) in fields() {
        if field.kind == FieldKind::Secret {
            assert!(field.default.is_null() && field.example.is_null(), "{owner} {}", field.name);
        }
    }
}

#[test]
fn a_field_is_either_required_or_has_a_default_and_its_bounds_make_sense() {
    for (owner, field) in fields() {
        let place = format!("{owner} {}", field.name);
        assert!(!field.required || field.default.is_null(), "{place}: required, with a default");
        if let (Some(least), Some(most)) = (field.at_least, field.at_most) {
            assert!(least <= most, "{place}");
        }
        if matches!(field.kind, FieldKind::Number | FieldKind::Money(_)) {
            assert!(field.at_most.is_some(), "{place}: a number without a bound");
        }
        if field.kind == FieldKind::Span && !field.default.is_null() {
            assert!(field.default.as_str().is_some_and(|text| text.parse::<Span>().is_ok()), "{place}");
        }
    }
}

#[test]
fn an_amount_is_in_a_currency_that_there_is_and_its_example_is_exact() {
    let mut seen = 0;
    for spec in operations() {
        let mut inside = Vec::new();
        spec.fields.iter().for_each(|field| add_field(spec.id.as_str(), field.clone(), &mut inside));
        for (owner, field) in &inside {
            let FieldKind::Money(currency) = &field.kind else { continue };
            let place = format!("{owner} {}", field.name);
            seen += 1;
            match currency {
                Some(Currency::Fixed(code)) => assert!(money::places(code).is_some(), "{place}: {code}"),
                Some(Currency::Field(path)) => {
                    let last = path.rsplit('.').next().unwrap_or(path);
                    let is_there = inside.iter().any(|(_, other)| other.name == last);
                    assert!(is_there, "{place}: there is no {path}");
                }
                None => {}
            }
            for value in [&field.default, &field.example].into_iter().filter(|value| !value.is_null()) {
                let text =
                    value.as_str().unwrap_or_else(|| panic!("{place}: {value} is not written as a text"));
                assert!(money::Amount::read(text).is_ok(), "{place}: {text}");
            }
        }
    }
    assert!(seen >= 2, "an order has prices and a total");
}

#[test]
fn effects_and_ports_fit_the_family() {
    for spec in operations() {
        let action = spec.family == Family::Action;
        assert_eq!(spec.effect.is_some(), action, "{}: effects belong to actions", spec.id);
        let ports = match &spec.ports {
            Ports::Fixed(ports) => ports.clone(),
            Ports::Cases => spec.ports_of(spec.example.as_object().unwrap()),
        };
        let names: BTreeSet<&str> = ports.iter().map(|port| port.as_str()).collect();
        assert_eq!(names.len(), ports.len(), "{}: a port twice", spec.id);
        assert!(names.iter().all(|name| is_snake(name)), "{}: {names:?}", spec.id);
        if action || spec.family == Family::Transform {
            assert_eq!(names, BTreeSet::from(["out", "error"]), "{}", spec.id);
        }
        if spec.family == Family::Trigger {
            assert_eq!(names, BTreeSet::from(["out"]), "{}", spec.id);
        }
    }
}

#[test]
fn an_operation_that_needs_a_connection_has_a_connector_with_one() {
    for spec in operations().iter().filter(|spec| spec.connection != Need::None) {
        let all = crate::all();
        let connector = &all.specs().connectors[spec.id.connector()];
        assert!(connector.connection.is_some(), "{}", spec.id);
    }
}

#[test]
fn every_example_is_a_node_that_the_validator_takes() {
    let all = crate::all();
    for spec in operations() {
        let around = Surroundings {
            connections: [("mine".into(), spec.id.connector().to_owned())].into(),
            ..Surroundings::default()
        };
        let problems = model::validate(&flow_with(&spec), all.specs(), &around, &AnyScript);
        let errors: Vec<String> =
            problems.iter().filter(|problem| problem.is_error()).map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", spec.id);
        assert!(!spec.example_output.is_null(), "{}: no example of what comes out", spec.id);
    }
}

/// A flow whose one node of interest is the operation's example.
fn flow_with(spec: &OperationSpec) -> FlowDocument {
    let mut node = json!({"id": "it", "use": spec.id, "with": spec.example});
    if spec.connection == Need::Required {
        node["connection"] = "mine".into();
    }
    let (nodes, edges) = match spec.family {
        Family::Trigger => (json!([node]), json!([])),
        _ => (json!([{"id": "start", "use": "core/manual"}, node]), json!([{"from": "start", "to": "it"}])),
    };
    let flow = json!({"khlong": 1, "id": "example", "name": "Example", "nodes": nodes, "edges": edges});
    serde_json::from_value(flow).expect("a flow")
}

/// Scripts are checked by another crate's tests.
struct AnyScript;

impl model::ScriptCheck for AnyScript {
    fn script(&self, _source: &str) -> Result<(), model::ScriptProblem> {
        Ok(())
    }

    fn expression(&self, _source: &str) -> Result<(), model::ScriptProblem> {
        Ok(())
    }

    fn names(&self, _source: &str) -> Vec<String> {
        Vec::new()
    }
}

/// The example, and the example with every default filled in: both are what a node can hold.
fn held(spec: &OperationSpec) -> [Value; 2] {
    let with_defaults: Map<String, Value> = spec
        .fields
        .iter()
        .filter(|field| !field.default.is_null())
        .map(|field| (field.name.clone(), field.default.clone()))
        .chain(spec.example.as_object().cloned().unwrap_or_default())
        .collect();
    [spec.example.clone(), Value::Object(with_defaults)]
}

#[test]
fn every_example_decodes_into_the_operation_s_input() {
    let all = crate::all();
    for spec in operations() {
        let Some(action) = all.action(&spec.id) else { continue };
        for with in held(&spec) {
            assert_eq!(action.check(with), Ok(()), "{}", spec.id);
        }
        assert!(action.check(Value::Bool(true)).is_err(), "{}: its input is not looked at", spec.id);
    }
    for with in held(&core::webhook::spec()) {
        connector::decode::<core::webhook::Input>(with).expect("a webhook's example");
    }
}

#[test]
fn what_belongs_to_a_system_says_how_to_get_at_it() {
    for spec in connectors().iter().filter(|spec| !WITHOUT_GUIDE.contains(&spec.id.as_str())) {
        assert!(!spec.guide.steps.is_empty(), "{}: no word on how to get the credentials", spec.id);
        let words = [&spec.guide.steps, &spec.guide.limits, &spec.guide.quirks];
        words.into_iter().flatten().for_each(|words| check_words(&spec.id, words));
    }
}

#[test]
fn a_trigger_that_asks_says_how_often_and_brings_what_its_example_shows() {
    for spec in operations().iter().filter(|spec| crate::all().poll(&spec.id).is_some()) {
        assert!(spec.find_field(connector::poll::EVERY).is_some(), "{}: how often?", spec.id);
        assert_eq!(spec.family, Family::Trigger, "{}", spec.id);
    }
}

#[test]
fn a_default_in_a_spec_is_the_default_in_the_code() {
    let spec = http::request::spec();
    let default = |name: &str| spec.find_field(name).unwrap().default.clone();
    let input = http::request::Input::default();
    assert_eq!(default("method"), input.method);
    assert_eq!(default("timeout"), input.timeout.to_string());
    assert_eq!(default("fail_on_status"), input.fail_on_status);
    assert_eq!(default("idempotency_header"), input.idempotency_header);
    assert_eq!(default("page_parameter"), input.page_parameter);
    assert_eq!(default("page_first"), input.page_first);
    assert_eq!(default("pages_max"), input.pages_max);
    let spec = core::webhook::spec();
    let default = |name: &str| spec.find_field(name).unwrap().default.clone();
    let input = core::webhook::Input::default();
    assert_eq!(default("methods"), json!(input.methods));
    assert_eq!(default("hmac_header"), input.hmac_header);
    assert_eq!(default("hmac_prefix"), input.hmac_prefix);
    assert_eq!(default("answer_timeout"), input.answer_timeout.to_string());
    assert_eq!(default("body_bytes_max"), input.body_bytes_max);
    assert_eq!(default("delivery_id"), input.delivery_id);
}

#[test]
fn what_an_unknown_outcome_needs_is_decided_by_the_method() {
    let all = crate::all();
    let request = all.action(&"http/request".into()).unwrap();
    let effect = |with: Value| request.effect(&with);
    assert_eq!(effect(json!({})), EffectRule::Read);
    assert_eq!(effect(json!({"method": "HEAD"})), EffectRule::Read);
    assert_eq!(effect(json!({"method": "PUT"})), EffectRule::Idempotent);
    assert_eq!(effect(json!({"method": "DELETE"})), EffectRule::Idempotent);
    assert_eq!(effect(json!({"method": "POST"})), EffectRule::Ask);
    assert_eq!(effect(json!({"method": "PATCH", "on_unknown": "ask"})), EffectRule::Ask);
    assert_eq!(effect(json!({"method": "POST", "on_unknown": "send_again"})), EffectRule::Idempotent);
}

#[test]
fn what_is_asked_while_a_flow_is_drawn_is_a_read_for_the_engine_too() {
    let all = crate::all();
    let request = all.action(&"http/request".into()).unwrap();
    for method in ["", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "${input.method}"] {
        let with = if method.is_empty() { json!({}) } else { json!({ "method": method }) };
        let fields = with.as_object().cloned().unwrap_or_default();
        let reads = request.effect(&with) == EffectRule::Read;
        assert_eq!(request.spec().only_reads(&fields), reads, "{method:?}");
    }
}

#[test]
fn a_trigger_whose_path_is_left_out_listens_where_its_form_and_the_check_of_the_flow_say() {
    let all = crate::all();
    for spec in operations() {
        let Some(webhook) = all.webhook(&spec.id) else { continue };
        for field in spec.fields.iter().filter(|field| field.kind == FieldKind::Path) {
            let path = |with: Value| {
                let with = with.as_object().cloned().unwrap_or_default();
                assert_eq!(webhook.path(&with).as_deref(), field.path(&with), "{}", spec.id);
                webhook.path(&with)
            };
            assert_eq!(path(json!({})).as_deref(), field.default.as_str(), "{}", spec.id);
            assert_eq!(
                path(json!({(field.name.clone()): ""})).as_deref(),
                field.default.as_str(),
                "{}",
                spec.id
            );
            assert_eq!(path(json!({(field.name.clone()): "a/b"})).as_deref(), Some("a/b"), "{}", spec.id);
        }
    }
}
