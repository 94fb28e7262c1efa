//! A shipment's own number at an order. Shopify's parcels have no place for it, so it is kept in a metafield of the order, one for
//! each shipment.
//!
//! It is written before the parcel is made, with the parcels that were there by then: where an answer is lost, the parcel that came
//! since is the one. Once the parcel is there, its id is written as well.

use super::api::Api;
use super::parcel::Order;
use crate::retry_key;
use connector::Error;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is read with an order where a shipment is named.
pub const NOTES: &str = " metafields(first:50,namespace:\"khlong\"){nodes{namespace key value}}";
const NAMESPACE: &str = "khlong";
const SET: &str = "mutation($m:[MetafieldsSetInput!]!){metafieldsSet(metafields:$m){metafields{key} \
                   userErrors{field message code}}}";

#[derive(Debug, Deserialize)]
pub struct Metafield {
    namespace: String,
    key: String,
    value: String,
}

impl Metafield {
    /// What it says of a shipment, if it is about one.
    pub fn note(&self) -> Option<Note> {
        let is_ours = self.namespace == NAMESPACE && self.key.starts_with(KEY);
        serde_json::from_str(is_ours.then_some(self.value.as_str())?).ok()
    }
}

const KEY: &str = "shipment-";

/// What is known of one shipment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub reference: String,
    /// The parcels that the order had before it.
    #[serde(default)]
    pub before: Vec<String>,
    /// Its own parcels, once they are known.
    #[serde(default)]
    pub parcels: Vec<String>,
}

/// How far a shipment is.
#[derive(Debug, PartialEq)]
pub enum Standing {
    /// Nothing was sent of it, or it was cancelled in Shopify.
    New,
    /// It was begun. These parcels came of it, none where it got no further; more may have to be sent.
    Begun(Note, Vec<Value>),
    Sent(Vec<Value>),
}

impl Note {
    pub fn begun(reference: &str, order: &Order) -> Self {
        let before = order.ids();
        Self { reference: reference.to_owned(), before, parcels: Vec::new() }
    }

    /// Writes it down; the same shipment has the same place.
    pub async fn write(&self, api: &Api<'_>, order: &str) -> Result<(), Error> {
        let key = format!("{KEY}{}", retry_key::uuid_of(&["shipment", &self.reference]));
        let field = json!({
            "ownerId": order, "namespace": NAMESPACE, "key": key, "type": "json", "value": json!(self).to_string(),
        });
        api.change(SET, &json!({"m": [field]}), "metafieldsSet").await.map(drop)
    }
}

/// The ids of parcels as Shopify told them.
pub fn ids(parcels: &[Value]) -> Vec<String> {
    let id = |parcel: &Value| parcel.get("id")?.as_str().map(str::to_owned);
    parcels.iter().filter_map(id).collect()
}
