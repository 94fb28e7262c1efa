//! What a shop has for sale: prices and stock as they were last pushed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::article_number;
use crate::goods;

/// Goods a shop lists at most.
const GOODS_MAX: usize = 10_000;
/// Pieces of each article at the beginning.
const STOCK_AT_FIRST: i64 = 100;

/// One article of a shop, price in satang with VAT.
#[derive(Clone, Debug)]
pub(crate) struct Good {
    /// Below a million; a vendor adds it to the base of its ids.
    pub number: u64,
    pub sku: String,
    pub title: String,
    pub price: i64,
    /// A reduced price, where the vendor knows one.
    pub special: Option<i64>,
    pub grams: u32,
    pub stock: i64,
    /// Pieces of open orders.
    pub reserved: i64,
    /// To be seen by buyers.
    pub live: bool,
    pub changed_at: DateTime<Utc>,
}

/// All goods, by SKU.
pub(crate) struct Shelf(BTreeMap<String, Good>);

impl Shelf {
    /// Everything of the catalogue.
    pub(crate) fn full(now: DateTime<Utc>) -> Self {
        let good = |article: &goods::Article| Good {
            number: article_number(article.sku),
            sku: article.sku.to_owned(),
            title: article.title.to_owned(),
            price: article.satang,
            special: None,
            grams: article.grams,
            stock: STOCK_AT_FIRST,
            reserved: 0,
            live: true,
            changed_at: now,
        };
        Self(goods::ARTICLES.iter().map(|article| (article.sku.to_owned(), good(article))).collect())
    }

    /// By SKU.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Good> {
        self.0.values()
    }

    pub(crate) fn get(&self, sku: &str) -> Option<&Good> {
        self.0.get(sku)
    }

    pub(crate) fn get_mut(&mut self, sku: &str) -> Option<&mut Good> {
        self.0.get_mut(sku)
    }

    pub(crate) fn numbered(&self, number: u64) -> Option<&Good> {
        self.0.values().find(|good| good.number == number)
    }

    pub(crate) fn numbered_mut(&mut self, number: u64) -> Option<&mut Good> {
        self.0.values_mut().find(|good| good.number == number)
    }

    /// Puts a new article on the shelf; false if the SKU is there already or the shelf is full.
    pub(crate) fn add(&mut self, sku: &str, title: &str, price: i64, now: DateTime<Utc>) -> bool {
        if self.0.contains_key(sku) || self.0.len() >= GOODS_MAX {
            return false;
        }
        let number = self.free_number(article_number(sku));
        let good = Good {
            number,
            sku: sku.to_owned(),
            title: title.to_owned(),
            price,
            special: None,
            grams: 0,
            stock: 0,
            reserved: 0,
            live: true,
            changed_at: now,
        };
        self.0.insert(sku.to_owned(), good);
        true
    }

    /// Two SKUs may come to the same number; the later one gets the next that is free.
    fn free_number(&self, wanted: u64) -> u64 {
        let taken = |number: u64| self.0.values().any(|good| good.number == number);
        (wanted..).find(|number| !taken(*number)).unwrap_or(wanted)
    }

    /// Sold pieces leave the shelf, even below nothing: a shop that oversells is what stock pushes are for.
    pub(crate) fn sell(&mut self, sku: &str, quantity: i64) {
        if let Some(good) = self.0.get_mut(sku) {
            good.stock -= quantity;
        }
    }
}
