//! `tiktok_shop/orders_changed`: orders with their rows, as they change.

use super::api::{Api, VENDOR};
use super::{order, push};
use crate::market::window::{Window, too_many};
use crate::market::{fields, text_at};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Connection, Delivery, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

/// Order status, address, packages, cancellations.
const TYPES: [i64; 4] = [1, 3, 4, 11];
const LONGEST_MS: i64 = 30 * 86_400_000;
/// Orders of one look; the next one goes on at once.
const LOOK_MAX: usize = 300;
/// Where more orders than that changed within one second, pages go on until the second is over.
const PAGES_MAX: usize = 40;

pub struct OrdersChanged;

#[async_trait]
impl Poll for OrdersChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("tiktok_shop/orders_changed", "Order changed", "คำสั่งซื้อเปลี่ยนแปลง")
            .about(
                "Starts for each order that is new or has changed, with its rows (`line_items`) and the rows grouped by SKU, \
                 price, status and package (`lines`). A webhook of TikTok Shop's makes it look at once.",
                "เริ่มเมื่อมีคำสั่งซื้อใหม่หรือมีการเปลี่ยนแปลง พร้อมรายการต่อชิ้น (`line_items`) และรายการที่รวมตาม SKU ราคา สถานะ \
                 และพัสดุ (`lines`) เมื่อ TikTok Shop แจ้งเตือนจะดึงข้อมูลทันที",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .field(fields::pushes(VENDOR, "tiktok/orders"))
            .example(json!({"every": "5m", "path": "tiktok/orders"}), order::example())
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let Some(window) = Window::read(cx, with, cursor, LONGEST_MS)? else {
            return Ok(Window::nothing(cx));
        };
        let api = Api::of_look(cx)?;
        let filter =
            json!({"update_time_ge": order::secs(window.from), "update_time_lt": order::secs(window.to) + 1});
        let (mut deliveries, mut after, mut last) = (Vec::new(), String::new(), window.from);
        for _ in 0..PAGES_MAX {
            let (orders, next) = order::page(&api, filter.clone(), &after).await?;
            last = orders.iter().map(order::changed_at).max().map_or(last, |secs| last.max(secs * 1_000));
            deliveries.extend(orders.into_iter().map(delivery));
            let Some(next) = next else { return Ok(window.done(deliveries)) };
            if deliveries.len() >= LOOK_MAX && last > window.from {
                break;
            }
            after = next;
        }
        match last > window.from {
            true => Ok(window.until(last, deliveries, true)),
            false => Err(too_many()),
        }
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
        push::nudged(request, connection, &TYPES)
    }
}

fn delivery(order: Value) -> Delivery {
    let id = text_at(&order, "/id");
    since::changed(&id, &format!("{} {}", order::changed_at(&order), order::status(&order)), order)
}
