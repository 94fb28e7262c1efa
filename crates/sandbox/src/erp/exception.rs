//! What Odoo raises, and how each protocol spells it.

use axum::http::StatusCode;
use serde_json::{Value, json};

/// A Python exception as a caller sees it.
#[derive(Debug)]
pub(crate) struct Exception {
    name: &'static str,
    message: String,
    status: StatusCode,
    arguments: Vec<Value>,
}

impl Exception {
    fn new(name: &'static str, status: StatusCode, message: impl Into<String>) -> Self {
        let message = message.into();
        let arguments = vec![Value::from(message.as_str())];
        Self { name, message, status, arguments }
    }

    /// Unknown fields, unreadable values: Odoo does not catch these, so they are a 500.
    pub(crate) fn value(message: impl Into<String>) -> Self {
        Self::new("builtins.ValueError", StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// Wrong arguments, as JSON-RPC shows them. JSON-2 finds them first, see [`Exception::arguments`].
    pub(crate) fn kind(message: impl Into<String>) -> Self {
        Self::new("builtins.TypeError", StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    pub(crate) fn attribute(message: impl Into<String>) -> Self {
        Self::new("builtins.AttributeError", StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    pub(crate) fn out_of_range() -> Self {
        let name = "psycopg2.errors.NumericValueOutOfRange";
        Self::new(name, StatusCode::INTERNAL_SERVER_ERROR, "integer out of range\n")
    }

    pub(crate) fn disk_full() -> Self {
        let message = "could not extend file: No space left on device\nHINT: the stand-in holds as many records as it may.";
        Self::new("psycopg2.errors.DiskFull", StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    pub(crate) fn serialization() -> Self {
        let name = "psycopg2.errors.SerializationFailure";
        let message = "could not serialize access due to concurrent update\n";
        Self::new(name, StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    pub(crate) fn locked() -> Self {
        let message = "Another transaction holds a lock on the record. Please try again.";
        Self::new("odoo.exceptions.LockError", StatusCode::CONFLICT, message)
    }

    pub(crate) fn no_database(name: &str) -> Self {
        let message = format!("FATAL:  database \"{name}\" does not exist\n");
        Self::new("psycopg2.OperationalError", StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    pub(crate) fn user(message: impl Into<String>) -> Self {
        Self::new("odoo.exceptions.UserError", StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new("odoo.exceptions.ValidationError", StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// A mandatory field was left out: PostgreSQL refuses the row and Odoo words it like this.
    pub(crate) fn not_null(model: &str, model_name: &str, field: &str, field_name: &str) -> Self {
        Self::validation(format!(
            "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n\
             - Delete: another model requires the record being deleted. If possible, archive it instead.\n\n\
             Model: {model} ({model_name})\nField: {field} ({field_name})\n"
        ))
    }

    pub(crate) fn missing(model_name: &str, id: i64, uid: i64) -> Self {
        let message =
            format!("Record does not exist or has been deleted.\n(Record: {model_name}({id},), User: {uid})");
        Self::new("odoo.exceptions.MissingError", StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn access(message: impl Into<String>) -> Self {
        Self::new("odoo.exceptions.AccessError", StatusCode::FORBIDDEN, message)
    }

    pub(crate) fn access_denied() -> Self {
        Self::new("odoo.exceptions.AccessDenied", StatusCode::FORBIDDEN, "Access Denied")
    }

    /// Raised by the web layer rather than by a model: the status is an argument, too.
    fn web(name: &'static str, status: StatusCode, message: impl Into<String>) -> Self {
        let mut exception = Self::new(name, status, message);
        exception.arguments.push(status.as_u16().into());
        exception
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::web("werkzeug.exceptions.BadRequest", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn unauthorized(message: &str) -> Self {
        Self::web("werkzeug.exceptions.Unauthorized", StatusCode::UNAUTHORIZED, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::web("werkzeug.exceptions.NotFound", StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn arguments(message: impl Into<String>) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::web("werkzeug.exceptions.UnprocessableEntity", status, message)
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The body of a JSON-2 error, and `error.data` of a JSON-RPC one.
    pub(crate) fn body(&self) -> Value {
        json!({
            "name": self.name,
            "message": self.message,
            "arguments": self.arguments,
            "context": {},
            "debug": format!("Traceback (most recent call last):\n  (stand-in)\n{}: {}", self.name, self.message),
        })
    }
}
