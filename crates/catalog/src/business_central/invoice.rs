//! Invoices and credit memos: drafts until they are posted.

use super::api::{Api, record};
use super::order;
use connector::Error;
use serde_json::Value;

pub const INVOICES: &str = "salesInvoices";

pub fn is_draft(document: &Value) -> bool {
    matches!(document.get("status").and_then(Value::as_str), Some("Draft" | "In Review"))
}

/// Posts one that is a draft where that is wanted, and gives it as it stands then.
pub async fn finish(
    api: &Api<'_>,
    entity: &str,
    standing: Value,
    post: bool,
    created: bool,
) -> Result<Value, Error> {
    if !(post && is_draft(&standing)) {
        return Ok(order::output(&standing, created));
    }
    let whole = record(entity, order::id(&standing));
    api.act(&whole, "post").await?;
    // It is posted; a number of its own comes with that. Where it cannot be read just now, what is known is told.
    let posted = api.get(&whole, "").await.ok().flatten().unwrap_or(standing);
    Ok(order::output(&posted, created))
}
