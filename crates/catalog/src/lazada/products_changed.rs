//! `lazada/products_changed`: products with their SKUs, as they change.

use super::api::{Api, VENDOR};
use super::push;
use crate::market::window::{Window, all_of};
use crate::market::{fields, text_at};
use crate::values;
use crate::{since, words};
use async_trait::async_trait;
use connector::{Connection, Error, Poll, PollCx, Polled, Refusal, Request};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

/// Quality check, created, edited, deleted, low stock.
const KINDS: [i64; 5] = [1, 3, 4, 5, 6];
const LONGEST_MS: i64 = 30 * 86_400_000;
const PAGE: usize = 50;
/// Products of one look.
const PAGES_MAX: usize = 8;

pub struct ProductsChanged;

#[async_trait]
impl Poll for ProductsChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("lazada/products_changed", "Product changed", "สินค้าเปลี่ยนแปลง")
            .about(
                "Starts for each product that is new or was edited, with its SKUs, prices and stock.",
                "เริ่มเมื่อมีสินค้าใหม่หรือมีการแก้ไขสินค้า พร้อม SKU ราคา และสต็อก",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .field(fields::pushes(VENDOR, "lazada/products"))
            .example(json!({"every": "15m"}), example())
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
        let (window, mut products) = all_of(window, |window| page_by_page(&api, window)).await?;
        products.sort_by_key(changed_at);
        let changed = products.into_iter().map(|product| {
            let id = text_at(&product, "/item_id");
            since::changed(&id, &text_at(&product, "/updated_time"), product)
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
        push::nudged(request, connection, &KINDS)
    }
}

async fn page_by_page(api: &Api<'_>, window: Window) -> Result<Option<Vec<Value>>, Error> {
    let mut products = Vec::new();
    for page in 0..PAGES_MAX {
        let pairs = vec![
            ("filter", "all".to_owned()),
            ("update_after", super::order::filter_time(window.from)),
            ("update_before", super::order::filter_time(window.to)),
            ("limit", PAGE.to_string()),
            ("offset", (page * PAGE).to_string()),
            ("options", "1".to_owned()),
        ];
        let data = api.get("/products/get", pairs).await?;
        let rows = values::rows_or_none(&data, "/products", VENDOR)?;
        products.extend_from_slice(rows);
        if rows.len() < PAGE {
            return Ok(Some(products));
        }
    }
    Ok(None)
}

/// Milliseconds, written as a text.
fn changed_at(product: &Value) -> i64 {
    text_at(product, "/updated_time").parse().unwrap_or_default()
}

fn example() -> Value {
    json!({
        "item_id": 260422, "primary_category": 10002019, "status": "Active", "updated_time": "1767583320000",
        "attributes": {"name": "Green tea", "brand": "No Brand"},
        "skus": [{"SkuId": 5001, "SellerSku": "ABC-1", "ShopSku": "260422_TH-5001", "price": 590.00, "quantity": 12}]
    })
}
