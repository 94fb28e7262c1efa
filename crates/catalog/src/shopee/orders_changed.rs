//! `shopee/orders_changed`: orders with their items and packages, as they change.

use super::api::{Api, VENDOR};
use super::{order, push};
use crate::market::window::{Window, all_of};
use crate::market::{fields, text_at};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Connection, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

/// Order status, tracking number, shipping document ready, package status, package info.
const CODES: [i64; 5] = [3, 4, 15, 30, 47];

pub struct OrdersChanged;

#[async_trait]
impl Poll for OrdersChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("shopee/orders_changed", "Order changed", "คำสั่งซื้อเปลี่ยนแปลง")
            .about(
                "Starts for each order that is new or has changed, with its details; `lines` holds SKU, quantity and \
                 price of each item. A push of Shopee's makes it look at once.",
                "เริ่มเมื่อมีคำสั่งซื้อใหม่หรือมีการเปลี่ยนแปลง พร้อมรายละเอียด โดย `lines` มี SKU จำนวน และราคาของแต่ละรายการ \
                 เมื่อ Shopee แจ้งเตือนจะดึงข้อมูลทันที",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .field(fields::pushes(VENDOR, "shopee/orders"))
            .example(json!({"every": "5m", "path": "shopee/orders"}), order::example())
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let Some(window) = Window::read(cx, with, cursor, order::LONGEST_MS)? else {
            return Ok(Window::nothing(cx));
        };
        let api = Api::of_look(cx)?;
        let (window, found) = all_of(window, |window| order::changed(&api, window)).await?;
        let numbers: Vec<String> = found.iter().map(|order| text_at(order, "/order_sn")).collect();
        let mut orders = order::details(&api, &numbers).await?;
        orders.sort_by_key(order::changed_at);
        let changed = orders.into_iter().map(|order| {
            let id = text_at(&order, "/order_sn");
            let version = format!("{} {}", order::changed_at(&order), order::status(&order));
            since::changed(&id, &version, order)
        });
        Ok(window.done(changed.collect()))
    }

    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        words::hook_path(with)
    }

    fn nudged(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<(), Refusal> {
        push::nudged(request, connection, &CODES)
    }
}
