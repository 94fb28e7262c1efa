//! The triggers about changed orders, products and shipments, by the time of their last change.

use super::api::Api;
use super::order::{LINES, ORDERS as SALES_ORDERS};
use super::{SYSTEM, get_order, subscription};
use crate::keyset::Walk;
use crate::odata::Query;
use crate::office::{self, Watch};
use crate::since::{self, iso, read_iso};
use async_trait::async_trait;
use connector::{Connection, Delivery, Error, Poll, PollCx, Polled, Refusal, Request};
use model::OperationSpec;
use serde_json::{Map, Value, json};

/// A long transaction shows its records late, with the time at which they were written.
const OVERLAP_MS: i64 = 60_000;
const STEP_MS: i64 = 1_000;
const PAGE: usize = 100;
const TIME: &str = "lastModifiedDateTime";
/// Where the cursor keeps what is known of the subscription.
const TOLD: &str = "told";

pub struct Changed {
    watch: Watch,
    entity: &'static str,
    expand: &'static str,
    /// Whether Business Central can be made to tell of changes.
    tells: bool,
}

pub const ORDERS: Changed =
    Changed { watch: Watch::Orders, entity: SALES_ORDERS, expand: LINES, tells: true };
pub const PRODUCTS: Changed = Changed { watch: Watch::Products, entity: "items", expand: "", tells: true };
pub const SHIPMENTS: Changed =
    Changed { watch: Watch::Shipments, entity: "salesShipments", expand: "salesShipmentLines", tells: false };

#[async_trait]
impl Poll for Changed {
    fn spec(&self) -> OperationSpec {
        let spec = self.watch.spec(SYSTEM, self.example());
        if self.tells { subscription::hinted(spec) } else { spec }
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let walk = Walk::read(cx, with, cursor, OVERLAP_MS, STEP_MS)?;
        let api = Api::open(cx.http, office::of_look(cx, SYSTEM.name)?).await?;
        let rows = api.list(&self.query(&walk)).await?;
        // Ids have no order that can be asked for: within one second, rows are counted.
        let passed = offset(&walk).saturating_add(rows.len()).to_string();
        let last = rows.last().and_then(|row| Some((read_iso(office::text(row, TIME))?, passed)));
        let next = walk.next(last.as_ref().map(|(time, id)| (*time, id.as_str())), rows.len() >= PAGE);
        let mut cursor_after = next.cursor;
        if self.tells {
            let told = cursor.and_then(|cursor| cursor.get(TOLD));
            let told = subscription::keep(&api, cx, with, self.entity, told).await?;
            if let Some((told, fields)) = told.zip(cursor_after.as_object_mut()) {
                fields.insert(TOLD.into(), told);
            }
        }
        let deliveries = rows.into_iter().map(delivery).collect();
        Ok(Polled { deliveries, cursor: cursor_after, more: next.more, ..Polled::default() })
    }

    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        if self.tells { subscription::path(with) } else { None }
    }

    fn body_bytes_max(&self) -> u64 {
        subscription::HINT_BYTES_MAX
    }

    fn nudged(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<(), Refusal> {
        subscription::nudged(request, connection)
    }
}

impl Changed {
    fn query(&self, walk: &Walk) -> Query<'_> {
        let from = format!("{TIME} ge {}", iso(walk.from));
        let filter = match walk.after {
            None => from,
            Some(_) => format!("{from} and {TIME} lt {}", iso(walk.until())),
        };
        Query {
            entity: self.entity,
            select: "",
            expand: self.expand,
            filter,
            order: "lastModifiedDateTime,id",
            skip: offset(walk),
            most: PAGE,
        }
    }

    fn example(&self) -> Value {
        match self.watch {
            Watch::Shipments => json!({
                "id": "7b2e4d5a-5d4e-ed11-946f-000d3a2feca1", "number": "PSS-102043", "externalDocumentNumber": "SHOPIFY-1001",
                "orderNumber": "SO-101005", "customerNumber": "SHOP-8891", "lastModifiedDateTime": "2026-11-21T04:00:00.12Z",
                "salesShipmentLines": [{"lineType": "Item", "lineObjectNumber": "TEA-100", "quantity": 2}]
            }),
            Watch::Products => json!({
                "id": "5a1d2c3b-5d4e-ed11-946f-000d3a2feca1", "number": "TEA-100", "displayName": "ชาเขียว 100 g", "unitPrice": 250.00,
                "priceIncludesTax": false, "blocked": false, "inventory": 40, "lastModifiedDateTime": "2026-11-20T03:11:09.12Z"
            }),
            _ => get_order::example(),
        }
    }
}

fn offset(walk: &Walk) -> usize {
    walk.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(0)
}

fn delivery(row: Value) -> Delivery {
    let (id, version) = (office::text(&row, "id").to_owned(), office::text(&row, TIME).to_owned());
    since::changed(&id, &version, row)
}
