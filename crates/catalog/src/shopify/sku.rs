//! From SKUs, which people know, to the ids that Shopify wants.

use super::api::{Api, quoted};
use crate::pushed::Found;
use connector::Error;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// SKUs in one search.
const SKUS: usize = 40;
/// Pages of one search: far more than 40 SKUs have variants.
const PAGES_MAX: usize = 4;

const VARIANTS: &str = "query($first:Int!,$after:String,$query:String!){productVariants(first:$first,after:$after,\
                        query:$query){pageInfo{hasNextPage endCursor} \
                        nodes{id sku product{id} inventoryItem{id}}}}";

/// A variant of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    pub id: String,
    pub product: String,
    /// What stock is counted of.
    pub item: String,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    #[serde(default)]
    sku: Option<String>,
    product: Reference,
    #[serde(rename = "inventoryItem")]
    item: Reference,
}

#[derive(Deserialize)]
struct Reference {
    id: String,
}

pub async fn find(api: &Api<'_>, skus: &[&str]) -> Result<Found<Variant>, Error> {
    let mut found = Found::default();
    for some in skus.chunks(SKUS) {
        let query = some.iter().map(|sku| format!("sku:{}", quoted(sku))).collect::<Vec<_>>().join(" OR ");
        let mut after = Value::Null;
        for _ in 0..PAGES_MAX {
            let variables = Map::from_iter([
                ("first".into(), json!(100)),
                ("after".into(), after),
                ("query".into(), query.as_str().into()),
            ]);
            let page = api.page(VARIANTS, variables, "/productVariants").await?;
            page.nodes.into_iter().for_each(|node| add(node, &mut found));
            let Some(next) = page.next else { break };
            after = next.into();
        }
    }
    Ok(found)
}

/// The search is not exact: it finds other cases and beginnings, too.
fn add(node: Value, found: &mut Found<Variant>) {
    let Ok(Node { id, sku: Some(sku), product, item }) = serde_json::from_value(node) else { return };
    found.add(sku, Variant { id, product: product.id, item: item.id });
}
