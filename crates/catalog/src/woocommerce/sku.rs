//! From SKUs to the ids that a store wants.

use super::api::Api;
use connector::Error;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// SKUs in one question.
const SKUS: usize = 50;
/// Pages of one question: hundreds of products that share fifty SKUs.
const PAGES_MAX: usize = 3;

/// A product, or a variation of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    pub id: u64,
    /// Of a variation.
    pub parent: Option<u64>,
}

#[derive(Deserialize)]
struct Row {
    id: u64,
    sku: String,
    #[serde(default)]
    parent_id: u64,
}

/// Why a SKU does not lead to one product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    Unknown,
    Ambiguous,
}

#[derive(Default)]
pub struct Found(HashMap<String, Vec<Product>>);

impl Found {
    pub fn get(&self, sku: &str) -> Result<&Product, Unclear> {
        match self.0.get(sku).map(Vec::as_slice) {
            None | Some([]) => Err(Unclear::Unknown),
            Some([one]) => Ok(one),
            Some(_) => Err(Unclear::Ambiguous),
        }
    }

    /// The store's search may be less exact than we are.
    fn add(&mut self, row: Value) {
        let Ok(Row { id, sku, parent_id }) = serde_json::from_value(row) else { return };
        let products = self.0.entry(sku).or_default();
        if products.iter().all(|known| known.id != id) {
            products.push(Product { id, parent: (parent_id > 0).then_some(parent_id) });
        }
    }
}

/// SKUs are separated by commas, so one that holds a comma is asked for alone.
pub async fn find(api: &Api<'_>, skus: &[&str]) -> Result<Found, Error> {
    let (alone, together): (Vec<&str>, Vec<&str>) = skus.iter().partition(|sku| sku.contains(','));
    let mut found = Found::default();
    for some in together.chunks(SKUS).chain(alone.chunks(1)) {
        let pairs = [("sku", some.join(",")), ("_fields", "id,sku,parent_id".to_owned())];
        let rows = api.all("wc/v3/products", &pairs, PAGES_MAX).await?;
        rows.into_iter().for_each(|row| found.add(row));
    }
    Ok(found)
}
