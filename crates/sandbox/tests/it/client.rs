//! The one client all tests use, and a listener for webhooks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use sandbox::{Clock, Handle, Keys, Options, Running, Sandbox, Series, Webhook};
use serde_json::{Value, json};
use tokio::sync::mpsc;

pub struct Client {
    pub running: Running,
    pub keys: Keys,
    pub http: reqwest::Client,
}

pub async fn start() -> Client {
    Client::start(|_| {}).await
}

pub async fn start_odoo_17() -> Client {
    Client::start(|options| options.series = Series::V17).await
}

impl Client {
    pub async fn start(change: impl FnOnce(&mut Options)) -> Self {
        let keys = Keys::random().unwrap();
        let mut options = Options::new(keys.clone());
        let now = "2026-11-20T03:10:00Z".parse().unwrap();
        options.clock = Clock::fixed(now);
        change(&mut options);
        let running = Sandbox::start(options).await.unwrap();
        Self { running, keys, http: reqwest::Client::new() }
    }

    pub fn handle(&self) -> Handle {
        self.running.handle()
    }

    pub fn erp(&self, path: &str) -> String {
        format!("{}{path}", self.running.erp_url)
    }

    pub fn shop(&self, path: &str) -> String {
        format!("{}{path}", self.running.shop_url)
    }

    pub fn vendor(&self, name: &str, path: &str) -> String {
        format!("{}{path}", self.handle().vendor_url(name))
    }

    /// A fault of one vendor's stand-in.
    pub async fn vendor_fault(&self, name: &str, plan: Value) {
        let (status, answer) = self.post(self.vendor(name, "/_sandbox/faults"), &plan).await;
        assert_eq!(status, 201, "{answer}");
    }

    /// What a vendor's stand-in was told of this kind.
    pub async fn received(&self, name: &str, kind: &str) -> Vec<Value> {
        let url = self.vendor(name, &format!("/_sandbox/received?kind={kind}"));
        self.get(url).await.as_array().unwrap().clone()
    }

    /// Makes one order of a vendor and gives it as the vendor shows it.
    pub async fn sell_at(&self, name: &str, overrides: Value) -> Value {
        let wish = json!({ "overrides": overrides });
        let (status, answer) = self.post(self.vendor(name, "/_sandbox/orders"), &wish).await;
        assert_eq!(status, 200, "{answer}");
        answer["orders"][0].clone()
    }

    pub async fn get(&self, url: String) -> Value {
        let text = self.http.get(url).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
    }

    pub async fn post(&self, url: String, body: &Value) -> (u16, Value) {
        self.send(self.http.post(url).body(body.to_string())).await
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub fn json2_request(&self, model: &str, method: &str, body: &Value) -> reqwest::RequestBuilder {
        let request = self.http.post(self.erp(&format!("/json/2/{model}/{method}")));
        request
            .bearer_auth(&self.keys.erp_api_key)
            .header("x-odoo-database", &self.keys.erp_database)
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    pub async fn json2(&self, model: &str, method: &str, body: Value) -> (u16, Value) {
        self.send(self.json2_request(model, method, &body)).await
    }

    /// A JSON-2 call that must succeed.
    pub async fn ask(&self, model: &str, method: &str, body: Value) -> Value {
        let (status, answer) = self.json2(model, method, body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// A JSON-RPC call; the whole envelope.
    pub async fn rpc(&self, service: &str, method: &str, args: Value) -> Value {
        let params = json!({ "service": service, "method": method, "args": args });
        let body = json!({ "jsonrpc": "2.0", "method": "call", "id": 7, "params": params });
        let (status, answer) = self.post(self.erp("/jsonrpc"), &body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    pub async fn execute(&self, model: &str, method: &str, args: Value, kwargs: Value) -> Value {
        let (database, key) = (&self.keys.erp_database, &self.keys.erp_api_key);
        self.rpc("object", "execute_kw", json!([database, 2, key, model, method, args, kwargs])).await
    }

    pub async fn fault(&self, plan: Value) {
        let (status, answer) = self.post(self.erp("/_sandbox/faults"), &plan).await;
        assert_eq!(status, 201, "{answer}");
    }

    pub async fn orders(&self) -> Vec<Value> {
        self.get(self.erp("/_sandbox/orders")).await.as_array().unwrap().clone()
    }

    pub async fn count(&self) -> u64 {
        self.get(self.erp("/_sandbox/orders?count_only=1")).await["count"].as_u64().unwrap()
    }

    pub async fn partner(&self) -> i64 {
        self.ask("res.partner", "create", json!({ "vals_list": [{ "name": "สมชาย ใจดี" }] })).await[0]
            .as_i64()
            .unwrap()
    }

    pub async fn product(&self, sku: &str) -> i64 {
        let domain = json!({ "domain": [["default_code", "=", sku]], "fields": ["id"] });
        self.ask("product.product", "search_read", domain).await[0]["id"].as_i64().unwrap()
    }

    /// The body of a `create` of one order with one line.
    pub async fn order(&self, reference: &str) -> Value {
        let (partner, product) = (self.partner().await, self.product("TEA-100").await);
        let line = json!([0, 0, { "product_id": product, "product_uom_qty": 2, "price_unit": 250.0 }]);
        json!({
            "vals_list": [{ "partner_id": partner, "client_order_ref": reference, "order_line": [line] }],
        })
    }

    pub async fn sell(&self, wish: Value) -> Value {
        let (status, answer) = self.post(self.shop("/_sandbox/orders"), &wish).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }
}

/// What a webhook brought.
pub struct Received {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Takes webhooks and answers with the statuses it was given, then with 200.
pub struct Listener {
    pub url: String,
    received: mpsc::UnboundedReceiver<Received>,
}

type Script = (Arc<Mutex<VecDeque<u16>>>, mpsc::UnboundedSender<Received>);

impl Listener {
    pub async fn answering(statuses: &[u16]) -> Self {
        let (sender, received) = mpsc::unbounded_channel();
        let script: Script = (Arc::new(Mutex::new(statuses.iter().copied().collect())), sender);
        let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", tcp.local_addr().unwrap());
        let router = Router::new().route("/hook", post(take)).with_state(script);
        tokio::spawn(async move { axum::serve(tcp, router).await });
        Self { url, received }
    }

    pub async fn subscribed(client: &Client, statuses: &[u16]) -> Self {
        let listener = Self::answering(statuses).await;
        client.handle().send_webhooks_to(Webhook::new(&listener.url)).unwrap();
        listener
    }

    /// Listens to one vendor's webhooks.
    pub async fn of_vendor(client: &Client, name: &str, statuses: &[u16]) -> Self {
        let listener = Self::answering(statuses).await;
        let target = json!({ "url": listener.url });
        let request = client.http.put(client.vendor(name, "/_sandbox/webhooks")).body(target.to_string());
        assert_eq!(client.send(request).await.0, 200);
        listener
    }

    pub async fn next(&mut self) -> Received {
        self.received.recv().await.unwrap()
    }

    /// What is there already.
    pub fn all(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.received.try_recv().ok()).collect()
    }
}

async fn take(
    State((statuses, sender)): State<Script>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap) {
    let status = statuses.lock().unwrap().pop_front().unwrap_or(200);
    sender.send(Received { headers, body }).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("location", "/elsewhere".parse().unwrap());
    (StatusCode::from_u16(status).unwrap(), headers)
}
