//! A target that knows its keys, and does as it is told or refuses.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use history::{History, What};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// What it does for everybody.
pub const EFFECT: &str = "work";

#[derive(Default)]
pub struct Target {
    refuses: AtomicBool,
    calls: Mutex<Vec<Call>>,
}

struct Call {
    key: String,
    delivery: String,
    is_work: bool,
}

impl Target {
    /// Serves it at a free port.
    pub async fn open(self: &Arc<Self>) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().route("/", post(answer)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        url
    }

    /// From now on nothing is done, and trying again is no use; or as it was.
    pub fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::Relaxed);
    }

    pub fn calls(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    pub fn works(&self) -> usize {
        self.calls.lock().unwrap().iter().filter(|call| call.is_work).count()
    }

    /// What was really done here, in the order in which it was.
    pub fn tell(&self, history: &mut History) {
        for call in self.calls.lock().unwrap().iter().filter(|call| call.is_work) {
            let (delivery, key) = (call.delivery.clone(), Some(call.key.clone()));
            history.push(0, What::Done { delivery, effect: EFFECT.into(), key });
        }
    }
}

async fn answer(State(target): State<Arc<Target>>, headers: HeaderMap, delivery: String) -> StatusCode {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let delivery = delivery.trim_matches('"').to_owned();
    let refuses = target.refuses.load(Ordering::Relaxed);
    let mut calls = target.calls.lock().unwrap();
    let is_work = !refuses && !calls.iter().any(|call| call.is_work && call.key == key);
    calls.push(Call { key, delivery, is_work });
    if refuses { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// A flow whose runs do one thing at the target, for the delivery that they are of.
pub fn flow(id: &str, target: &str, settings: Value) -> Value {
    json!({
        "khlong": 1, "id": id, "name": id, "settings": settings,
        "nodes": [
            { "id": "in", "use": "core/webhook",
              "with": { "path": id, "delivery_id": "x-delivery", "body_bytes_max": 64 << 20 } },
            { "id": "out", "use": "http/request", "with": {
                "method": "POST", "url": target, "body": "${trigger.body.d}", "on_unknown": "send_again" },
              "retry": { "attempts": 100, "first": "20ms", "max": "300ms" } },
        ],
        "edges": [{ "from": "in", "to": "out" }],
    })
}
