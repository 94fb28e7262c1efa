//! The document's JSON Schema, from the types: for editors that complete and check while somebody types.

use crate::FlowDocument;
use serde_json::{Value, json};

/// The schema of a flow file, as `docs/flow.schema.json` holds it.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(FlowDocument).to_value();
    let id = format!("^[A-Za-z0-9][A-Za-z0-9_-]{{0,{}}}$", crate::ids::ID_BYTES_MAX - 1);
    for name in ["FlowId", "NodeId", "NoteId", "GroupId"] {
        if let Some(definition) = schema.pointer_mut(&format!("/$defs/{name}")) {
            definition["pattern"] = json!(id);
        }
    }
    schema["properties"]["khlong"]["const"] = json!(crate::document::DOCUMENT_VERSION);
    schema["title"] = json!("Khlong flow");
    schema
}
