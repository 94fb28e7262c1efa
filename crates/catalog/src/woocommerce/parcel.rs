//! A parcel of an order, kept on one of the three ways that stores know.

use super::api::{Api, order};
use crate::values::{self, Text};
use connector::Error;
use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A note to the customer: every store has them.
    #[default]
    Note,
    /// The store's own parcels.
    Fulfillments,
    /// A plugin.
    ShipmentTracking,
}

/// Whose parcel it is, and its way.
pub struct Parcel<'p> {
    pub order_id: &'p str,
    pub way: Way,
    pub company: &'p Text,
    pub number: &'p str,
    pub url: &'p Text,
    pub notify: bool,
}

impl Parcel<'_> {
    fn route(&self) -> Result<String, Error> {
        let order = order(self.order_id)?;
        Ok(match self.way {
            Way::Note => format!("{order}/notes"),
            Way::Fulfillments => format!("{order}/fulfillments"),
            Way::ShipmentTracking => {
                format!("{}/shipment-trackings", order.replacen("wc/v3", "wc-shipment-tracking/v3", 1))
            }
        })
    }

    /// What the store keeps of the order's parcels on this way. None of the three gives pages.
    pub async fn kept(&self, api: &Api<'_>) -> Result<Vec<Value>, Error> {
        let told = api.get(&self.route()?, &[]).await?;
        let place = if told.is_object() { "/fulfillments" } else { "" };
        values::records(&told, place, "WooCommerce").map(<[Value]>::to_vec)
    }

    /// The parcel with this number among those that are kept.
    pub fn among(&self, kept: &[Value]) -> Option<Value> {
        let has = |one: &&Value| match self.way {
            Way::Note => {
                let words = one["note"].as_str().unwrap_or_default().split(|letter: char| {
                    letter.is_whitespace() || matches!(letter, '<' | '>' | '"' | '=' | '&' | ',')
                });
                words.into_iter().any(|word| word == self.number)
            }
            Way::Fulfillments => meta(one, "_tracking_number").is_some_and(|number| number == self.number),
            Way::ShipmentTracking => one["tracking_number"] == self.number,
        };
        kept.iter().find(has).map(|one| self.told(one))
    }

    /// Keeps the parcel. `items` are its lines, where the way knows of lines.
    pub async fn keep(&self, api: &Api<'_>, items: &[(u64, i64)]) -> Result<Value, Error> {
        let body = match self.way {
            Way::Note => json!({"note": self.note(), "customer_note": self.notify}),
            Way::Fulfillments => self.fulfilment(items),
            Way::ShipmentTracking => self.shipment(),
        };
        let told = api.send(Method::POST, &self.route()?, &body).await?;
        Ok(self.told(told.get("fulfillment").unwrap_or(&told)))
    }

    /// Gives another number to one of the store's own parcels.
    pub async fn renumber(&self, api: &Api<'_>, parcel: &Value) -> Result<Value, Error> {
        let id = id_of(parcel).to_string();
        let route = format!("{}/{}", self.route()?, super::api::number(&id)?);
        let body = json!({"notify_customer": self.notify, "meta_data": self.tracking()});
        let told = api.put(&route, &body).await?;
        Ok(self.told(told.get("fulfillment").unwrap_or(&told)))
    }

    fn note(&self) -> String {
        let parts = [self.company.filled(), Some(self.number), self.url.filled()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn tracking(&self) -> Vec<Value> {
        let pairs = [
            ("_tracking_number", Some(self.number)),
            ("_shipment_provider", self.company.filled()),
            ("_tracking_url", self.url.filled()),
        ];
        pairs.into_iter().filter_map(|(key, value)| Some(json!({"key": key, "value": value?}))).collect()
    }

    fn fulfilment(&self, items: &[(u64, i64)]) -> Value {
        let items: Vec<Value> = items.iter().map(|(id, qty)| json!({"item_id": id, "qty": qty})).collect();
        let mut meta = vec![json!({"key": "_items", "value": items})];
        meta.extend(self.tracking());
        json!({"status": "fulfilled", "is_fulfilled": true, "notify_customer": self.notify, "meta_data": meta})
    }

    fn shipment(&self) -> Value {
        let pairs = [
            ("custom_tracking_provider", self.company.filled()),
            ("custom_tracking_link", self.url.filled()),
            ("tracking_number", Some(self.number)),
        ];
        let filled = pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
        Value::Object(filled.collect::<Map<_, _>>())
    }

    fn told(&self, kept: &Value) -> Value {
        let id = match self.way {
            Way::Note | Way::Fulfillments => id_of(kept),
            Way::ShipmentTracking => kept["tracking_id"].clone(),
        };
        json!({"id": id, "number": self.number})
    }
}

pub fn id_of(kept: &Value) -> Value {
    kept.get("id").or_else(|| kept.get("fulfillment_id")).cloned().unwrap_or_default()
}

fn meta<'k>(kept: &'k Value, key: &str) -> Option<&'k Value> {
    let pairs = kept.get("meta_data")?.as_array()?;
    pairs.iter().find(|pair| pair["key"] == key)?.get("value")
}

/// How many of an order's line the store's own parcels hold.
pub fn sent(kept: &[Value], line: u64) -> i64 {
    let items = kept.iter().filter_map(|one| meta(one, "_items")?.as_array()).flatten();
    items.filter(|item| item["item_id"].as_u64() == Some(line)).filter_map(|item| item["qty"].as_i64()).sum()
}
