//! Records as Odoo reads them, and as they leave: what is empty comes as `false`, and goes on as nothing.

use connector::Error;
use serde_json::{Map, Value, json};

pub type Row = Map<String, Value>;

/// Fields that are really true or false.
const BOOLEANS: [&str; 4] = ["active", "sale_ok", "is_company", "locked"];

/// The row without Odoo's word for nothing.
pub fn plain(row: Row) -> Row {
    let plain = |(name, value): (String, Value)| match value {
        Value::Bool(false) if !BOOLEANS.contains(&name.as_str()) => (name, Value::Null),
        value => (name, value),
    };
    row.into_iter().map(plain).collect()
}

pub fn id(row: &Row) -> Option<i64> {
    row.get("id").and_then(Value::as_i64)
}

pub fn text<'r>(row: &'r Row, field: &str) -> &'r str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The id in a many-to-one field, which is read as id and name.
pub fn link(row: &Row, field: &str) -> Option<i64> {
    row.get(field)?.get(0)?.as_i64()
}

/// The name in a many-to-one field.
pub fn link_name<'r>(row: &'r Row, field: &str) -> &'r str {
    row.get(field).and_then(|value| value.get(1)?.as_str()).unwrap_or_default()
}

/// A many-to-one field as an object.
pub fn linked(row: &Row, field: &str) -> Value {
    match link(row, field) {
        Some(id) => json!({"id": id, "name": link_name(row, field)}),
        None => Value::Null,
    }
}

/// The ids in an x-to-many field.
pub fn ids(row: &Row, field: &str) -> Vec<i64> {
    row.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64).collect()
}

/// Methods that need a person's answer give a window's description in place of a result.
pub fn check_done(answer: &Value, what: &str) -> Result<(), Error> {
    match answer.get("res_model").and_then(Value::as_str) {
        Some(window) => Err(Error::Refused {
            message: format!("Odoo asks something before {what} ({window})"),
            advice: "Finish it in Odoo, where the question is shown.".into(),
        }),
        None => Ok(()),
    }
}

/// Nothing was found by what a node says.
pub fn missing(what: &str, by: &str) -> Error {
    Error::Refused {
        message: format!("Odoo has no {what} \"{}\"", connector::http::shorten(by)),
        advice: "Correct the number in the data, or wait until it is in Odoo, then retry.".into(),
    }
}
