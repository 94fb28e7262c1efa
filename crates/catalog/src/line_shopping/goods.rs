//! Products and their variants, found by SKU.

use super::api::{Api, rows, text};
use connector::Error;
use serde_json::Value;
use std::collections::HashMap;

/// SKUs in one question: their texts have to fit into an address.
pub const SKUS_MAX: usize = 50;

/// A variant and the product that it belongs to.
#[derive(Clone, Debug)]
pub struct Variant {
    pub product: Value,
    pub variant: Value,
}

impl Variant {
    /// A product's id is a number that stays exact as a text.
    pub fn product_id(&self) -> String {
        self.product.get("id").map(ToString::to_string).unwrap_or_default()
    }

    /// The only variant of a product may have no id.
    pub fn id(&self) -> Option<&Value> {
        self.variant.get("id").filter(|id| !id.is_null())
    }

    pub fn count(&self, name: &str) -> i64 {
        self.variant.get(name).and_then(Value::as_i64).unwrap_or_default()
    }
}

/// By SKU. One that is on two variants is there twice: nobody may guess which is meant.
pub type Found = HashMap<String, Vec<Variant>>;

/// Asks for at most [`SKUS_MAX`].
pub async fn find(api: &Api<'_>, skus: &[&str]) -> Result<Found, Error> {
    let paging = [("page", "1"), ("perPage", "100")];
    let query: Vec<(&str, &str)> = skus.iter().map(|sku| ("skus", *sku)).chain(paging).collect();
    let page = api.get("/products", &query).await?;
    let mut found = Found::new();
    for product in rows(&page)? {
        let variants = product.get("variants").and_then(Value::as_array).cloned().unwrap_or_default();
        for variant in variants.into_iter().filter(|variant| skus.contains(&text(variant, "sku"))) {
            let sku = text(&variant, "sku").to_owned();
            found.entry(sku).or_default().push(Variant { product: product.clone(), variant });
        }
    }
    Ok(found)
}

/// The one variant of a SKU.
pub fn one<'f>(found: &'f Found, sku: &str) -> Result<&'f Variant, Error> {
    let refused = |message: String, advice: &str| Error::Refused { message, advice: advice.into() };
    match found.get(sku).map(Vec::as_slice) {
        Some([variant]) => Ok(variant),
        Some([_, ..]) => Err(refused(
            format!("LINE SHOPPING has the SKU {sku} more than once"),
            "Give each variant a SKU of its own in LINE SHOPPING.",
        )),
        _ => Err(refused(
            format!("LINE SHOPPING has no SKU {sku}"),
            "Add the product in LINE SHOPPING, or correct its SKU.",
        )),
    }
}
