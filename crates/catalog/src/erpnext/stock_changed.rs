//! `erpnext/stock_changed`: bins that changed. A bin is written with each stock entry and each reservation.

use super::SYSTEM;
use super::api::Api;
use super::changes::{self, Kind, hints};
use super::stock::{self, BIN, BIN_FIELDS};
use crate::office::{self, Watch};
use crate::since;
use async_trait::async_trait;
use connector::{Delivery, Error, Poll, PollCx, Polled};
use model::OperationSpec;
use serde_json::{Map, Value, json};

const PAGE: usize = 200;

pub struct StockChanged;

#[async_trait]
impl Poll for StockChanged {
    fn spec(&self) -> OperationSpec {
        changes::hinted(Watch::Stock.spec(
            SYSTEM,
            json!({"sku": "TEA-100", "warehouse": "Stores - KD", "on_hand": 40.0, "reserved": 2.0, "free": 38, "forecast": 38.0}),
        ))
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let api = Api::new(cx.http, office::of_look(cx, SYSTEM.name)?)?;
        let kind = Kind { name: BIN, fields: &BIN_FIELDS, only: Vec::new(), page: PAGE };
        let page = changes::page(&api, cx, with, cursor, kind).await?;
        let deliveries = page.rows.iter().map(delivery).collect();
        Ok(Polled { deliveries, cursor: page.cursor, more: page.more, ..Polled::default() })
    }

    hints!();
}

fn delivery(bin: &Value) -> Delivery {
    since::changed(office::text(bin, "name"), office::text(bin, "modified"), stock::level(bin))
}
