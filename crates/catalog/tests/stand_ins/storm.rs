//! Fifty orders through a storm: systems throttle, fail, hang up, and keep answers to themselves. What the engine does between
//! attempts is done here in short: it asks whether an effect was done where nobody knows, waits as long as it is told, and
//! tries again with the same key.

use crate::common::parcel::parcel;
use crate::follow::names;
use crate::world::World;
use connector::{ActionCx, Connection, Error, PollCx, Retry};
use model::{EffectRule, Span};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ORDERS: usize = 50;
/// Far more attempts than a step gets, so that no seed of the dice decides.
const ATTEMPTS_MAX: usize = 60;

/// Some steps make eight calls: a fifth of all calls fails, and four attempts of five of such a step.
fn storm() -> Value {
    json!([
        {"kind": "429", "retry_after": 2, "rate": 0.05},
        {"kind": "500", "rate": 0.03},
        {"kind": "down", "rate": 0.02},
        {"kind": "reset", "rate": 0.03},
        {"kind": "timeout", "close": true, "rate": 0.02},
        {"kind": "timeout_after_work", "close": true, "rate": 0.06},
    ])
}

struct Step<'a> {
    world: &'a World,
    connection: &'a Connection,
    operation: &'a str,
    key: String,
}

impl Step<'_> {
    /// Gives the output, after however many attempts.
    async fn is_done(&self, input: &Value) -> Value {
        let (catalog, http) = (catalog::all(), self.world.http());
        let action = catalog.action(&self.operation.into()).unwrap();
        let cx = ActionCx {
            http: &http,
            connection: Some(self.connection),
            step_key: &self.key,
            timeout: Span::from_secs(20),
        };
        let rule = action.effect(input);
        let mut unknown = false;
        for _ in 0..ATTEMPTS_MAX {
            let attempt = match unknown && rule == EffectRule::Probe {
                true => match action.probe(&cx, input.clone()).await {
                    Ok(Some(output)) => return output,
                    Ok(None) => {
                        unknown = false;
                        continue;
                    }
                    Err(error) => Err(error),
                },
                false => action.run(&cx, input.clone()).await,
            };
            match attempt {
                Ok(output) => return output,
                Err(error) => {
                    unknown |= error.may_have_happened();
                    self.waits(&error, unknown && rule == EffectRule::Probe);
                }
            }
        }
        panic!("{} {input} is not done after {ATTEMPTS_MAX} attempts", self.operation);
    }

    fn waits(&self, error: &Error, asks: bool) {
        match error.retry() {
            Retry::After(after) => {
                self.world.pass(i64::try_from(after.as_ms()).unwrap().div_euclid(1_000) + 1)
            }
            Retry::Backoff => self.world.pass(1),
            Retry::Never if asks => self.world.pass(1),
            Retry::Never => panic!("{} {}: {error:?}", self.operation, self.key),
        }
    }
}

/// The shop's orders, each once, however often the shop is asked.
async fn orders(world: &World, shop: &Connection) -> Vec<String> {
    let (catalog, http) = (catalog::all(), world.http());
    let poll = catalog.poll(&"shopify/orders_changed".into()).unwrap();
    let with = json!({"since": world.ago(3_600)}).as_object().cloned().unwrap();
    let (mut cursor, mut seen) = (None::<Value>, BTreeSet::new());
    for _ in 0..ATTEMPTS_MAX * 2 {
        let now = world.now();
        let cx = PollCx { http: &http, connection: Some(shop), now, timeout: Span::from_secs(20) };
        match poll.poll(&cx, &with, cursor.as_ref()).await {
            Ok(looked) => {
                let names =
                    looked.deliveries.into_iter().map(|order| order.body.into_value()["name"].clone());
                seen.extend(names.map(|name| name.as_str().unwrap().trim_start_matches('#').to_owned()));
                cursor = Some(looked.cursor);
                if seen.len() == ORDERS && !looked.more {
                    return seen.into_iter().collect();
                }
            }
            Err(error) => assert_ne!(error.retry(), Retry::Never, "{error:?}"),
        }
        world.pass(3);
    }
    panic!("only {} orders were seen", seen.len());
}

async fn all_pass(world: &World, operation: &str, orders: &[String], input: impl Fn(&str) -> Value) {
    let vendor = operation.split('/').next().unwrap();
    let connection = world.connect(vendor).await;
    world.fault(crate::keys::stand_in(vendor), storm()).await;
    for order in orders {
        let step = Step { world, connection: &connection, operation, key: format!("run-{order}/{vendor}/0") };
        step.is_done(&input(order)).await;
    }
    world.no_faults(crate::keys::stand_in(vendor)).await;
}

#[tokio::test]
async fn fifty_orders_get_through_a_storm_and_each_is_there_once() {
    let world = World::start().await;
    let shop = world.connect("shopify").await;
    world.sell("shop", ORDERS, json!({})).await;
    world.fault("shop", storm()).await;
    let orders = orders(&world, &shop).await;
    world.no_faults("shop").await;
    let wanted: Vec<String> = orders.iter().map(|order| format!("SHOPIFY-{order}")).collect();
    assert_eq!(wanted.len(), ORDERS);

    let sale = |order: &str| {
        json!({"order": {"reference": format!("SHOPIFY-{order}"), "date": "2026-11-20T10:10:00+07:00", "currency": "THB",
            "partner": {"ref": "SHOPIFY-8891", "name": "สมชาย ใจดี", "email": "somchai@example.com"},
            "lines": [{"sku": "TEA-100", "quantity": 2, "price": "535.00", "tax_included": true}]}, "confirm": true})
    };
    all_pass(&world, "odoo/create_sales_order", &orders, sale).await;
    let entered = world.ask("erp", "orders").await;
    assert_eq!(names(entered.as_array().unwrap(), "reference"), wanted);

    world.set("flash", json!({"pno_on_repeat": true})).await;
    let shipment = |order: &str| {
        let mut parcel = parcel();
        parcel["reference"] = format!("SHOPIFY-{order}").into();
        json!({"parcel": parcel})
    };
    all_pass(&world, "flash/create_shipment", &orders, shipment).await;
    let sent = world.ask("flash", "shipments").await;
    assert_eq!(names(sent.as_array().unwrap(), "reference"), wanted, "{}", sent[0]);

    let invoice = |order: &str| {
        json!({"kind": "cash_invoice", "paid_by": "transfer", "bank_account": 1201, "sale": {
            "reference": format!("SHOPIFY-{order}"), "date": "2026-11-20", "prices_include_vat": true, "total": "267.50",
            "buyer": {"code": "SHOP-8891", "name": "สมชาย ใจดี", "tax_id": "1103700000001", "zip": "10110"},
            "lines": [{"sku": "TEA-100", "name": "ชาเขียว", "quantity": 1, "price": "267.50"}]}})
    };
    all_pass(&world, "flowaccount/create_document", &orders, invoice).await;
    let counts = world.ask("flowaccount", "received?counts=1").await;
    assert_eq!(counts["cash-invoices"], ORDERS, "{counts}");

    let settings = world.ask("line", "settings").await;
    let friend = settings["friends"].as_object().unwrap().keys().next().unwrap().clone();
    let message = |order: &str| json!({"to": friend, "text": format!("ร้านได้รับคำสั่งซื้อ {order} แล้ว")});
    all_pass(&world, "line/push_message", &orders, message).await;
    let counts = world.ask("line", "received?counts=1").await;
    assert_eq!(counts["push"], ORDERS, "{counts}");
}
