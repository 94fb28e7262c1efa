//! The body of a call: which of its forms is sent, and what is filled in.

use super::fields::{Asked, Fields, Goes};
use super::{Found, Scene, forms, parameter, parameters};
use crate::call::{Body, BodyForm, Kind, Slot, Source};
use crate::document::Version;
use crate::limits::FIELDS_MAX;
use crate::node::Node;
use crate::note;
use crate::schema::{Others, Schema, Type};
use serde_json::Value;

/// A body as one content type has it.
#[derive(Clone, Debug)]
pub(super) struct Content<'d> {
    pub content_type: String,
    /// Where its parts are described.
    pub media: Node<'d>,
    pub schema: Option<Node<'d>>,
    pub example: Option<&'d Value>,
    pub required: bool,
    pub description: Option<&'d str>,
}

pub(super) fn read<'d>(
    scene: &mut Scene<'_, '_, 'd>,
    operation: &Found<'d>,
    fields: &mut Fields,
) -> Option<Body> {
    let content = match scene.document.version {
        Version::OpenApi3 => of_openapi(scene, operation)?,
        Version::Swagger2 => {
            let parts = parameters::of_body(scene, operation);
            if parts.iter().any(|part| part.text("in") == Some("formData")) {
                return Some(forms::of_swagger(scene, operation, fields, &parts));
            }
            of_swagger(scene, operation, parts.into_iter().next()?)
        }
    };
    if operation.method.reads() {
        // Some documents describe an empty one everywhere.
        if !schema_of(scene, &content).properties.is_empty() {
            scene.document.note(&note::BODY_OF_A_READ, &content.media.at, &[operation.method.as_str()]);
        }
        return None;
    }
    Some(of_content(scene, fields, &content))
}

fn of_openapi<'d>(scene: &Scene<'_, '_, 'd>, operation: &Found<'d>) -> Option<Content<'d>> {
    let body = scene.document.follow(operation.node.get("requestBody")?)?;
    let all: Vec<(&str, Node<'d>)> = body.entries_of("content").collect();
    let (content_type, media) = all.iter().min_by_key(|(content_type, _)| rank(content_type))?.clone();
    tell_of_others(scene, &body.at, content_type, all.iter().map(|(name, _)| *name));
    let content = Content {
        content_type: sent_as(content_type),
        schema: media.get("schema"),
        example: parameter::example_of(scene.document, &media),
        required: body.flag("required").unwrap_or_default(),
        description: body.words("description"),
        media,
    };
    let is_unsaid = body.flag("required").is_none() && !operation.method.reads();
    if is_unsaid && !schema_of(scene, &content).required.is_empty() {
        scene.document.note(&note::BODY_NEEDED, &body.at, &[]);
        return Some(Content { required: true, ..content });
    }
    Some(content)
}

fn of_swagger<'d>(scene: &Scene<'_, '_, 'd>, operation: &Found<'d>, part: Node<'d>) -> Content<'d> {
    let all = consumed(scene, operation);
    let content_type =
        all.iter().copied().min_by_key(|content_type| rank(content_type)).unwrap_or("application/json");
    tell_of_others(scene, &part.at, content_type, all.iter().copied());
    Content {
        content_type: sent_as(content_type),
        schema: part.get("schema"),
        example: parameter::example_of(scene.document, &part),
        required: part.flag("required").unwrap_or_default(),
        description: part.words("description"),
        media: part,
    }
}

pub(super) fn consumed<'d>(scene: &Scene<'_, '_, 'd>, operation: &Found<'d>) -> Vec<&'d str> {
    let own = operation.node.texts_of("consumes");
    if own.is_empty() { scene.document.root.texts_of("consumes") } else { own }
}

fn tell_of_others<'n>(scene: &Scene<'_, '_, '_>, at: &str, chosen: &str, all: impl Iterator<Item = &'n str>) {
    let others: Vec<&str> = all.filter(|other| *other != chosen).collect();
    if !others.is_empty() {
        scene.document.note(&note::OTHER_CONTENT, at, &[chosen, &others.join(", ")]);
    }
}

/// Of several forms the one in which fields can be filled in best.
fn rank(content_type: &str) -> usize {
    let kind = essence(content_type);
    match kind.as_str() {
        "application/json" => 0,
        kind if kind.ends_with("+json") || kind.ends_with("/json") => 1,
        "*/*" | "application/*" => 2,
        "application/x-www-form-urlencoded" => 3,
        "multipart/form-data" => 4,
        kind if kind.ends_with("xml") => 7,
        kind if kind.starts_with("text/") => 5,
        _ => 6,
    }
}

/// A content type without its parameters, in small letters.
pub(super) fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// What is sent where the document leaves it open.
fn sent_as(content_type: &str) -> String {
    match essence(content_type).as_str() {
        "*/*" | "application/*" => "application/json".to_owned(),
        kind if kind.ends_with("/*") => "application/octet-stream".to_owned(),
        _ => content_type.trim().to_owned(),
    }
}

fn of_content<'d>(scene: &mut Scene<'_, '_, 'd>, fields: &mut Fields, content: &Content<'d>) -> Body {
    let form = match rank(&content.content_type) {
        0..=2 => json(scene, fields, content),
        3 => forms::form(scene, fields, content).map_or_else(|| raw(scene, fields, content), BodyForm::Form),
        4 => forms::multipart(scene, fields, content)
            .map_or_else(|| raw(scene, fields, content), BodyForm::Multipart),
        _ => raw(scene, fields, content),
    };
    let has_required = match &form {
        BodyForm::Members(slots) => slots.iter().any(is_always_there),
        _ => false,
    };
    let required = content.required || has_required;
    Body { content_type: content.content_type.clone(), required, form }
}

/// Something is sent of it whether fields are filled in or not.
fn is_always_there(slot: &Slot) -> bool {
    slot.always || !slot.otherwise.is_null() || matches!(slot.from, Source::Fixed(_))
}

fn json<'d>(scene: &mut Scene<'_, '_, 'd>, fields: &mut Fields, content: &Content<'d>) -> BodyForm {
    let schema = schema_of(scene, content);
    match members(scene, fields, content, &schema, false) {
        Some(members) => BodyForm::Members(members.into_iter().map(|(_, slot)| slot).collect()),
        None => BodyForm::Whole(whole(scene, fields, content, &schema)),
    }
}

pub(super) fn schema_of<'d>(scene: &Scene<'_, '_, 'd>, content: &Content<'d>) -> Schema<'d> {
    match &content.schema {
        Some(node) => scene.schemas.open(node.clone()),
        None => Schema::of(&content.media.at, []),
    }
}

/// A field for each member of the object that a body is. Nothing where it is none, or has too many.
pub(super) fn members<'d>(
    scene: &mut Scene<'_, '_, 'd>,
    fields: &mut Fields,
    content: &Content<'d>,
    schema: &Schema<'d>,
    may_be_bytes: bool,
) -> Option<Vec<(&'d str, Slot)>> {
    let is_object =
        schema.only_type() == Some(Type::Object) && schema.variants.is_empty() && !schema.nullable;
    if !is_object || schema.properties.is_empty() || schema.circular {
        return None;
    }
    let count = schema.properties.len();
    if count > fields.left() || !scene.schemas.may_add(count) {
        scene.document.note(&note::WHOLE_BODY, &schema.at, &[&FIELDS_MAX.to_string()]);
        return None;
    }
    if matches!(schema.others, Others::Any | Others::Like(_)) {
        scene.document.note(&note::MORE_MEMBERS, &schema.at, &[]);
    }
    let example = content.example.or(schema.example);
    let mut slots = Vec::with_capacity(count);
    for (name, node) in &schema.properties {
        let member = scene.schemas.open_in(schema, node.clone());
        if member.read_only {
            continue;
        }
        let asked = Asked {
            name,
            goes: Goes::Body,
            // Without the body itself none of its members is needed.
            required: content.required && schema.required.contains(name),
            description: node.words("description"),
            example: example.and_then(|example| example.get(name)),
            deprecated: false,
            advanced: false,
            may_be_bytes,
        };
        slots.push((*name, fields.add(&mut scene.schemas, &asked, &member)));
    }
    Some(slots)
}

/// One field for all of it.
fn whole<'d>(
    scene: &mut Scene<'_, '_, 'd>,
    fields: &mut Fields,
    content: &Content<'d>,
    schema: &Schema<'d>,
) -> Slot {
    let asked = Asked {
        name: "body",
        goes: Goes::Whole,
        required: content.required,
        description: content.description,
        example: content.example,
        deprecated: false,
        advanced: false,
        may_be_bytes: rank(&content.content_type) > 2,
    };
    fields.add(&mut scene.schemas, &asked, schema)
}

/// Text or bytes, as they are.
fn raw<'d>(scene: &mut Scene<'_, '_, 'd>, fields: &mut Fields, content: &Content<'d>) -> BodyForm {
    let kind = essence(&content.content_type);
    scene.document.note(&note::RAW_BODY, &content.media.at, &[&kind]);
    let is_text =
        kind.starts_with("text/") || kind.ends_with("xml") || kind == "application/x-www-form-urlencoded";
    let at = content.schema.as_ref().map_or(&content.media.at, |schema| &schema.at);
    let only = if is_text { Type::Text } else { Type::File };
    let schema = Schema::of(at, [only]);
    // The document's example is one of an object, which is no text.
    let example = content.example.filter(|example| example.is_string());
    let content = Content { example, ..content.clone() };
    let slot = whole(scene, fields, &content, &schema);
    BodyForm::Raw(Slot { kind: if is_text { Kind::Text } else { Kind::Bytes }, ..slot })
}
