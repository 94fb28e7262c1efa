//! The products of an order, by SKU (Odoo: internal reference), in one call.

use super::failure::nothing_done;
use super::order::Line;
use super::rpc::Rpc;
use connector::Error;
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// SKUs are not unique in Odoo; this many products per SKU are read to tell.
const PRODUCTS_PER_SKU_MAX: usize = 4;
/// No country has as many sales taxes.
const TAXES_MAX: usize = 500;
/// How many SKUs a message names.
const NAMED_MAX: usize = 10;

#[derive(Debug, Deserialize)]
struct Product {
    id: i64,
    default_code: String,
    #[serde(default)]
    taxes_id: Vec<i64>,
}

#[derive(Debug, Deserialize)]
struct Tax {
    id: i64,
    price_include: bool,
}

/// The product's id for each SKU. An unknown or ambiguous SKU, or a price that Odoo would read otherwise, is refused.
pub async fn find(rpc: &Rpc<'_>, lines: &[Line]) -> Result<HashMap<String, i64>, Error> {
    let skus: BTreeSet<&str> = lines.iter().map(|line| line.sku.as_str()).collect();
    let products: Vec<Product> = rpc
        .search_read(
            "product.product",
            json!([["default_code", "in", skus]]),
            &["id", "default_code", "taxes_id"],
            skus.len() * PRODUCTS_PER_SKU_MAX,
        )
        .await
        .map_err(nothing_done)?;
    check_known(&skus, &products)?;
    check_taxes(rpc, lines, &products).await?;
    Ok(products.into_iter().map(|product| (product.default_code, product.id)).collect())
}

fn check_known(skus: &BTreeSet<&str>, products: &[Product]) -> Result<(), Error> {
    let count = |sku: &str| products.iter().filter(|product| product.default_code == sku).count();
    let unknown: Vec<&str> = skus.iter().copied().filter(|sku| count(sku) == 0).collect();
    if !unknown.is_empty() {
        return Err(Error::Refused {
            message: format!("Odoo knows no product with the SKU {}", list(&unknown)),
            advice: "Enter the SKU as internal reference of the product in Odoo, or correct it in the shop, then retry.".into(),
        });
    }
    let double: Vec<&str> = skus.iter().copied().filter(|sku| count(sku) > 1).collect();
    if !double.is_empty() {
        return Err(Error::Refused {
            message: format!("Odoo has several products with the SKU {}", list(&double)),
            advice: "Give each product in Odoo its own internal reference, then retry.".into(),
        });
    }
    Ok(())
}

/// Whether a price contains its tax is decided by the product's taxes in Odoo. Where a line says otherwise, the order
/// would be booked with a wrong total.
async fn check_taxes(rpc: &Rpc<'_>, lines: &[Line], products: &[Product]) -> Result<(), Error> {
    if lines.iter().all(|line| line.tax_included.is_none() || line.price.is_none()) {
        return Ok(());
    }
    let ids: BTreeSet<i64> = products.iter().flat_map(|product| product.taxes_id.iter().copied()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let taxes: Vec<Tax> = rpc
        .search_read("account.tax", json!([["id", "in", ids]]), &["id", "price_include"], TAXES_MAX)
        .await
        .map_err(nothing_done)?;
    let included: HashMap<i64, bool> = taxes.into_iter().map(|tax| (tax.id, tax.price_include)).collect();
    lines.iter().try_for_each(|line| check_tax(line, products, &included))
}

fn check_tax(line: &Line, products: &[Product], included: &HashMap<i64, bool>) -> Result<(), Error> {
    let (Some(says), Some(_)) = (line.tax_included, &line.price) else {
        return Ok(());
    };
    let product = products.iter().find(|product| product.default_code == line.sku.as_str());
    let taxes = product.map_or(&[][..], |product| &product.taxes_id);
    let mut known = taxes.iter().filter_map(|tax| included.get(tax));
    if known.all(|included| *included == says) {
        return Ok(());
    }
    let (here, there) = if says { ("contains", "add it on top") } else { ("leaves out", "expect it inside") };
    Err(Error::Refused {
        message: format!("the price of {} {here} the tax, but the product's taxes in Odoo {there}", line.sku),
        advice: "Choose the other kind of tax for the product in Odoo, or convert the price in a script, then retry.".into(),
    })
}

fn list(skus: &[&str]) -> String {
    let named = skus.iter().take(NAMED_MAX).copied().collect::<Vec<_>>().join(", ");
    match skus.len().saturating_sub(NAMED_MAX) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
