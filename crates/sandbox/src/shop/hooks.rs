//! Subscriptions made over the API, and the events they hear of.

use std::sync::Arc;

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::mutation::{Done, needed, user_error};
use super::query::Selection;
use super::schema::{Node, Refused, leaf, project};
use super::webhook::{self, sign};
use super::{API_VERSION, Shop, ShopOrder};
use crate::chance::Chance;
use crate::stand::{Parcel, Sealed, Sign, Target};

/// Topics one can subscribe to, in the header's words.
const TOPICS: [&str; 17] = [
    "orders/create",
    "orders/paid",
    "orders/updated",
    "orders/cancelled",
    "orders/fulfilled",
    "orders/partially_fulfilled",
    "fulfillments/create",
    "fulfillments/update",
    "refunds/create",
    "products/create",
    "products/update",
    "products/delete",
    "inventory_levels/update",
    "inventory_items/update",
    "customers/create",
    "customers/update",
    "app/uninstalled",
];

/// `ORDERS_PARTIALLY_FULFILLED`
fn capitals(topic: &str) -> String {
    topic.replace('/', "_").to_uppercase()
}

/// The proofs of a delivery; what stays the same over its retries is in the parcel.
pub(super) fn signer(secret: String) -> Sign {
    Box::new(move |sealed: &Sealed<'_>| {
        let secret = sealed.target.secret.as_deref().unwrap_or(&secret);
        vec![("x-shopify-hmac-sha256", sign(secret, &sealed.parcel.body))]
    })
}

impl Shop {
    /// Tells everybody who wants to hear of it: the target of `_sandbox`, and the subscriptions.
    pub(super) fn happened(self: &Arc<Self>, order: Option<&Arc<ShopOrder>>, topic: &str, body: &Value) {
        let event = self.next_event();
        let mut chance = Chance::of(self.options.seed, &format!("event {event} {topic}"));
        let (webhook_id, event_id) = (chance.uuid(), chance.uuid());
        self.stand.sender.announce(self.subscribed_parcel(topic, order, body, &webhook_id, &event_id));
        let wanted = self
            .state()
            .target
            .as_ref()
            .is_some_and(|target| target.topics.iter().any(|wanted| wanted == topic));
        if let (true, Some(order)) = (wanted, order) {
            let parcel = webhook::Parcel {
                webhook_id,
                event_id,
                topic: topic.to_owned(),
                triggered_at: self.now(),
                body: body.to_string().into(),
            };
            let (shop, order) = (self.clone(), order.clone());
            let number = self.open_delivery(&order, &parcel);
            self.tasks.spawn(async move { shop.begin(number, parcel, 0).await });
        }
    }

    /// A new order, for the subscriptions alone.
    pub(super) fn tell_of_new(self: &Arc<Self>, order: &Arc<ShopOrder>) {
        let body = order.json();
        let paid = order.financial_status == "paid";
        for topic in ["orders/create"].into_iter().chain(paid.then_some("orders/paid")) {
            let event = self.next_event();
            let mut chance = Chance::of(self.options.seed, &format!("event {event} {topic}"));
            let (webhook_id, event_id) = (chance.uuid(), chance.uuid());
            self.stand.sender.announce(self.subscribed_parcel(
                topic,
                Some(order),
                &body,
                &webhook_id,
                &event_id,
            ));
        }
    }

    fn subscribed_parcel(
        &self,
        topic: &str,
        order: Option<&Arc<ShopOrder>>,
        body: &Value,
        webhook_id: &str,
        event_id: &str,
    ) -> Parcel {
        let reference = order.map_or_else(String::new, |order| order.id.to_string());
        let mut parcel = Parcel::json(topic, reference, body);
        parcel.headers = vec![
            ("x-shopify-topic", topic.to_owned()),
            ("x-shopify-shop-domain", self.domain().to_owned()),
            ("x-shopify-api-version", API_VERSION.to_owned()),
            ("x-shopify-webhook-id", webhook_id.to_owned()),
            ("x-shopify-event-id", event_id.to_owned()),
            ("x-shopify-triggered-at", self.now().to_rfc3339_opts(SecondsFormat::Nanos, true)),
            ("x-shopify-name", "khlong".to_owned()),
        ];
        parcel
    }
}

fn node(target: &Target) -> Node {
    let topic = target.topics.first().map(|topic| capitals(topic));
    Node::Object(
        "WebhookSubscription",
        vec![
            ("id", leaf(format!("gid://shopify/WebhookSubscription/{}", target.id))),
            ("topic", leaf(json!(topic))),
            ("uri", leaf(target.url.as_str())),
            ("callbackUrl", leaf(target.url.as_str())),
            ("format", leaf("JSON")),
        ],
    )
}

/// Those that failed too often are gone.
pub(super) fn list(shop: &Shop, field: &Selection) -> Result<Value, Refused> {
    let wanted: Vec<&str> =
        field.argument("topics").as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let targets = shop.stand.sender.targets();
    let fits = |target: &&Target| {
        let topic = target.topics.first().map(|topic| capitals(topic)).unwrap_or_default();
        target.active && (wanted.is_empty() || wanted.contains(&topic.as_str()))
    };
    project(&Node::Connection(targets.iter().filter(fits).map(node).collect()), field)
}

pub(super) fn create(shop: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let (topic, given) = (needed(field, "topic")?, needed(field, "webhookSubscription")?);
    let topic = TOPICS.iter().find(|known| topic.as_str() == Some(capitals(known).as_str()));
    let Some(topic) = topic else {
        return Ok(Err(vec![user_error("topic", "Topic is invalid", "INVALID")]));
    };
    let url = given["uri"].as_str().or(given["callbackUrl"].as_str()).unwrap_or_default();
    let same = |target: &Target| target.active && target.url == url && target.topics == [*topic];
    if shop.stand.sender.targets().iter().any(same) {
        return Ok(Err(vec![user_error(
            "webhookSubscription.uri",
            "Address for this topic has already been taken",
            "TAKEN",
        )]));
    }
    let mut target = Target::new(url);
    target.topics = vec![(*topic).to_owned()];
    let made = shop.stand.sender.subscribe(target);
    Ok(made
        .map(|target| vec![("webhookSubscription", node(&target))])
        .map_err(|message| vec![user_error("webhookSubscription.uri", message, "INVALID")]))
}

pub(super) fn delete(shop: &Arc<Shop>, field: &Selection) -> Result<Done, Refused> {
    let gid = needed(field, "id")?;
    let id =
        gid.as_str().and_then(|gid| gid.strip_prefix("gid://shopify/WebhookSubscription/")?.parse().ok());
    let removed = id.and_then(|id| shop.stand.sender.unsubscribe(id));
    Ok(match removed {
        Some(_) => Ok(vec![("deletedWebhookSubscriptionId", leaf(gid.clone()))]),
        None => Err(vec![user_error("id", "Webhook subscription does not exist", "NOT_FOUND")]),
    })
}
