//! Where in a node a field's value is.

use canvas::draft::Stroke;
use model::{FlowDocument, NodeId, Value};

/// A node, and a JSON pointer in its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub node: NodeId,
    pub at: String,
}

impl Place {
    pub fn new(node: NodeId, field: &str) -> Self {
        Self { node, at: String::new() }.step(field)
    }

    /// A field of an entry of this one.
    pub fn step(&self, name: impl std::fmt::Display) -> Self {
        let name = name.to_string().replace('~', "~0").replace('/', "~1");
        Self { node: self.node.clone(), at: format!("{}/{name}", self.at) }
    }

    /// Typing into it is one step for undo.
    pub fn stroke(&self) -> Stroke {
        Stroke::Typing { node: Some(self.node.clone()), field: self.at.clone() }
    }

    pub fn get(&self, doc: &FlowDocument) -> Option<Value> {
        let (name, rest) = self.split();
        doc.node(self.node.as_str())?.with.get(&name)?.pointer(rest).cloned()
    }

    pub fn set(&self, doc: &mut FlowDocument, value: Option<Value>) {
        let Some(node) = doc.nodes.iter_mut().find(|one| one.id == self.node) else { return };
        let (name, rest) = self.split();
        let Some((parent, last)) = rest.rsplit_once('/') else {
            match value {
                Some(value) => drop(node.with.insert(name, value)),
                None => drop(node.with.shift_remove(&name)),
            }
            return;
        };
        let last = last.replace("~1", "/").replace("~0", "~");
        match (node.with.get_mut(&name).and_then(|whole| whole.pointer_mut(parent)), value) {
            (Some(Value::Object(fields)), Some(value)) => drop(fields.insert(last, value)),
            (Some(Value::Object(fields)), None) => drop(fields.shift_remove(&last)),
            (Some(Value::Array(items)), Some(value)) => {
                if let Some(item) = last.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                    *item = value;
                }
            }
            _ => {}
        }
    }

    fn split(&self) -> (String, &str) {
        let at = self.at.strip_prefix('/').unwrap_or(&self.at);
        let (name, _) = at.split_once('/').unwrap_or((at, ""));
        (name.replace("~1", "/").replace("~0", "~"), &at[name.len()..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn switch() -> FlowDocument {
        let cases = json!([{"port": "paid", "when": "${input.paid}"}, {"port": "late"}]);
        let doc = json!({"khlong": 1, "id": "f", "name": "F", "nodes": [{"id": "way", "use": "core/switch", "with": {"cases": cases}}]});
        serde_json::from_value(doc).expect("a flow")
    }

    fn when(case: usize) -> Place {
        Place::new("way".into(), "cases").step(case).step("when")
    }

    #[test]
    fn a_field_of_an_entry_is_read_and_written_where_it_is() {
        let mut doc = switch();
        assert_eq!((when(0).get(&doc), when(1).get(&doc)), (Some(json!("${input.paid}")), None));
        when(1).set(&mut doc, Some(json!("${input.late}")));
        when(0).set(&mut doc, None);
        assert_eq!(
            doc.nodes[0].with["cases"],
            json!([{"port": "paid"}, {"port": "late", "when": "${input.late}"}])
        );
    }

    #[test]
    fn what_is_written_to_an_entry_that_is_gone_changes_nothing() {
        let mut doc = switch();
        when(7).set(&mut doc, Some(json!(true)));
        assert_eq!(doc, switch());
    }
}
