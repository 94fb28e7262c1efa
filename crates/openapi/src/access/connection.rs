//! The connector and the fields of its connections.

use super::servers::Told;
use super::{BASE_URL, SERVER, Server};
use crate::prose::{both, sentence};
use model::{Choice, ConnectionSpec, ConnectorSpec, Field, FieldKind, Purpose, Words};
use serde_json::Value;

/// The one place where a connector's spec is made.
pub(crate) fn connector_spec(id: String, title: Words, about: Words, fields: Vec<Field>) -> ConnectorSpec {
    let (purpose, connection) = (Purpose::Data, Some(ConnectionSpec { fields }));
    ConnectorSpec { id, title, about, purpose, connection, ..ConnectorSpec::default() }
}

/// Where the system is: a choice where there are several servers, an address of one's own, and the servers' variables.
pub(super) fn address_fields(servers: &[Told<'_>], further: &[Told<'_>]) -> Vec<Field> {
    let mut fields = Vec::new();
    if servers.len() > 1 {
        fields.push(server_choice(servers));
    }
    fields.push(base_url(servers));
    let only = servers.len() == 1;
    let variables = servers.iter().chain(further).flat_map(|told| &told.variables);
    for (variable, node) in variables {
        let mut field = variable_field(&variable.field, &variable.name, node);
        if variable.default.is_empty() {
            field.required = only;
            let first = match &field.kind {
                FieldKind::Choice(options) => options.first().map(|option| option.value.clone()),
                _ => None,
            };
            field.example = first.unwrap_or_else(|| "example".to_owned()).into();
        } else {
            field.default = Value::from(variable.default.clone());
            field.example = field.default.clone();
        }
        fields.push(field);
    }
    fields
}

fn server_choice(servers: &[Told<'_>]) -> Field {
    let option = |told: &Told<'_>| {
        let title = if told.words.is_empty() { told.server.address.clone() } else { told.words.clone() };
        Choice { value: told.server.address.clone(), title: both(title) }
    };
    let kind = FieldKind::Choice(servers.iter().map(option).collect());
    let first = servers.first().map(|told| told.server.address.clone()).unwrap_or_default();
    Field::new(SERVER, kind, "Server", "เซิร์ฟเวอร์")
        .about("Which of the system's servers is called.", "เซิร์ฟเวอร์ของระบบที่จะเรียก")
        .default(first.clone())
        .example(first)
}

fn base_url(servers: &[Told<'_>]) -> Field {
    let field = Field::new(BASE_URL, FieldKind::Url, "Base address", "ที่อยู่หลัก");
    let plain = |server: &Server| server.variables.is_empty() && !server.address.contains('{');
    match servers {
        [] => field
            .about(
                "Where the system is; paths of operations go on from it.",
                "ที่อยู่ของระบบ เส้นทางของแต่ละการทำงานจะต่อจากที่อยู่นี้",
            )
            .required()
            .example("https://api.example.com"),
        [one] if plain(&one.server) => field
            .about(
                "Where the system is; paths of operations go on from it.",
                "ที่อยู่ของระบบ เส้นทางของแต่ละการทำงานจะต่อจากที่อยู่นี้",
            )
            .default(one.server.address.clone())
            .example(one.server.address.clone()),
        _ => field
            .about(
                "Another address than those of the document, if yours is none of them.",
                "ที่อยู่อื่นนอกเหนือจากในเอกสาร หากของคุณไม่ตรงกับที่อยู่เหล่านั้น",
            )
            .example("https://api.example.com")
            .advanced(),
    }
}

fn variable_field(field: &str, name: &str, node: &crate::node::Node<'_>) -> Field {
    let values = node.items_of("enum").filter_map(|value| value.value.as_str());
    let options: Vec<Choice> =
        values.map(|value| Choice { value: value.to_owned(), title: both(value.to_owned()) }).collect();
    let kind = if options.len() > 1 { FieldKind::Choice(options) } else { FieldKind::Text };
    let title = crate::names::human(name);
    let mut field = Field::new(field, kind, &title, &title).about(
        &format!("Stands in the server's address as {{{name}}}."),
        &format!("อยู่ในที่อยู่ของเซิร์ฟเวอร์ตรง {{{name}}}"),
    );
    let about = sentence(node.text("description").unwrap_or_default(), crate::limits::ABOUT_CHARS_MAX);
    if !about.is_empty() {
        field.about = both(about);
    }
    field
}
