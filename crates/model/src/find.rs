//! Where a text is in a flow: in titles, ids, operations, connections, fields, notes and groups.

use crate::{FlowDocument, NodeId, NoteId, Value};

/// Beyond so many places nobody looks; another letter makes fewer.
pub const FOUND_MAX: usize = 200;
/// How much is shown around what was found, in characters.
const AROUND: usize = 30;

/// What is found, in the order in which people look: names before what is written in fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Title,
    Operation,
    Connection,
    Field,
    Note,
    Group,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Node(NodeId),
    Note(NoteId),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub place: Place,
    pub part: Part,
    /// The field, where it is in one.
    pub field: String,
    /// What stands around it.
    pub text: String,
}

/// Every place where a text is, whatever its capitals. `titles` are other names of operations, in the reader's language.
pub fn find(doc: &FlowDocument, searched: &str, titles: impl Fn(&str) -> String) -> Vec<Found> {
    let searched = searched.trim().to_lowercase();
    if searched.is_empty() {
        return Vec::new();
    }
    let mut search = Search { searched, found: Vec::new() };
    for node in &doc.nodes {
        let at = Place::Node(node.id.clone());
        search.text(&at, Part::Title, "", node.label());
        search.text(&at, Part::Title, "", node.id.as_str());
        let operation = node.operation.as_str();
        search.text(&at, Part::Operation, "", &format!("{} {operation}", titles(operation)));
        if let Some(connection) = &node.connection {
            search.text(&at, Part::Connection, "", connection.as_str());
        }
        for (name, value) in &node.with {
            search.value(&at, name, value);
        }
        search.text(&at, Part::Note, "", &node.note);
    }
    for note in &doc.notes {
        search.text(&Place::Note(note.id.clone()), Part::Note, "", &note.text);
    }
    for group in &doc.groups {
        if let Some(first) = group.nodes.first() {
            let about = format!("{} {}", group.name, group.description);
            search.text(&Place::Node(first.clone()), Part::Group, "", about.trim());
        }
    }
    search.found.sort_by_key(|found| found.part);
    search.found
}

struct Search {
    searched: String,
    found: Vec<Found>,
}

impl Search {
    fn text(&mut self, place: &Place, part: Part, field: &str, text: &str) {
        // Told once for each node's name, and once for each field.
        let told = self
            .found
            .last()
            .is_some_and(|last| last.place == *place && last.part == part && last.field == field);
        if self.found.len() < FOUND_MAX
            && !told
            && let Some(text) = excerpt(text, &self.searched)
        {
            self.found.push(Found { place: place.clone(), part, field: field.to_owned(), text });
        }
    }

    fn value(&mut self, place: &Place, field: &str, value: &Value) {
        match value {
            Value::String(text) => self.text(place, Part::Field, field, text),
            Value::Number(number) => self.text(place, Part::Field, field, &number.to_string()),
            Value::Array(entries) => entries.iter().for_each(|entry| self.value(place, field, entry)),
            Value::Object(fields) => {
                for (name, entry) in fields {
                    self.text(place, Part::Field, field, name);
                    self.value(place, field, entry);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
}

/// The line that a text is in, cut to what is near it; nothing where it is not.
fn excerpt(text: &str, searched: &str) -> Option<String> {
    let line = text.lines().find(|line| line.to_lowercase().contains(searched))?;
    let chars: Vec<char> = line.trim().chars().collect();
    // Capitals may be longer in other alphabets, so this is only about where to cut.
    let before = line.trim().to_lowercase().find(searched).unwrap_or(0);
    let at = line.trim().to_lowercase()[..before].chars().count();
    let start = at.saturating_sub(AROUND);
    let end = (at + searched.chars().count() + AROUND).min(chars.len());
    let cut: String = chars.get(start..end)?.iter().collect();
    let (head, tail) = (if start > 0 { "…" } else { "" }, if end < chars.len() { "…" } else { "" });
    Some(format!("{head}{cut}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(searched: &str) -> Vec<String> {
        let doc: FlowDocument = serde_json::from_value(json!({
            "khlong": 1, "id": "f", "name": "f",
            "nodes": [
                {"id": "order", "use": "core/webhook", "title": "คำสั่งซื้อ", "with": {"path": "orders"}},
                {"id": "erp", "use": "odoo/create", "connection": "erp-main", "with": {
                    "values": {"ref": "${nodes.order.name}", "lines": [{"sku": "TEA-250"}]},
                    "script": "let a = 1;\nlet price = money(input.price, \"THB\"); // with a long remark behind it all"
                }, "note": "Ask Nok"}
            ],
            "notes": [{"id": "pilot", "text": "Until NOK says so", "at": [0, 0], "size": [100, 100]}],
            "groups": [{"id": "g", "name": "To the ERP", "nodes": ["erp"]}]
        }))
        .expect("the test's flow is well formed");
        let line =
            |found: &Found| format!("{:?} {:?} {}: {}", found.place, found.part, found.field, found.text);
        find(&doc, searched, |_| "Create sales order".into()).iter().map(line).collect()
    }

    #[test]
    fn a_text_is_found_in_names_fields_connections_notes_and_groups() {
        assert_eq!(found("คำสั่ง"), [r#"Node("order") Title : คำสั่งซื้อ"#]);
        assert_eq!(found("tea-"), [r#"Node("erp") Field values: TEA-250"#]);
        assert_eq!(
            found("nok"),
            [r#"Node("erp") Note : Ask Nok"#, r#"Note("pilot") Note : Until NOK says so"#]
        );
        assert_eq!(found("erp-m"), [r#"Node("erp") Connection : erp-main"#]);
        assert_eq!(found("to the"), [r#"Node("erp") Group : To the ERP"#]);
        assert!(found("  ").is_empty() && found("nowhere").is_empty());
    }

    #[test]
    fn what_is_found_in_a_long_script_is_shown_with_what_is_near() {
        assert_eq!(
            found("money"),
            [r#"Node("erp") Field script: let price = money(input.price, "THB"); // with …"#]
        );
    }
}
