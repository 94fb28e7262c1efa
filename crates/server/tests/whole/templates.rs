//! Each template in the box at work: against the stand-ins for a shop and an ERP, with the answers that somebody would give.

use crate::khlong::{Asker, Khlong};
use api::FlowState;
use model::{FlowId, Value};
use reqwest::StatusCode;
use sandbox::{Keys, Options, Running, Sandbox, Webhook};
use serde_json::json;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use templates::{Answers, Template};

struct Place {
    khlong: Khlong,
    owner: Asker,
    stand_ins: Running,
    templates: Vec<Template>,
}

impl Place {
    async fn open() -> Self {
        let khlong = Khlong::start().await;
        let owner = khlong.owner().await;
        let keys = Keys::random().unwrap();
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let stand_ins = Sandbox::start(Options { listen, ..Options::new(keys.clone()) }).await.unwrap();
        let shop = json!({ "shop_url": stand_ins.shop_url });
        owner.connect("our-shop", "shopify", shop, json!({ "webhook_secret": keys.webhook_secret })).await;
        let erp =
            json!({ "url": stand_ins.erp_url, "database": keys.erp_database, "username": keys.erp_login });
        owner.connect("our-erp", "odoo", erp, json!({ "api_key": keys.erp_api_key })).await;
        let http = json!({ "base_url": stand_ins.erp_url, "auth": "bearer" });
        owner.connect("our-http", "http", http, json!({ "token": keys.erp_api_key })).await;
        let templates = owner.get(api::path::TEMPLATES).await.json().await.unwrap();
        Self { khlong, owner, stand_ins, templates }
    }

    /// What the wizard does: a draft of the answers, and it is published.
    async fn publish(&self, template: &str, settings: Value) {
        let template = self.templates.iter().find(|one| one.id == template).expect("it is in the box");
        let ours = |connector: &str| match connector {
            "shopify" => "our-shop",
            "odoo" => "our-erp",
            _ => "our-http",
        };
        let slots = template.manifest.connections.iter();
        let answers = Answers {
            id: FlowId::from("mine"),
            name: "Mine".into(),
            connections: slots.map(|slot| (slot.name.clone(), ours(&slot.connector).to_owned())).collect(),
            settings: serde_json::from_value::<BTreeMap<String, Value>>(settings).unwrap(),
        };
        let document = template.apply(&answers).expect("the answers fit");
        let draft = json!({ "document": document, "revision": 0, "based_on": 0 });
        let saved = self.owner.put("/api/v1/flows/mine/draft", &draft).await;
        assert_eq!(saved.status(), StatusCode::OK);
        let published = self.owner.post("/api/v1/flows/mine/publish", &json!({ "revision": 1 })).await;
        let status = published.status();
        assert_eq!(status, StatusCode::OK, "{}", published.text().await.unwrap());
        let list: api::FlowList = self.owner.get(api::path::FLOWS).await.json().await.unwrap();
        assert_eq!(list.flows[0].state, FlowState::Live);
    }

    /// The shop makes an order and tells of it.
    async fn order(&self, hook: &str, topic: &str) {
        let target = Webhook::new(format!("{}/hooks/{hook}", self.khlong.url));
        self.stand_ins.handle().send_webhooks_to(target).unwrap();
        let wish = json!({ "topics": [topic], "overrides": { "cancelled": topic == "orders/cancelled" } });
        let url = format!("{}/_sandbox/orders", self.stand_ins.shop_url);
        let answer = self.owner.http.post(url).json(&wish).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// The one run that there is, when it has ended.
    async fn ended(&self) -> Value {
        let runs: Value = self.owner.get_json(api::path::RUNS).await;
        let id = runs["runs"][0]["id"].as_str().expect("a run").to_owned();
        let run = self.khlong.settled(&self.owner, &id).await;
        assert_eq!(run["run"]["state"], "done", "{run}");
        run
    }

    /// What came in at the ERP, by its own account.
    async fn came_in(&self, source: &str) -> Vec<Value> {
        let url = format!("{}/_sandbox/orders?source={source}", self.stand_ins.erp_url);
        self.owner.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    async fn close(self) {
        self.stand_ins.shutdown().await.unwrap();
        self.khlong.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paid_order_becomes_a_sales_order_in_the_erp() {
    let place = Place::open().await;
    place.publish("order-to-erp", json!({ "orders": "paid", "path": "mine", "confirm": false })).await;
    place.order("mine", "orders/paid").await;
    place.ended().await;
    assert_eq!(place.came_in("odoo").await.len(), 1);
    place.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_order_is_handed_to_a_system_that_takes_json() {
    let place = Place::open().await;
    let answers = json!({ "orders": "all", "path": "mine", "address": "/rest/orders?idempotent=1", "twice": "send_again" });
    place.publish("order-to-http", answers).await;
    place.order("mine", "orders/create").await;
    place.ended().await;
    let orders = place.came_in("rest").await;
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert!(orders[0].to_string().contains('#'), "it names the shop's order: {orders:?}");
    place.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_team_is_told_of_a_cancelled_order_in_its_language() {
    let place = Place::open().await;
    let address = format!("{}/rest/orders", place.stand_ins.erp_url);
    place
        .publish("cancelled-order-notice", json!({ "address": address, "language": "th", "path": "mine" }))
        .await;
    place.order("mine", "orders/cancelled").await;
    let run = place.ended().await;
    assert!(run.to_string().contains("ถูกยกเลิก"), "{run}");
    assert_eq!(place.came_in("rest").await.len(), 1);
    place.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stock_of_every_product_goes_out() {
    let place = Place::open().await;
    place
        .publish("stock-to-http", json!({ "often": "night", "address": "/rest/orders", "parallel": 2 }))
        .await;
    let started =
        place.owner.post("/api/v1/flows/mine/runs", &json!({ "node": "times", "input": null })).await;
    assert_eq!(started.status(), StatusCode::ACCEPTED);
    place.ended().await;
    let told = place.came_in("rest").await;
    assert!(told.len() > 5, "one for each product: {told:?}");
    assert!(place.owner.get_json(api::path::FLOWS).await["flows"][0]["next_at"].is_number());
    place.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrives_is_passed_on_once() {
    let place = Place::open().await;
    place
        .publish("webhook-to-http", json!({ "path": "mine", "address": "/rest/orders", "number": "/number" }))
        .await;
    for _ in 0..2 {
        let message = json!({ "number": "m-7", "text": "สวัสดี" });
        let answer = place.khlong.visitor().post("/hooks/mine", &message).await;
        assert!(answer.status().is_success());
    }
    place.ended().await;
    assert_eq!(place.came_in("rest").await.len(), 1);
    place.close().await;
}
