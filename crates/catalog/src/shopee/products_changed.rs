//! `shopee/products_changed`: items with their variants, as they change.

use super::api::{Api, VENDOR};
use super::{item, order, push};
use crate::market::window::{Window, all_of};
use crate::market::{fields, text_at};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Connection, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

/// Banned items, reserved stock, violations, prices, scheduled publishing.
const CODES: [i64; 5] = [6, 8, 16, 22, 27];

pub struct ProductsChanged;

#[async_trait]
impl Poll for ProductsChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("shopee/products_changed", "Product changed", "สินค้าเปลี่ยนแปลง")
            .about(
                "Starts for each product that is new or was edited, with its variants (`models`), prices and stock.",
                "เริ่มเมื่อมีสินค้าใหม่หรือมีการแก้ไขสินค้า พร้อมตัวเลือก (`models`) ราคา และสต็อก",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .field(fields::pushes(VENDOR, "shopee/products"))
            .example(json!({"every": "15m"}), item::example())
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
        let (window, ids) = all_of(window, |window| one_page(&api, window)).await?;
        let ids: Vec<String> = ids.iter().map(crate::market::text_of).collect();
        let mut items = item::whole(&api, &ids).await?;
        items.sort_by_key(order::changed_at);
        let changed = items.into_iter().map(|item| {
            let id = text_at(&item, "/item_id");
            since::changed(&id, &order::changed_at(&item).to_string(), item)
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

/// Each item with variants costs a call of its own: one page of items is enough for a look.
async fn one_page(api: &Api<'_>, window: Window) -> Result<Option<Vec<Value>>, Error> {
    let (ids, next) = item::ids(api, Some((window.from, window.to)), "0").await?;
    Ok(next.is_none().then(|| ids.into_iter().map(Value::from).collect()))
}
