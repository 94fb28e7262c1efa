//! Making orders, and telling the webhooks what happened.

use std::sync::Arc;

use serde_json::{Value, json};

use super::order::{Order, STATUSES, account};
use super::orders::set_status;
use super::{State, Woo};
use crate::market::{Overrides, Sale, Seller, Told, customer};
use crate::money::money;
use crate::stand::Parcel;

impl Seller for Woo {
    /// The pieces leave the stock unless the order came in cancelled.
    fn make(&self, overrides: &Overrides) -> Result<Told, String> {
        let now = self.stand.now();
        let (order, new_account) = {
            let mut state = self.state();
            let number = state.book.draw();
            let order = Order::new(Sale::new(self.stand.seed, number, now, overrides.clone()));
            let account = account(order.sale.customer).filter(|account| !has_account(&state, *account));
            if !overrides.cancelled {
                take(&mut state, &order);
            }
            let (shown, buyer) = (order.show(), order.sale.customer);
            state.book.keep(number, order);
            (shown, account.map(|account| (buyer, account)))
        };
        let id = order["id"].as_u64().unwrap_or_default();
        let mut parcels = vec![self.parcel("order.created", id, &order)];
        if let Some((buyer, account)) = new_account {
            let customer = self.show_customer(buyer, account);
            parcels.push(self.parcel("customer.created", account, &customer));
        }
        Ok(Told { order, parcels })
    }

    fn again(&self, order: &str) -> Option<Told> {
        let id = order.parse().ok()?;
        let shown = self.state().book.all().find(|order| order.id == id).map(Order::show)?;
        Some(Told { parcels: vec![self.parcel("order.updated", id, &shown)], order: shown })
    }

    /// A status that somebody set in the back office.
    fn happens(&self, order: &str, status: &str) -> Result<Told, String> {
        let lost = || format!("there is no order {order}");
        let id = order.parse().map_err(|_| lost())?;
        let shown = {
            let mut state = self.state();
            let number = state.book.all().find(|order| order.id == id).map(|order| order.sale.number);
            let number = number.ok_or_else(lost)?;
            let unknown = |_| format!("unknown status {status:?}: use {}", STATUSES.join(", "));
            set_status(&mut state, number, status, self.stand.now()).map_err(unknown)?;
            state.book.get(number).map(Order::show).ok_or_else(lost)?
        };
        Ok(Told { parcels: vec![self.parcel("order.updated", id, &shown)], order: shown })
    }

    fn orders(&self) -> Vec<Value> {
        self.state().book.all().rev().map(Order::show).collect()
    }
}

impl Woo {
    pub(super) fn parcel(&self, topic: &str, id: u64, body: &Value) -> Parcel {
        let (resource, event) = topic.split_once('.').unwrap_or((topic, ""));
        let mut parcel = Parcel::json(topic, id.to_string(), body);
        parcel.headers = vec![
            ("x-wc-webhook-source", format!("{}/", self.url)),
            ("x-wc-webhook-topic", topic.to_owned()),
            ("x-wc-webhook-resource", resource.to_owned()),
            ("x-wc-webhook-event", event.to_owned()),
        ];
        parcel
    }

    /// Sends in the background: the one who caused it does not wait for the listeners.
    pub(super) fn tell(self: &Arc<Self>, topic: &str, id: u64, body: &Value) {
        self.stand.sender.announce(self.parcel(topic, id, body));
    }

    pub(super) fn show_customer(&self, buyer: u64, account: u64) -> Value {
        let person = customer(self.stand.seed, buyer);
        let state = self.state();
        let orders: Vec<&Order> = state.book.all().filter(|order| order.sale.customer == buyer).collect();
        let (since, spent) =
            (orders.first().map(|order| order.sale.at), orders.iter().map(|order| order.sale.total()).sum());
        let since = since.unwrap_or_else(|| self.stand.now());
        let address = json!({
            "first_name": person.first_name, "last_name": person.last_name, "company": "",
            "address_1": person.street, "address_2": "", "city": person.place.district,
            "state": person.place.code, "postcode": person.place.postcode, "country": "TH",
            "email": person.email, "phone": person.local_phone(),
        });
        json!({
            "id": account,
            "date_created": super::words::local(since), "date_created_gmt": super::words::gmt(since),
            "date_modified": super::words::local(since), "date_modified_gmt": super::words::gmt(since),
            "email": person.email,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "role": "customer",
            "username": format!("customer{buyer}"),
            "billing": address,
            "shipping": address,
            "is_paying_customer": !orders.is_empty(),
            "orders_count": orders.len(),
            "total_spent": money(spent),
            "avatar_url": "",
            "meta_data": [],
        })
    }
}

pub(super) fn has_account(state: &State, wanted: u64) -> bool {
    state.book.all().any(|order| order.customer_id() == wanted)
}

fn take(state: &mut State, order: &Order) {
    for line in &order.sale.lines {
        state.catalogue.move_stock(&line.sku, -line.quantity);
    }
}

/// What was taken and not yet given back comes back to the stock.
pub(super) fn restock(state: &mut State, order: u64) {
    let Some(kept) = state.book.get(order) else { return };
    let lines = kept.sale.lines.iter().enumerate();
    let back: Vec<(String, i64)> = lines
        .map(|(place, line)| (line.sku.clone(), line.quantity - kept.refunded_quantity(kept.item_id(place))))
        .collect();
    for (sku, quantity) in back {
        state.catalogue.move_stock(&sku, quantity);
    }
}
