//! `odoo/get_invoice`: an invoice that was made earlier, by the shop's order or by its own number.

use super::record::{self, Row};
use super::rpc::Rpc;
use super::{invoice, post_invoice, sale};
pub use crate::office::GetInvoice as Input;
use crate::office::{INVOICES_MAX, InvoiceBy, System};
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

const SYSTEM: System = System { id: "odoo", name: "Odoo" };

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let rpc = Rpc::of(cx).await?;
    let found = match domain(&rpc, &input).await? {
        Some(domain) => invoices(&rpc, domain).await?,
        None => Vec::new(),
    };
    let named = |row: &Row| (record::text(row, "name").to_owned(), invoice::output(row, false));
    input.only(SYSTEM.name, found.iter().map(named).collect())
}

/// Which invoices are meant; nothing where an order is named that is not there.
async fn domain(rpc: &Rpc<'_>, input: &Input) -> Result<Option<Vec<Value>>, Error> {
    let wanted = input.wanted()?;
    let invoices = json!(["move_type", "=", "out_invoice"]);
    // By its own number a credit note is found as well, and no bill of a supplier.
    let any = json!(["move_type", "in", ["out_invoice", "out_refund"]]);
    let of = |order: Row| [invoices.clone()].into_iter().chain(invoice::of_order(&order)).collect();
    Ok(match input.by {
        InvoiceBy::Reference => match sale::find(rpc, "reference", wanted).await? {
            Some(order) => Some(of(order)),
            // An invoice may have been made without an order.
            None => Some(vec![invoices, json!(["ref", "=", wanted])]),
        },
        InvoiceBy::Order => sale::find(rpc, "name", wanted).await?.map(of),
        InvoiceBy::Number => Some(vec![any, json!(["name", "=", wanted])]),
        InvoiceBy::Id => Some(vec![any, json!(["id", "=", post_invoice::id_of(&input.invoice)?])]),
    })
}

/// Those that stand, the oldest first.
async fn invoices(rpc: &Rpc<'_>, domain: Vec<Value>) -> Result<Vec<Row>, Error> {
    let all: Vec<Value> = [json!(["state", "!=", "cancel"])].into_iter().chain(domain).collect();
    rpc.search_read("account.move", all.into(), &invoice::FIELDS, INVOICES_MAX).await
}

pub fn spec() -> OperationSpec {
    SYSTEM.get_invoice(invoice::example("INV/2026/00088", false))
}
