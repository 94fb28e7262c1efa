//! `tryton/create_invoice`: posts the invoice that processing a sale has made.

use super::rpc::{Rpc, ids};
use super::{SYSTEM, invoice, sale};
pub use crate::office::InvoiceOrder as Input;
pub use crate::office::settle;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let rpc = Rpc::of(cx)?;
    let invoice = invoiced(&rpc, &input).await?.ok_or_else(|| Error::Refused {
        message: "Tryton has made no invoice of this sale yet".into(),
        advice: "Confirm and process the sale first; where it is invoiced on shipment, ship it.".into(),
    })?;
    let created = invoice::is_open(&invoice, input.post);
    invoice::finish(&rpc, invoice, input.post, created).await
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let found = invoiced(&Rpc::of(cx)?, &input).await?;
    Ok(found.filter(|found| !invoice::is_open(found, input.post)).map(|found| invoice::output(&found, true)))
}

async fn invoiced(rpc: &Rpc<'_>, input: &Input) -> Result<Option<Value>, Error> {
    let sale = sale::meant(rpc, &input.of()).await?;
    invoice::find(rpc, vec![json!(["id", "in", ids(&sale, "invoices")])]).await
}

pub fn spec() -> OperationSpec {
    SYSTEM
        .create_invoice(json!({"id": 1, "number": "1", "status": "posted", "total": 535.00, "created": true}))
        .about(
            "Posts the invoice that Tryton makes of a sale when it is processed or shipped; posted ones stay as they are.",
            "ยืนยันใบแจ้งหนี้ที่ Tryton สร้างเมื่อดำเนินการหรือส่งสินค้าตามคำสั่งขาย ใบที่ยืนยันแล้วจะคงเดิม",
        )
}
