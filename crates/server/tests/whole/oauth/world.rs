//! An OpenID provider that nobody here wrote, a shop that believes its tokens, and somebody who stands between and counts.

use crate::khlong::{Asker, Khlong};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use model::ConnectionName;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use testkit_servers::{Identity, Settings, here_with};
use tokio::net::TcpListener;

pub const CALLBACK: &str = "/connections/signed-in";

/// How often a run is looked at until it stands where it is expected.
const LOOKS: usize = 10_000;

/// What was seen, and what is to happen.
#[derive(Default)]
pub struct Seen {
    /// Refreshes that reached the provider.
    pub refreshes: usize,
    /// The numbers of the orders that the shop took, one entry for each time.
    pub orders: Vec<i64>,
    /// The next tokens are said to end at once.
    pub short: bool,
    /// The answer of the next refresh is lost on its way back.
    pub lose: bool,
    /// Access tokens that the shop does not take any more.
    refused: BTreeSet<String>,
}

#[derive(Clone)]
struct Between {
    provider: Arc<Identity>,
    http: reqwest::Client,
    seen: Arc<Mutex<Seen>>,
}

pub struct World {
    pub provider: Arc<Identity>,
    pub seen: Arc<Mutex<Seen>>,
    /// Where tokens are asked for.
    token_url: String,
    /// Where orders go.
    shop: String,
}

impl World {
    /// Nothing where the provider is not installed.
    pub async fn start() -> Option<Self> {
        let settings = Settings { callback: CALLBACK, access_token_seconds: 600, ..Settings::default() };
        let provider = Arc::new(here_with(|| Identity::start_with(settings))?);
        let seen = Arc::<Mutex<Seen>>::default();
        let between =
            Between { provider: provider.clone(), http: reqwest::Client::new(), seen: seen.clone() };
        let routes = Router::new().route("/token", post(pass_on)).route("/shop/{*path}", any(sell));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes.with_state(between)).await.unwrap() });
        Some(Self { provider, seen, token_url: format!("{url}/token"), shop: format!("{url}/shop") })
    }

    pub fn set(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap());
    }

    pub fn refreshes(&self) -> usize {
        self.seen.lock().unwrap().refreshes
    }

    /// The orders that came, each as often as it came.
    pub fn orders(&self) -> BTreeMap<i64, usize> {
        let mut orders = BTreeMap::new();
        self.seen.lock().unwrap().orders.iter().for_each(|order| *orders.entry(*order).or_default() += 1);
        orders
    }

    /// The connection `shop`, to which somebody signs in.
    pub async fn connect(&self, owner: &Asker) {
        let fields = json!({
            "auth": "oauth2", "authorize_url": format!("{}/auth", self.provider.issuer()),
            "token_url": self.token_url, "client_id": Identity::BASIC, "scope": "openid offline_access orders",
            "consent_parameters": { "prompt": "consent" },
        });
        self.connect_with(owner, fields).await;
    }

    pub async fn connect_with(&self, owner: &Asker, mut fields: Value) {
        fields["base_url"] = json!(self.shop);
        fields["test_url"] = json!(format!("{}/me", self.shop));
        let secrets = json!({ "client_secret": self.provider.client_secret() });
        owner.connect("shop", "http", fields, secrets).await;
    }

    /// Begins to sign in; gives the address of the consent page.
    pub async fn begin(&self, owner: &Asker) -> String {
        let path = api::path::CONNECTION_SIGN_IN.replace("{name}", "shop");
        let answer = owner.post(&path, &json!({})).await;
        let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap());
        assert!(status.is_success(), "{body}");
        body["url"].as_str().unwrap().to_owned()
    }

    /// Does at the consent page what a person does; gives what the browser comes back with.
    pub async fn consent(&self, link: String) -> BTreeMap<String, String> {
        let provider = self.provider.clone();
        let back = tokio::task::spawn_blocking(move || provider.sign_in(&link, "somchai")).await;
        let back: url::Url = back.unwrap().unwrap().parse().unwrap();
        assert_eq!(back.path(), CALLBACK);
        back.query_pairs().into_owned().collect()
    }

    pub async fn sign_in(&self, owner: &Asker) {
        let query = self.consent(self.begin(owner).await).await;
        let answer = owner.post(api::path::SIGN_IN_RETURN, &json!({ "query": query })).await;
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{body}");
    }

    /// The tokens are as if somebody had withdrawn them at the shop.
    pub fn refuse_tokens(&self, khlong: &Khlong) {
        let access = tokens(khlong).access.expose_secret().to_owned();
        self.set(|seen| {
            seen.refused.insert(access);
        });
    }

    /// The provider ends the sign-in.
    pub async fn revoke(&self, khlong: &Khlong) {
        let refresh = tokens(khlong).refresh.unwrap().expose_secret().to_owned();
        let url = format!("{}/token/revocation", self.provider.issuer());
        let asked = reqwest::Client::new().post(url).form(&[("token", refresh)]);
        let answer = asked.basic_auth(Identity::BASIC, Some(self.provider.client_secret())).send().await;
        assert!(answer.unwrap().status().is_success());
    }
}

pub fn tokens(khlong: &Khlong) -> connector::sign_in::Tokens {
    let (held, _) = khlong.app.vault().find(&ConnectionName::new("shop")).unwrap();
    held.tokens.clone().expect("somebody is signed in")
}

/// Asks the provider for whoever asks here, as if it were a proxy.
async fn pass_on(State(between): State<Between>, headers: HeaderMap, body: String) -> Response {
    let renews = body.contains("grant_type=refresh_token");
    let mut asked = between.http.post(format!("{}/token", between.provider.issuer())).body(body);
    for name in ["authorization", "content-type"] {
        if let Some(value) = headers.get(name) {
            asked = asked.header(name, value);
        }
    }
    let answer = asked.send().await.unwrap();
    let (status, bytes) = (answer.status(), answer.bytes().await.unwrap());
    let mut seen = between.seen.lock().unwrap();
    seen.refreshes += usize::from(renews);
    if renews && std::mem::take(&mut seen.lose) {
        let cut_off = futures::stream::iter([Ok(Bytes::from("{")), Err(std::io::Error::other("cut off"))]);
        return Body::from_stream(cut_off).into_response();
    }
    let mut told: Value = serde_json::from_slice(&bytes).unwrap();
    if status.is_success() && std::mem::take(&mut seen.short) {
        told["expires_in"] = json!(0);
    }
    (status, axum::Json(told)).into_response()
}

/// A shop that asks the provider whose token it is.
async fn sell(State(between): State<Between>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let Some(token) = token else { return StatusCode::UNAUTHORIZED.into_response() };
    let refused = between.seen.lock().unwrap().refused.contains(token);
    let url = format!("{}/token/introspection", between.provider.issuer());
    let asked = between.http.post(url).form(&[("token", token)]);
    let secret = between.provider.client_secret();
    let told: Value =
        asked.basic_auth(Identity::BASIC, Some(secret)).send().await.unwrap().json().await.unwrap();
    if refused || told["active"] != true {
        return (StatusCode::UNAUTHORIZED, axum::Json(json!({ "error": "invalid_token" }))).into_response();
    }
    if uri.path() == "/shop/orders" {
        let order: Value = serde_json::from_slice(&body).unwrap();
        between.seen.lock().unwrap().orders.push(order["n"].as_i64().unwrap());
    }
    axum::Json(json!({ "client": told["client_id"] })).into_response()
}

/// A flow that sends an order over the connection.
pub async fn order_flow(owner: &Asker) {
    let retry = json!({ "attempts": 6, "first": "1s", "max": "4s" });
    let flow = json!({
        "khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [
            { "id": "in", "use": "core/manual" },
            { "id": "send", "use": "http/request", "connection": "shop", "retry": retry,
              "with": { "method": "POST", "url": "/orders", "body": "${input}" } },
        ],
        "edges": [{ "from": "in", "to": "send" }],
    });
    let imported = owner.import(&flow.to_string()).await;
    assert!(imported.status().is_success(), "{}", imported.text().await.unwrap());
}

pub async fn start(owner: &Asker, n: i64) -> String {
    let path = api::path::FLOW_RUNS.replace("{id}", "orders");
    let answer = owner.post(&path, &json!({ "input": { "n": n } })).await;
    answer.json::<api::Started>().await.unwrap().run
}

pub async fn start_all(owner: &Asker, numbers: std::ops::Range<i64>) -> Vec<String> {
    futures::future::join_all(numbers.map(|n| start(owner, n))).await
}

/// Waits until a run stands before the connection's gate, for want of somebody who signs in.
pub async fn waits_for_sign_in(khlong: &Khlong, owner: &Asker, run: &str) -> Value {
    let mut changes = khlong.app.engine().watch();
    let mut last = Value::Null;
    for _ in 0..LOOKS {
        let found = owner.get_json(&api::path::RUN.replace("{id}", run)).await;
        let state = found["run"]["state"].as_str().unwrap();
        assert!(!matches!(state, "done" | "failed" | "cancelled"), "{found}");
        let step =
            found["steps"].as_array().and_then(|steps| steps.iter().find(|step| step["node"] == "send"));
        match step.filter(|step| step["blocked"]["why"] == "sign_in") {
            Some(step) => return step.clone(),
            // News may have come between the look and the wait.
            None => drop(tokio::time::timeout(crate::khlong::A_MOMENT, changes.recv()).await),
        }
        last = found["steps"].clone();
    }
    panic!("it waits for nobody to sign in: {last}");
}
