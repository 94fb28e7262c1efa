#![doc = include_str!("../README.md")]

pub mod access;
pub mod call;
mod document;
mod imported;
pub mod limits;
mod names;
mod node;
mod note;
mod operation;
pub mod pages;
mod problem;
mod prose;
mod request;
mod saying;
mod schema;
mod source;
mod wanted;

use document::Document;
pub use imported::{FORMAT, Imported, Operation};
pub use note::{Note, Weight};
pub use problem::Problem;
pub use request::{Prepared, request};
use url::Url;
pub use wanted::Wanted;

/// Makes a connector of an API document: OpenAPI 3 or Swagger 2.0, in JSON or YAML.
pub fn read(text: &str, wanted: &Wanted) -> Result<Imported, Problem> {
    let from = wanted.address.as_deref().map(address).transpose()?;
    let value = source::read(text)?;
    let document = Document::new(&value)?;
    let id = operation::identity::connector_id(&document, wanted, from.as_ref())?;
    let mut access = access::AccessReader::new(&document, from);
    let operations = operation::read_all(&document, wanted, &id, &mut access)?;
    let (fields, access) = access.finish();
    let (title, about) = operation::identity::words(&document, &id);
    let spec = access::connector_spec(id, title, about, fields);
    Ok(Imported { format: FORMAT, spec, access, operations, notes: document.into_notes() })
}

/// A document, JSON or YAML, as one value, into which the pointers of notes and problems lead.
pub fn parse(text: &str) -> Result<serde_json::Value, Problem> {
    source::read(text)
}

fn address(text: &str) -> Result<Url, Problem> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| problem::BAD_ADDRESS.at("", &[text]))
}
