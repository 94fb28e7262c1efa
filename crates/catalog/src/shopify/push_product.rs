//! `shopify/push_product`: a product with its variants, found by their SKUs, else made. Nothing is ever removed.

use super::api::Api;
use super::product::{self, Variant};
use super::sku;
use crate::pushed::{self, Found, Unclear};
use crate::values::{Filled, Text, or_default};
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const SET: &str = "mutation($id:ProductSetIdentifiers,$input:ProductSetInput!){productSet(synchronous:true,\
                   identifier:$id,input:$input){product{id handle} userErrors{field message code}}}";
const UPDATE: &str = "mutation($p:ID!,$v:[ProductVariantsBulkInput!]!){productVariantsBulkUpdate(productId:$p,\
                      variants:$v){productVariants{id price} userErrors{field message code}}}";
const ADD: &str = "mutation($p:ID!,$v:[ProductVariantsBulkInput!]!){productVariantsBulkCreate(productId:$p,\
                   variants:$v){productVariants{id} userErrors{field message code}}}";

#[derive(Debug, Deserialize)]
pub struct Input {
    pub title: Filled,
    pub variants: Vec<Variant>,
    #[serde(default)]
    pub description: Text,
    #[serde(default)]
    pub status: Text,
    #[serde(default)]
    pub vendor: Text,
    #[serde(default)]
    pub product_type: Text,
    #[serde(default)]
    pub tags: Text,
    #[serde(default)]
    pub handle: Text,
    #[serde(default, deserialize_with = "or_default")]
    pub keep_status: bool,
}

pub fn spec() -> OperationSpec {
    product::spec()
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    pushed::check(input.variants.iter().map(|variant| (variant.sku.as_str(), "")))?;
    if input.variants.is_empty() || input.variants.len() > product::VARIANTS_MAX {
        return Err(Error::Input {
            message: format!("a product has 1 to {} variants here", product::VARIANTS_MAX),
            advice: "Correct the data or the script before this node, then retry.".into(),
        });
    }
    let api = Api::open(cx)?;
    let skus: Vec<&str> = input.variants.iter().map(|variant| variant.sku.as_str()).collect();
    let found = sku::find(&api, &skus).await?;
    match product_of(&found, &skus)? {
        None => make(&api, &input, skus[0]).await,
        Some(id) => change(&api, &input, &found, &id).await,
    }
}

/// The one product that has any of the SKUs.
fn product_of(found: &Found<sku::Variant>, skus: &[&str]) -> Result<Option<String>, Error> {
    let mut products = BTreeSet::new();
    for sku in skus {
        match found.get(sku) {
            Ok(variant) => drop(products.insert(variant.product.clone())),
            Err(Unclear::Unknown) => {}
            Err(why) => return Err(why.refused("Shopify", sku)),
        }
    }
    match products.len() {
        0 | 1 => Ok(products.pop_first()),
        _ => Err(unclear("the SKUs belong to different products")),
    }
}

fn unclear(why: &str) -> Error {
    Error::Refused {
        message: format!("Shopify is not sent the product: {why}"),
        advice: "Let each SKU stand at one variant in Shopify, and send a product's own variants together."
            .into(),
    }
}

/// Its handle names the product also when the answer is lost: the second time it is the same product.
async fn make(api: &Api<'_>, input: &Input, first_sku: &str) -> Result<Value, Error> {
    let handle = input.handle.filled().map_or_else(|| handle_of(first_sku), str::to_owned);
    let variants: Vec<Value> = input.variants.iter().map(Variant::made).collect();
    let mut fields = fields(input, true);
    fields.extend([
        ("handle".to_owned(), handle.as_str().into()),
        ("productOptions".to_owned(), product::options(&input.variants)),
        ("variants".to_owned(), variants.into()),
    ]);
    set(api, json!({"handle": handle}), fields).await.map(|product| output(&product, true))
}

/// Without variants and options among its fields, `productSet` leaves those as they are.
async fn change(api: &Api<'_>, input: &Input, found: &Found<sku::Variant>, id: &str) -> Result<Value, Error> {
    let mut fields = fields(input, !input.keep_status);
    fields.extend(input.handle.filled().map(|handle| ("handle".to_owned(), handle.into())));
    let product = set(api, json!({"id": id}), fields).await?;
    let (known, unknown): (Vec<&Variant>, Vec<&Variant>) =
        input.variants.iter().partition(|variant| found.get(variant.sku.as_str()).is_ok());
    let changed: Vec<Value> = known
        .into_iter()
        .filter_map(|variant| Some(variant.changed(&found.get(variant.sku.as_str()).ok()?.id)))
        .collect();
    api.change(UPDATE, &json!({"p": id, "v": changed}), "productVariantsBulkUpdate").await?;
    if !unknown.is_empty() {
        let added: Vec<Value> = unknown.into_iter().map(Variant::added).collect();
        api.change(ADD, &json!({"p": id, "v": added}), "productVariantsBulkCreate").await?;
    }
    Ok(output(&product, false))
}

async fn set(api: &Api<'_>, identifier: Value, fields: Map<String, Value>) -> Result<Value, Error> {
    let mut told = api.change(SET, &json!({"id": identifier, "input": fields}), "productSet").await?;
    Ok(told.get_mut("product").map(Value::take).unwrap_or_default())
}

fn output(product: &Value, created: bool) -> Value {
    json!({"id": product.get("id"), "handle": product.get("handle"), "created": created})
}

/// What is not given stays as it is.
fn fields(input: &Input, with_status: bool) -> Map<String, Value> {
    let status = Some(input.status.filled().unwrap_or("ACTIVE")).filter(|_| with_status);
    let texts = [
        ("title", Some(input.title.as_str())),
        ("descriptionHtml", input.description.filled()),
        ("status", status),
        ("vendor", input.vendor.filled()),
        ("productType", input.product_type.filled()),
    ];
    let texts = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into())));
    let tags = |text: &str| text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).collect::<Value>();
    texts.chain(input.tags.filled().map(|text| ("tags".to_owned(), tags(text)))).collect()
}

/// Small letters, digits and dashes: what a handle may have.
fn handle_of(sku: &str) -> String {
    let letter = |letter: char| if letter.is_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    sku.chars().map(letter).collect::<String>().trim_matches('-').to_owned()
}
