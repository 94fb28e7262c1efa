//! A second flow like another one: with an id, a name and webhook addresses of its own.

use model::{FieldKind, FlowDocument, FlowId, Specs, Value};

/// The copy. A trigger's path is given to one flow only, so each gets the copy's id behind it.
pub fn copy_of(document: &FlowDocument, id: FlowId, name: String, specs: &Specs) -> FlowDocument {
    let mut copy = FlowDocument { name, ..document.clone() };
    let suffix = id.as_str().rsplit('-').next().unwrap_or_default().to_owned();
    for node in &mut copy.nodes {
        let fields = specs.operation(&node.operation).map(|spec| spec.fields.as_slice()).unwrap_or_default();
        for field in fields.iter().filter(|field| field.kind == FieldKind::Path) {
            let own = node.with.get(&*field.name).unwrap_or(&field.default);
            if let Some(path) = own.as_str().filter(|path| !path.is_empty()) {
                let path = Value::String(format!("{path}-{suffix}"));
                node.with.insert(field.name.to_string(), path);
            }
        }
    }
    copy.id = id;
    copy
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Field, OperationSpec};
    use serde_json::json;

    #[test]
    fn a_copy_listens_elsewhere_also_where_no_path_was_written() {
        let hook = OperationSpec::trigger("core/webhook", "Webhook", "เว็บฮุก")
            .field(Field::new("path", FieldKind::Path, "Path", "พาธ").default("in"));
        let specs = Specs::new(Vec::new(), vec![hook]);
        let document: FlowDocument = serde_json::from_value(json!({
            "khlong": 1, "id": "a", "name": "A", "folder": "Shop",
            "nodes": [
                {"id": "x", "use": "core/webhook", "with": {"path": "orders"}},
                {"id": "y", "use": "core/webhook"},
                {"id": "z", "use": "core/script", "with": {"script": "input"}},
            ],
        }))
        .expect("a flow");
        let copy = copy_of(&document, FlowId::from("a-copy-7f"), "A (copy)".into(), &specs);
        assert_eq!(
            (copy.id.as_str(), copy.name.as_str(), copy.folder.as_str()),
            ("a-copy-7f", "A (copy)", "Shop")
        );
        assert_eq!(json!(copy.nodes[0].with), json!({"path": "orders-7f"}));
        assert_eq!(json!(copy.nodes[1].with), json!({"path": "in-7f"}));
        assert_eq!(copy.nodes[2], document.nodes[2]);
    }
}
