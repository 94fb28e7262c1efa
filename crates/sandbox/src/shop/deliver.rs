//! Delivering: attempt, wait, attempt again; the same id and the same bytes each time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::webhook::{Parcel, attempt};
use super::{Shop, ShopOrder};
use crate::chance::Chance;

/// Deliveries that wait for an attempt at the same time.
pub(crate) const WAITING_MAX: usize = 10_000;
/// Deliveries remembered; the oldest finished ones are forgotten beyond that.
const KEPT_MAX: usize = 20_000;
/// Copies of one delivery a caller may ask for.
pub(crate) const DUPLICATES_MAX: u32 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Waiting,
    Delivered,
    GivenUp,
}

impl Fate {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Fate::Waiting => "waiting",
            Fate::Delivered => "delivered",
            Fate::GivenUp => "given_up",
        }
    }
}

/// What became of one delivery.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    order_id: u64,
    order_name: String,
    topic: String,
    webhook_id: String,
    event_id: String,
    pub fate: Fate,
    attempts: Vec<(DateTime<Utc>, Result<u16, String>)>,
}

impl Delivery {
    pub(crate) fn show(&self) -> Value {
        let attempts = self.attempts.iter().map(|(at, result)| {
            let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
            match result {
                Ok(status) => json!({ "time": at, "status": status }),
                Err(error) => json!({ "time": at, "error": error }),
            }
        });
        json!({
            "webhook_id": self.webhook_id,
            "event_id": self.event_id,
            "topic": self.topic,
            "order_id": self.order_id,
            "order_name": self.order_name,
            "state": self.fate.name(),
            "attempts": attempts.collect::<Vec<_>>(),
        })
    }
}

/// The log of deliveries.
#[derive(Default)]
pub(crate) struct Deliveries {
    log: BTreeMap<u64, Delivery>,
    waiting: watch::Sender<usize>,
    next: u64,
}

impl Deliveries {
    pub(crate) fn has_room(&self, for_more: usize) -> bool {
        *self.waiting.borrow() + for_more <= WAITING_MAX
    }

    pub(crate) fn get(&self, number: u64) -> Option<&Delivery> {
        self.log.get(&number)
    }

    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Delivery> {
        self.log.values()
    }

    /// How many wait for a further attempt, and when that changes.
    pub(crate) fn watch(&self) -> watch::Receiver<usize> {
        self.waiting.subscribe()
    }

    fn open(&mut self, delivery: Delivery) -> u64 {
        let number = self.next;
        self.next += 1;
        self.waiting.send_modify(|waiting| *waiting += 1);
        self.log.insert(number, delivery);
        if self.log.len() > KEPT_MAX {
            let done = self
                .log
                .iter()
                .find(|(_, delivery)| delivery.fate != Fate::Waiting)
                .map(|(number, _)| *number);
            done.and_then(|number| self.log.remove(&number));
        }
        number
    }

    fn note(&mut self, number: u64, at: DateTime<Utc>, result: Result<u16, String>) {
        if let Some(delivery) = self.log.get_mut(&number) {
            delivery.attempts.push((at, result));
        }
    }

    fn close(&mut self, number: u64, fate: Fate) {
        if let Some(delivery) = self.log.get_mut(&number) {
            delivery.fate = fate;
        }
        self.waiting.send_modify(|waiting| *waiting = waiting.saturating_sub(1));
    }
}

impl Shop {
    /// Sends an order under each topic, one after the other, and gives the deliveries' numbers.
    /// Returns after the first attempt of each; further ones go on by themselves.
    pub(crate) async fn send(
        self: &Arc<Self>,
        order: &ShopOrder,
        topics: &[String],
        duplicates: u32,
    ) -> Vec<u64> {
        let mut numbers = Vec::with_capacity(topics.len());
        // One action of a merchant, so one event id for all its topics.
        let mut chance = self.delivery_chance(order);
        let event_id = chance.uuid();
        for topic in topics {
            let parcel = Parcel {
                webhook_id: chance.uuid(),
                event_id: event_id.clone(),
                topic: topic.clone(),
                triggered_at: self.options.clock.now(),
                body: order.body.clone(),
            };
            numbers.push(self.post(order, parcel, duplicates).await);
        }
        numbers
    }

    /// Never the same twice, also when an order is sent again.
    fn delivery_chance(&self, order: &ShopOrder) -> Chance {
        let deliveries = self.state().deliveries.next;
        Chance::of(self.options.seed, &format!("delivery {} {}", order.number, deliveries))
    }

    async fn post(self: &Arc<Self>, order: &ShopOrder, parcel: Parcel, duplicates: u32) -> u64 {
        let number = self.open_delivery(order, &parcel);
        self.begin(number, parcel, duplicates).await;
        number
    }

    /// It counts as waiting from now on.
    pub(super) fn open_delivery(&self, order: &ShopOrder, parcel: &Parcel) -> u64 {
        let delivery = Delivery {
            order_id: order.id,
            order_name: order.name.clone(),
            topic: parcel.topic.clone(),
            webhook_id: parcel.webhook_id.clone(),
            event_id: parcel.event_id.clone(),
            fate: Fate::Waiting,
            attempts: Vec::new(),
        };
        self.state().deliveries.open(delivery)
    }

    /// The first attempts; further ones go on by themselves.
    pub(super) async fn begin(self: &Arc<Self>, number: u64, parcel: Parcel, duplicates: u32) {
        let mut taken = false;
        for _ in 0..=duplicates {
            taken |= self.try_once(number, &parcel).await;
        }
        if taken {
            self.state().deliveries.close(number, Fate::Delivered);
        } else {
            let shop = self.clone();
            self.tasks.spawn(async move { shop.keep_trying(number, parcel).await });
        }
    }

    /// The target is looked up each time, so that a listener may come back on another port.
    async fn try_once(&self, number: u64, parcel: &Parcel) -> bool {
        let Some(target) = self.state().target.clone() else {
            return false;
        };
        let secret = target.secret.as_deref().unwrap_or(&self.options.keys.webhook_secret);
        let result = attempt(&self.client, parcel, &target.url, secret, self.domain()).await;
        let taken = matches!(result, Ok(200..=299));
        self.state().deliveries.note(number, self.options.clock.now(), result);
        taken
    }

    async fn keep_trying(&self, number: u64, parcel: Parcel) {
        for gap in &self.options.retry_gaps {
            if !self.pause(*gap).await {
                return;
            }
            if self.try_once(number, &parcel).await {
                self.state().deliveries.close(number, Fate::Delivered);
                return;
            }
        }
        self.state().deliveries.close(number, Fate::GivenUp);
    }

    /// False if the shop closes meanwhile.
    async fn pause(&self, gap: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(gap) => true,
            () = self.stop.cancelled() => false,
        }
    }
}
