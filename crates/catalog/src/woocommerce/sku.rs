//! From SKUs to the ids that a store wants.

use super::api::Api;
use crate::pushed::Found;
use connector::Error;
use serde::Deserialize;
use serde_json::Value;

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

/// The store's search may be less exact than we are.
fn add(row: Value, found: &mut Found<Product>) {
    let Ok(Row { id, sku, parent_id }) = serde_json::from_value(row) else { return };
    found.add(sku, Product { id, parent: (parent_id > 0).then_some(parent_id) });
}

/// SKUs are separated by commas, so one that holds a comma is asked for alone.
pub async fn find(api: &Api<'_>, skus: &[&str]) -> Result<Found<Product>, Error> {
    let (alone, together): (Vec<&str>, Vec<&str>) = skus.iter().partition(|sku| sku.contains(','));
    let mut found = Found::default();
    for some in together.chunks(SKUS).chain(alone.chunks(1)) {
        let pairs = [("sku", some.join(",")), ("_fields", "id,sku,parent_id".to_owned())];
        let rows = api.all("wc/v3/products", &pairs, PAGES_MAX).await?;
        rows.into_iter().for_each(|row| add(row, &mut found));
    }
    Ok(found)
}
