//! From a template and answers to a flow document.

use crate::{Answers, Set, Template, Wrong};
use model::{FlowDocument, Value, parse};
use serde_json::json;
use std::collections::BTreeMap;

impl Template {
    /// The flow of these answers, or what is wrong with them. The template's samples stay: they are what previews show.
    pub fn apply(&self, answers: &Answers) -> Result<FlowDocument, BTreeMap<String, Wrong>> {
        let wrong = self.wrong(answers);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mut document = json!(self.document);
        document["id"] = json!(answers.id);
        document["name"] = json!(answers.name);
        for setting in &self.manifest.settings {
            let answer = answers.settings.get(&setting.id).or(setting.default.as_ref());
            let answer = answer.unwrap_or(&Value::Null);
            setting.sets.iter().for_each(|set| put(&mut document, set, answer));
        }
        connect(&mut document, &answers.connections);
        Ok(parse::from_value(&document).unwrap_or_else(|_| self.document.clone()))
    }
}

fn connect(document: &mut Value, chosen: &BTreeMap<String, String>) {
    for node in document["nodes"].as_array_mut().into_iter().flatten() {
        let own = node.get("connection").and_then(Value::as_str);
        if let Some(other) = own.and_then(|own| chosen.get(own)) {
            node["connection"] = json!(other);
        }
    }
}

fn put(document: &mut Value, set: &Set, answer: &Value) {
    let value = match answer {
        _ if set.to.is_empty() => Some(answer),
        Value::String(text) => set.to.get(text),
        other => set.to.get(&other.to_string()),
    };
    let (Some(value), Some(place)) = (value.cloned(), place(document, &set.at)) else { return };
    match &set.constant {
        None => *place = value,
        Some(name) => {
            if let Some(script) = place.as_str() {
                *place = json!(with_constant(script, name, &value));
            }
        }
    }
}

/// The place that a pointer with the id of a node names; made, where only its last part is missing.
fn place<'v>(document: &'v mut Value, at: &str) -> Option<&'v mut Value> {
    let (parent, last) = at.rsplit_once('/')?;
    let mut here = document;
    for part in parent.split('/').skip(1) {
        here = match part {
            _ if here.is_array() => here.as_array_mut()?.iter_mut().find(|entry| entry["id"] == part)?,
            "with" | "settings" => here.as_object_mut()?.entry(part).or_insert_with(|| json!({})),
            _ => here.get_mut(part)?,
        };
    }
    Some(here.as_object_mut()?.entry(last).or_insert(Value::Null))
}

/// The script with another value in its line `let name = …;`. What stands behind the line's `;` stays.
fn with_constant(script: &str, name: &str, value: &Value) -> String {
    let begin = format!("let {name} = ");
    let line = |line: &str| match line.strip_prefix(&begin).and_then(|rest| rest.split_once(';')) {
        // A text of JSON is one of Rhai too: the answer has no control characters.
        Some((_, behind)) => format!("{begin}{value};{behind}"),
        None => line.to_owned(),
    };
    script.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_gets_the_answer_and_keeps_its_remark() {
        let script = "let sku = \"SHIPPING\"; // an article\nlet other = 1;\nlet skus = [sku];";
        assert_eq!(
            with_constant(script, "sku", &json!("ค่า\"ส่ง\"")),
            "let sku = \"ค่า\\\"ส่ง\\\"\"; // an article\nlet other = 1;\nlet skus = [sku];"
        );
    }

    #[test]
    fn a_place_is_found_by_the_nodes_id_and_made_where_it_is_missing() {
        let mut document = json!({"nodes": [{"id": "a"}, {"id": "b", "with": {"x": 1}}], "settings": {}});
        *place(&mut document, "/nodes/a/with/y").expect("a place") = json!(2);
        *place(&mut document, "/nodes/b/disabled").expect("a place") = json!(true);
        *place(&mut document, "/settings/mode").expect("a place") = json!("shadow");
        assert_eq!(document["nodes"][0]["with"], json!({"y": 2}));
        assert_eq!(
            (&document["nodes"][1]["disabled"], &document["settings"]["mode"]),
            (&json!(true), &json!("shadow"))
        );
        assert_eq!(place(&mut document, "/nodes/nobody/with/y"), None);
    }
}
