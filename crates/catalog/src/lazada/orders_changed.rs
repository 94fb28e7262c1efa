//! `lazada/orders_changed`: orders with their rows, as they change.

use super::api::{Api, VENDOR};
use super::{order, push};
use crate::market::window::{Window, too_many};
use crate::market::{fields, text_at};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Connection, Delivery, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Order rows, reverse orders, and packages.
const KINDS: [i64; 3] = [0, 10, 14];
/// A look asks for so much time at once.
const LONGEST_MS: i64 = 30 * 86_400_000;
/// Orders of one look; the next one goes on at once.
const LOOK_MAX: usize = 200;
/// Where more orders than a page changed within one second, pages go on until the second is over.
const PAGES_MAX: usize = 40;

pub struct OrdersChanged;

#[async_trait]
impl Poll for OrdersChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("lazada/orders_changed", "Order changed", "คำสั่งซื้อเปลี่ยนแปลง")
            .about(
                "Starts for each order that is new or has changed, with its rows (`items`) and the rows grouped by SKU, \
                 price and status (`lines`). A push of Lazada's makes it look at once.",
                "เริ่มเมื่อมีคำสั่งซื้อใหม่หรือมีการเปลี่ยนแปลง พร้อมรายการต่อชิ้น (`items`) และรายการที่รวมตาม SKU ราคา \
                 และสถานะ (`lines`) เมื่อ Lazada แจ้งเตือนจะดึงข้อมูลทันที",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .field(fields::pushes(VENDOR, "lazada/orders"))
            .example(json!({"every": "5m", "path": "lazada/orders"}), order::example())
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
        let mut look = Look { from: window.from, offset: 0, seen: HashSet::new(), deliveries: Vec::new() };
        for _ in 0..PAGES_MAX {
            let heads = order::page(&api, look.from, window.to, look.offset, Vec::new()).await?;
            let full = heads.len() >= order::PAGE;
            look.take(&api, heads).await?;
            if !full {
                return Ok(window.done(look.deliveries));
            }
            if look.deliveries.len() >= LOOK_MAX && look.offset == 0 {
                break;
            }
        }
        match look.from > window.from {
            true => Ok(window.until(look.from, look.deliveries, true)),
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
        push::nudged(request, connection, &KINDS)
    }
}

/// Where a look is. The next page begins at the last change of this one, not at an offset: orders that change meanwhile
/// leave their place, and those behind them would move up unseen.
struct Look {
    from: i64,
    offset: usize,
    seen: HashSet<String>,
    deliveries: Vec<Delivery>,
}

impl Look {
    async fn take(&mut self, api: &Api<'_>, heads: Vec<Value>) -> Result<(), Error> {
        let last = heads.iter().filter_map(order::changed_at).max();
        let key = |head: &Value| format!("{}@{}", text_at(head, "/order_id"), order::version(head));
        let fresh = heads.into_iter().filter(|head| self.seen.insert(key(head))).collect();
        for whole in order::with_items(api, fresh).await? {
            let id = text_at(&whole, "/order_id");
            self.deliveries.push(since::changed(&id, &order::version(&whole), whole));
        }
        // A second earlier: whether the filter takes its own second in is not promised.
        match last.map(|last| last - 1_000).filter(|next| *next > self.from) {
            Some(next) => (self.from, self.offset) = (next, 0),
            None => self.offset += order::PAGE,
        }
        Ok(())
    }
}
