//! Making orders, moving them, and sending the whole order each time.

use std::sync::Arc;

use serde_json::{Value, json};

use super::order::{Order, time};
use super::refused::Refused;
use super::{LineShopping, State};
use crate::chance::Chance;
use crate::market::{Overrides, Sale, Seller, Told};
use crate::stand::Parcel;

/// What `_sandbox/status` can make happen.
const EVENTS: [&str; 6] = ["PAID", "EXPIRED", "CANCELED", "REFUND", "COMPLETED", "ADDRESS_UPDATED"];

impl State {
    fn number_of(&self, number: &str) -> Result<u64, Refused> {
        let found = self.book.all().find(|order| order.number == number);
        found.map(|order| order.sale.number).ok_or_else(|| Refused::not_found("order"))
    }

    pub(super) fn order(&self, number: &str) -> Result<&Order, Refused> {
        self.book.get(self.number_of(number)?).ok_or_else(|| Refused::not_found("order"))
    }
}

impl LineShopping {
    /// Changes an order and tells the webhook if the change has a word there; gives the detail after.
    pub(super) fn change(
        self: &Arc<Self>,
        number: &str,
        change: impl FnOnce(&mut Order) -> Result<(), Refused>,
    ) -> Result<Value, Refused> {
        let (detail, parcel) = self.changed(number, change)?;
        parcel.into_iter().for_each(|parcel| self.stand.sender.announce(parcel));
        Ok(detail)
    }

    fn changed(
        &self,
        number: &str,
        change: impl FnOnce(&mut Order) -> Result<(), Refused>,
    ) -> Result<(Value, Option<Parcel>), Refused> {
        let mut state = self.state();
        let place = state.number_of(number)?;
        let order = state.book.get_mut(place).ok_or_else(|| Refused::not_found("order"))?;
        let before = order.event();
        change(order)?;
        order.updated_at = self.stand.now();
        let event = order.event().filter(|event| Some(*event) != before);
        Ok((order.detail(), event.map(|event| self.parcel(order, event))))
    }

    /// Shipped pieces are on hand no more.
    pub(super) fn leave_the_shelf(&self, number: &str) {
        let mut state = self.state();
        let sold: Vec<(String, i64)> = match state.order(number) {
            Ok(order) => order.sale.lines.iter().map(|line| (line.sku.clone(), line.quantity)).collect(),
            Err(_) => return,
        };
        sold.iter().for_each(|(sku, quantity)| state.shelf.sell(sku, *quantity));
    }

    fn parcel(&self, order: &Order, event: &str) -> Parcel {
        let mut body = order.detail();
        body["event"] = json!({ "name": event, "timestamp": time(self.stand.now()) });
        body["shop"] =
            json!({ "channelId": 1_650_000_001, "premiumId": "@khlongtea", "randomId": "123abcde" });
        let mut parcel = Parcel::json(event, order.number.as_str(), &body);
        let id =
            Chance::of(self.stand.seed, &format!("{event} {} {}", order.number, self.request_id())).uuid();
        parcel.headers.push(("x-request-id", id));
        parcel
    }

    fn told(&self, order: &Order) -> Told {
        let parcels = order.event().map(|event| self.parcel(order, event)).into_iter().collect();
        Told { order: order.detail(), parcels }
    }
}

impl Seller for LineShopping {
    fn make(&self, overrides: &Overrides) -> Result<Told, String> {
        let mut state = self.state();
        let number = state.book.draw();
        let order = Order::new(Sale::new(self.stand.seed, number, self.stand.now(), overrides.clone()));
        let told = self.told(&order);
        state.book.keep(number, order);
        Ok(told)
    }

    fn again(&self, order: &str) -> Option<Told> {
        let state = self.state();
        Some(self.told(state.order(order).ok()?))
    }

    fn happens(&self, order: &str, status: &str) -> Result<Told, String> {
        if !EVENTS.contains(&status) {
            return Err(format!("unknown status {status:?}: use {}", EVENTS.join(", ")));
        }
        let now = self.stand.now();
        let changed = self.changed(order, |order| {
            match status {
                "PAID" => {
                    (order.payment, order.shipment, order.paid_at) = ("PAID", "SHIPMENT_READY", Some(now))
                }
                "EXPIRED" => {
                    (order.status, order.payment, order.shipment) = ("EXPIRED", "NO_PAYMENT", "NO_SHIPMENT")
                }
                "CANCELED" => (order.status, order.shipment) = ("CANCELED", "NO_SHIPMENT"),
                "REFUND" => order.payment = "REFUND",
                "COMPLETED" => (order.status, order.shipment) = ("COMPLETED", "SHIPPED_ALL"),
                _ => {}
            }
            Ok(())
        });
        let (detail, parcel) = changed.map_err(|_| format!("there is no order {order}"))?;
        let address = match (status, self.state().order(order)) {
            ("ADDRESS_UPDATED", Ok(order)) => {
                Some(self.parcel(order, "ORDER_DETAIL.SHIPPING_ADDRESS_UPDATED"))
            }
            _ => None,
        };
        Ok(Told { order: detail, parcels: parcel.into_iter().chain(address).collect() })
    }

    fn orders(&self) -> Vec<Value> {
        self.state().book.all().rev().map(Order::detail).collect()
    }
}
