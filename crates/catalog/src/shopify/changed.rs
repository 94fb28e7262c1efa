//! The triggers that ask what has changed: page after page, in the order of the changes, from a little before the last look.

use super::api::{Api, plain};
use super::{documents, examples, webhook};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Connection, Delivery, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};

/// Shopify's search knows of a change some seconds after it.
const OVERLAP_MS: i64 = 120_000;
/// Orders are large; a page of them stays far below what a query may cost.
const PAGE: u64 = 50;
const PAGES_MAX: usize = 4;

/// What is asked for, and how it becomes events.
pub struct Changed {
    id: &'static str,
    /// In English and Thai, as the next.
    title: [&'static str; 2],
    about: [&'static str; 2],
    root: &'static str,
    document: fn() -> String,
    /// The webhooks that say that there is something to ask for.
    topics: &'static [&'static str],
    example: fn() -> Value,
}

pub const ORDERS: Changed = Changed {
    id: "shopify/orders_changed",
    title: ["Orders changed", "คำสั่งซื้อที่เปลี่ยนแปลง"],
    about: [
        "Asks for orders that are new or have changed, and brings each one whole. Webhooks get lost; this does not. Where \
         a path is given, webhooks of orders that come there make it ask at once.",
        "ถามหาคำสั่งซื้อใหม่หรือที่เปลี่ยนแปลง และนำข้อมูลมาทั้งคำสั่งซื้อ เว็บฮุคอาจหาย แต่วิธีนี้ไม่พลาด หากระบุพาธไว้ \
         เว็บฮุคคำสั่งซื้อที่ส่งมาจะทำให้ถามทันที",
    ],
    root: "orders",
    document: documents::orders,
    topics: &["orders/"],
    example: examples::order_read,
};

pub const PRODUCTS: Changed = Changed {
    id: "shopify/products_changed",
    title: ["Products changed", "สินค้าที่เปลี่ยนแปลง"],
    about: [
        "Asks for products that are new or have changed, with their variants and prices. Where a path is given, webhooks \
         of products that come there make it ask at once.",
        "ถามหาสินค้าใหม่หรือที่เปลี่ยนแปลง พร้อมตัวเลือกและราคา หากระบุพาธไว้ เว็บฮุคสินค้าที่ส่งมาจะทำให้ถามทันที",
    ],
    root: "products",
    document: documents::products,
    topics: &["products/"],
    example: examples::product_read,
};

pub const CUSTOMERS: Changed = Changed {
    id: "shopify/customers_changed",
    title: ["Customers changed", "ลูกค้าที่เปลี่ยนแปลง"],
    about: [
        "Asks for customers that are new or have changed. Where a path is given, webhooks of customers that come there \
         make it ask at once.",
        "ถามหาลูกค้าใหม่หรือที่ข้อมูลเปลี่ยนแปลง หากระบุพาธไว้ เว็บฮุคลูกค้าที่ส่งมาจะทำให้ถามทันที",
    ],
    root: "customers",
    document: documents::customers,
    topics: &["customers/create", "customers/update"],
    example: examples::customer_read,
};

pub const REFUNDS: Changed = Changed {
    id: "shopify/refunds_changed",
    title: ["Refunds changed", "การคืนเงินที่เปลี่ยนแปลง"],
    about: [
        "Asks for refunds that are new, one event for each. Where a path is given, webhooks of refunds that come there \
         make it ask at once.",
        "ถามหาการคืนเงินใหม่ โดยแต่ละรายการเป็นหนึ่งเหตุการณ์ หากระบุพาธไว้ เว็บฮุคการคืนเงินที่ส่งมาจะทำให้ถามทันที",
    ],
    root: "orders",
    document: documents::refunded_orders,
    topics: &["refunds/"],
    example: examples::refund_read,
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
        let mut polled = Polled::default();
        for _ in 0..PAGES_MAX {
            let page = api.page(&(self.document)(), walk.variables(), &format!("/{}", self.root)).await?;
            for node in page.nodes {
                walk.saw(&node);
                polled.deliveries.extend(self.deliveries(&api, node, walk.from).await?);
            }
            walk.after = page.next;
            if walk.after.is_none() {
                break;
            }
        }
        polled.more = walk.after.is_some();
        polled.cursor = walk.cursor();
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
        webhook::check(request, self.topics, connection)
    }
}

impl Changed {
    /// The events of one record; an order that was looked at for its refunds may have several.
    async fn deliveries(&self, api: &Api<'_>, node: Value, from: i64) -> Result<Vec<Delivery>, Error> {
        if self.id == REFUNDS.id {
            let refunds = plain(node).get_mut("refunds").map(Value::take);
            let refunds = refunds.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
            let is_new = |refund: &Value| time_of(refund).is_none_or(|at| at >= from);
            return Ok(refunds.into_iter().filter(is_new).map(event).collect());
        }
        let node = if self.id == ORDERS.id { documents::whole_order(api, node).await? } else { plain(node) };
        Ok(vec![event(node)])
    }
}

fn event(record: Value) -> Delivery {
    let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let version = Some(text("updatedAt")).filter(|at| !at.is_empty()).unwrap_or_else(|| text("createdAt"));
    let test = record.get("test").cloned();
    let mut delivery = since::changed(&text("id"), &version, record);
    delivery.head.extend(test.map(|test| ("test".to_owned(), test)));
    delivery
}

fn time_of(record: &Value) -> Option<i64> {
    let text = |name: &str| record.get(name)?.as_str();
    text("updatedAt").or_else(|| text("createdAt")).and_then(since::read_iso)
}

/// Where a look is: the beginning of its window stays as it is until the last page was read.
struct Walk {
    since: since::Since,
    from: i64,
    after: Option<String>,
    /// The latest change that was seen.
    seen: i64,
}

impl Walk {
    fn read(cx: &PollCx<'_>, with: &Map<String, Value>, cursor: Option<&Value>) -> Result<Self, Error> {
        let since = since::Since::read(cx, with, cursor)?;
        let number = |name: &str| cursor.and_then(|cursor| cursor.get(name)?.as_i64());
        let after = cursor.and_then(|cursor| cursor.get("after")?.as_str()).map(str::to_owned);
        let from = number("from").unwrap_or_else(|| since.from(OVERLAP_MS));
        Ok(Self { from, after, seen: number("seen").unwrap_or(since.at), since })
    }

    fn variables(&self) -> Map<String, Value> {
        let query = format!("updated_at:>='{}'", since::iso(self.from));
        Map::from_iter([
            ("first".into(), PAGE.into()),
            ("after".into(), json!(self.after)),
            ("query".into(), query.into()),
        ])
    }

    fn saw(&mut self, node: &Value) {
        self.seen = self.seen.max(time_of(node).unwrap_or(self.seen));
    }

    /// Shopify's own place in the list while there are pages left, so that a thousand changes of one moment end.
    fn cursor(&self) -> Value {
        match &self.after {
            Some(after) => {
                json!({"at": self.since.at, "from": self.from, "seen": self.seen, "after": after})
            }
            None => self.since.cursor(Some(self.seen)),
        }
    }
}

fn push_path(example: &str) -> Field {
    Field::new("path", FieldKind::Path, "Path for webhooks", "พาธสำหรับเว็บฮุค")
        .about(
            "Where webhooks may come to: /hooks/ and this; each one makes the trigger ask at once. Empty: it asks by time only.",
            "พาธที่รับเว็บฮุค คือ /hooks/ ตามด้วยค่านี้ เมื่อมีเว็บฮุคมาจะถามทันที หากเว้นว่างจะถามตามเวลาเท่านั้น",
        )
        .example(example)
        .advanced()
}
