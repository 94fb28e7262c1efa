//! What is left to be sent of an order, and how it is shared out over the places it is sent from.

use super::api::gid;
use super::fulfil_order::Line;
use super::shipment::{self, Metafield, Note, Standing};
use connector::Error;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ORDER: &str = "id name fulfillments(first:50){id status \
                     trackingInfo{company number url}} fulfillmentOrders(first:20){nodes{id status \
                     assignedLocation{location{id}} lineItems(first:50){nodes{id remainingQuantity \
                     lineItem{id sku}}}}}";

/// Asks for an order, with what was noted of its shipments where one of them is named.
pub fn query(has_reference: bool) -> String {
    let notes = if has_reference { shipment::NOTES } else { "" };
    format!("query($id:ID!){{order(id:$id){{{ORDER}{notes}}}}}")
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    id: String,
    name: String,
    #[serde(default)]
    fulfillments: Vec<Parcel>,
    #[serde(default)]
    fulfillment_orders: Vec<FulfilmentOrder>,
    #[serde(default)]
    metafields: Vec<Metafield>,
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

impl Parcel {
    fn has(&self, number: &str) -> bool {
        self.tracking_info.iter().any(|tracking| tracking.number.as_deref() == Some(number))
    }

    fn told(&self) -> Value {
        json!({"id": self.id, "status": self.status})
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

    pub fn id(&self) -> &str {
        &self.id
    }

    fn sent(&self) -> impl Iterator<Item = &Parcel> {
        self.fulfillments.iter().filter(|parcel| parcel.status != "CANCELLED")
    }

    pub fn ids(&self) -> Vec<String> {
        self.sent().map(|parcel| parcel.id.clone()).collect()
    }

    pub fn parcels(&self) -> Vec<Value> {
        self.sent().map(Parcel::told).collect()
    }

    /// The parcel with a tracking number, unless it is known as that of another shipment.
    pub fn parcel_with(&self, number: &str) -> Option<Value> {
        let taken = self.taken_by_others(None);
        self.sent().find(|parcel| parcel.has(number) && !taken.contains(&parcel.id)).map(Parcel::told)
    }

    fn notes(&self) -> impl Iterator<Item = Note> {
        self.metafields.iter().filter_map(Metafield::note)
    }

    fn taken_by_others(&self, reference: Option<&str>) -> Vec<String> {
        let others = self.notes().filter(|note| Some(note.reference.as_str()) != reference);
        others.flat_map(|note| note.parcels).collect()
    }

    /// How far a shipment is. `in_one` says that it is one parcel, as where its lines are named; `number` is its tracking number.
    pub fn standing(&self, reference: &str, in_one: bool, number: Option<&str>) -> Result<Standing, Error> {
        let Some(note) = self.notes().find(|note| note.reference == reference) else {
            return Ok(Standing::New);
        };
        if !note.parcels.is_empty() {
            let own = self.sent().filter(|parcel| note.parcels.contains(&parcel.id));
            let own: Vec<Value> = own.map(Parcel::told).collect();
            return Ok(if own.is_empty() { Standing::New } else { Standing::Sent(own) });
        }
        let taken = self.taken_by_others(Some(reference));
        let is_since = |parcel: &&Parcel| !note.before.contains(&parcel.id) && !taken.contains(&parcel.id);
        let is_same = |parcel: &&Parcel| number.is_none_or(|number| parcel.has(number));
        let since: Vec<Value> = self.sent().filter(is_since).filter(is_same).map(Parcel::told).collect();
        if in_one && since.len() > 1 {
            return Err(self.refused(&format!("several parcels may be shipment {reference}")));
        }
        Ok(Standing::Begun(note, since))
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
