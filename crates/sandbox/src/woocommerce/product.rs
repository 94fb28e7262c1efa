//! Products and their variations.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::refused::Refused;
use super::words::{gmt, integer, local, truth};
use crate::goods::ARTICLES;
use crate::money::{money, satang};

/// Ids of the catalogue's articles, by their place in it.
const FIRST_ID: u64 = 101;
/// A product with variations: it has no SKU of its own.
pub(super) const TEAWARE: u64 = 90;
const TEAWARE_SKUS: [&str; 2] = ["TEA-107", "TEA-108"];
/// Ids of what is created over the API.
const CREATED_ID: u64 = 5_001;
const PRODUCTS_MAX: usize = 10_000;
const STOCK_AT_FIRST: i64 = 100;

/// Product and variation id of an article, as order lines carry them; zero for what the store does not have.
pub(super) fn place_of(sku: &str) -> (u64, u64) {
    match (FIRST_ID..).zip(&ARTICLES).find(|(_, article)| article.sku == sku) {
        None => (0, 0),
        Some((id, _)) if TEAWARE_SKUS.contains(&sku) => (TEAWARE, id),
        Some((id, _)) => (id, 0),
    }
}

#[derive(Clone)]
pub(super) struct Product {
    pub id: u64,
    /// Of a variation; zero otherwise.
    pub parent: u64,
    pub kind: &'static str,
    pub sku: String,
    pub name: String,
    pub regular: Option<i64>,
    pub sale: Option<i64>,
    pub manage_stock: bool,
    pub stock: i64,
    pub stock_status: String,
    pub status: String,
    pub description: String,
    pub grams: u32,
    pub created_at: DateTime<Utc>,
    pub modified_at: DateTime<Utc>,
}

pub(super) struct Catalogue {
    products: BTreeMap<u64, Product>,
    next: u64,
}

impl Catalogue {
    pub(super) fn full(now: DateTime<Utc>) -> Self {
        let mut products = BTreeMap::new();
        let mut teaware = Product::empty(TEAWARE, 0, "variable", now);
        teaware.name = "ชุดเครื่องชาดินเผา".to_owned();
        products.insert(TEAWARE, teaware);
        for (id, article) in (FIRST_ID..).zip(&ARTICLES) {
            let (parent, kind) =
                if TEAWARE_SKUS.contains(&article.sku) { (TEAWARE, "variation") } else { (0, "simple") };
            let mut product = Product::empty(id, parent, kind, now);
            product.sku = article.sku.to_owned();
            product.name = article.title.to_owned();
            product.regular = Some(article.satang);
            product.manage_stock = true;
            product.stock = STOCK_AT_FIRST;
            product.grams = article.grams;
            products.insert(id, product);
        }
        Self { products, next: CREATED_ID }
    }

    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = &Product> {
        self.products.values()
    }

    pub(super) fn get(&self, id: u64) -> Option<&Product> {
        self.products.get(&id)
    }

    pub(super) fn by_sku(&self, sku: &str) -> Option<&Product> {
        self.products.values().find(|product| !sku.is_empty() && product.sku == sku)
    }

    pub(super) fn variations(&self, parent: u64) -> Vec<&Product> {
        self.products.values().filter(|product| parent != 0 && product.parent == parent).collect()
    }

    /// Pieces sold or given back; below nothing the product is out of stock.
    pub(super) fn move_stock(&mut self, sku: &str, pieces: i64) {
        let found = self.products.values_mut().find(|product| product.sku == sku && product.manage_stock);
        if let Some(product) = found {
            product.stock += pieces;
            product.settle();
        }
    }

    pub(super) fn create(
        &mut self,
        parent: u64,
        body: &Value,
        now: DateTime<Utc>,
    ) -> Result<Product, Refused> {
        if self.products.len() >= PRODUCTS_MAX {
            return Err(Refused::invalid("sku"));
        }
        let kind = match (parent, body["type"].as_str()) {
            (0, Some("variable")) => "variable",
            (0, _) => "simple",
            _ => "variation",
        };
        let mut product = Product::empty(self.next, parent, kind, now);
        product.write(body, now)?;
        self.check_sku(&product)?;
        self.next += 1;
        self.products.insert(product.id, product.clone());
        Ok(product)
    }

    /// Writes all of the fields or none.
    pub(super) fn change(&mut self, id: u64, body: &Value, now: DateTime<Utc>) -> Result<Product, Refused> {
        let mut product = self.products.get(&id).cloned().ok_or_else(|| Refused::invalid("id"))?;
        product.write(body, now)?;
        self.check_sku(&product)?;
        self.products.insert(id, product.clone());
        Ok(product)
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<Product> {
        self.products.remove(&id)
    }

    fn check_sku(&self, product: &Product) -> Result<(), Refused> {
        match self.by_sku(&product.sku) {
            Some(other) if other.id != product.id => Err(Refused::duplicate_sku(other.id)),
            _ => Ok(()),
        }
    }
}

impl Product {
    fn empty(id: u64, parent: u64, kind: &'static str, now: DateTime<Utc>) -> Self {
        Self {
            id,
            parent,
            kind,
            sku: String::new(),
            name: String::new(),
            regular: None,
            sale: None,
            manage_stock: false,
            stock: 0,
            stock_status: "instock".to_owned(),
            status: "publish".to_owned(),
            description: String::new(),
            grams: 0,
            created_at: now,
            modified_at: now,
        }
    }

    /// A managed stock decides the status by itself.
    fn settle(&mut self) {
        if self.manage_stock {
            self.stock_status = if self.stock > 0 { "instock" } else { "outofstock" }.to_owned();
        }
    }

    fn write(&mut self, body: &Value, now: DateTime<Utc>) -> Result<(), Refused> {
        for (name, place) in [
            ("sku", &mut self.sku),
            ("name", &mut self.name),
            ("status", &mut self.status),
            ("description", &mut self.description),
        ] {
            if let Some(text) = body[name].as_str() {
                *place = text.to_owned();
            }
        }
        if !["publish", "draft", "pending", "private", "trash", "future"].contains(&self.status.as_str()) {
            return Err(Refused::invalid("status"));
        }
        price(body, "regular_price", &mut self.regular)?;
        price(body, "sale_price", &mut self.sale)?;
        self.manage_stock = truth(&body["manage_stock"], self.manage_stock);
        self.write_stock(body)?;
        self.modified_at = now;
        Ok(())
    }

    /// Without a managed stock the figure is ignored, as the store does.
    fn write_stock(&mut self, body: &Value) -> Result<(), Refused> {
        if let Some(status) = body["stock_status"].as_str() {
            if !["instock", "outofstock", "onbackorder"].contains(&status) {
                return Err(Refused::invalid("stock_status"));
            }
            self.stock_status = status.to_owned();
        }
        match &body["stock_quantity"] {
            Value::Null => {}
            given => {
                let stock = integer(given).ok_or_else(|| Refused::invalid("stock_quantity"))?;
                if self.manage_stock {
                    self.stock = stock;
                }
            }
        }
        self.settle();
        Ok(())
    }

    pub(super) fn show(&self, catalogue: &Catalogue, url: &str) -> Value {
        let text = |price: Option<i64>| price.map(money).unwrap_or_default();
        let variations: Vec<u64> = catalogue.variations(self.id).iter().map(|product| product.id).collect();
        json!({
            "id": self.id,
            "name": self.name,
            "slug": format!("product-{}", self.id),
            "permalink": format!("{url}/product/{}/", self.id),
            "date_created": local(self.created_at),
            "date_created_gmt": gmt(self.created_at),
            "date_modified": local(self.modified_at),
            "date_modified_gmt": gmt(self.modified_at),
            "type": self.kind,
            "status": self.status,
            "description": self.description,
            "sku": self.sku,
            "price": text(self.sale.or(self.regular)),
            "regular_price": text(self.regular),
            "sale_price": text(self.sale),
            "on_sale": self.sale.is_some(),
            "tax_status": "taxable",
            "tax_class": "",
            "manage_stock": self.manage_stock,
            "stock_quantity": self.manage_stock.then_some(self.stock),
            "stock_status": self.stock_status,
            "backorders": "no",
            "weight": format!("{}.{:03}", self.grams / 1_000, self.grams % 1_000),
            "parent_id": self.parent,
            "variations": variations,
            "attributes": [],
            "meta_data": [],
        })
    }
}

/// An empty text takes the price away.
fn price(body: &Value, name: &str, place: &mut Option<i64>) -> Result<(), Refused> {
    match &body[name] {
        Value::Null => {}
        Value::String(text) if text.is_empty() => *place = None,
        given => *place = Some(satang(given).ok_or_else(|| Refused::invalid(name))?),
    }
    Ok(())
}
