//! Which product and variant a seller's SKU is, and in which warehouses it lies.

use super::api::Api;
use super::search::PRODUCTS;
use crate::market::{list, text_at};
use crate::pushed::Found;
use connector::Error;
use serde_json::{Value, json};

/// SKUs asked for at once.
const BATCH: usize = 50;
/// Products that one batch may bring.
const FOUND_MAX: usize = 200;

/// Where a SKU is.
#[derive(Clone, Debug)]
pub struct Place {
    pub product_id: String,
    pub sku_id: String,
    /// Each warehouse with what is there.
    pub stock: Vec<(String, Value)>,
}

/// It is the same one whatever lies there by now.
impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        (&self.product_id, &self.sku_id) == (&other.product_id, &other.sku_id)
    }
}

/// The places of those SKUs that the shop has.
pub async fn find(api: &Api<'_>, skus: &[&str]) -> Result<Found<Place>, Error> {
    let mut places = Found::default();
    for batch in skus.chunks(BATCH) {
        let (products, more) = PRODUCTS.all(api, &json!({"seller_skus": batch}), FOUND_MAX).await?;
        products.iter().for_each(|product| add(product, &mut places));
        if more {
            places.stopped_at(batch);
        }
    }
    Ok(places)
}

/// A product that is on sale goes before another that had its SKU once; deleted ones are listed, too.
fn add(product: &Value, places: &mut Found<Place>) {
    let status = text_at(product, "/status");
    for sku in list(product, "/skus").iter().filter(|_| status != "DELETED") {
        let (name, place) = (text_at(sku, "/seller_sku"), place(product, sku));
        if status == "ACTIVATE" { places.add(name, place) } else { places.add_other(name, place) }
    }
}

fn place(product: &Value, sku: &Value) -> Place {
    let at = |row: &Value| (text_at(row, "/warehouse_id"), row.get("quantity").cloned().unwrap_or_default());
    Place {
        product_id: text_at(product, "/id"),
        sku_id: text_at(sku, "/id"),
        stock: list(sku, "/inventory").iter().map(at).collect(),
    }
}

pub fn example() -> Value {
    json!({
        "id": "1729592969712203232", "title": "Green tea", "status": "ACTIVATE", "update_time": 1767583300,
        "skus": [{
            "id": "1729592969712207013", "seller_sku": "ABC-1", "price": {"currency": "THB", "tax_exclusive_price": "590.00"},
            "inventory": [{"warehouse_id": "7068517275539719942", "quantity": 12}]
        }]
    })
}
