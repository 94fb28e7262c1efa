//! One parameter as the document describes it.

use super::style::{self, Written};
use crate::call::{Place, Style};
use crate::document::{Document, Version};
use crate::node::Node;
use crate::request::is_token;
use serde_json::Value;

#[derive(Clone, Debug)]
pub(super) struct Described<'d> {
    pub name: &'d str,
    pub place: Place,
    pub required: bool,
    pub description: Option<&'d str>,
    pub deprecated: bool,
    /// Nothing where the document says nothing: then it is a text.
    pub schema: Option<Node<'d>>,
    pub example: Option<&'d Value>,
    pub written: Written,
    pub reserved: bool,
    pub at: String,
}

/// Nothing where it has no name or place. Bodies and forms of Swagger 2 are read elsewhere.
pub(super) fn describe<'d>(document: &Document<'d>, node: &Node<'d>) -> Option<Described<'d>> {
    let name = node.words("name")?;
    let place = match node.text("in")? {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        "cookie" => Place::Cookie,
        _ => return None,
    };
    if matches!(place, Place::Header | Place::Cookie) && !is_token(name) {
        return None;
    }
    let (schema, written) = match document.version {
        Version::Swagger2 => (Some(node.clone()), style::of_swagger(document, node, place)),
        Version::OpenApi3 => described_by(document, node, place),
    };
    let reserved = place == Place::Query && node.flag("allowReserved").unwrap_or_default();
    Some(Described {
        name,
        place,
        required: place == Place::Path || node.flag("required").unwrap_or_default(),
        description: node.words("description"),
        deprecated: node.flag("deprecated").unwrap_or_default(),
        schema,
        example: example_of(document, node),
        written,
        reserved,
        at: node.at.clone(),
    })
}

/// A schema, or one content type, whose value is written as that: JSON is the only one that has other values than texts.
fn described_by<'d>(document: &Document<'d>, node: &Node<'d>, place: Place) -> (Option<Node<'d>>, Written) {
    let Some((content_type, media)) = node.entries_of("content").next() else {
        return (node.get("schema"), style::of_openapi(document, node, place));
    };
    let is_json = content_type.contains("json");
    let style = if is_json { Style::Json } else { style::usual(place) };
    (media.get("schema"), Written { style, explode: false })
}

/// `example`, or the value of the first of `examples`, which may be kept elsewhere.
pub(super) fn example_of<'d>(document: &Document<'d>, node: &Node<'d>) -> Option<&'d Value> {
    if let Some(example) = node.get("example").or_else(|| node.get("x-example")) {
        return Some(example.value).filter(|value| !value.is_null());
    }
    let (_, first) = node.entries_of("examples").next()?;
    document.follow(first)?.get("value").map(|node| node.value)
}
