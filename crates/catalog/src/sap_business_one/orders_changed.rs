//! `sap_business_one/orders_changed`: sales orders that are new or were changed.

use super::api::Api;
use super::changes::{self, Kind};
use super::order::{self, ORDERS};
use super::{SYSTEM, get_order};
use crate::office::{self, Watch};
use async_trait::async_trait;
use connector::{Error, Poll, PollCx, Polled};
use model::OperationSpec;
use serde_json::{Map, Value};

pub struct OrdersChanged;

#[async_trait]
impl Poll for OrdersChanged {
    fn spec(&self) -> OperationSpec {
        Watch::Orders.spec(SYSTEM, get_order::example())
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let api = Api::new(cx.http, office::of_look(cx, SYSTEM.name)?)?;
        let select = order::fields(&api, true);
        let kind = Kind { entity: ORDERS, key: "DocEntry", select: &select };
        let page = changes::page(&api, cx, with, cursor, &kind).await?;
        let deliveries = page.rows.into_iter().map(changes::document).collect();
        Ok(Polled { deliveries, cursor: page.cursor, more: page.more, ..Polled::default() })
    }
}
