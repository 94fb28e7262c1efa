//! `sap_business_one/shipments_changed`: delivery notes that are new or were changed.

use super::SYSTEM;
use super::api::Api;
use super::changes::{self, Kind};
use super::order;
use crate::office::{self, Watch};
use async_trait::async_trait;
use connector::{Error, Poll, PollCx, Polled};
use model::OperationSpec;
use serde_json::{Map, Value, json};

pub const NOTES: &str = "DeliveryNotes";
/// Where a parcel's number is kept, unless the connection says otherwise.
pub const TRACKING: &str = "TrackingNumber";

pub struct ShipmentsChanged;

#[async_trait]
impl Poll for ShipmentsChanged {
    fn spec(&self) -> OperationSpec {
        Watch::Shipments.spec(
            SYSTEM,
            json!({
                "DocEntry": 6101, "DocNum": 260000501, "CardCode": "SHOP-8891", "NumAtCard": "SHOPIFY-1001", "DocumentStatus": "bost_Open",
                "Cancelled": "tNO", "TrackingNumber": "TH01234567890", "UpdateDate": "2026-11-21", "UpdateTime": "11:00:00",
                "DocumentLines": [{"LineNum": 0, "ItemCode": "TEA-100", "Quantity": 2.0, "BaseType": 17, "BaseEntry": 5012, "BaseLine": 0}]
            }),
        )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let api = Api::new(cx.http, office::of_look(cx, SYSTEM.name)?)?;
        let tracking = api.connection.text("tracking_field").unwrap_or(TRACKING);
        let select = format!("{},{tracking}", order::fields(&api, true));
        let kind = Kind { entity: NOTES, key: "DocEntry", select: &select };
        let page = changes::page(&api, cx, with, cursor, &kind).await?;
        let deliveries = page.rows.into_iter().map(changes::document).collect();
        Ok(Polled { deliveries, cursor: page.cursor, more: page.more, ..Polled::default() })
    }
}
