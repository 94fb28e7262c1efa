//! Orders that J&T has.

use super::api::{Api, object, text};
use connector::Error;
use serde_json::Value;

const CANCELLED: &str = "104";

/// The order with this reference, if J&T has one. It answers with a record or with a list of them.
pub async fn find(api: &Api<'_>, reference: &str) -> Result<Option<Value>, Error> {
    let answer = api.find("/order/getOrders", object([("txlogisticId", reference)])).await?;
    let records = match answer {
        None => Vec::new(),
        Some(Value::Array(records)) => records,
        Some(record @ (Value::Object(_) | Value::Null)) => vec![record],
        // Taken for "none", it would make a second parcel.
        Some(_) => {
            let message = "neither an order nor a list of them".into();
            return Err(Error::Unreadable { host: "J&T".into(), message });
        }
    };
    let is_it =
        |record: &Value| text(record, "txlogisticId") == reference && !text(record, "billCode").is_empty();
    Ok(records.into_iter().find(is_it))
}

pub fn is_cancelled(order: &Value) -> bool {
    text(order, "orderStatus") == CANCELLED
}
