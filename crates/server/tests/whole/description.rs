//! The API's description, as a program that reads it would check it.

use crate::khlong::Khlong;
use serde_json::Value;
use std::collections::BTreeSet;

async fn described() -> Value {
    let khlong = Khlong::start().await;
    khlong.visitor().get_json(api::path::OPENAPI).await
}

/// Every operation with its path and method.
fn operations(openapi: &Value) -> Vec<(String, &Value)> {
    let paths = openapi["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    operations.collect()
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own() {
    let openapi = described().await;
    assert!(openapi["openapi"].as_str().unwrap().starts_with("3.1."));
    let mut names = BTreeSet::new();
    for (place, operation) in operations(&openapi) {
        let name = operation["operationId"].as_str().unwrap_or_default();
        assert!(!name.is_empty(), "{place} has no name");
        assert!(names.insert(name), "{place}: {name} is another's name");
    }
    assert!(names.len() > 30, "only {} operations are described", names.len());
}

#[tokio::test]
async fn every_answer_is_described() {
    let openapi = described().await;
    for (place, operation) in operations(&openapi) {
        let answers = operation["responses"].as_object().unwrap();
        assert!(!answers.is_empty(), "{place} has no answer");
        for (status, answer) in answers {
            let said = answer["description"].as_str().unwrap_or_default();
            assert!(!said.trim().is_empty(), "{place} says nothing about {status}");
        }
    }
}

#[tokio::test]
async fn every_parameter_in_a_path_is_declared_once_and_no_other() {
    let openapi = described().await;
    for (place, operation) in operations(&openapi) {
        let parts = place.split(['{', '}']).skip(1).step_by(2).map(str::to_owned);
        let given = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let in_path = given.iter().filter(|parameter| parameter["in"] == "path");
        let declared: Vec<String> = in_path
            .map(|parameter| {
                assert_eq!(parameter["required"], true, "{place} {parameter}");
                parameter["name"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(declared, parts.collect::<Vec<_>>(), "{place}");
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let openapi = described().await;
    let mut found = 0;
    references(&openapi, &mut |reference| {
        let pointer = reference.strip_prefix('#').expect("it stays in the document");
        assert!(openapi.pointer(pointer).is_some(), "{reference} leads nowhere");
        found += 1;
    });
    assert!(found > 50, "only {found} references");
}

fn references(value: &Value, tell: &mut impl FnMut(&str)) {
    match value {
        Value::Object(fields) => {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                tell(reference);
            }
            fields.values().for_each(|field| references(field, tell));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| references(entry, tell)),
        _ => {}
    }
}

#[tokio::test]
async fn what_is_served_beside_the_api_is_described_too() {
    let openapi = described().await;
    for path in ["/hooks/{path}", "/hooks/resume/{token}", "/health/live", "/health/ready", "/metrics"] {
        assert!(openapi["paths"][path].is_object(), "{path} is missing");
    }
}
