//! All connectors with their operations, as the API and the command line tell of them.

use api::{ConnectorInfo, ConnectorList, FieldInfo, OperationInfo};
use model::{ConnectorSpec, Field, OperationSpec, Specs, Value};

/// By id; `imported` tells which of them were made of a document. Who uses them, it does not know.
pub fn list(specs: &Specs, imported: impl Fn(&str) -> bool) -> ConnectorList {
    let connectors = specs.connectors.values();
    let connectors = connectors.map(|spec| connector(spec, specs.operations.values(), imported(&spec.id)));
    ConnectorList { connectors: connectors.collect() }
}

fn connector<'s>(
    spec: &ConnectorSpec,
    operations: impl Iterator<Item = &'s OperationSpec>,
    imported: bool,
) -> ConnectorInfo {
    let own = operations.filter(|operation| operation.id.connector() == spec.id);
    ConnectorInfo {
        id: spec.id.clone(),
        title: spec.title.clone(),
        about: spec.about.clone(),
        purpose: spec.purpose,
        imported,
        operations: own.map(operation).collect(),
        connections: Vec::new(),
        flows: Vec::new(),
    }
}

fn operation(spec: &OperationSpec) -> OperationInfo {
    OperationInfo {
        id: spec.id.clone(),
        kind: spec.family,
        title: spec.title.clone(),
        about: spec.about.clone(),
        fields: spec.fields.iter().map(field).collect(),
        effect: spec.effect,
    }
}

fn field(field: &Field) -> FieldInfo {
    FieldInfo {
        name: field.name.clone(),
        kind: kind(field),
        title: field.title.clone(),
        required: field.required,
    }
}

/// The word for it in specs: a kind with more to it is an object there, with the word as its name.
fn kind(field: &Field) -> String {
    match serde_json::to_value(&field.kind) {
        Ok(Value::String(word)) => word,
        Ok(Value::Object(kind)) => kind.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}
