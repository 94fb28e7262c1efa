//! A list that comes in pages, read as one. Bounded in pages, records and bytes: a system may go on for ever.

use super::bad_input;
use super::send::{Call, output};
use connector::Error;
use connector::http::Answer;
use openapi::pages::{Answered, Following, Next, PAGES_MAX, PAGES_MAX_FIELD, Pages, following};
use openapi::{Operation, Prepared};
use serde_json::Value;
use url::Url;

/// Records that one step brings.
const RECORDS_MAX: usize = 100_000;

/// Reads as many pages as the node asks for; what comes out is the last answer, with the records of all in it.
pub async fn read_all(call: &Call<'_>, mut fields: Value) -> Result<Value, Error> {
    let prepare = |fields: &Value| openapi::request(call.operation, fields).map_err(bad_input);
    let mut prepared = prepare(&fields)?;
    let mut url = call.target(&prepared)?;
    let (mut records, mut bytes, mut last) = (Vec::new(), 0_u64, Value::Null);
    let mut pages_left = pages_max(call.operation, &fields);
    loop {
        let answer = match call.send(&prepared, &url).await {
            Err(Error::Status { status: 404, .. }) if !records.is_empty() && is_counted(call.operation) => {
                return Ok(with_records(call.operation, last, records));
            }
            answer => answer?,
        };
        bytes = bytes.saturating_add(u64::try_from(answer.body.len()).unwrap_or(u64::MAX));
        let mut body = output(call.operation, &answer)?;
        check_size(call, &answer, bytes)?;
        let next = next_of(call.operation, &fields, &answer, &body);
        gather(call.operation, &mut body, &mut records);
        if records.len() > RECORDS_MAX {
            return Err(too_many());
        }
        pages_left = pages_left.saturating_sub(1);
        let Some(next) = next.filter(|_| pages_left > 0) else {
            return Ok(with_records(call.operation, body, records));
        };
        last = body;
        let before = (url.clone(), prepared.clone());
        match next {
            Following::Fields(changed) => {
                prepared = prepare(&changed)?;
                url = call.target(&prepared)?;
                fields = changed;
            }
            Following::Address(address) => url = joined(&answer, &address)?,
        }
        check_progress(&before, (&url, &prepared), &answer)?;
    }
}

/// As many as the node says, else as the operation's field does where it is left empty.
fn pages_max(operation: &Operation, fields: &Value) -> u64 {
    let given = fields.get(PAGES_MAX_FIELD).filter(|value| !value.is_null());
    let usual = || operation.spec.find_field(PAGES_MAX_FIELD).map(|field| &field.default);
    let read = |value: &Value| value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    given.or_else(usual).and_then(read).unwrap_or(1).clamp(1, PAGES_MAX)
}

fn check_size(call: &Call<'_>, answer: &Answer, bytes: u64) -> Result<(), Error> {
    let limit = call.http.policy().body_bytes_max;
    if bytes > limit {
        return Err(Error::TooLarge { host: answer.host(), limit });
    }
    Ok(())
}

fn too_many() -> Error {
    Error::Refused {
        message: format!("there are more than {RECORDS_MAX} records"),
        advice: "Ask for less, or read fewer pages at once.".into(),
    }
}

fn next_of(operation: &Operation, fields: &Value, answer: &Answer, body: &Value) -> Option<Following> {
    let links = answer.headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
    let links: Vec<&str> = links.collect();
    following(operation, fields, Answered { links: &links, body })
}

/// Takes the records out of an answer; one without any has none to give.
fn gather(operation: &Operation, body: &mut Value, all: &mut Vec<Value>) {
    if let Some(Value::Array(records)) = place(operation, body) {
        all.append(records);
    }
}

fn with_records(operation: &Operation, mut body: Value, records: Vec<Value>) -> Value {
    if let Some(place) = place(operation, &mut body).filter(|place| place.is_array()) {
        *place = Value::Array(records);
    }
    body
}

fn place<'b>(operation: &Operation, body: &'b mut Value) -> Option<&'b mut Value> {
    body.pointer_mut(&operation.call.pages.as_ref()?.items)
}

/// Some systems say that there is no page behind the last one, instead of giving an empty one.
fn is_counted(operation: &Operation) -> bool {
    let counts = |pages: &Pages| matches!(pages.next, Next::Page { .. } | Next::Offset { .. });
    operation.call.pages.as_ref().is_some_and(counts)
}

/// The address may lack its host. Whether it is at home is checked when it is sent to.
fn joined(answer: &Answer, address: &str) -> Result<Url, Error> {
    answer.url.join(address).map_err(|error| Error::Unreadable {
        host: answer.host(),
        message: format!("the address of the next page cannot be read: {error}"),
    })
}

/// A page that names itself as the next one would be read until the bound.
fn check_progress(before: &(Url, Prepared), now: (&Url, &Prepared), answer: &Answer) -> Result<(), Error> {
    if (&before.0, &before.1) != now {
        return Ok(());
    }
    Err(Error::Unreadable {
        host: answer.host(),
        message: "a page says that it is itself the next one".into(),
    })
}
