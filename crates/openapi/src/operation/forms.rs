//! Bodies that are forms: names and values, or parts of their own types.

use super::body::{Content, consumed, essence, members, schema_of};
use super::fields::{Asked, Fields, Goes};
use super::style::{Written, named, of_swagger as swagger_style};
use super::{Found, Scene, parameter};
use crate::call::{Body, BodyForm, FormPart, Kind, Part, Place, Slot, Style};
use crate::limits::FIELDS_MAX;
use crate::node::Node;
use crate::note;

const URL_ENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// Nothing where the schema is no object whose members are told.
pub(super) fn form<'d>(
    scene: &mut Scene<'_, '_, 'd>,
    fields: &mut Fields,
    content: &Content<'d>,
) -> Option<Vec<FormPart>> {
    let schema = schema_of(scene, content);
    let members = members(scene, fields, content, &schema, false)?;
    let part = |(name, slot): (&str, Slot)| {
        let Written { style, explode } = encoding(content, name, &slot);
        FormPart { slot, style, explode }
    };
    Some(members.into_iter().map(part).collect())
}

/// As the specification has it: an explicit style, else an explicit content type, else by the kind of the value. Objects
/// are JSON then, and the entries of lists come one after the other.
fn encoding(content: &Content<'_>, name: &str, slot: &Slot) -> Written {
    let encoding = content.media.get("encoding").and_then(|all| all.get(name));
    let text = |key: &str| encoding.as_ref().and_then(|encoding| encoding.text(key));
    let explode = encoding.as_ref().and_then(|encoding| encoding.flag("explode"));
    let style = text("style")
        .and_then(named)
        .filter(|style| !matches!(style, Style::Simple | Style::Label | Style::Matrix));
    if style.is_some() || explode.is_some() {
        let style = style.unwrap_or(Style::Form);
        return Written {
            style,
            explode: explode.unwrap_or(matches!(style, Style::Form | Style::DeepObject)),
        };
    }
    let is_json = text("contentType").is_some_and(|kind| kind.contains("json"));
    match slot.kind {
        _ if is_json => Written { style: Style::Json, explode: slot.kind == Kind::List },
        Kind::Object | Kind::Json => Written { style: Style::Json, explode: false },
        _ => Written { style: Style::Form, explode: true },
    }
}

pub(super) fn multipart<'d>(
    scene: &mut Scene<'_, '_, 'd>,
    fields: &mut Fields,
    content: &Content<'d>,
) -> Option<Vec<Part>> {
    let schema = schema_of(scene, content);
    let members = members(scene, fields, content, &schema, true)?;
    let part = |(name, slot): (&str, Slot)| {
        let encoding = content.media.get("encoding").and_then(|all| all.get(name));
        let said = encoding.as_ref().and_then(|encoding| encoding.text("contentType"));
        // Of several that are allowed, the first; what leaves it open says nothing.
        let first = said.and_then(|said| said.split(',').next()).map(str::trim);
        let content_type = first.filter(|kind| !kind.is_empty() && !kind.contains('*')).map(str::to_owned);
        Part { slot, content_type }
    };
    Some(members.into_iter().map(part).collect())
}

/// Swagger 2 has a parameter for each part.
pub(super) fn of_swagger<'d>(
    scene: &mut Scene<'_, '_, 'd>,
    operation: &Found<'d>,
    fields: &mut Fields,
    parts: &[Node<'d>],
) -> Body {
    let consumed = consumed(scene, operation);
    let has_file = parts.iter().any(|part| part.text("type") == Some("file"));
    let says = |wanted: &str| consumed.iter().any(|kind| essence(kind) == wanted);
    let is_multipart = has_file || (says(MULTIPART) && !says(URL_ENCODED));
    let mut slots = Vec::with_capacity(parts.len());
    for part in parts {
        slots.extend(slot_of_part(scene, fields, part, is_multipart).map(|slot| (part, slot)));
    }
    let required = parts.iter().any(|part| part.flag("required").unwrap_or_default());
    if is_multipart {
        let parts = slots.into_iter().map(|(_, slot)| Part { slot, content_type: None }).collect();
        return Body { content_type: MULTIPART.to_owned(), required, form: BodyForm::Multipart(parts) };
    }
    let form_part = |(part, slot): (&Node<'d>, Slot)| {
        let Written { style, explode } = swagger_style(scene.document, part, Place::Query);
        FormPart { slot, style, explode }
    };
    let parts = slots.into_iter().map(form_part).collect();
    Body { content_type: URL_ENCODED.to_owned(), required, form: BodyForm::Form(parts) }
}

fn slot_of_part<'d>(
    scene: &mut Scene<'_, '_, 'd>,
    fields: &mut Fields,
    part: &Node<'d>,
    may_be_bytes: bool,
) -> Option<Slot> {
    let Some(name) = part.words("name") else {
        scene.document.note(&note::BAD_PARAMETER, &part.at, &[]);
        return None;
    };
    if fields.is_full() || !scene.schemas.may_add(1) {
        scene.document.note(&note::TOO_MANY_FIELDS, &part.at, &[&FIELDS_MAX.to_string(), name]);
        return None;
    }
    let schema = scene.schemas.open(part.clone());
    let asked = Asked {
        name,
        goes: Goes::Body,
        required: part.flag("required").unwrap_or_default(),
        description: part.words("description"),
        example: parameter::example_of(scene.document, part),
        deprecated: false,
        advanced: false,
        may_be_bytes,
    };
    Some(fields.add(&mut scene.schemas, &asked, &schema))
}
