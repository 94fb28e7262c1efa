//! The triggers that ask for orders and products that have changed.

use super::api::{Api, number};
use super::walk::{Walk, version};
use super::{examples, webhook};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Connection, Delivery, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Pages of one look: three hundred orders.
const PAGES_MAX: usize = 3;
/// Variations of one product: a thousand.
const VARIATION_PAGES_MAX: usize = 10;

pub struct Changed {
    id: &'static str,
    /// In English and Thai, as the next.
    title: [&'static str; 2],
    about: [&'static str; 2],
    route: &'static str,
    /// The webhooks that say that there is something to ask for.
    topics: &'static str,
    example: fn() -> Value,
}

pub const ORDERS: Changed = Changed {
    id: "woocommerce/orders_changed",
    title: ["Orders changed", "คำสั่งซื้อที่เปลี่ยนแปลง"],
    about: [
        "Asks for orders that are new or have changed, and brings each one whole. The store sends a webhook only once; this \
         misses nothing. Where a path is given, webhooks of orders that come there make it ask at once.",
        "ถามหาคำสั่งซื้อใหม่หรือที่เปลี่ยนแปลง และนำข้อมูลมาทั้งคำสั่งซื้อ ร้านส่งเว็บฮุคเพียงครั้งเดียว แต่วิธีนี้ไม่พลาด \
         หากระบุพาธไว้ เว็บฮุคคำสั่งซื้อที่ส่งมาจะทำให้ถามทันที",
    ],
    route: "wc/v3/orders",
    topics: "order.",
    example: examples::order,
};

pub const PRODUCTS: Changed = Changed {
    id: "woocommerce/products_changed",
    title: ["Products changed", "สินค้าที่เปลี่ยนแปลง"],
    about: [
        "Asks for products that are new or have changed, each with its variations. Where a path is given, webhooks of \
         products that come there make it ask at once.",
        "ถามหาสินค้าใหม่หรือที่เปลี่ยนแปลง พร้อมตัวเลือกสินค้าทั้งหมด หากระบุพาธไว้ เว็บฮุคสินค้าที่ส่งมาจะทำให้ถามทันที",
    ],
    route: "wc/v3/products",
    topics: "product.",
    example: examples::product,
};

#[async_trait]
impl Poll for Changed {
    fn spec(&self) -> OperationSpec {
        let ([title, title_th], [about, about_th]) = (self.title, self.about);
        OperationSpec::trigger(self.id, title, title_th)
            .about(about, about_th)
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .field(push_path(&self.id.replace('_', "-")))
            .example(json!({"every": "5m"}), (self.example)())
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let api = Api::look(cx)?;
        let mut walk = Walk::read(cx, with, cursor)?;
        let (mut polled, mut known) = (Polled::default(), HashSet::new());
        for _ in 0..PAGES_MAX {
            let page = walk.next(&api, self.route).await?;
            polled.more = walk.pass(&page);
            for record in page.rows {
                // Pages meet in a second, whose records come twice.
                let delivery = self.event(&api, record, &mut known).await?;
                polled.deliveries.extend(delivery);
            }
            if !polled.more {
                break;
            }
        }
        polled.cursor = walk.cursor(polled.more);
        Ok(polled)
    }

    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        words::hook_path(with)
    }

    fn body_bytes_max(&self) -> u64 {
        webhook::BODY_BYTES_MAX
    }

    fn nudged(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<(), Refusal> {
        webhook::check(request, connection, |topic| topic.starts_with(self.topics))
    }
}

impl Changed {
    async fn event(
        &self,
        api: &Api<'_>,
        mut record: Value,
        known: &mut HashSet<String>,
    ) -> Result<Option<Delivery>, Error> {
        let id = record.get("id").map(Value::to_string).unwrap_or_default();
        let version = version(&record).to_owned();
        if !known.insert(format!("{id}@{version}")) {
            return Ok(None);
        }
        // A choice by chance that is another with each answer.
        if let Some(record) = record.as_object_mut() {
            record.shift_remove("related_ids");
        }
        if record.get("variations").and_then(Value::as_array).is_some_and(|ids| !ids.is_empty()) {
            let route = format!("wc/v3/products/{}/variations", number(&id)?);
            let variations = api.all(&route, &[], VARIATION_PAGES_MAX).await?;
            record["variation_records"] = variations.into();
        }
        Ok(Some(since::changed(&id, &version, record)))
    }
}

pub fn push_path(example: &str) -> Field {
    Field::new("path", FieldKind::Path, "Path for webhooks", "พาธสำหรับเว็บฮุค")
        .about(
            "Where webhooks may come to: /hooks/ and this; each one makes the trigger ask at once. Empty: it asks by time only.",
            "พาธที่รับเว็บฮุค คือ /hooks/ ตามด้วยค่านี้ เมื่อมีเว็บฮุคมาจะถามทันที หากเว้นว่างจะถามตามเวลาเท่านั้น",
        )
        .example(example)
        .advanced()
}
