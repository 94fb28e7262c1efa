//! A connector as data: what the palette, the forms and the validator need of it, and how each operation is called.

use crate::access::Access;
use crate::call::{CallTemplate, Method};
use crate::limits::CONNECTOR_BYTES_MAX;
use crate::note::Note;
use crate::problem::{self, Problem};
use model::{ConnectorSpec, OperationSpec, Specs};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The form in which a connector is kept and exported. It is raised when an older program could not read it rightly.
pub const FORMAT: u32 = 1;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    pub format: u32,
    pub spec: ConnectorSpec,
    pub access: Access,
    pub operations: Vec<Operation>,
    pub notes: Vec<Note>,
}

/// An operation, and how it is called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    pub spec: OperationSpec,
    pub call: CallTemplate,
}

impl Operation {
    /// By which an operation is known again when its document is imported anew: method and path, whatever the names in
    /// the path's braces are.
    pub fn key(&self) -> String {
        key(self.call.method, &self.call.path)
    }
}

impl Imported {
    /// Reads what was kept or exported.
    pub fn from_json(text: &str) -> Result<Self, Problem> {
        if text.len() > CONNECTOR_BYTES_MAX {
            return Err(problem::TOO_LARGE.at("", &[&(CONNECTOR_BYTES_MAX >> 20).to_string()]));
        }
        let unreadable = |error: serde_json::Error| problem::NOT_A_CONNECTOR.at("", &[&error.to_string()]);
        let format: Format = serde_json::from_str(text).map_err(unreadable)?;
        if format.format > FORMAT {
            let (theirs, ours) = (format.format.to_string(), FORMAT.to_string());
            return Err(problem::FORMAT.at("/format", &[&theirs, &ours]));
        }
        serde_json::from_str(text).map_err(unreadable)
    }

    /// With each part on its own line, for files that people compare.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// The ids of the operations by method and path, for [`crate::Wanted::keep`].
    pub fn ids(&self) -> BTreeMap<String, String> {
        let id = |operation: &Operation| operation.spec.id.operation().to_owned();
        self.operations.iter().map(|operation| (operation.key(), id(operation))).collect()
    }

    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.spec.id.as_str() == id)
    }

    /// What a validator knows of it.
    pub fn specs(&self) -> Specs {
        let operations = self.operations.iter().map(|operation| operation.spec.clone());
        Specs::new(vec![self.spec.clone()], operations.collect())
    }
}

/// `GET /orders/{}`
pub(crate) fn key(method: Method, path: &str) -> String {
    let mut parts = path.split('{');
    let mut key = format!("{} {}", method.as_str(), parts.next().unwrap_or_default());
    for part in parts {
        key.push_str("{}");
        key.push_str(part.split_once('}').map_or("", |(_, after)| after));
    }
    key
}

/// Read first: a later format may have other fields.
#[derive(Deserialize)]
struct Format {
    format: u32,
}
