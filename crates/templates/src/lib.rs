#![doc = include_str!("../README.md")]

mod answers;
mod apply;
mod manifest;

pub use answers::{Answers, Wrong};
pub use manifest::{Carries, Choice, Kind, Manifest, Set, Setting, Slot};

use model::FlowDocument;
use serde::{Deserialize, Serialize};

/// A flow to begin with, and what it asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// That of its flow.
    pub id: String,
    pub manifest: Manifest,
    pub document: FlowDocument,
}

macro_rules! files {
    ($($id:literal)*) => {
        const FILES: &[(&str, &str, &str)] = &[$((
            $id,
            include_str!(concat!("../../../flows/", $id, ".json")),
            include_str!(concat!("../../../flows/", $id, ".template.json")),
        )),*];
    };
}

files! {
    "order-to-erp"
    "edited-order-to-erp"
    "cancelled-order-to-erp"
    "refund-to-erp"
    "products-to-shop"
    "stock-to-shop"
    "tracking-to-shop"
    "delivered-to-shop"
    "status-to-shop"
    "invoice-to-shop"
    "customer-to-crm"
    "order-to-http"
    "cancelled-order-notice"
    "stock-to-http"
    "webhook-to-http"
    "woo-products-to-shop"
    "woo-stock-to-shop"
    "woo-order-to-erp"
    "woo-cancelled-order-to-erp"
    "woo-refund-to-erp"
    "woo-status-to-shop"
    "woo-customer-to-crm"
    "woo-invoice-to-shop"
    "woo-tracking-to-shop"
}

/// Every template in the box. What is in the box was tested, so one that could not be read would be left out unseen.
pub fn all() -> Vec<Template> {
    FILES.iter().filter_map(|(id, flow, manifest)| read(id, flow, manifest).ok()).collect()
}

fn read(id: &str, flow: &str, manifest: &str) -> Result<Template, String> {
    let document = model::parse(flow.as_bytes()).map_err(|problems| format!("{id}: {problems:?}"))?;
    let manifest = serde_json::from_str(manifest).map_err(|error| format!("{id}: {error}"))?;
    Ok(Template { id: id.to_owned(), manifest, document })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_box_can_be_read_and_is_named_for_its_flow() {
        for (id, flow, manifest) in FILES {
            let template = read(id, flow, manifest).unwrap_or_else(|why| panic!("{why}"));
            assert_eq!(template.document.id.as_str(), *id);
        }
    }
}
