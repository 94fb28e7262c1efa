//! `erpnext/create_invoice`: a sales order is invoiced, once.

use super::api::Api;
use super::{SYSTEM, invoice, order};
use crate::office;
pub use crate::office::InvoiceOrder as Input;
pub use crate::office::settle;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

const MAKE: &str = "erpnext.selling.doctype.sales_order.sales_order.make_sales_invoice";

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let name = name(&api, &input).await?;
    if let Some(standing) = invoiced(&api, &name).await? {
        return invoice::finish(&api, standing, input.post).await;
    }
    let draft = api.method(MAKE, &json!({"source_name": name})).await?;
    Ok(order::output(&invoice::make(&api, draft, input.post).await?, true))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let api = Api::of(cx)?;
    let name = name(&api, &input).await?;
    let done = invoiced(&api, &name).await?.filter(|standing| !invoice::is_open(standing, input.post));
    Ok(done.map(|standing| order::output(&standing, true)))
}

async fn name(api: &Api<'_>, input: &Input) -> Result<String, Error> {
    Ok(office::text(&order::meant(api, &input.of()).await?, "name").to_owned())
}

/// The invoice of an order: its lines name the order.
async fn invoiced(api: &Api<'_>, order: &str) -> Result<Option<Value>, Error> {
    let of_order = json!([
        ["Sales Invoice Item", "sales_order", "=", order],
        ["docstatus", "!=", 2],
        ["is_return", "=", 0]
    ]);
    invoice::find(api, of_order).await
}

pub fn spec() -> OperationSpec {
    SYSTEM.create_invoice(
        json!({"id": "ACC-SINV-2026-00007", "number": "ACC-SINV-2026-00007", "status": "Unpaid", "total": 535.0, "created": true}),
    )
}
