//! Making orders, moving them, and the webhooks about it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::order::{Kind, Order, STATUSES, UNITS_MAX};
use super::refused::Refused;
use super::{State, TikTokShop};
use crate::market::{Overrides, Sale, Seller, Told};
use crate::stand::Parcel;

const ORDER_STATUS: u64 = 1;
const PACKAGE: u64 = 4;
const CANCELLATION: u64 = 11;
const RETURN: u64 = 12;
/// Keys of returns that are remembered.
const KEYS_MAX: usize = 10_000;
const FIRST_NOTIFICATION: u64 = 7_380_066_284_000_000_001;

impl State {
    fn number_of(&self, id: &str) -> Result<u64, Refused> {
        let id: u64 = id.parse().map_err(|_| Refused::order())?;
        let found = self.book.all().find(|order| order.id == id);
        found.map(|order| order.sale.number).ok_or_else(Refused::order)
    }

    pub(super) fn order(&self, id: &str) -> Result<&Order, Refused> {
        self.book.get(self.number_of(id)?).ok_or_else(Refused::order)
    }

    pub(super) fn order_mut(&mut self, id: &str) -> Result<&mut Order, Refused> {
        let number = self.number_of(id)?;
        self.book.get_mut(number).ok_or_else(Refused::order)
    }

    /// The order of a claim, and the claim's place in it.
    pub(super) fn claim(&self, id: &str, kind: Kind) -> Result<(String, usize), Refused> {
        let place = |order: &Order| {
            order.claims.iter().position(|claim| claim.kind == kind && claim.id.to_string() == id)
        };
        let found = self.book.all().find_map(|order| Some((order.id.to_string(), place(order)?)));
        found.ok_or_else(|| Refused::business(25_001_002, "The return or cancellation does not exist."))
    }

    pub(super) fn remember(&mut self, key: String, claim: u64) {
        if self.returns_by_key.len() < KEYS_MAX && !key.is_empty() {
            self.returns_by_key.insert(key, claim);
        }
    }
}

impl TikTokShop {
    /// The webhook's word for a cancelled order is shorter than the API's.
    pub(super) fn status_parcel(&self, order: &Order) -> Parcel {
        let status = if order.status == "CANCELLED" { "CANCEL" } else { order.status.as_str() };
        let data = json!({
            "order_id": order.id.to_string(),
            "order_status": status,
            "is_on_hold_order": order.status == "ON_HOLD",
            "update_time": order.updated_at.timestamp(),
        });
        self.parcel(ORDER_STATUS, order, &data)
    }

    pub(super) fn package_parcel(&self, order: &Order, place: usize) -> Parcel {
        let package = order.packages.get(place).map(|package| package.id.to_string());
        let data = json!({
            "package_list": [{ "package_id": package, "order_id_list": [order.id.to_string()] }],
            "role_type": 1,
            "sc_type": if order.packages.len() > 1 { 2 } else { 1 },
            "update_time": order.updated_at.timestamp(),
        });
        self.parcel(PACKAGE, order, &data)
    }

    pub(super) fn claim_parcel(&self, order: &Order, place: usize) -> Parcel {
        let Some(claim) = order.claims.get(place) else { return self.status_parcel(order) };
        let (number, what) = match claim.kind {
            Kind::Cancellation => (CANCELLATION, "cancel"),
            Kind::Return => (RETURN, "return"),
        };
        let mut data =
            json!({ "order_id": order.id.to_string(), "update_time": claim.updated_at.timestamp() });
        data[format!("{what}_id")] = claim.id.to_string().into();
        data[format!("{what}_status")] = claim.status.into();
        self.parcel(number, order, &data)
    }

    fn parcel(&self, number: u64, order: &Order, data: &Value) -> Parcel {
        let id = FIRST_NOTIFICATION + 2 * self.next_notification();
        let body = json!({
            "type": number,
            "tts_notification_id": id.to_string(),
            "shop_id": self.keys.shop_id,
            "timestamp": self.stand.now().timestamp(),
            "data": data,
        });
        Parcel::json(number.to_string(), order.id.to_string(), &body)
    }

    pub(super) fn announce(self: &Arc<Self>, parcels: Vec<Parcel>) {
        parcels.into_iter().for_each(|parcel| self.stand.sender.announce(parcel));
    }

    /// Gives the order another status; who cancels puts the pieces back.
    pub(super) fn set_status(
        &self,
        state: &mut State,
        id: &str,
        status: &str,
    ) -> Result<Vec<Parcel>, Refused> {
        let now = self.stand.now();
        let order = state.order_mut(id)?;
        let cancelled = status == "CANCELLED" && order.status != "CANCELLED";
        order.status = status.to_owned();
        order.updated_at = now;
        let told = vec![self.status_parcel(order)];
        if cancelled {
            let back: Vec<(String, i64)> =
                order.sale.lines.iter().map(|line| (line.sku.clone(), line.quantity)).collect();
            back.iter().for_each(|(sku, pieces)| state.shelf.sell(sku, -pieces));
        }
        Ok(told)
    }

    fn told(&self, order: &Order) -> Told {
        let mut parcels = vec![self.status_parcel(order)];
        parcels.extend((0..order.claims.len()).map(|place| self.claim_parcel(order, place)));
        Told { order: order.show(), parcels }
    }
}

impl Seller for TikTokShop {
    fn make(&self, overrides: &Overrides) -> Result<Told, String> {
        let mut state = self.state();
        let number = state.book.draw();
        let sale = Sale::new(self.stand.seed, number, self.stand.now(), overrides.clone());
        if sale.lines.iter().map(|line| line.quantity).sum::<i64>() > UNITS_MAX {
            return Err(format!("an order has at most {UNITS_MAX} units here: each is a row of its own"));
        }
        let order = Order::new(sale);
        if !overrides.cancelled {
            order.sale.lines.iter().for_each(|line| state.shelf.sell(&line.sku, line.quantity));
        }
        let told = self.told(&order);
        state.book.keep(number, order);
        Ok(told)
    }

    fn again(&self, order: &str) -> Option<Told> {
        let state = self.state();
        Some(self.told(state.order(order).ok()?))
    }

    fn happens(&self, order: &str, status: &str) -> Result<Told, String> {
        if !STATUSES.contains(&status) {
            return Err(format!("unknown status {status:?}: use {}", STATUSES.join(", ")));
        }
        let mut state = self.state();
        let lost = |_| format!("there is no order {order}");
        let parcels = self.set_status(&mut state, order, status).map_err(lost)?;
        let order = state.order(order).map(Order::show).map_err(lost)?;
        Ok(Told { order, parcels })
    }

    fn orders(&self) -> Vec<Value> {
        self.state().book.all().rev().map(Order::show).collect()
    }
}
