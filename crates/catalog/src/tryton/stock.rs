//! Quantities: Tryton computes them for the warehouse and the day that a call's context names.

use super::rpc::{Rpc, id, rows};
use super::typed;
use connector::Error;
use serde_json::{Map, Value, json};

const FIELDS: [&str; 5] = ["id", "code", "rec_name", "quantity", "forecast_quantity"];
/// More warehouses than a shop has.
const WAREHOUSES_MAX: usize = 50;

/// What is there of each product, in one warehouse or in all together.
pub async fn levels(
    rpc: &Rpc<'_>,
    domain: Value,
    warehouse: Option<i64>,
    most: usize,
) -> Result<Vec<Value>, Error> {
    let locations = match warehouse {
        Some(warehouse) => vec![warehouse],
        None => warehouses(rpc).await?,
    };
    // Without a day, what is still to come would be counted, too.
    let context = Map::from_iter([
        ("locations".to_owned(), json!(locations)),
        ("stock_date_end".to_owned(), typed::date(typed::today(rpc.now()))),
    ]);
    let params = vec![domain, 0.into(), most.into(), Value::Null, json!(FIELDS)];
    let told = rows(rpc.call_with("product.product.search_read", params, context).await?)?;
    Ok(told.iter().map(|row| level(row, warehouse)).collect())
}

fn level(row: &Value, warehouse: Option<i64>) -> Value {
    let field = |name: &str| row.get(name).cloned().unwrap_or_default();
    json!({
        "product_id": id(row), "sku": field("code"), "name": field("rec_name"), "on_hand": field("quantity"),
        "free": field("forecast_quantity"), "warehouse": warehouse,
    })
}

async fn warehouses(rpc: &Rpc<'_>) -> Result<Vec<i64>, Error> {
    let domain = json!([["type", "=", "warehouse"]]);
    let found = rpc.search_read("stock.location", domain, Value::Null, &["id"], WAREHOUSES_MAX).await?;
    Ok(found.iter().map(id).collect())
}
