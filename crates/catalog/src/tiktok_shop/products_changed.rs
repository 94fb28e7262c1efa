//! `tiktok_shop/products_changed`: products with their SKUs, as they change.

use super::api::{Api, VENDOR};
use super::search::PRODUCTS;
use super::{order, push};
use crate::market::window::{Window, all_of};
use crate::market::{fields, text_at};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Connection, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

/// Product status, information, creation, category, inventory, audit.
const TYPES: [i64; 6] = [5, 15, 16, 18, 27, 37];
const LONGEST_MS: i64 = 30 * 86_400_000;
/// Products of one look.
const LOOK_MAX: usize = 300;

pub struct ProductsChanged;

#[async_trait]
impl Poll for ProductsChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("tiktok_shop/products_changed", "Product changed", "สินค้าเปลี่ยนแปลง")
            .about(
                "Starts for each product that is new, was edited, or has passed the audit or not, with its SKUs.",
                "เริ่มเมื่อมีสินค้าใหม่ มีการแก้ไข หรือผ่านหรือไม่ผ่านการตรวจสอบ พร้อม SKU",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .field(fields::pushes(VENDOR, "tiktok/products"))
            .example(json!({"every": "15m"}), super::sku::example())
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
        let (window, mut found) = all_of(window, |window| within(&api, window)).await?;
        found.sort_by_key(order::changed_at);
        let changed = found.into_iter().map(|product| {
            let id = text_at(&product, "/id");
            let version = format!("{} {}", order::changed_at(&product), order::status(&product));
            since::changed(&id, &version, product)
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
        push::nudged(request, connection, &TYPES)
    }
}

async fn within(api: &Api<'_>, window: Window) -> Result<Option<Vec<Value>>, Error> {
    let span = json!({"update_time_ge": order::secs(window.from), "update_time_le": order::secs(window.to)});
    let (found, more) = PRODUCTS.all(api, &span, LOOK_MAX).await?;
    Ok((!more).then_some(found))
}
