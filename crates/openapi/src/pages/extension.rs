//! `x-pagination` and its relatives: documents that say by themselves how the next page is asked for.

use super::Next;
use crate::node::{Node, join};
use serde_json::Value;

const NAMES: [&str; 4] = ["x-pagination", "x-speakeasy-pagination", "x-fern-pagination", "x-ms-pageable"];

pub(crate) struct Said {
    pub next: Next,
}

/// The rule that an operation states, if the parameters that it names are there. `field` gives a parameter's field.
pub(crate) fn read(operation: &Node<'_>, field: &dyn Fn(&str) -> Option<String>) -> Option<Said> {
    let node = extension(operation)?;
    let text = |names: &[&str]| names.iter().find_map(|name| node.words(name));
    if let Some(name) = node.words("nextLinkName") {
        return Some(Said { next: Next::Address { at: join("", name) } });
    }
    let kind = text(&["type", "style", "strategy", "kind"]).unwrap_or_default().to_ascii_lowercase();
    let outputs = node.get("outputs");
    let output = |name: &str| outputs.as_ref().and_then(|outputs| outputs.words(name));
    let at = text(&["next", "next_cursor", "nextCursor", "cursor_path", "next_url"])
        .or_else(|| output("nextCursor"))
        .or_else(|| output("nextUrl"))
        .map(pointer);
    let parameter = |kinds: &[&str]| {
        let own = text(&["parameter", "param"]).or_else(|| kinds.iter().find_map(|kind| node.words(kind)));
        let inputs = || {
            let of_kind = |input: &Node<'_>| input.text("type").is_some_and(|kind| kinds.contains(&kind));
            node.items_of("inputs").find(of_kind).and_then(|input| input.words("name"))
        };
        field(own.or_else(inputs)?)
    };
    let next = match kind.as_str() {
        "link" | "link_header" | "header" => Next::Link,
        "url" | "next_url" | "next_link" => Next::Address { at: at? },
        "cursor" | "token" => Next::Cursor { field: parameter(&["cursor", "token"])?, at: at? },
        "offset" => Next::Offset { field: parameter(&["offset"])? },
        "page" | "page_number" | "offsetlimit" | "" => match parameter(&["page", "page_number"]) {
            Some(field) => Next::Page { field, first: first(&node) },
            None if kind == "offsetlimit" => Next::Offset { field: parameter(&["offset"])? },
            None => return None,
        },
        _ => return None,
    };
    Some(Said { next })
}

/// Where the records are, if the extension says it.
pub(crate) fn items(operation: &Node<'_>) -> Option<String> {
    let node = extension(operation)?;
    if let Some(name) = node.words("itemName").or(node.text("nextLinkName").map(|_| "value")) {
        return Some(join("", name));
    }
    let own = ["items", "results", "records", "data"].iter().find_map(|name| node.words(name));
    let output = || node.get("outputs").and_then(|outputs| outputs.words("results"));
    own.or_else(output).map(pointer)
}

fn extension<'d>(operation: &Node<'d>) -> Option<Node<'d>> {
    NAMES.iter().find_map(|name| operation.get(name)).filter(|node| node.value.is_object())
}

fn first(node: &Node<'_>) -> u64 {
    let said = ["first", "first_page", "start"].iter().find_map(|name| node.value.get(name));
    said.and_then(Value::as_u64).unwrap_or(1)
}

/// `$.data.next`, `data.next` and `/data/next` are the same place.
fn pointer(path: &str) -> String {
    if path.is_empty() || path.starts_with('/') {
        return path.to_owned();
    }
    let steps = path.trim_start_matches('$').split('.').filter(|step| !step.is_empty());
    steps.fold(String::new(), |at, step| join(&at, step))
}
