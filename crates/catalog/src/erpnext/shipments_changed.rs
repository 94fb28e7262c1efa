//! `erpnext/shipments_changed`: delivery notes that were submitted, changed since, or cancelled.

use super::SYSTEM;
use super::api::Api;
use super::changes::{self, Kind, hints};
use crate::office::{self, Watch};
use crate::since;
use async_trait::async_trait;
use connector::{Error, Poll, PollCx, Polled};
use model::OperationSpec;
use serde_json::{Map, Value, json};

pub const NOTE: &str = "Delivery Note";
/// Each is read whole: a list brings no lines.
const PAGE: usize = 20;

pub struct ShipmentsChanged;

#[async_trait]
impl Poll for ShipmentsChanged {
    fn spec(&self) -> OperationSpec {
        changes::hinted(Watch::Shipments.spec(
            SYSTEM,
            json!({
                "name": "MAT-DN-2026-00003", "docstatus": 1, "status": "To Bill", "customer": "สมชาย ใจดี", "po_no": "SHOPIFY-1001",
                "lr_no": "TH01234567890", "transporter_name": "Flash Express", "modified": "2026-11-21 11:00:00.000000",
                "items": [{"item_code": "TEA-100", "qty": 2.0, "against_sales_order": "SAL-ORD-2026-00012"}]
            }),
        ))
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let api = Api::new(cx.http, office::of_look(cx, SYSTEM.name)?)?;
        let only = vec![json!(["docstatus", "!=", 0]), json!(["is_return", "=", 0])];
        let kind = Kind { name: NOTE, fields: &["name", "modified"], only, page: PAGE };
        let page = changes::page(&api, cx, with, cursor, kind).await?;
        let mut deliveries = Vec::with_capacity(page.rows.len());
        for row in &page.rows {
            // One that was deleted meanwhile is no news.
            let Some(note) = api.get(NOTE, office::text(row, "name")).await? else { continue };
            let (name, version) =
                (office::text(&note, "name").to_owned(), office::text(&note, "modified").to_owned());
            deliveries.push(since::changed(&name, &version, note));
        }
        Ok(Polled { deliveries, cursor: page.cursor, more: page.more, ..Polled::default() })
    }

    hints!();
}
