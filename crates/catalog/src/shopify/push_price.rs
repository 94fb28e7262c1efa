//! `shopify/push_price`: prices by SKU.

use super::api::Api;
use super::failure;
use super::sku;
use crate::pushed::{self, ITEMS_MAX, OnFailure, Pushed};
use crate::values::{Filled, Money};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Products whose variants are changed by one document of mutations.
const PRODUCTS: usize = 10;
/// More than any price.
const PRICE_MAX: u64 = 1_000_000_000;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub items: Vec<Item>,
    #[serde(default)]
    pub on_failure: OnFailure,
}

#[derive(Debug, Deserialize)]
pub struct Item {
    pub sku: Filled,
    pub price: Money,
    #[serde(default)]
    pub compare_at_price: Money,
}

/// The variants of one product that get a price.
#[derive(Default)]
struct OfProduct<'i> {
    skus: Vec<&'i str>,
    variants: Vec<Value>,
}

pub fn spec() -> OperationSpec {
    let money =
        |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Money(None), en, th).at_most(PRICE_MAX);
    let item = vec![
        Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
            .about("As the variant has it in Shopify.", "ตามที่ตั้งไว้ในตัวเลือกสินค้าของ Shopify")
            .required()
            .example("TEA-100"),
        money("price", "Price", "ราคา")
            .about(
                "In the shop's currency, with tax where the shop's prices contain it.",
                "ในสกุลเงินของร้าน รวมภาษีหากร้านตั้งราคารวมภาษี",
            )
            .required()
            .example("590.00"),
        money("compare_at_price", "Price before", "ราคาก่อนลด")
            .about(
                "The price that is shown struck through. Empty: it stays as it is.",
                "ราคาที่แสดงแบบขีดฆ่า หากเว้นว่างจะคงค่าเดิม",
            )
            .example("690.00"),
    ];
    OperationSpec::action("shopify/push_price", "Push prices", "ส่งราคาสินค้า")
        .about("Sets the price of each SKU.", "กำหนดราคาของแต่ละ SKU")
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("items", FieldKind::List(item), "Items", "รายการ")
                .about("The SKUs and their prices.", "รหัสสินค้าและราคา")
                .required()
                .at_most(ITEMS_MAX as u64)
                .example(json!([{"sku": "TEA-100", "price": "590.00"}])),
        )
        .field(pushed::on_failure())
        .example(
            json!({"items": [{"sku": "TEA-100", "price": "590.00"}]}),
            json!({"updated": 1, "failed": []}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    pushed::check(input.items.iter().map(|item| (item.sku.as_str(), "")))?;
    let api = Api::open(cx)?;
    let mut pushed = Pushed::default();
    let products = by_product(&api, &input.items, &mut pushed).await?;
    let products: Vec<(String, OfProduct<'_>)> = products.into_iter().collect();
    for some in products.chunks(PRODUCTS) {
        let (document, variables) = written(some);
        let told = api.change_all(&document, &variables).await?;
        for (index, (_, product)) in some.iter().enumerate() {
            tell(told.get(format!("m{index}")).unwrap_or(&Value::Null), product, &mut pushed);
        }
    }
    pushed.tell("Shopify", input.on_failure)
}

async fn by_product<'i>(
    api: &Api<'_>,
    items: &'i [Item],
    pushed: &mut Pushed,
) -> Result<BTreeMap<String, OfProduct<'i>>, Error> {
    let skus: Vec<&str> = items.iter().map(|item| item.sku.as_str()).collect();
    let found = sku::find(api, &skus).await?;
    let mut products = BTreeMap::<String, OfProduct<'i>>::new();
    for item in items {
        let sku = item.sku.as_str();
        match (found.get(sku), item.price.filled()) {
            (Err(why), _) => pushed.unclear(sku, why),
            (Ok(_), None) => pushed.refused(sku, "no_price", "the entry has no price"),
            (Ok(variant), Some(price)) => {
                let mut written = json!({"id": variant.id, "price": price});
                if let (Some(before), Some(fields)) =
                    (item.compare_at_price.filled(), written.as_object_mut())
                {
                    fields.insert("compareAtPrice".into(), before.into());
                }
                let product = products.entry(variant.product.clone()).or_default();
                product.skus.push(sku);
                product.variants.push(written);
            }
        }
    }
    Ok(products)
}

/// One document with a mutation for each product: `m0`, `m1` and so on.
fn written(products: &[(String, OfProduct<'_>)]) -> (String, Value) {
    let (mut head, mut body) = (String::new(), String::new());
    let mut variables = Map::new();
    for (index, (id, product)) in products.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(head, "{comma}$p{index}:ID!,$v{index}:[ProductVariantsBulkInput!]!");
        let _ = write!(
            body,
            "m{index}:productVariantsBulkUpdate(productId:$p{index},variants:$v{index})\
             {{productVariants{{id price}} userErrors{{field message code}}}} "
        );
        variables.insert(format!("p{index}"), id.as_str().into());
        variables.insert(format!("v{index}"), Value::Array(product.variants.clone()));
    }
    (format!("mutation({head}){{{}}}", body.trim_end()), Value::Object(variables))
}

/// Shopify changes all of a product's variants or none.
fn tell(told: &Value, product: &OfProduct<'_>, pushed: &mut Pushed) {
    if !told.is_object() {
        return product
            .skus
            .iter()
            .for_each(|sku| pushed.refused(sku, "no_answer", "the answer says nothing of it"));
    }
    let errors = failure::user_errors(told);
    let Some(first) = errors.first() else {
        return pushed.took(product.skus.len());
    };
    for (index, sku) in product.skus.iter().enumerate() {
        let own = errors.iter().find(|error| error.index_in("variants") == Some(index)).unwrap_or(first);
        pushed.refused(sku, &own.code, &own.message);
    }
}
