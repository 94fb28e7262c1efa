//! Forms whose parts have types of their own (RFC 7578).

use super::body::{Sent, bytes};
use super::value::{self, as_text, field_name};
use crate::call::{Kind, Part};
use crate::names::hash;
use crate::node::join;
use crate::problem::{self, Problem};
use serde_json::{Map, Value};

/// A part as it is sent.
struct Written {
    head: String,
    content: Vec<u8>,
}

pub(super) fn multipart(
    parts: &[Part],
    fields: &Map<String, Value>,
    required: bool,
) -> Result<Option<Sent>, Problem> {
    let mut written = Vec::new();
    for part in parts {
        match value::of_parameter(&part.slot, fields)? {
            None => {}
            // The entries of a list are parts of the same name.
            Some(Value::Array(list)) if part.content_type.is_none() => {
                for entry in list.iter().filter(|entry| !entry.is_null()) {
                    written.push(write(part, entry)?);
                }
            }
            Some(value) => written.push(write(part, &value)?),
        }
    }
    if written.is_empty() && !required {
        return Ok(None);
    }
    let boundary = boundary(&written);
    let mut body = Vec::new();
    for Written { head, content } in written {
        body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n").as_bytes());
        body.extend_from_slice(&content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = format!("multipart/form-data; boundary={boundary}");
    Ok(Some(Sent { content_type, bytes: body }))
}

/// A text, JSON, or a file: `{"base64": …, "name": "label.pdf", "type": "application/pdf"}`.
fn write(part: &Part, value: &Value) -> Result<Written, Problem> {
    let slot = &part.slot;
    let is_file = slot.kind == Kind::Bytes;
    let said = |name: &str| value.get(name).and_then(Value::as_str).filter(|_| is_file);
    let usual = match value {
        _ if is_file && value.get("base64").is_some() => Some("application/octet-stream"),
        Value::Array(_) | Value::Object(_) => Some("application/json"),
        // What is plain text need not say so.
        _ => None,
    };
    let content_type = said("type").or(part.content_type.as_deref()).or(usual);
    let file = is_file.then(|| said("name").unwrap_or(&slot.name));
    let mut head = format!("Content-Disposition: form-data; name=\"{}\"", quoted(&slot.name));
    if let Some(file) = file {
        head.push_str(&format!("; filename=\"{}\"", quoted(file)));
    }
    head.push_str("\r\n");
    if let Some(content_type) = content_type {
        if content_type.chars().any(char::is_control) {
            let name = field_name(slot);
            return Err(problem::BAD_HEADER.at(join("", name), &[name]));
        }
        head.push_str(&format!("Content-Type: {content_type}\r\n"));
    }
    let content = if is_file { bytes(slot, value)? } else { as_text(value).into_bytes() };
    Ok(Written { head, content })
}

/// As browsers do it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands between the parts and in none of them. It is made of them, so that the same fields give the same bytes.
fn boundary(parts: &[Written]) -> String {
    let all: Vec<u8> =
        parts.iter().flat_map(|part| part.head.bytes().chain(part.content.iter().copied())).collect();
    let digits = hash(&all);
    let numbered = (0_usize..).map(|number| format!("khlong-{digits}-{number}"));
    let is_free =
        |boundary: &String| !all.windows(boundary.len()).any(|window| window == boundary.as_bytes());
    // What is finite holds finitely many of them.
    numbered.into_iter().find(is_free).unwrap_or_default()
}
