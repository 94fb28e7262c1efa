//! `erpnext/get_invoice`: a sales invoice that was made earlier, by the shop's order or by its own name.

use super::api::Api;
use super::{SYSTEM, invoice, order};
use crate::office;
pub use crate::office::GetInvoice as Input;
use crate::office::InvoiceBy;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let wanted = input.wanted()?;
    let mut found = match input.by {
        InvoiceBy::Reference => of_shop(&api, wanted).await?,
        InvoiceBy::Order => invoice::find_all(&api, invoice::of_order(wanted)).await?,
        InvoiceBy::Number | InvoiceBy::Id => {
            invoice::find_all(&api, json!([["name", "=", wanted], ["docstatus", "!=", 2]])).await?
        }
    };
    // With a child table ERPNext sorts by its own rule, and gives an invoice once for each of its lines.
    found.sort_by(|one, other| key(one).cmp(&key(other)));
    found.dedup_by(|one, other| office::text(one, "name") == office::text(other, "name"));
    let named = |row: &Value| (office::text(row, "name").to_owned(), invoice::output(row, false));
    input.only(SYSTEM.name, found.iter().map(named).collect())
}

fn key(invoice: &Value) -> (&str, &str) {
    (office::text(invoice, "posting_date"), office::text(invoice, "name"))
}

/// The invoices of the shop's order. One that was made without an order has the shop's number itself.
async fn of_shop(api: &Api<'_>, reference: &str) -> Result<Vec<Value>, Error> {
    if let Some(order) = order::find(api, reference).await? {
        return invoice::find_all(api, invoice::of_order(office::text(&order, "name"))).await;
    }
    let own = json!([[api.reference(), "=", reference], ["docstatus", "!=", 2], ["is_return", "=", 0]]);
    invoice::find_all(api, own).await
}

pub fn spec() -> OperationSpec {
    SYSTEM.get_invoice(invoice::example(false))
}
