//! Sales invoices and what they have in common with credit notes.

use super::api::Api;
use super::order::{self, docstatus};
use connector::Error;
use serde_json::{Value, json};

pub const INVOICE: &str = "Sales Invoice";
const STANDING: [&str; 4] = ["name", "docstatus", "status", "grand_total"];

pub async fn find(api: &Api<'_>, filters: Value) -> Result<Option<Value>, Error> {
    api.first(INVOICE, &STANDING, filters).await
}

/// Makes one, and submits it at once where it is wanted.
pub async fn make(api: &Api<'_>, mut body: Value, post: bool) -> Result<Value, Error> {
    if let Some(fields) = body.as_object_mut() {
        fields.insert("docstatus".into(), i32::from(post).into());
    }
    api.create(INVOICE, &body).await
}

/// One that was found is submitted where it is wanted and has not been.
pub async fn finish(api: &Api<'_>, standing: Value, post: bool) -> Result<Value, Error> {
    if !is_open(&standing, post) {
        return Ok(order::output(&standing, false));
    }
    let name = standing.get("name").and_then(Value::as_str).unwrap_or_default();
    let posted = api.update(INVOICE, name, &json!({"docstatus": 1})).await?;
    Ok(order::output(&posted, false))
}

pub fn is_open(standing: &Value, post: bool) -> bool {
    post && docstatus(standing) == 0
}
