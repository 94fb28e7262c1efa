//! The parameters of an operation and of its path.

use super::fields::{Asked, Fields, Goes};
use super::parameter::{Described, describe};
use super::path;
use super::style::{Written, usual};
use super::{Found, Scene};
use crate::access::Need;
use crate::call::{Kind, Parameter, Place, Slot, Style};
use crate::document::Version;
use crate::limits::FIELDS_MAX;
use crate::node::Node;
use crate::note;
use crate::schema::{Schema, Type};
use model::EffectRule;

/// What the parameters of an operation come to.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub parameters: Vec<Parameter>,
    pub key_header: Option<String>,
    /// Parameters that cannot be left out and have no place any more.
    pub lacks: bool,
}

/// Headers that come from the body and from what is signed in with.
const OWN_HEADERS: [&str; 5] = ["accept", "content-type", "content-length", "host", "connection"];
/// Names of credentials, in small letters, without anything between their words.
const CREDENTIALS: [&str; 11] = [
    "authorization",
    "apikey",
    "xapikey",
    "apitoken",
    "xapitoken",
    "accesstoken",
    "xaccesstoken",
    "xauthtoken",
    "apisecret",
    "clientsecret",
    "proxyauthorization",
];

pub(super) fn read<'d>(
    scene: &mut Scene<'_, '_, 'd>,
    operation: &Found<'d>,
    fields: &mut Fields,
    sign_in: &mut Vec<Vec<Need>>,
) -> Read {
    let mut read = Read::default();
    for described in described(scene, operation) {
        let letters: String = described.name.chars().filter(char::is_ascii_alphanumeric).collect();
        let letters = letters.to_ascii_lowercase();
        let is_header = described.place == Place::Header;
        if is_header && OWN_HEADERS.contains(&described.name.to_ascii_lowercase().as_str()) {
            scene.document.note(&note::HEADER, &described.at, &[described.name]);
        } else if is_header && letters.ends_with("idempotencykey") {
            read.key_header = Some(described.name.to_owned());
        } else if described.place != Place::Path && CREDENTIALS.contains(&letters.as_str()) {
            scene.document.note(&note::CREDENTIAL, &described.at, &[described.name]);
            let about = described.description.unwrap_or_default();
            scene.access.add_credential(sign_in, described.place, described.name, about);
        } else {
            add(scene, fields, &described, &mut read);
        }
    }
    read
}

fn add<'d>(scene: &mut Scene<'_, '_, 'd>, fields: &mut Fields, described: &Described<'d>, read: &mut Read) {
    if fields.is_full() || !scene.schemas.may_add(1) {
        let most = FIELDS_MAX.to_string();
        scene.document.note(&note::TOO_MANY_FIELDS, &described.at, &[&most, described.name]);
        read.lacks |= described.required;
        return;
    }
    let schema = match &described.schema {
        Some(node) => scene.schemas.open(node.clone()),
        None => Schema::of(&described.at, [Type::Text]),
    };
    let is_second = matches!(described.place, Place::Header | Place::Cookie)
        || super::page_words::is_page(described.name, schema.only_type() == Some(Type::Number));
    let asked = Asked {
        name: described.name,
        goes: Goes::Parameter(described.place),
        required: described.required,
        description: described.description,
        example: described.example,
        deprecated: described.deprecated,
        advanced: is_second && !described.required,
        may_be_bytes: false,
    };
    let slot = fields.add(&mut scene.schemas, &asked, &schema);
    read.parameters.push(parameter(described, slot));
}

fn parameter(described: &Described<'_>, slot: Slot) -> Parameter {
    let Written { style, explode } = described.written;
    let is_many = matches!(slot.kind, Kind::List | Kind::Object | Kind::Json);
    // What is one text is written in one way.
    let plain = !is_many
        && matches!(
            style,
            Style::SpaceDelimited | Style::PipeDelimited | Style::TabDelimited | Style::DeepObject
        );
    let style = if plain { usual(described.place) } else { style };
    Parameter {
        slot,
        place: described.place,
        style,
        explode: explode && is_many,
        reserved: described.reserved,
    }
}

/// The operation's parameters go before its path's; what stands in the path is there whether it is described or not.
fn described<'d>(scene: &Scene<'_, '_, 'd>, operation: &Found<'d>) -> Vec<Described<'d>> {
    let document = scene.document;
    let mut all: Vec<Described<'d>> = Vec::new();
    for node in [&operation.node, &operation.around].into_iter().flat_map(|node| node.items_of("parameters"))
    {
        let Some(node) = document.follow(node) else { continue };
        if document.version == Version::Swagger2 && matches!(node.text("in"), Some("body" | "formData")) {
            continue;
        }
        match describe(document, &node) {
            None => document.note(&note::BAD_PARAMETER, &node.at, &[]),
            Some(new) if all.iter().any(|old| old.name == new.name && old.place == new.place) => {}
            Some(new) => all.push(new),
        }
    }
    let names = path::names(&operation.path);
    all.retain(|parameter| {
        let has_place = parameter.place != Place::Path || names.contains(&parameter.name);
        if !has_place {
            document.note(&note::LOOSE_PARAMETER, &parameter.at, &[parameter.name]);
        }
        has_place
    });
    let is_there =
        |name: &str| all.iter().any(|parameter| parameter.place == Place::Path && parameter.name == name);
    let missing: Vec<&str> = names.into_iter().filter(|name| !is_there(name)).collect();
    for name in missing {
        document.note(&note::PATH_PARAMETER, &operation.node.at, &[name]);
        all.extend(undescribed(operation, name));
    }
    // In the order of the call: path, query, headers, cookies.
    all.sort_by_key(|parameter| parameter.place);
    all
}

/// A name that stands in the path only. Names live as long as the document, which has this one in its path's key.
fn undescribed<'d>(operation: &Found<'d>, name: &str) -> Option<Described<'d>> {
    let written = operation.written;
    let start = written.find(&format!("{{{name}}}"))? + 1;
    Some(Described {
        name: written.get(start..start + name.len())?,
        place: Place::Path,
        required: true,
        description: None,
        deprecated: false,
        schema: None,
        example: None,
        written: Written { style: Style::Simple, explode: false },
        reserved: false,
        at: operation.node.at.clone(),
    })
}

/// What an operation may do to the system, by what HTTP promises of its method and by its key.
pub(super) fn effect(operation: &Found<'_>, key_header: Option<&str>) -> EffectRule {
    use crate::call::Method::*;
    match operation.method {
        Get | Head => EffectRule::Read,
        Put | Delete => EffectRule::Idempotent,
        Post | Patch if key_header.is_some() => EffectRule::Idempotent,
        Post | Patch => EffectRule::Ask,
    }
}

/// The Swagger 2 parameters that make the body.
pub(super) fn of_body<'d>(scene: &Scene<'_, '_, 'd>, operation: &Found<'d>) -> Vec<Node<'d>> {
    let nodes = [&operation.node, &operation.around].into_iter().flat_map(|node| node.items_of("parameters"));
    let nodes = nodes.filter_map(|node| scene.document.follow(node));
    let mut found: Vec<Node<'d>> = Vec::new();
    for node in nodes.filter(|node| matches!(node.text("in"), Some("body" | "formData"))) {
        if found.iter().all(|other| other.text("name") != node.text("name")) {
            found.push(node);
        }
    }
    found
}
