//! `business_central/create_invoice`: ships and invoices what is left of an order, once.

use super::SYSTEM;
use super::api::{Api, record};
use super::company::is_id;
use super::invoice::INVOICES;
use super::order::{self, ORDERS};
use crate::odata::{Query, quoted};
use crate::office;
pub use crate::office::InvoiceOrder as Input;
pub use crate::office::settle;
use crate::unchanged::nothing_done;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    if !input.post {
        return Err(Error::Input {
            message:
                "Business Central makes no draft of an order's invoice by its API, and \"Post it\" is off"
                    .into(),
            advice: "Switch Post it on, or let a person invoice the order.".into(),
        });
    }
    let api = Api::of(cx).await?;
    let Some(order) = order::standing(&api, &input.of()).await.map_err(nothing_done)? else {
        let invoice = invoiced(&api, &input).await.map_err(nothing_done)?;
        return invoice
            .map(|invoice| order::output(&invoice, false))
            .ok_or_else(|| order::missing(&input.of()));
    };
    api.act(&record(ORDERS, order::id(&order)), "shipAndInvoice").await?;
    // The order's own number is what the invoice names, also where it was found otherwise.
    let made = of_number(&api, office::text(&order, "number")).await?;
    made.map(|invoice| order::output(&invoice, true))
        .ok_or_else(|| office::unread(SYSTEM.name, "the invoice"))
}

/// The work is done when the order is gone and its invoice there; one that was invoiced in part is invoiced on.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let api = Api::of(cx).await?;
    match order::standing(&api, &input.of()).await? {
        Some(_) => Ok(None),
        None => Ok(invoiced(&api, &input).await?.map(|invoice| order::output(&invoice, true))),
    }
}

async fn invoiced(api: &Api<'_>, input: &Input) -> Result<Option<Value>, Error> {
    let wanted = input.order.filled().ok_or_else(|| office::lacks("order"))?;
    match input.by {
        office::By::Reference => order::invoiced(api, wanted).await,
        office::By::Id if is_id(wanted) => api.first(INVOICES, format!("orderId eq {wanted}")).await,
        office::By::Id => of_number(api, wanted).await,
    }
}

/// The newest one: an order that was invoiced in parts has several.
async fn of_number(api: &Api<'_>, number: &str) -> Result<Option<Value>, Error> {
    let filter = format!("orderNumber eq {}", quoted(number));
    let query =
        Query { entity: INVOICES, filter, order: "lastModifiedDateTime desc", most: 1, ..Query::default() };
    Ok(api.list(&query).await?.into_iter().next())
}

pub fn spec() -> OperationSpec {
    SYSTEM
        .create_invoice(
            json!({"id": "8c2e4d5a-5d4e-ed11-946f-000d3a2feca1", "number": "PSI-103021", "status": "Open", "total": 535.00, "created": true}),
        )
        .about(
            "Ships and invoices what is left of a sales order, and posts both, so Post it has to be on. An order that is invoiced already gives \
             its invoice.",
            "ส่งสินค้าและออกใบแจ้งหนี้สำหรับส่วนที่เหลือของคำสั่งขายพร้อมลงบัญชี จึงต้องเปิดยืนยันเอกสาร คำสั่งขายที่ออกใบแจ้งหนี้แล้วจะได้ใบแจ้งหนี้เดิม",
        )
}
