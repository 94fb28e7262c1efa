//! A call made of an operation and the values of its fields: address, headers and body, to the byte.

mod body;
pub(crate) mod encode;
mod multipart;
mod path;
mod styled;
pub(crate) mod value;

use crate::call::{Method, Parameter, Place};
use crate::imported::Operation;
use crate::pages::PAGES_MAX_FIELD;
use crate::problem::{self, Problem};
use model::{Field, FieldKind};
use serde_json::{Map, Value};

/// Names that are told where a field is not known.
const NAMED_MAX: usize = 20;

/// A request, but for what is signed in with and the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    pub method: Method,
    /// Path and query, beginning with a slash; it goes behind the address of the system.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
    /// The header that takes the step's key, so that a second call does nothing a second time.
    pub key_header: Option<String>,
}

/// Makes the request of an operation with these fields, as they are once all expressions in them have been worked out.
pub fn request(operation: &Operation, fields: &Value) -> Result<Prepared, Problem> {
    let fields = fields.as_object().ok_or_else(|| problem::NOT_FIELDS.at("", &[]))?;
    check(operation, fields)?;
    let call = &operation.call;
    let mut target = path::path(call, fields)?;
    let query = query(call.parameters.iter(), fields)?;
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query.join("&"));
    }
    let mut headers = headers(&call.parameters, fields)?;
    if let Some(accept) = &call.accept {
        headers.push(("accept".to_owned(), accept.clone()));
    }
    let sent = call.body.as_ref().map(|body| body::body(body, fields)).transpose()?.flatten();
    let body = sent.map(|sent| {
        headers.push(("content-type".to_owned(), sent.content_type));
        sent.bytes
    });
    let key_header = call.key_header.clone();
    check_headers(&headers, key_header.as_deref())?;
    Ok(Prepared { method: call.method, target, headers, body, key_header })
}

/// A connector that somebody exported may have been changed by hand.
fn check_headers(headers: &[(String, String)], key_header: Option<&str>) -> Result<(), Problem> {
    let names = headers.iter().map(|(name, _)| name.as_str()).chain(key_header);
    let wrong_name = names.into_iter().find(|name| !is_token(name));
    let wrong_value = || headers.iter().find(|(_, value)| value.chars().any(char::is_control));
    match wrong_name.or_else(|| wrong_value().map(|(name, _)| name.as_str())) {
        Some(name) => Err(problem::BAD_HEADER.at("", &[name])),
        None => Ok(()),
    }
}

/// What a header or a cookie can be called (RFC 9110).
pub(crate) fn is_token(name: &str) -> bool {
    let is_sign = |byte: u8| b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_sign(byte))
}

/// What a validator finds before a flow runs, and what an expression brings about later.
fn check(operation: &Operation, fields: &Map<String, Value>) -> Result<(), Problem> {
    let spec = &operation.spec;
    let unknown = |name: &&String| name.as_str() != PAGES_MAX_FIELD && spec.find_field(name).is_none();
    if let Some(name) = fields.keys().find(unknown) {
        let known: Vec<&str> = spec.fields.iter().take(NAMED_MAX).map(|field| field.name.as_str()).collect();
        return Err(problem::UNKNOWN_FIELD.at(crate::node::join("", name), &[name, &known.join(", ")]));
    }
    let mut required = spec.fields.iter().filter(|field| field.required);
    match required.find(|field| fields.get(&field.name).is_none_or(|value| is_empty(field, value))) {
        Some(field) => Err(problem::MISSING_FIELD.at(crate::node::join("", &field.name), &[&field.name])),
        None => Ok(()),
    }
}

/// An empty text is no text; where any JSON can be, it is something.
fn is_empty(field: &Field, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => {
            let is_text = matches!(field.kind, FieldKind::Text | FieldKind::LongText | FieldKind::Choice(_));
            is_text && text.trim().is_empty()
        }
        _ => false,
    }
}

fn query<'c>(
    parameters: impl Iterator<Item = &'c Parameter>,
    fields: &Map<String, Value>,
) -> Result<Vec<String>, Problem> {
    let mut pairs = Vec::new();
    for parameter in parameters.filter(|parameter| parameter.place == Place::Query) {
        if let Some(value) = value::of_parameter(&parameter.slot, fields)? {
            let encode = if parameter.reserved { encode::keeping_reserved } else { encode::strictly };
            pairs.extend(styled::pairs(
                &parameter.slot.name,
                parameter.style,
                parameter.explode,
                &value,
                encode,
            ));
        }
    }
    Ok(pairs)
}

fn headers(parameters: &[Parameter], fields: &Map<String, Value>) -> Result<Vec<(String, String)>, Problem> {
    let mut headers = Vec::new();
    let mut cookies = Vec::new();
    for parameter in parameters {
        let Parameter { slot, place, style, explode, .. } = parameter;
        if !matches!(place, Place::Header | Place::Cookie) {
            continue;
        }
        let Some(value) = value::of_parameter(slot, fields)? else { continue };
        if *place == Place::Cookie {
            cookies.extend(styled::pairs(&slot.name, *style, *explode, &value, encode::strictly));
            continue;
        }
        let text = styled::simple(*style, *explode, &value, str::to_owned);
        if text.chars().any(char::is_control) {
            let name = value::field_name(slot);
            return Err(problem::BAD_HEADER.at(crate::node::join("", name), &[name]));
        }
        headers.push((slot.name.clone(), text.trim().to_owned()));
    }
    if !cookies.is_empty() {
        headers.push(("cookie".to_owned(), cookies.join("; ")));
    }
    Ok(headers)
}
