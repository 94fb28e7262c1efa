//! What comes back: which statuses are a success, and what the body is then.

use super::body::essence;
use super::{Found, Scene, parameter};
use crate::call::Statuses;
use crate::document::Version;
use crate::limits::EXAMPLE_BYTES_MAX;
use crate::node::Node;
use crate::schema::example::Purpose;
use crate::schema::{Schema, fits};
use serde_json::{Value, json};

#[derive(Debug, Default)]
pub(super) struct Answer<'d> {
    pub success: Vec<Statuses>,
    pub content_type: Option<String>,
    pub schema: Option<Schema<'d>>,
    example: Option<&'d Value>,
    /// Names of the headers of a success, and of a refusal of too many calls, in small letters.
    pub headers: Vec<String>,
    pub refusal_headers: Vec<String>,
}

/// Without a word about it, everything from 200 to 299.
const USUAL: Statuses = Statuses { from: 200, to: 299 };

pub(super) fn read<'d>(scene: &mut Scene<'_, '_, 'd>, operation: &Found<'d>) -> Answer<'d> {
    let mut answer = Answer::default();
    let mut successes: Vec<(Statuses, Node<'d>)> = Vec::new();
    let mut otherwise = None;
    for (status, node) in operation.node.entries_of("responses").filter(|(name, _)| !name.starts_with("x-")) {
        let Some(node) = scene.document.follow(node) else { continue };
        match statuses(status) {
            Some(range) if range.from / 100 == 2 => successes.push((range, node)),
            Some(range) if range.has(429) => answer.refusal_headers = headers(&node),
            None if status == "default" => otherwise = Some(node),
            _ => {}
        }
    }
    successes.sort_by_key(|(range, _)| *range);
    answer.success = successes.iter().map(|(range, _)| *range).collect();
    if successes.is_empty() {
        answer.success.push(USUAL);
        successes.extend(otherwise.map(|node| (USUAL, node)));
    }
    answer.headers = successes.iter().flat_map(|(_, node)| headers(node)).collect();
    let contents = successes.iter().filter_map(|(_, node)| content(scene, operation, node));
    if let Some(content) = contents.into_iter().next() {
        answer.content_type = Some(content.content_type);
        answer.example = content.example;
        answer.schema = content.schema.map(|schema| scene.schemas.open(schema));
    }
    answer
}

fn statuses(name: &str) -> Option<Statuses> {
    if let Some(hundred) = name.strip_suffix("XX").or_else(|| name.strip_suffix("xx")) {
        let hundred: u16 = hundred.parse().ok().filter(|hundred| (1..=5).contains(hundred))?;
        return Some(Statuses { from: hundred * 100, to: hundred * 100 + 99 });
    }
    let status = name.parse().ok().filter(|status| (100..600).contains(status))?;
    Some(Statuses { from: status, to: status })
}

fn headers(response: &Node<'_>) -> Vec<String> {
    response.entries_of("headers").map(|(name, _)| name.to_ascii_lowercase()).collect()
}

struct Content<'d> {
    content_type: String,
    schema: Option<Node<'d>>,
    example: Option<&'d Value>,
}

/// JSON where there is JSON.
fn content<'d>(scene: &Scene<'_, '_, 'd>, operation: &Found<'d>, response: &Node<'d>) -> Option<Content<'d>> {
    if scene.document.version == Version::OpenApi3 {
        let all = response.entries_of("content");
        let (content_type, media) = all.min_by_key(|(name, _)| !is_json(name))?;
        let example = parameter::example_of(scene.document, &media);
        return Some(Content { content_type: essence(content_type), schema: media.get("schema"), example });
    }
    let schema = response.get("schema");
    let examples = response.entries_of("examples").min_by_key(|(name, _)| !is_json(name));
    if schema.is_none() && examples.is_none() {
        return None;
    }
    let own = operation.node.texts_of("produces");
    let produced = if own.is_empty() { scene.document.root.texts_of("produces") } else { own };
    let content_type = produced.into_iter().min_by_key(|name| !is_json(name)).unwrap_or("application/json");
    let example = examples.map(|(_, node)| node.value);
    Some(Content { content_type: essence(content_type), schema, example })
}

pub(super) fn is_json(content_type: &str) -> bool {
    let kind = essence(content_type);
    kind.ends_with("/json") || kind.ends_with("+json") || kind == "*/*"
}

impl<'d> Answer<'d> {
    pub fn is_json(&self) -> bool {
        self.content_type.as_deref().is_some_and(is_json)
    }

    /// What is asked for.
    pub fn accept(&self) -> Option<String> {
        self.content_type.as_ref().filter(|kind| !kind.contains('*')).cloned()
    }

    /// What comes out of the operation: the body, and where there is none, the status.
    pub fn example(&self, scene: &mut Scene<'_, '_, 'd>) -> Value {
        let own = self
            .example
            .filter(|example| !example.is_null() && fits::size(example, EXAMPLE_BYTES_MAX).is_some());
        let status = self.success.first().map_or(200, |range| range.from);
        let made = match (own, &self.schema) {
            (Some(own), _) => own.clone(),
            (None, Some(schema)) if self.is_json() => scene.schemas.example("body", schema, Purpose::Answer),
            (None, _) => match self.content_type.as_deref() {
                None => Value::Null,
                Some(kind) if kind.starts_with("text/") || kind.ends_with("xml") => "text".into(),
                Some(kind) if is_json(kind) => json!({}),
                Some(_) => json!({"base64": "a2hsb25n"}),
            },
        };
        if made.is_null() { json!({ "status": status }) } else { made }
    }
}
