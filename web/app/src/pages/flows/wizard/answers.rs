//! What somebody has said to a template so far; kept as long as the window is open.

use super::Step;
use crate::client::encode;
use crate::storage;
use crate::words::{Words, language, words};
use leptos::prelude::*;
use model::{FlowId, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use templates::{Answers, Kind, Setting, Template, Wrong};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    pub name: String,
    pub connections: BTreeMap<String, String>,
    pub settings: BTreeMap<String, Value>,
    /// The flow that was made of it.
    pub made: Option<String>,
    pub revision: i64,
}

/// A cheap handle, shared by the steps.
#[derive(Clone, Copy)]
pub struct Wizard {
    pub template: StoredValue<Template>,
    pub said: RwSignal<Said>,
}

impl Wizard {
    /// Goes on from what was said before; anew where a flow was made of that, but to see what is left.
    pub fn new(template: Template, is_left: bool) -> Self {
        let key = format!("{}{}", storage::WIZARD, template.id);
        let kept = storage::recall(&key).and_then(|text| serde_json::from_str::<Said>(&text).ok());
        let kept = kept.filter(|said| said.made.is_none() || is_left);
        let name = language().of(&template.manifest.title).to_owned();
        let said = RwSignal::new(kept.unwrap_or_else(|| Said { name, ..Said::default() }));
        Effect::new(move |_| {
            said.with(|said| storage::keep(&key, &serde_json::to_string(said).unwrap_or_default()));
        });
        Self { template: StoredValue::new(template), said }
    }

    pub fn title(self) -> String {
        self.template.with_value(|template| language().of(&template.manifest.title).to_owned())
    }

    pub fn steps(self) -> Vec<Step> {
        let asks = self.template.with_value(|template| !template.manifest.connections.is_empty());
        Step::ALL.into_iter().filter(|step| asks || *step != Step::Connections).collect()
    }

    pub fn address(self, step: Step) -> String {
        let id = self.template.with_value(|template| template.id.clone());
        format!("/flows/new?template={}&step={}", encode(&id), step.as_str())
    }

    /// The way back from the first step leads to the templates.
    pub fn before(self, step: Step) -> String {
        let steps = self.steps();
        let at = steps.iter().position(|one| *one == step).unwrap_or(0);
        match at.checked_sub(1) {
            Some(before) => self.address(steps[before]),
            None => "/flows/new".to_owned(),
        }
    }

    pub fn settings(self) -> Vec<Setting> {
        self.template.with_value(|template| template.manifest.settings.clone())
    }

    /// The answer as it stands: given, or the default.
    pub fn answer(self, setting: &Setting) -> Option<Value> {
        let given = self.said.with_untracked(|said| said.settings.get(&setting.id).cloned());
        given.or_else(|| setting.default.clone())
    }

    pub fn answers(self, id: FlowId) -> Answers {
        self.said.with(|said| Answers {
            id,
            name: said.name.trim().to_owned(),
            connections: said.connections.clone(),
            settings: said.settings.clone(),
        })
    }

    pub fn wrong(self) -> BTreeMap<String, Wrong> {
        let answers = self.answers(FlowId::from("new"));
        self.template.with_value(|template| template.wrong(&answers))
    }

    /// The slots that nobody has chosen a connection for.
    pub fn unconnected(self) -> usize {
        self.template.with_value(|template| {
            let slots = template.manifest.connections.iter();
            self.said.with(|said| {
                slots.filter(|slot| said.connections.get(&slot.name).is_none_or(String::is_empty)).count()
            })
        })
    }
}

/// The first free number of a template's flow: 1 where there is none yet.
pub fn free_number(id: &str, taken: &[String]) -> usize {
    (1..).find(|n| !taken.contains(&numbered(id, *n))).unwrap_or(1)
}

pub fn numbered(text: &str, n: usize) -> String {
    if n < 2 { text.to_owned() } else { format!("{text}-{n}") }
}

/// A second flow of a template listens at an address of its own, unless somebody has said where.
pub fn number_paths(said: &mut Said, settings: &[Setting], n: usize) {
    for setting in settings.iter().filter(|setting| setting.kind == Kind::Path) {
        if let Some(path) = setting.default.as_ref().and_then(Value::as_str) {
            said.settings.entry(setting.id.clone()).or_insert_with(|| Value::from(numbered(path, n)));
        }
    }
}

pub const fn wrong_words(wrong: Wrong, w: &'static Words) -> &'static str {
    match wrong {
        Wrong::Missing => w.value_required,
        Wrong::TooLong => w.answer_too_long,
        Wrong::NotAChoice => w.answer_no_choice,
        Wrong::NotAPath => w.answer_no_path,
        Wrong::NotAnAddress => w.answer_no_address,
        Wrong::NotBelow => w.answer_not_below,
        Wrong::OutOfBounds => w.answer_out_of_bounds,
    }
}

/// An answer in words.
pub fn told(setting: &Setting, answer: &Value) -> String {
    let w = words();
    match (&setting.kind, answer) {
        (Kind::Choice(choices), Value::String(value)) => {
            let chosen = choices.iter().find(|choice| choice.value == *value);
            chosen.map_or_else(|| value.clone(), |choice| language().of(&choice.title).to_owned())
        }
        (Kind::Path, Value::String(path)) => format!("/hooks/{path}"),
        (_, Value::Bool(on)) => String::from(if *on { w.yes } else { w.no }),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_flow_of_a_template_has_a_number_and_an_address_of_its_own() {
        let taken = ["order-to-erp".to_owned(), "order-to-erp-2".to_owned()];
        assert_eq!((free_number("order-to-erp", &taken), free_number("other", &taken)), (3, 1));
        let setting: Setting = serde_json::from_value(serde_json::json!({
            "id": "path", "title": {"en": "Path", "th": "พาธ"}, "kind": "path", "default": "shopify/orders", "sets": [],
        }))
        .expect("a setting");
        let mut said = Said::default();
        number_paths(&mut said, std::slice::from_ref(&setting), 3);
        assert_eq!(said.settings["path"], "shopify/orders-3");
        number_paths(&mut said, &[setting], 4);
        assert_eq!(said.settings["path"], "shopify/orders-3", "what was said stays");
    }
}
