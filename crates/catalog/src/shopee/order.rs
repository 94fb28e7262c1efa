//! Orders as Shopee keeps them: a list of numbers, and details that are asked for some at a time.

use super::api::{Api, Pairs, VENDOR};
use crate::market::window::Window;
use crate::market::{list, mistake, text_at, text_of};
use crate::values::{self, Text};
use connector::Error;
use serde_json::{Map, Value, json};

/// Numbers on one page of the list.
const PAGE: usize = 100;
/// Pages of one look.
const PAGES_MAX: usize = 5;
/// Details of one call.
const DETAILS: usize = 50;
/// The longest time that one list may cover.
pub const LONGEST_MS: i64 = 15 * 86_400_000;
/// What is not named here is left out of the details.
const WANTED: &str = "buyer_user_id,buyer_username,recipient_address,item_list,pay_time,total_amount,actual_shipping_fee,\
                      estimated_shipping_fee,package_list,cancel_by,cancel_reason,payment_method,note,invoice_data,\
                      shipping_carrier,split_up";

/// Seconds since 1970.
pub fn secs(ms: i64) -> String {
    ms.div_euclid(1_000).to_string()
}

/// The numbers of all orders that changed in a time, or nothing where there are too many for one look.
pub async fn changed(api: &Api<'_>, window: Window) -> Result<Option<Vec<Value>>, Error> {
    let (found, more) = numbers(api, (window.from, window.to), "", PAGE * PAGES_MAX).await?;
    Ok((!more).then_some(found))
}

/// Numbers of orders that changed in a time, and whether there are more of them.
pub async fn numbers(
    api: &Api<'_>,
    (from, to): (i64, i64),
    status: &str,
    most: usize,
) -> Result<(Vec<Value>, bool), Error> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let mut pairs: Pairs = vec![
            ("time_range_field", "update_time".to_owned()),
            ("time_from", secs(from)),
            ("time_to", secs(to)),
            ("page_size", PAGE.to_string()),
            ("cursor", cursor),
            ("response_optional_fields", "order_status".to_owned()),
        ];
        if !status.is_empty() {
            pairs.push(("order_status", status.to_owned()));
        }
        let page = api.get("order/get_order_list", pairs).await?;
        let rows = values::rows_or_none(&page, "/order_list", VENDOR)?;
        found.extend_from_slice(rows);
        let more = page.get("more") == Some(&Value::Bool(true)) && !rows.is_empty();
        cursor = text_at(&page, "/next_cursor");
        if !more || cursor.is_empty() || found.len() >= most {
            return Ok((found, more));
        }
    }
}

/// The details of orders, each with its lines.
pub async fn details(api: &Api<'_>, numbers: &[String]) -> Result<Vec<Value>, Error> {
    let mut orders = Vec::with_capacity(numbers.len());
    for batch in numbers.chunks(DETAILS) {
        let pairs = vec![("order_sn_list", batch.join(",")), ("response_optional_fields", WANTED.to_owned())];
        let page = api.get("order/get_order_detail", pairs).await?;
        orders.extend(values::rows_or_none(&page, "/order_list", VENDOR)?.iter().map(with_lines));
    }
    Ok(orders)
}

pub async fn one(api: &Api<'_>, order_id: &str) -> Result<Value, Error> {
    let mut orders = details(api, &[order_id.to_owned()]).await?;
    orders.pop().ok_or_else(|| Error::Refused {
        message: format!("Shopee has no order {order_id} in this shop"),
        advice: "Check the number, and that it belongs to this shop.".into(),
    })
}

/// Adds `lines`: the SKU of the variant, or of the item where it has none, and the price that was paid.
fn with_lines(order: &Value) -> Value {
    let lines: Vec<Value> = list(order, "/item_list").iter().map(line).collect();
    let mut whole = order.as_object().cloned().unwrap_or_default();
    whole.insert("lines".into(), lines.into());
    whole.into()
}

fn line(item: &Value) -> Value {
    let first = |names: [&str; 2]| {
        names
            .iter()
            .filter_map(|name| item.get(*name).map(text_of))
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    };
    let mut line = Map::from_iter([
        ("sku".to_owned(), Value::from(sku(item))),
        ("name".to_owned(), text_at(item, "/item_name").into()),
        ("variant".to_owned(), text_at(item, "/model_name").into()),
        ("quantity".to_owned(), item.get("model_quantity_purchased").cloned().unwrap_or_default()),
        ("price".to_owned(), first(["model_discounted_price", "model_original_price"]).into()),
        ("original_price".to_owned(), text_at(item, "/model_original_price").into()),
    ]);
    for name in ["item_id", "model_id", "order_item_id", "promotion_group_id"] {
        line.insert(name.to_owned(), item.get(name).cloned().unwrap_or_default());
    }
    line.into()
}

pub fn sku(item: &Value) -> String {
    let own = text_at(item, "/model_sku");
    if own.is_empty() { text_at(item, "/item_sku") } else { own }
}

/// The items of an order that have this SKU.
pub fn items_of<'o>(order: &'o Value, wanted: &Text) -> Result<Vec<&'o Value>, Error> {
    let items: Vec<&Value> =
        list(order, "/item_list").iter().filter(|item| sku(item) == wanted.as_str()).collect();
    if items.is_empty() {
        return Err(mistake(
            format!("the order has no SKU \"{}\"", wanted),
            "Take the SKU from the order's lines.",
        ));
    }
    Ok(items)
}

pub fn status(order: &Value) -> &str {
    order.get("order_status").and_then(Value::as_str).unwrap_or_default()
}

pub fn changed_at(order: &Value) -> i64 {
    order.get("update_time").and_then(Value::as_i64).unwrap_or_default()
}

/// An order as examples show it.
pub fn example() -> Value {
    json!({
        "order_sn": "201218V2Y6E59M", "region": "TH", "currency": "THB", "cod": false, "total_amount": 628.0,
        "order_status": "READY_TO_SHIP", "create_time": 1767583270, "update_time": 1767583300,
        "recipient_address": {"name": "S****i", "phone": "******12", "full_address": "****"},
        "item_list": [{"item_id": 1000, "model_id": 3456, "model_sku": "ABC-1", "model_quantity_purchased": 1}],
        "package_list": [{"package_number": "OFG1929", "logistics_status": "LOGISTICS_READY"}],
        "lines": [{
            "sku": "ABC-1", "name": "Green tea", "variant": "100 g", "quantity": 1, "price": "590.0",
            "original_price": "590.0", "item_id": 1000, "model_id": 3456, "order_item_id": 1000, "promotion_group_id": 0
        }]
    })
}
