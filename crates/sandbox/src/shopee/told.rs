//! Making orders, moving them, and pushing what happened: ids only, never the data itself.

use std::sync::Arc;

use serde_json::{Value, json};

use super::details::all_fields;
use super::order::{Order, Package, Return, STATUSES};
use super::refused::Refused;
use super::{Shopee, State};
use crate::market::{Overrides, Sale, Seller, Told};
use crate::stand::Parcel;

/// The codes of the pushes.
const ORDER_STATUS: u64 = 3;
const TRACKING: u64 = 4;
const RETURN: u64 = 29;
const FULFILMENT: u64 = 30;

impl State {
    pub(super) fn number_of(&self, sn: &str) -> Result<u64, Refused> {
        let found = self.book.all().find(|order| order.sn == sn);
        found
            .map(|order| order.sale.number)
            .ok_or_else(|| Refused::not_found("Wrong parameters, detail: the order is not found."))
    }

    pub(super) fn order(&self, sn: &str) -> Result<&Order, Refused> {
        let number = self.number_of(sn)?;
        self.book.get(number).ok_or_else(|| Refused::not_found("the order is not found."))
    }

    pub(super) fn order_mut(&mut self, sn: &str) -> Result<&mut Order, Refused> {
        let number = self.number_of(sn)?;
        self.book.get_mut(number).ok_or_else(|| Refused::not_found("the order is not found."))
    }

    /// Pieces of a line leave the stock, or come back if they are less than nothing.
    pub(super) fn take(&mut self, sku: &str, pieces: i64) {
        self.shelf.sell(sku, pieces);
    }
}

impl Shopee {
    pub(super) fn status_parcel(&self, order: &Order) -> Parcel {
        let data = json!({
            "items": [],
            "ordersn": order.sn,
            "status": order.status,
            "completed_scenario": "",
            "update_time": order.updated_at.timestamp(),
        });
        self.parcel(ORDER_STATUS, &order.sn, &data)
    }

    pub(super) fn tracking_parcel(&self, order: &Order, package: &Package) -> Parcel {
        let data = json!({
            "ordersn": order.sn, "forder_id": package.number, "package_number": package.number,
            "tracking_no": package.tracking,
        });
        self.parcel(TRACKING, &order.sn, &data)
    }

    pub(super) fn package_parcel(&self, order: &Order, package: &Package) -> Parcel {
        let data = json!({
            "ordersn": order.sn, "package_number": package.number,
            "fulfillment_status": package.logistics_status, "update_time": order.updated_at.timestamp(),
        });
        self.parcel(FULFILMENT, &order.sn, &data)
    }

    pub(super) fn return_parcel(&self, order: &Order, back: &Return) -> Parcel {
        let data = json!({
            "order_sn": order.sn, "return_sn": back.sn, "return_status": back.status,
            "update_time": back.updated_at.timestamp(),
        });
        self.parcel(RETURN, &order.sn, &data)
    }

    fn parcel(&self, code: u64, sn: &str, data: &Value) -> Parcel {
        let body = json!({
            "data": data, "shop_id": self.keys.shop_id, "code": code,
            "timestamp": self.stand.now().timestamp(),
        });
        Parcel::json(code.to_string(), sn, &body)
    }

    pub(super) fn announce(self: &Arc<Self>, parcels: Vec<Parcel>) {
        parcels.into_iter().for_each(|parcel| self.stand.sender.announce(parcel));
    }

    /// Gives the order another status, and its parcels what follows from it.
    pub(super) fn set_status(
        &self,
        state: &mut State,
        sn: &str,
        status: &str,
    ) -> Result<Vec<Parcel>, Refused> {
        let now = self.stand.now();
        let order = state.order_mut(sn)?;
        let cancelled = status == "CANCELLED" && order.status != "CANCELLED";
        order.status = status.to_owned();
        order.updated_at = now;
        if let Some(word) = logistics_word(status) {
            order.packages.iter_mut().for_each(|package| package.logistics_status = word);
        }
        let told = vec![self.status_parcel(order)];
        if cancelled {
            let places = 0..order.sale.lines.len();
            let back: Vec<(String, i64)> =
                places.map(|place| (order.sale.lines[place].sku.clone(), order.quantity(place))).collect();
            back.iter().for_each(|(sku, pieces)| state.take(sku, -pieces));
        }
        Ok(told)
    }
}

/// What becomes of all parcels when the order as a whole moves.
fn logistics_word(status: &str) -> Option<&'static str> {
    match status {
        "READY_TO_SHIP" => Some("LOGISTICS_READY"),
        "SHIPPED" => Some("LOGISTICS_PICKUP_DONE"),
        "TO_CONFIRM_RECEIVE" | "COMPLETED" => Some("LOGISTICS_DELIVERY_DONE"),
        "CANCELLED" => Some("LOGISTICS_INVALID"),
        _ => None,
    }
}

impl Seller for Shopee {
    fn make(&self, overrides: &Overrides) -> Result<Told, String> {
        let mut state = self.state();
        let number = state.book.draw();
        let order = Order::new(Sale::new(self.stand.seed, number, self.stand.now(), overrides.clone()));
        if !overrides.cancelled {
            order.sale.lines.iter().for_each(|line| state.shelf.sell(&line.sku, line.quantity));
        }
        let mut parcels = vec![self.status_parcel(&order)];
        parcels.extend(order.returns.iter().map(|back| self.return_parcel(&order, back)));
        let told = Told { order: all_fields(&order), parcels };
        state.book.keep(number, order);
        Ok(told)
    }

    fn again(&self, order: &str) -> Option<Told> {
        let state = self.state();
        let order = state.order(order).ok()?;
        Some(Told { order: all_fields(order), parcels: vec![self.status_parcel(order)] })
    }

    fn happens(&self, order: &str, status: &str) -> Result<Told, String> {
        if !STATUSES.contains(&status) {
            return Err(format!("unknown status {status:?}: use {}", STATUSES.join(", ")));
        }
        let mut state = self.state();
        let lost = |_| format!("there is no order {order}");
        let parcels = self.set_status(&mut state, order, status).map_err(lost)?;
        let order = state.order(order).map(all_fields).map_err(lost)?;
        Ok(Told { order, parcels })
    }

    fn orders(&self) -> Vec<Value> {
        self.state().book.all().rev().map(all_fields).collect()
    }
}
