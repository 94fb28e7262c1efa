//! Making orders, moving their units, and pushing what happened.

use std::sync::Arc;

use serde_json::{Value, json};

use super::order::{OPEN, Order, Reverse, STATUSES, UNITS_MAX, Unit};
use super::refused::Refused;
use super::{Lazada, State};
use crate::market::{Overrides, Sale, Seller, Told};
use crate::stand::Parcel;

/// Order line status, and reverse order: the numbers of the pushes.
const TRADE: u64 = 0;
const REVERSE: u64 = 10;

impl State {
    pub(super) fn number_of(&self, id: u64) -> Result<u64, Refused> {
        let found = self.book.all().find(|order| order.id == id);
        found.map(|order| order.sale.number).ok_or_else(Refused::order)
    }

    pub(super) fn order(&self, id: u64) -> Result<&Order, Refused> {
        self.book.get(self.number_of(id)?).ok_or_else(Refused::order)
    }

    pub(super) fn order_mut(&mut self, id: u64) -> Result<&mut Order, Refused> {
        let number = self.number_of(id)?;
        self.book.get_mut(number).ok_or_else(Refused::order)
    }

    /// Open orders withhold their pieces; a cancelled one gives them back, a shipped one takes them away.
    pub(super) fn withhold(&mut self, sku: &str, before: &str, after: &str) {
        let (was, is) = (OPEN.contains(&before), OPEN.contains(&after));
        let Some(good) = self.shelf.get_mut(sku) else { return };
        good.reserved += i64::from(is) - i64::from(was);
        if before.is_empty() && is {
            good.stock -= 1;
        }
        if was && after == "canceled" {
            good.stock += 1;
        }
    }
}

impl Lazada {
    /// Gives a unit another status, and the shelf what follows from it. `None` if there is no such unit.
    pub(super) fn set_status(
        &self,
        state: &mut State,
        order: u64,
        unit: u64,
        status: &str,
        change: impl FnOnce(&mut Unit),
    ) -> Option<Parcel> {
        let now = self.stand.now();
        let kept = state.order_mut(order).ok()?;
        let found = kept.unit_mut(unit)?;
        let before = std::mem::replace(&mut found.status, status.to_owned());
        found.updated_at = now;
        change(found);
        let sku = kept.unit(unit).map(|unit| kept.sku_of(unit).to_owned()).unwrap_or_default();
        let parcel = kept.unit(unit).map(|unit| self.trade(kept, unit));
        state.withhold(&sku, &before, status);
        parcel
    }

    /// The push about one unit.
    fn trade(&self, order: &Order, unit: &Unit) -> Parcel {
        let data = json!({
            "order_status": unit.status,
            "trade_order_id": order.id.to_string(),
            "trade_order_line_id": unit.id.to_string(),
            "status_update_time": unit.updated_at.timestamp(),
            "buyer_id": order.sale.customer.to_string(),
        });
        self.parcel(TRADE, order.id, &data)
    }

    /// The push about a unit that goes back.
    pub(super) fn reversal(&self, order: &Order, reverse: &Reverse, word: &str) -> Parcel {
        let data = json!({
            "reverse_status": word,
            "reverse_order_id": reverse.id.to_string(),
            "reverse_order_line_id": (reverse.id + 1).to_string(),
            "trade_order_id": order.id.to_string(),
            "trade_order_line_id": reverse.unit.to_string(),
            "status_update_time": reverse.updated_at.timestamp(),
        });
        self.parcel(REVERSE, order.id, &data)
    }

    fn parcel(&self, message_type: u64, order: u64, data: &Value) -> Parcel {
        let body = json!({
            "seller_id": self.keys.seller_id,
            "message_type": message_type,
            "data": data,
            "timestamp": self.stand.now().timestamp_millis(),
            "site": "lazada_th",
        });
        Parcel::json(message_type.to_string(), order.to_string(), &body)
    }

    pub(super) fn announce(self: &Arc<Self>, parcels: Vec<Parcel>) {
        parcels.into_iter().for_each(|parcel| self.stand.sender.announce(parcel));
    }

    fn told(&self, order: &Order) -> Told {
        let mut parcels: Vec<Parcel> = order.units.iter().map(|unit| self.trade(order, unit)).collect();
        parcels.extend(order.reverse.iter().map(|reverse| {
            let word = if reverse.request == "CANCEL" { "CANCEL_INIT" } else { "RTM_INIT" };
            self.reversal(order, reverse, word)
        }));
        Told { order: detail(order), parcels }
    }
}

fn detail(order: &Order) -> Value {
    let mut shown = order.show();
    shown["order_items"] = order.units.iter().map(|unit| order.show_unit(unit)).collect();
    shown
}

impl Seller for Lazada {
    fn make(&self, overrides: &Overrides) -> Result<Told, String> {
        let mut state = self.state();
        let number = state.book.draw();
        let sale = Sale::new(self.stand.seed, number, self.stand.now(), overrides.clone());
        if sale.lines.iter().map(|line| line.quantity).sum::<i64>() > UNITS_MAX {
            return Err(format!("an order has at most {UNITS_MAX} units here: each is a row of its own"));
        }
        let order = Order::new(sale);
        for unit in &order.units {
            state.withhold(order.sku_of(unit), "", &unit.status);
        }
        let told = self.told(&order);
        state.book.keep(number, order);
        Ok(told)
    }

    fn again(&self, order: &str) -> Option<Told> {
        let state = self.state();
        let order = state.order(order.parse().ok()?).ok()?;
        Some(self.told(order))
    }

    /// All units of the order that are not cancelled go there.
    fn happens(&self, order: &str, status: &str) -> Result<Told, String> {
        if !STATUSES.contains(&status) {
            return Err(format!("unknown status {status:?}: use {}", STATUSES.join(", ")));
        }
        let lost = || format!("there is no order {order}");
        let id = order.parse().map_err(|_| lost())?;
        let mut state = self.state();
        let units = state.order(id).map_err(|_| lost())?.units.iter();
        let moved: Vec<u64> = units.filter(|unit| unit.status != "canceled").map(|unit| unit.id).collect();
        let told = moved.into_iter().filter_map(|unit| self.set_status(&mut state, id, unit, status, |_| {}));
        let parcels = told.collect();
        let order = state.order(id).map(detail).map_err(|_| lost())?;
        Ok(Told { order, parcels })
    }

    fn orders(&self) -> Vec<Value> {
        self.state().book.all().rev().map(detail).collect()
    }
}
