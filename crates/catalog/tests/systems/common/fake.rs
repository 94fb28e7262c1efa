//! A server that answers what it was told to, in that order, and remembers what it was asked.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::task::JoinHandle;

/// What it was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Asked {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A value of the query or of a form, decoded.
    pub fn pair(&self, name: &str) -> Option<String> {
        let both = format!("{}&{}", self.query, String::from_utf8_lossy(&self.body));
        let found = url::form_urlencoded::parse(both.as_bytes()).find(|(one, _)| one == name);
        found.map(|(_, value)| value.into_owned())
    }
}

struct Told {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

#[derive(Default)]
struct State {
    answers: Mutex<VecDeque<Told>>,
    asked: Mutex<Vec<Asked>>,
}

pub struct Fake {
    pub url: String,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Fake {
    pub async fn start() -> Self {
        let state = Arc::<State>::default();
        let here = state.clone();
        let answer = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let here = here.clone();
            async move { here.answer(method, &uri, headers, body) }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer);
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, state, task }
    }

    /// The next answer.
    pub fn answers(&self, status: u16, body: Value) -> &Self {
        self.answers_with(status, &[("content-type", "application/json")], &body.to_string())
    }

    pub fn answers_with(&self, status: u16, headers: &[(&'static str, &str)], body: &str) -> &Self {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.state.answers.lock().unwrap().push_back(Told { status, headers, body: body.to_owned() });
        self
    }

    /// Everything that it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }
}

impl State {
    fn answer(&self, method: Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Response {
        let (path, query) = (uri.path().to_owned(), uri.query().unwrap_or_default().to_owned());
        self.asked.lock().unwrap().push(Asked { method, path, query, headers, body });
        let nothing = || Told { status: 599, headers: Vec::new(), body: "nothing more was told".into() };
        let told = self.answers.lock().unwrap().pop_front().unwrap_or_else(nothing);
        let response = Response::builder().status(StatusCode::from_u16(told.status).unwrap());
        let response =
            told.headers.iter().fold(response, |response, (name, value)| response.header(*name, value));
        response.body(Body::from(told.body)).unwrap()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}
