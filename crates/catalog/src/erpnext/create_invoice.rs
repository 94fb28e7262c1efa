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
        return invoice::finish(&api, standing, input.post, false).await;
    }
    let draft = api.method(MAKE, &json!({"source_name": name})).await?;
    Ok(invoice::output(&invoice::make(&api, draft, input.post).await?, true))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let api = Api::of(cx)?;
    let name = name(&api, &input).await?;
    let done = invoiced(&api, &name).await?.filter(|standing| !invoice::is_open(standing, input.post));
    Ok(done.map(|standing| invoice::output(&standing, true)))
}

async fn name(api: &Api<'_>, input: &Input) -> Result<String, Error> {
    Ok(office::text(&order::meant(api, &input.of()).await?, "name").to_owned())
}

async fn invoiced(api: &Api<'_>, order: &str) -> Result<Option<Value>, Error> {
    invoice::find(api, invoice::of_order(order)).await
}

pub fn spec() -> OperationSpec {
    SYSTEM.create_invoice(invoice::example(true))
}
