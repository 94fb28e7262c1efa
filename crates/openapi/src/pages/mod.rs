//! Answers that come in pages: the rule, and the call for the page after one.

pub(crate) mod extension;

use crate::imported::Operation;
use crate::request::value::as_text;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The field of an operation that says how many pages a step reads at most.
pub const PAGES_MAX_FIELD: &str = "pages_max";
/// The most that it can say.
pub const PAGES_MAX: u64 = 1_000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// A JSON pointer to the list of records in an answer; empty where the answer is the list.
    pub items: String,
    pub next: Next,
}

/// How the next page is asked for. Fields are the operation's, places are JSON pointers into the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// By the address in the header `Link` with `rel="next"`.
    Link,
    /// By an address in the answer.
    Address { at: String },
    /// By a text in the answer.
    Cursor { field: String, at: String },
    /// By the id of the last record, as long as `more` is true.
    Last {
        field: String,
        id: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        more: Option<String>,
    },
    /// By the number of the page.
    Page { field: String, first: u64 },
    /// By how many records there have been.
    Offset { field: String },
}

/// An answer, as far as it tells about pages.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// The values of the header `Link`.
    pub links: &'a [&'a str],
    pub body: &'a Value,
}

/// What to call for the next page.
#[derive(Clone, Debug, PartialEq)]
pub enum Following {
    /// The same operation with these fields.
    Fields(Value),
    /// This address, which may lack its host. Credentials go along only to the host that they are for: whoever calls it
    /// checks that.
    Address(String),
}

impl Pages {
    /// The records of an answer; nothing where they are not there.
    pub fn records<'a>(&self, body: &'a Value) -> Option<&'a Vec<Value>> {
        body.pointer(&self.items)?.as_array()
    }
}

/// What to call for the page after this answer, and nothing after the last one.
///
/// A page without records is the last. One that has fewer than were asked for is not: many systems have a limit of their own
/// for how many they give at once, and say nothing of it.
pub fn following(operation: &Operation, fields: &Value, answer: Answered<'_>) -> Option<Following> {
    let pages = operation.call.pages.as_ref()?;
    let records = pages.records(answer.body)?;
    let last = records.last()?;
    let with = |field: &str, value: Value| {
        let mut fields: Map<String, Value> = fields.as_object().cloned().unwrap_or_default();
        fields.insert(field.to_owned(), value);
        Some(Following::Fields(Value::Object(fields)))
    };
    let number = |field: &str| number(fields, operation, field);
    match &pages.next {
        Next::Link => {
            answer.links.iter().find_map(|link| next_link(link)).map(str::to_owned).map(Following::Address)
        }
        Next::Address { at } => text(answer.body.pointer(at)).map(Following::Address),
        Next::Cursor { field, at } => with(field, text(answer.body.pointer(at))?.into()),
        Next::Last { field, id, more } => {
            let goes_on = match more {
                Some(more) => answer.body.pointer(more).and_then(Value::as_bool).unwrap_or_default(),
                None => true,
            };
            if goes_on { with(field, text(last.pointer(id))?.into()) } else { None }
        }
        Next::Page { field, first } => {
            let this = number(field).unwrap_or(*first);
            with(field, this.checked_add(1)?.into())
        }
        Next::Offset { field } => {
            let this = number(field).unwrap_or_default();
            with(field, this.checked_add(u64::try_from(records.len()).ok()?)?.into())
        }
    }
}

/// A field's number, or the one that is usual for it.
fn number(fields: &Value, operation: &Operation, name: &str) -> Option<u64> {
    let given = fields.get(name).filter(|value| !value.is_null());
    let usual = || operation.spec.find_field(name).map(|field| &field.default);
    let value = given.or_else(usual)?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A text or a number that is something.
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        value => Some(as_text(value)).filter(|text| !text.is_empty()),
    }
}

/// The address of `<…>; rel="next"`, among others with commas between. A comma may stand in an address, too.
pub fn next_link(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let (address, after) = after.split_once('>')?;
        let end = after.find(",<").or_else(|| after.find(", <")).unwrap_or(after.len());
        let (parameters, next) = after.split_at(end);
        let is_next = parameters.split(';').any(|parameter| {
            let (name, value) = parameter.trim().split_once('=').unwrap_or_default();
            let value = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel")
                && value.split_whitespace().any(|rel| rel.eq_ignore_ascii_case("next"))
        });
        if is_next {
            return Some(address);
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_is_found_among_others() {
        let header = "<https://a.example/x?ids=1,2&page=1>; rel=\"prev\", <https://a.example/x?ids=1,2&page=3>; title=\"a\"; rel=\"next last\"";
        assert_eq!(next_link(header), Some("https://a.example/x?ids=1,2&page=3"));
        assert_eq!(next_link("<https://a.example/>; rel=prev"), None);
        assert_eq!(next_link("</orders?page=2>; rel=next"), Some("/orders?page=2"));
        let among = "</orders?page=1>; rel=\"prev\", </orders?page=3>; title=\"more\"; rel=\"next last\", </>; rel=first";
        assert_eq!(next_link(among), Some("/orders?page=3"));
        for none in ["", "<", "no link", "</orders>; rel=\"nextish\""] {
            assert_eq!(next_link(none), None, "{none}");
        }
    }
}
