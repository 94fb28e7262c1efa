//! Which product and variant a seller's SKU is.

use super::api::{Api, VENDOR};
use crate::market::{list, text_of};
use crate::pushed::Found;
use crate::values;
use connector::Error;
use serde_json::{Value, json};

/// SKUs asked for at once.
const BATCH: usize = 50;

/// Where a SKU is: what prices and stock are set by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub item_id: String,
    pub sku_id: String,
}

/// The places of those SKUs that the shop has.
pub async fn find(api: &Api<'_>, skus: &[&str]) -> Result<Found<Place>, Error> {
    let mut places = Found::default();
    for batch in skus.chunks(BATCH) {
        let pairs = vec![
            ("filter", "all".to_owned()),
            ("limit", BATCH.to_string()),
            ("offset", "0".to_owned()),
            ("sku_seller_list", json!(batch).to_string()),
        ];
        let data = api.get("/products/get", pairs).await?;
        values::rows_or_none(&data, "/products", VENDOR)?
            .iter()
            .for_each(|product| add(product, &mut places));
    }
    Ok(places)
}

/// A product that is on sale goes before another that had its SKU once; deleted ones are listed, too.
fn add(product: &Value, places: &mut Found<Place>) {
    let text = |value: &Value, name: &str| value.get(name).map(text_of).unwrap_or_default();
    let status = text(product, "status").to_ascii_lowercase();
    for sku in list(product, "/skus").iter().filter(|_| status != "deleted") {
        let place = Place { item_id: text(product, "item_id"), sku_id: text(sku, "SkuId") };
        let name = text(sku, "SellerSku");
        if status == "active" { places.add(name, place) } else { places.add_other(name, place) }
    }
}

/// A text as it may stand in XML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// One `<Sku>`, whose own part is given.
pub fn element(sku: &str, place: &Place, own: &str) -> String {
    let Place { item_id, sku_id } = place;
    let sku = escaped(sku);
    format!("<Sku><ItemId>{item_id}</ItemId><SkuId>{sku_id}</SkuId><SellerSku>{sku}</SellerSku>{own}</Sku>")
}

pub fn payload(elements: &[String]) -> String {
    format!("<Request><Product><Skus>{}</Skus></Product></Request>", elements.concat())
}
