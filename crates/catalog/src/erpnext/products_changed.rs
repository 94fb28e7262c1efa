//! `erpnext/products_changed`: items that changed, or whose price did.
//!
//! Prices are documents of their own, so both are watched, each with its own place in the cursor. A price list may also hold what
//! one customer pays, what one batch costs, or what is paid where whole packs are taken: none of that is a price for everybody.

use super::SYSTEM;
use super::api::{Api, Query};
use super::changes::{self, Kind, hints};
use crate::office::{self, Watch};
use crate::since;
use async_trait::async_trait;
use connector::{Delivery, Error, Poll, PollCx, Polled};
use model::OperationSpec;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const ITEM: &str = "Item";
const PRICE: &str = "Item Price";
const PAGE: usize = 50;
/// Prices that are read along with one look; an item may have several.
const ALONG_MAX: usize = 2_000;
const ITEM_FIELDS: [&str; 8] =
    ["name", "item_code", "item_name", "item_group", "stock_uom", "standard_rate", "disabled", "modified"];
const PRICE_FIELDS: [&str; 12] = [
    "name",
    "item_code",
    "price_list",
    "price_list_rate",
    "currency",
    "uom",
    "valid_from",
    "valid_upto",
    "customer",
    "batch_no",
    "packing_unit",
    "modified",
];

pub struct ProductsChanged;

#[async_trait]
impl Poll for ProductsChanged {
    fn spec(&self) -> OperationSpec {
        let spec = Watch::Products.spec(
            SYSTEM,
            json!({
                "item_code": "TEA-100", "item_name": "ชาเขียว 100 g", "standard_rate": 250.0, "disabled": 0,
                "modified": "2026-11-20 10:11:09.120394", "changed_at": "2026-11-20 10:11:09.120394",
                "prices": [{"price_list": "Standard Selling", "price_list_rate": 250.0, "currency": "THB", "uom": "Nos"}]
            }),
        );
        changes::hinted(spec).about(
            "Starts for each product that is new or was changed, also where only its price was. Prices are those of the connection's price \
             list that hold for everybody: one customer's, one batch's and those for whole packs (packing unit above 1) are left out.",
            "เริ่มเมื่อมีสินค้าใหม่หรือสินค้าเปลี่ยนแปลง รวมถึงเปลี่ยนเฉพาะราคา ราคาที่ได้คือราคาในรายการราคาของการเชื่อมต่อที่ใช้กับทุกคน \
             ไม่รวมราคาเฉพาะลูกค้า เฉพาะล็อต หรือเฉพาะเมื่อซื้อยกแพ็ก (packing unit มากกว่า 1)",
        )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let api = Api::new(cx.http, office::of_look(cx, SYSTEM.name)?)?;
        let place = |kind: &str| cursor.and_then(|cursor| cursor.get(kind));
        let of_items = Kind { name: ITEM, fields: &["name", "modified"], only: Vec::new(), page: PAGE };
        let items = changes::page(&api, cx, with, place(ITEM), of_items).await?;
        let only = public(&api);
        let of_prices = Kind { name: PRICE, fields: &["name", "item_code", "modified"], only, page: PAGE };
        let prices = changes::page(&api, cx, with, place(PRICE), of_prices).await?;
        let names = items.rows.iter().map(|row| office::text(row, "name"));
        let codes: BTreeSet<&str> =
            names.chain(prices.rows.iter().map(|row| office::text(row, "item_code"))).collect();
        Ok(Polled {
            deliveries: deliveries(&api, &codes).await?,
            cursor: json!({ITEM: items.cursor, PRICE: prices.cursor}),
            more: items.more || prices.more,
            ..Polled::default()
        })
    }

    hints!();
}

fn price_list<'a>(api: &Api<'a>) -> &'a str {
    api.connection.text("price_list").unwrap_or("Standard Selling")
}

/// The prices of the list that everybody pays: ERPNext is asked for no others, so that these find room in its answer.
fn public(api: &Api<'_>) -> Vec<Value> {
    vec![
        json!(["price_list", "=", price_list(api)]),
        json!(["customer", "is", "not set"]),
        json!(["batch_no", "is", "not set"]),
        json!(["packing_unit", "<=", 1]),
    ]
}

/// A site may have changed what these fields are, so that its answer is looked at as well.
fn is_public(price: &Value) -> bool {
    let is_empty = |field: &str| office::text(price, field).is_empty();
    let pack = price.get("packing_unit").and_then(Value::as_f64).unwrap_or_default();
    is_empty("customer") && is_empty("batch_no") && pack <= 1.0
}

/// The items, each once with its prices, in the order of their last change.
async fn deliveries(api: &Api<'_>, codes: &BTreeSet<&str>) -> Result<Vec<Delivery>, Error> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let filters = json!([["name", "in", codes]]);
    let items = Query {
        kind: ITEM,
        fields: &ITEM_FIELDS,
        filters,
        order: "modified asc",
        from: 0,
        most: codes.len(),
    };
    let items = api.list(&items).await?;
    let mut filters = public(api);
    filters.insert(0, json!(["item_code", "in", codes]));
    let filters = Value::Array(filters);
    let prices =
        Query { kind: PRICE, fields: &PRICE_FIELDS, filters, order: "name asc", from: 0, most: ALONG_MAX };
    let prices = api.list(&prices).await?;
    let mut leaving: Vec<(String, Value)> =
        items.into_iter().map(|item| with_prices(item, &prices)).collect();
    leaving.sort_by(|one, other| one.0.cmp(&other.0));
    let delivery = |(version, item): (String, Value)| {
        let name = office::text(&item, "name").to_owned();
        since::changed(&name, &version, item)
    };
    Ok(leaving.into_iter().map(delivery).collect())
}

fn with_prices(mut item: Value, prices: &[Value]) -> (String, Value) {
    let own: Vec<&Value> = prices
        .iter()
        .filter(|price| office::text(price, "item_code") == office::text(&item, "name") && is_public(price))
        .collect();
    let times = own.iter().map(|price| office::text(price, "modified"));
    let version = times.chain([office::text(&item, "modified")]).max().unwrap_or_default().to_owned();
    let own = json!(own);
    if let Some(fields) = item.as_object_mut() {
        fields.insert("prices".into(), own);
        fields.insert("changed_at".into(), version.as_str().into());
    }
    (version, item)
}
