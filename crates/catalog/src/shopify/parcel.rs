//! What is left to be sent of an order, and how it is shared out over the places it is sent from.

use super::api::gid;
use super::fulfil_order::Line;
use connector::Error;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const ORDER: &str = "query($id:ID!){order(id:$id){id name fulfillments(first:50){id status \
                         trackingInfo{company number url}} fulfillmentOrders(first:20){nodes{id status \
                         assignedLocation{location{id}} lineItems(first:50){nodes{id remainingQuantity \
                         lineItem{id sku}}}}}}}";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    name: String,
    #[serde(default)]
    fulfillments: Vec<Parcel>,
    #[serde(default)]
    fulfillment_orders: Vec<FulfilmentOrder>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parcel {
    id: String,
    status: String,
    #[serde(default)]
    tracking_info: Vec<Tracking>,
}

#[derive(Debug, Deserialize)]
struct Tracking {
    #[serde(default)]
    number: Option<String>,
}

/// What one location is to send of the order.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FulfilmentOrder {
    id: String,
    status: String,
    #[serde(default)]
    assigned_location: Value,
    #[serde(default)]
    line_items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    remaining_quantity: i64,
    #[serde(default)]
    line_item: Value,
}

/// What goes into a parcel of one fulfilment order: lines and quantities, or everything where there are none.
#[derive(Debug)]
pub struct Share {
    id: String,
    lines: Vec<(String, i64)>,
}

impl Share {
    pub fn written(&self) -> Value {
        let line = |(id, quantity): &(String, i64)| json!({"id": id, "quantity": quantity});
        let lines: Vec<Value> = self.lines.iter().map(line).collect();
        json!({"fulfillmentOrderId": self.id, "fulfillmentOrderLineItems": lines})
    }
}

impl FulfilmentOrder {
    fn location(&self) -> &str {
        self.assigned_location.pointer("/location/id").and_then(Value::as_str).unwrap_or_default()
    }

    /// Held and scheduled ones are Shopify's to release.
    fn can_be_sent(&self) -> bool {
        matches!(self.status.as_str(), "OPEN" | "IN_PROGRESS")
            && self.line_items.iter().any(|item| item.remaining_quantity > 0)
    }
}

impl Item {
    fn sku(&self) -> &str {
        self.line_item.get("sku").and_then(Value::as_str).unwrap_or_default()
    }
}

impl Order {
    pub fn read(host: &str, order: Value) -> Result<Self, Error> {
        serde_json::from_value(order).map_err(|error| Error::Unreachable {
            host: host.to_owned(),
            message: format!("the order is not as it was asked for ({error})"),
        })
    }

    pub fn parcels(&self) -> Vec<Value> {
        let sent = self.fulfillments.iter().filter(|parcel| parcel.status != "CANCELLED");
        sent.map(|parcel| json!({"id": parcel.id, "status": parcel.status})).collect()
    }

    pub fn parcel_with(&self, number: &str) -> Option<Value> {
        let has = |parcel: &&Parcel| {
            parcel.tracking_info.iter().any(|tracking| tracking.number.as_deref() == Some(number))
        };
        let parcel = self.fulfillments.iter().filter(|parcel| parcel.status != "CANCELLED").find(has)?;
        Some(json!({"id": parcel.id, "status": parcel.status}))
    }

    fn open(&self, location: Option<&str>) -> Vec<&FulfilmentOrder> {
        let location = location.map(|id| gid("Location", id));
        let is_there = |order: &&FulfilmentOrder| location.as_ref().is_none_or(|id| order.location() == id);
        self.fulfillment_orders.iter().filter(|order| order.can_be_sent()).filter(is_there).collect()
    }

    pub fn is_left(&self, location: Option<&str>) -> bool {
        !self.open(location).is_empty()
    }

    /// What is to be sent from each location.
    pub fn shares(
        &self,
        lines: &[Line],
        location: Option<&str>,
    ) -> Result<BTreeMap<String, Vec<Share>>, Error> {
        let open = self.open(location);
        let mut shares = BTreeMap::<String, Vec<Share>>::new();
        if lines.is_empty() {
            for order in &open {
                let whole = Share { id: order.id.clone(), lines: Vec::new() };
                shares.entry(order.location().to_owned()).or_default().push(whole);
            }
        } else {
            for (order, lines) in
                open.iter().zip(self.taken(lines, &open)?).filter(|(_, lines)| !lines.is_empty())
            {
                let share = Share { id: order.id.clone(), lines };
                shares.entry(order.location().to_owned()).or_default().push(share);
            }
        }
        self.check(&shares, lines)?;
        Ok(shares)
    }

    /// How much of each line is taken from each fulfilment order, in their order.
    fn taken(&self, lines: &[Line], open: &[&FulfilmentOrder]) -> Result<Vec<Vec<(String, i64)>>, Error> {
        let mut remaining: Vec<Vec<i64>> = open
            .iter()
            .map(|order| order.line_items.iter().map(|item| item.remaining_quantity).collect())
            .collect();
        let mut taken: Vec<Vec<(String, i64)>> = vec![Vec::new(); open.len()];
        for line in lines {
            let mut wanted = line.quantity.0;
            for ((order, remaining), taken) in open.iter().zip(&mut remaining).zip(&mut taken) {
                for (item, remaining) in order.line_items.iter().zip(remaining) {
                    let some =
                        if item.sku() == line.sku.as_str() { wanted.min(*remaining).max(0) } else { 0 };
                    if some > 0 {
                        wanted -= some;
                        *remaining -= some;
                        taken.push((item.id.clone(), some));
                    }
                }
            }
            if wanted > 0 {
                let sku = line.sku.as_str();
                return Err(self.refused(&format!("{wanted} of {sku} are not left to be sent")));
            }
        }
        Ok(taken)
    }

    fn check(&self, shares: &BTreeMap<String, Vec<Share>>, lines: &[Line]) -> Result<(), Error> {
        if shares.is_empty() {
            return Err(self.refused("nothing is left that can be sent"));
        }
        // A parcel of chosen lines is one parcel: it comes from one place.
        if !lines.is_empty() && shares.len() > 1 {
            return Err(self.refused("the lines are at several locations"));
        }
        Ok(())
    }

    fn refused(&self, why: &str) -> Error {
        Error::Refused {
            message: format!("order {}: {why}", self.name),
            advice: "Compare the order in Shopify: it may be on hold, cancelled, sent already, or at another location.".into(),
        }
    }
}
