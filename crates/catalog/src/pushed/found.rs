//! From SKUs, which people know, to where a shop has them.

use connector::Error;
use connector::http::shorten;
use std::collections::{HashMap, HashSet};

/// Why a SKU does not lead to one place in the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    Unknown,
    /// Shops let several products have the same SKU: nobody can know which one is meant.
    Ambiguous,
    /// The shop has more than was looked at.
    Unsearched,
}

impl Unclear {
    pub(super) fn said(self) -> (&'static str, &'static str) {
        match self {
            Self::Unknown => ("unknown_sku", "the shop has no product with this SKU"),
            Self::Ambiguous => ("ambiguous_sku", "the shop has several products with this SKU"),
            Self::Unsearched => {
                ("unsearched_sku", "the shop has more products than are looked through for this SKU")
            }
        }
    }

    /// The same where nothing else is done.
    pub fn refused(self, shop: &str, sku: &str) -> Error {
        let (code, message) = self.said();
        Error::Refused {
            message: format!("{shop} on the SKU {}: {message} ({code})", shorten(sku)),
            advice: "Correct the SKU, or let it stand at one product in the shop, then retry.".into(),
        }
    }
}

/// Where the SKUs are that the shop has.
pub struct Found<P> {
    on_sale: HashMap<String, Vec<P>>,
    /// Of what is not on sale, the first with a SKU.
    others: HashMap<String, P>,
    unsearched: HashSet<String>,
}

impl<P> Default for Found<P> {
    fn default() -> Self {
        Self { on_sale: HashMap::new(), others: HashMap::new(), unsearched: HashSet::new() }
    }
}

impl<P: PartialEq> Found<P> {
    /// What is on sale goes before what had the SKU once.
    pub fn get(&self, sku: &str) -> Result<&P, Unclear> {
        match (self.on_sale.get(sku).map(Vec::as_slice), self.others.get(sku)) {
            (Some([one]), _) => Ok(one),
            (Some([_, ..]), _) => Err(Unclear::Ambiguous),
            _ if self.unsearched.contains(sku) => Err(Unclear::Unsearched),
            (_, Some(other)) => Ok(other),
            (_, None) => Err(Unclear::Unknown),
        }
    }

    /// The first of a product's SKUs that the shop has; nothing where the product is to be made.
    pub fn first(&self, shop: &str, skus: &[&str]) -> Result<Option<&P>, Error> {
        let mut first = None;
        for sku in skus {
            match self.get(sku) {
                Ok(place) => first = first.or(Some(place)),
                Err(Unclear::Unknown) => {}
                Err(why) => return Err(why.refused(shop, sku)),
            }
        }
        Ok(first)
    }

    /// What comes again, on another page or for another SKU, is the same place.
    pub fn add(&mut self, sku: String, place: P) {
        let places = self.on_sale.entry(sku).or_default();
        if !places.contains(&place) {
            places.push(place);
        }
    }

    pub fn add_other(&mut self, sku: String, place: P) {
        self.others.entry(sku).or_insert(place);
    }

    /// These were looked for, and not through everything.
    pub fn stopped_at(&mut self, skus: &[&str]) {
        self.unsearched.extend(skus.iter().map(|sku| (*sku).to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_on_sale_is_meant_and_of_several_none() {
        let mut found = Found::default();
        found.add_other("TEA".into(), 1);
        found.add_other("TEA".into(), 2);
        assert_eq!((found.get("TEA"), found.get("CUP")), (Ok(&1), Err(Unclear::Unknown)));
        found.add("TEA".into(), 3);
        found.add("TEA".into(), 3);
        assert_eq!(found.get("TEA"), Ok(&3));
        assert_eq!(found.first("The shop", &["CUP", "TEA"]), Ok(Some(&3)));
        found.add("TEA".into(), 4);
        assert_eq!(found.get("TEA"), Err(Unclear::Ambiguous));
        let error = found.first("The shop", &["CUP", "TEA"]).unwrap_err().to_string();
        assert!(error.contains("TEA") && error.contains("several"), "{error}");
    }

    #[test]
    fn what_was_not_looked_for_everywhere_is_not_unknown() {
        let mut found = Found::default();
        found.add("TEA".into(), 1);
        found.add_other("CUP".into(), 2);
        found.stopped_at(&["TEA", "CUP", "JUG"]);
        assert_eq!(found.get("TEA"), Ok(&1));
        assert_eq!(
            (found.get("CUP"), found.get("JUG")),
            (Err(Unclear::Unsearched), Err(Unclear::Unsearched))
        );
        assert!(found.first("The shop", &["JUG"]).is_err(), "it would be made a second time");
    }
}
