//! The templates in the box: whatever is answered, a flow comes of it that can be published.

use model::{FlowDocument, FlowId, Surroundings, Value};
use script::{Clock, Engine, Limits};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use templates::{Answers, Kind, Setting, Template};

/// Nothing is run, so no time passes.
struct Still;

impl Clock for Still {
    fn now_ms(&self) -> u64 {
        0
    }
}

fn named(id: &str) -> Answers {
    Answers {
        id: FlowId::from(id),
        name: "Mine".into(),
        connections: BTreeMap::new(),
        settings: BTreeMap::new(),
    }
}

/// Answers that a setting takes: every choice, both sides, both bounds.
fn possible(setting: &Setting) -> Vec<Value> {
    match &setting.kind {
        Kind::Choice(choices) => choices.iter().map(|choice| json!(choice.value)).collect(),
        Kind::YesNo => vec![json!(true), json!(false)],
        Kind::Text => vec![json!("เลขที่ \"ก\"")],
        Kind::Path => vec![json!("mine/2")],
        Kind::Address => vec![json!("https://other.example.com/in")],
        Kind::Below => vec![json!("/elsewhere?once=1")],
        Kind::Number { least, most } => vec![json!(least), json!(most)],
    }
}

/// Every combination of possible answers.
fn combinations(template: &Template) -> Vec<BTreeMap<String, Value>> {
    template.manifest.settings.iter().fold(vec![BTreeMap::new()], |all, setting| {
        let with = |answers: &BTreeMap<String, Value>| {
            let answers = answers.clone();
            possible(setting).into_iter().map(move |answer| {
                let mut more = answers.clone();
                more.insert(setting.id.clone(), answer);
                more
            })
        };
        all.iter().flat_map(with).collect()
    })
}

fn problems(flow: &FlowDocument, connections: &[(&str, &str)]) -> Vec<model::Problem> {
    let around = Surroundings {
        connections_known: true,
        connections: connections
            .iter()
            .map(|(name, connector)| ((*name).into(), (*connector).into()))
            .collect(),
        ..Surroundings::default()
    };
    let scripts = Engine::new(Limits::default(), Arc::new(Still));
    model::validate(flow, catalog::all().specs(), &around, &scripts)
}

#[test]
fn with_its_defaults_a_template_is_its_own_file() {
    for template in templates::all() {
        let mut answers = named(&template.id);
        answers.name.clone_from(&template.document.name);
        for setting in template.manifest.settings.iter().filter(|setting| setting.default.is_none()) {
            answers.settings.insert(setting.id.clone(), setting.example.clone().expect("an example"));
        }
        assert_eq!(
            json!(template.apply(&answers).expect("it applies")),
            json!(template.document),
            "{}",
            template.id
        );
    }
}

#[test]
fn whatever_is_answered_the_flow_can_be_published() {
    let mut count = 0;
    for template in templates::all() {
        let slots = template.manifest.connections.iter();
        let names: Vec<(String, &str)> =
            slots.map(|slot| (format!("my-{}", slot.name), slot.connector.as_str())).collect();
        let known: Vec<(&str, &str)> =
            names.iter().map(|(name, connector)| (name.as_str(), *connector)).collect();
        for settings in combinations(&template) {
            let connections = template.manifest.connections.iter().map(|slot| slot.name.clone());
            let mine = names.iter().map(|(name, _)| name.clone());
            let answers = Answers { settings, connections: connections.zip(mine).collect(), ..named("mine") };
            let flow = template.apply(&answers).expect("every possible answer is taken");
            let found = problems(&flow, &known);
            assert!(found.is_empty(), "{} {:?}: {found:#?}", template.id, answers.settings);
            count += 1;
        }
    }
    assert!(count > 50, "{count} combinations");
}

#[test]
fn every_answer_makes_a_difference() {
    for template in templates::all() {
        for setting in &template.manifest.settings {
            let flows: BTreeSet<String> = possible(setting)
                .into_iter()
                .map(|answer| {
                    let mut answers = named("mine");
                    for other in template.manifest.settings.iter().filter(|other| other.default.is_none()) {
                        answers
                            .settings
                            .extend(other.example.clone().map(|example| (other.id.clone(), example)));
                    }
                    answers.settings.insert(setting.id.clone(), answer);
                    template.apply(&answers).expect("it applies").to_text()
                })
                .collect();
            let own = template.document.to_text();
            let differs = flows.iter().filter(|flow| **flow != own).count();
            assert_eq!(flows.len(), possible(setting).len(), "{} {}", template.id, setting.id);
            assert!(differs > 0, "{} {}", template.id, setting.id);
        }
    }
}

#[test]
fn both_languages_are_there() {
    for template in templates::all() {
        let manifest = &template.manifest;
        let settings = manifest.settings.iter().flat_map(|setting| {
            let choices = match &setting.kind {
                Kind::Choice(choices) => choices.iter().map(|choice| &choice.title).collect(),
                _ => Vec::new(),
            };
            choices.into_iter().chain([&setting.title])
        });
        let slots = manifest.connections.iter().map(|slot| &slot.title);
        let all = [&manifest.title, &manifest.about]
            .into_iter()
            .chain(settings)
            .chain(slots)
            .chain(&manifest.after);
        for words in all {
            assert!(!words.en.is_empty() && !words.th.is_empty(), "{}: {words:?}", template.id);
        }
    }
}
