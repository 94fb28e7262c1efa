//! `oneOf` and `anyOf`: one form of several. Often they say something simpler, which is found out here.

use super::open::Opening;
use super::{Schema, Type};
use crate::node::Node;
use crate::note;
use serde_json::Value;
use std::collections::BTreeSet;

/// More forms than this are not looked into.
const LOOKED_INTO_MAX: usize = 20;

impl<'d> Opening<'_, '_, 'd> {
    /// Nothing as one of the forms makes it nullable; a single form is a part like any other.
    pub fn take_variants(&mut self, node: &Node<'d>) {
        for name in ["oneOf", "anyOf"] {
            let (nothing, forms): (Vec<_>, Vec<_>) = node.items_of(name).partition(is_null);
            self.schema.nullable |= !nothing.is_empty();
            let (rules, mut forms): (Vec<_>, Vec<_>) = forms.into_iter().partition(is_only_rules);
            if !rules.is_empty() {
                self.schemas.document.note(&note::MORE_RULES, &crate::node::join(&node.at, name), &[]);
            }
            match forms.len() {
                0 => {}
                1 => self.take(forms.remove(0)),
                _ => self.schema.variants.append(&mut forms),
            }
        }
    }

    /// Forms that are all of one plain type are that type, and forms that are one value each are choices.
    pub fn settle_variants(&mut self) {
        if self.schema.variants.is_empty() {
            return;
        }
        if self.schema.variants.len() > LOOKED_INTO_MAX || !self.schema.properties.is_empty() {
            return self.tell_of_rules();
        }
        let forms: Vec<Schema<'d>> =
            self.schema.variants.clone().into_iter().map(|form| self.form(form)).collect();
        if let Some(choices) = forms.iter().map(|form| form.choices.clone()).collect::<Option<Vec<_>>>() {
            self.schema.variants.clear();
            let words = |form: &Schema<'_>| form.title.or(form.description).unwrap_or_default().to_owned();
            if choices.iter().all(|choices| choices.len() == 1) {
                self.schema.choice_words = forms.iter().map(words).collect();
            }
            self.schema.choices = Some(choices.concat());
            return;
        }
        let types: BTreeSet<Type> = forms.iter().flat_map(|form| form.types.iter().copied()).collect();
        let plain = |kind: &Type| matches!(kind, Type::Text | Type::Number | Type::Bool);
        let is_plain = forms.iter().all(|form| form.only_type().is_some()) && types.iter().all(plain);
        if types.len() == 1 && is_plain {
            self.schema.variants.clear();
            self.schema.types = types;
            self.schema.example = self.schema.example.or(forms[0].example);
            self.schema.format = self.schema.format.or(forms[0].format);
            self.schema.whole = forms.iter().all(|form| form.whole);
        }
    }

    /// Members that are told count for more than forms that are not.
    fn tell_of_rules(&mut self) {
        if !self.schema.properties.is_empty() {
            self.schemas.document.note(&note::MORE_RULES, &self.schema.at, &[]);
            self.schema.variants.clear();
        }
    }

    /// One form, without forms of its own: those are looked into when it is used.
    fn form(&self, node: Node<'d>) -> Schema<'d> {
        let schema = Schema::of(&node.at, []);
        let mut opening = Opening { schemas: self.schemas, schema, parts: 0 };
        match self.schemas.document.follow(node) {
            Some(node) => opening.take_own(&node),
            None => return opening.schema,
        }
        opening.infer();
        opening.settle_choices();
        opening.schema
    }
}

fn is_null(node: &Node<'_>) -> bool {
    let is_type = node.text("type") == Some("null");
    let only_null = |list: &Vec<Value>| !list.is_empty() && list.iter().all(Value::is_null);
    is_type || node.value.get("enum").and_then(Value::as_array).is_some_and(only_null)
}

/// A form that says only which members go together.
fn is_only_rules(node: &Node<'_>) -> bool {
    let rules = ["required", "not", "title", "description"];
    node.value.as_object().is_some_and(|map| map.keys().all(|key| rules.contains(&key.as_str())))
}
